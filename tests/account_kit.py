"""An account with other keys of its provider than it has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bowout.model import Account


def with_keys(account: Account, **changes: Any) -> Account:
    """The account, its provider's own keys changed."""
    return replace(account, keys=replace(account.keys, **changes))
