"""Say what an account at Gmail has besides: the OAuth client, and where the API is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bowout.config.keys import ACCOUNT, PATH, URL, Key, ProviderSpec
from bowout.model import OwnKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class GmailKeys(OwnKeys):
    """The keys of ``provider = "gmail"``."""

    client_file: Path | None = None
    api_endpoint: str | None = None


SPEC = ProviderSpec(
    rows=(
        Key(f"{ACCOUNT}.client_file", PATH, "Your OAuth desktop client, from Google."),
        Key(f"{ACCOUNT}.api_endpoint", URL, "Another server that speaks the Gmail API."),
    ),
    make=GmailKeys,
)
