"""Do requests at the same time: those that need not wait for each other cost one round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Parallel:
    """At most ``most`` threads of one mailbox, none before the first is needed."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._workers: ThreadPoolExecutor | None = None

    def start(self, work: Callable[..., T], *arguments: object, **named: object) -> Future[T]:
        if self._workers is None:
            self._workers = ThreadPoolExecutor(self._most, thread_name_prefix=self._name)
        return self._workers.submit(work, *arguments, **named)

    def each(self, work: Callable[[Any], T], items: Iterable[object]) -> list[T]:
        """``work`` done for each item at once, the results in order; for a single one without a thread."""
        items = list(items)
        if len(items) == 1:
            return [work(items[0])]
        return [future.result() for future in [self.start(work, item) for item in items]]

    def close(self) -> None:
        """Let go of the threads; the next start makes new ones."""
        if self._workers:
            self._workers.shutdown(wait=True, cancel_futures=True)
            self._workers = None
