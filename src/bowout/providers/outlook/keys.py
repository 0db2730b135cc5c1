"""Say what an account at Outlook has besides: the application, and where to sign in and ask."""

from __future__ import annotations

from dataclasses import dataclass

from bowout.config.keys import ACCOUNT, TEXT, URL, Key, ProviderSpec
from bowout.model import OwnKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookKeys(OwnKeys):
    """The keys of ``provider = "outlook"``. Signing in needs a ``client_id``; a token_command does not."""

    client_id: str | None = None
    authority: str | None = None
    graph_endpoint: str | None = None


SPEC = ProviderSpec(
    rows=(
        Key(f"{ACCOUNT}.client_id", TEXT, "Your application id, from Microsoft.", required=True),
        Key(f"{ACCOUNT}.authority", URL, "Where to sign in (work, personal, sovereign)."),
        Key(f"{ACCOUNT}.graph_endpoint", URL, "Another server that speaks Graph."),
    ),
    make=OutlookKeys,
)
