"""Decline an invitation in Outlook's calendar."""

from __future__ import annotations

from urllib.parse import quote

from bowout.errors import AlreadyDone, Failed, NothingFound, OutcomeUnknown
from bowout.providers.outlook.api import Answer, Graph
from bowout.providers.outlook.threads import path_of
from bowout.providers.web.http import NeverLeft, NoAnswer

CALENDARS = "Calendars.ReadWrite"


def decline(graph: Graph, message_id: str, note: str) -> None:
    """POST /me/events/{id}/decline, once. The right to it is asked for only here."""
    rights = frozenset({CALENDARS})
    try:
        place = graph.read(path_of(message_id), select="parentFolderId")["parentFolderId"]
        path = f"/me/mailFolders/{quote(place, safe='')}/messages/{quote(message_id, safe='')}"
        event = graph.read(path, rights, expand="microsoft.graph.eventMessage/event").get("event")
    except Answer as exc:
        if exc.absent:
            raise _no_event() from exc
        raise
    if not event:
        raise _no_event()
    if (event.get("responseStatus") or {}).get("response") == "declined":
        raise AlreadyDone("The invitation was declined before.", "Nothing was sent.")
    try:
        status = graph.submit(
            f"/me/events/{quote(event['id'], safe='')}/decline",
            CALENDARS,
            {"comment": note, "sendResponse": True},
        )
    except NeverLeft as exc:
        raise graph.unreachable(exc) from exc
    except Answer as exc:
        refused = graph.translated(exc)
        words = f"Outlook refused to decline: {exc.words}."
        raise (Failed(words) if refused is exc else refused) from exc
    except NoAnswer as exc:
        raise _unclear_decline(str(exc)) from exc
    if status not in {202, 204}:
        raise _unclear_decline(f"status {status}")


def _no_event() -> NothingFound:
    return NothingFound(
        "Outlook knows no calendar entry for that invitation.", "Look into your calendar; it may be gone."
    )


def _unclear_decline(why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Outlook was asked to decline and gave no clear answer ({why}).", "Look into your calendar."
    )
