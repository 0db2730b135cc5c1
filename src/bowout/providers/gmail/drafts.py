"""Write, find and remove drafts in Gmail.

A draft is known by its draft id: Gmail calls it the stable container, while the id of the message inside
changes with every edit and the thread id with an edited subject. The message id therefore is the revision.
Gmail has no precondition on an update: the check is made right before it, by a look that is at most a second
old, which narrows the gap but cannot close it.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from typing import Any

from bowout.errors import (
    Failed,
    NeedsPerson,
    NothingFound,
    OutcomeUnknown,
)
from bowout.mail.build import build
from bowout.mail.compare import content_hash
from bowout.mail.parse import parse
from bowout.model import DraftKey, Folder, Message, Reply
from bowout.providers.base import Clock, Draft
from bowout.providers.gmail import message as payload
from bowout.providers.gmail import query as queries
from bowout.providers.gmail.api import Answer
from bowout.providers.gmail.threads import Threads
from bowout.providers.precondition import draft_changed, draft_gone
from bowout.text.harmless import thread_option


class Drafts:
    """The drafts of one mailbox; the methods keep what ``Mailbox`` promises of them."""

    def __init__(self, threads: Threads, clock: Clock) -> None:
        self._threads = threads
        self.api = threads.api
        self._clock = clock

    def save(self, reply: Reply) -> Draft:
        raw = build(reply)
        try:
            answer = self.api.write(
                "users.drafts.create", body={"message": _message_body(raw, reply.thread_id)}
            )
        except Answer as exc:
            if exc.status == 404:
                raise NothingFound(
                    "That conversation is no longer in Gmail.", "Look for it again: bowout find"
                ) from exc
            raise _refused(exc) from exc
        draft = self._written(answer, raw, reply)
        if draft.message.thread_id != reply.thread_id:
            # Gmail wants thread id, references and subject to agree; a lone draft would answer nobody.
            self.delete(draft)
            raise Failed(
                "Gmail would not keep the draft in the conversation, so it was removed again.",
                "Answer in Gmail by hand; the letter is shown by: bowout draft"
                f" {thread_option(reply.thread_id or '')} --dry-run",
            )
        return draft

    def find(self, key: DraftKey) -> Draft | None:
        if key.id:
            asked = self._threads.tick()
            resource = self._threads.remembered(key.id)
            if resource is None and (resource := self._draft_resource(key.id)):
                self._threads.saw(key.id, asked, resource)
            if resource and payload.is_draft(resource["message"]):
                return self._as_draft(key, resource)
        return self._draft_by_message_id(key)

    def replace(self, draft: Draft, reply: Reply) -> Draft:
        """A look that still holds is the check; after an older one the draft is asked for again."""
        raw = build(reply)
        look = self._threads.remembered(draft.key.id or "")
        self._threads.forget()
        if look:
            self._as_given(draft, look)
        else:
            self.still_there(draft)
        body = {"message": _message_body(raw, reply.thread_id)}
        try:
            answer = self.api.write("users.drafts.update", id=draft.key.id, body=body)
        except Answer as exc:
            if exc.status == 404:
                raise draft_gone("Gmail") from exc
            raise _refused(exc) from exc
        return self._written(answer, raw, reply, draft.key)

    def delete(self, draft: Draft) -> None:
        self.still_there(draft)
        try:
            self.api.write("users.drafts.delete", id=draft.key.id)
        except Answer as exc:
            if exc.status == 404:
                raise draft_gone("Gmail") from exc
            raise _refused(exc) from exc

    def still_there(self, draft: Draft) -> None:
        """Raise ``DraftGone`` or ``DraftChanged`` unless the draft is exactly as given, asked anew."""
        self._threads.forget()
        self._as_given(draft, self._draft_resource(draft.key.id or "", shape="minimal"))

    # --- the draft that is meant ---

    def _as_given(self, draft: Draft, found: Mapping[str, Any] | None) -> None:
        if found and payload.is_draft(found["message"]):
            if found["message"]["id"] == draft.revision:
                return
        elif self._draft_by_message_id(draft.key) is None:
            raise draft_gone("Gmail")
        raise draft_changed("Gmail")

    def _draft_resource(self, draft_id: str, shape: str = "full") -> dict[str, Any] | None:
        inner = "id,threadId,labelIds,internalDate" + (",payload" if shape == "full" else "")
        if not draft_id:
            return None
        try:
            return self.api.read("users.drafts.get", id=draft_id, format=shape, fields=f"id,message({inner})")
        except Answer as exc:
            if exc.absent:
                return None
            raise

    def _draft_by_message_id(self, key: DraftKey) -> Draft | None:
        """A draft with our Message-ID: among those of the thread, and where the index finds it."""
        in_thread = self._threads.parallel.start(self._threads.draft_rows)
        indexed = self._threads.draft_rows(queries.by_message_id(key.message_id))
        ids = dict.fromkeys([*in_thread.result().of_thread(key.thread_id), *indexed.ids])
        resources = self._threads.parallel.each(self._draft_resource, ids)
        ours = [
            draft
            for resource in resources
            if resource and payload.is_draft(resource["message"])
            if (draft := self._as_draft(key, resource)).message.message_id == key.message_id
        ]
        if len(ours) > 1:
            raise NeedsPerson(
                "Two drafts in Gmail carry the same Message-ID of bowout's.",
                "Delete one of them in Gmail, then run the command again.",
            )
        return ours[0] if ours else None

    def _as_draft(self, key: DraftKey, resource: Mapping[str, Any]) -> Draft:
        inner = resource["message"]
        fetched = self._threads.outlying([inner])
        message = payload.to_message(inner, own_id=resource["id"], fetched=fetched)
        return self._draft(dataclasses.replace(key, id=resource["id"]), inner["id"], message)

    def _written(
        self, answer: Mapping[str, Any], raw: bytes, reply: Reply, key: DraftKey | None = None
    ) -> Draft:
        """The draft as it was just accepted; what it holds is what was sent."""
        try:
            draft_id, inner = answer["id"], answer["message"]
            revision, thread_id = inner["id"], inner["threadId"]
        except (KeyError, TypeError) as exc:
            raise OutcomeUnknown(
                "Gmail took the draft and did not say which one it is.",
                "Run the same command again: it finds the draft.",
            ) from exc
        message = parse(raw, id=draft_id, thread_id=thread_id, folder=Folder.DRAFTS, received=self._clock())
        key = key or DraftKey(
            thread_id=reply.thread_id, message_id=reply.message_id, parent_id=reply.parent_id
        )
        return self._draft(dataclasses.replace(key, id=draft_id), revision, message)

    def _draft(self, key: DraftKey, revision: str, message: Message) -> Draft:
        return Draft(
            key=key,
            revision=revision,
            content_hash=content_hash(message),
            message=message,
            link=self._threads.link(message.thread_id),
        )


def _refused(answer: Answer) -> Failed:
    return Failed(
        f"Gmail refused the draft: {answer.words}.", "Nothing was changed. Look at the draft in Gmail."
    )


def _message_body(raw: bytes, thread_id: str) -> dict[str, str]:
    return {"raw": base64.urlsafe_b64encode(raw).decode(), "threadId": thread_id}
