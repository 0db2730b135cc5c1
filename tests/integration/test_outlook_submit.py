"""Sending a draft over Graph: at most one POST, and what each answer proves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from account_kit import with_keys
from bowout.errors import BowoutError, DraftChanged, DraftGone, Interrupted, NotArmed, OutcomeUnknown, Refused
from bowout.model import Account, Query
from bowout.providers.base import Draft, Evidence, Maybe, Receipt
from bowout.providers.outlook.api import Graph
from bowout.providers.outlook.mailbox import OutlookMailbox, OutlookSubmitter
from clock import FakeClock
from graph_kit import FixedTokens, account_at, letter_in, opened
from servers.graph import BACKEND, DENIED, EXPIRED, GATEWAY, GraphServer, error, throttled
from servers.graph_mail import POSITIONS
from servers.http import Response, Trouble, closed_port

SEND = r"POST .*/send$"


@dataclass
class Desk:
    server: GraphServer
    clock: FakeClock
    account: Account
    mailbox: OutlookMailbox
    draft: Draft

    @property
    def submitter(self) -> OutlookSubmitter:
        return OutlookSubmitter(self.account, self.mailbox, self.clock)

    @property
    def sent(self) -> int:
        return len(self.server.box.submitted)


@pytest.fixture
def desk(clock: FakeClock, tmp_path: Path) -> Iterator[Desk]:
    with GraphServer(clock=clock) as server:
        account = account_at(server, tmp_path, allow_send=True)
        mailbox = opened(server, account, clock, limit=1.0)
        server.recruiter.write()
        (thread,) = mailbox.search(Query(who="acme"), 10)
        yield Desk(server, clock, account, mailbox, mailbox.save_draft(letter_in(thread)))
        mailbox.close()


OUTCOMES = [
    (Trouble.STATUS, DENIED, Refused, False),
    (Trouble.STATUS, error(400, "ErrorInvalidRecipients", "No."), Refused, False),
    (Trouble.STATUS, EXPIRED, Refused, True),
    (Trouble.STATUS, throttled(), Refused, True),
    (Trouble.STATUS, error(404, "ErrorNonExistentMailbox", "?"), OutcomeUnknown, None),
    (Trouble.STATUS, error(409, "Conflict", "?"), OutcomeUnknown, None),
    (Trouble.STATUS, Response(403, b"<html>proxy</html>", "text/html"), OutcomeUnknown, None),
    (Trouble.STATUS, Response(200, b"<html>welcome to the hotel</html>", "text/html"), OutcomeUnknown, None),
    (Trouble.STATUS, Response(302, b"", headers={"Location": "https://x.example"}), OutcomeUnknown, None),
    (Trouble.STATUS, error(500, "InternalServerError", "?"), OutcomeUnknown, None),
    (Trouble.STATUS, BACKEND, OutcomeUnknown, None),
    (Trouble.STATUS_AFTER, GATEWAY, OutcomeUnknown, None),
    (Trouble.CLOSE, None, OutcomeUnknown, None),
    (Trouble.CLOSE_AFTER, None, OutcomeUnknown, None),
    (Trouble.RESET_AFTER, None, OutcomeUnknown, None),
    (Trouble.HANG_AFTER, None, OutcomeUnknown, None),
]


@pytest.mark.parametrize(("trouble", "response", "expected", "temporary"), OUTCOMES)
def test_every_outcome_is_told_apart_and_asked_for_once(
    desk: Desk,
    trouble: Trouble,
    response: Response | None,
    expected: type[BowoutError],
    temporary: bool | None,
) -> None:
    desk.server.fault(trouble, SEND, response=response)
    with pytest.raises(expected) as told:
        desk.submitter.submit(desk.draft)
    if isinstance(told.value, Refused):
        assert told.value.temporary is temporary
    assert desk.server.count(SEND) == 1
    assert desk.sent == int(trouble.carried_out)


@pytest.mark.parametrize("status", [400, 404, 409, 412])
def test_a_check_that_fails_before_the_request_is_never_unknown(desk: Desk, status: int) -> None:
    refused = error(status, "Odd", "No.")
    desk.server.fault(Trouble.STATUS, "GET .*/messages$", response=refused, times=9)
    desk.mailbox.graph.close()
    with pytest.raises((Refused, DraftGone)):
        desk.submitter.submit(replace(desk.draft, key=replace(desk.draft.key, id="AAgone")))
    assert desk.server.count(SEND) == 0
    desk.server.clear_faults()


def test_an_edit_of_a_moment_ago_is_not_sent(desk: Desk) -> None:
    """What is remembered of the conversation does not count before a submission."""
    mailbox = OutlookMailbox(desk.account, desk.mailbox.graph, tick=lambda: 0.0)
    (thread,) = mailbox.search(Query(who="acme"), 10)
    assert thread.drafts
    desk.server.person.type_above(desk.server.box.item(desk.draft.message.id), "wait")
    with pytest.raises(DraftChanged):
        OutlookSubmitter(desk.account, mailbox, desk.clock).submit(desk.draft)
    assert desk.server.count(SEND) == 0
    mailbox.close()


class Stopped:
    def token(self, scopes: frozenset[str], refused: str | None = None) -> str:
        raise KeyboardInterrupt


def test_ctrl_c_before_the_request_is_known_to_have_sent_nothing(desk: Desk) -> None:
    """Else the row would stay unknown: that there is no sent copy proves nothing here."""
    desk.mailbox.graph.tokens = Stopped()
    with pytest.raises(Interrupted):
        desk.submitter.submit(desk.draft)
    assert desk.server.count(SEND) == 0


def test_an_unknown_outcome_is_settled_by_the_sent_copy(desk: Desk) -> None:
    desk.server.fault(Trouble.CLOSE_AFTER, SEND)
    with pytest.raises(OutcomeUnknown):
        desk.submitter.submit(desk.draft)
    assert isinstance(desk.mailbox.find_sent(desk.draft), Receipt)
    assert desk.submitter.evidence is Evidence.SENT_COPY


def test_that_there_is_no_copy_proves_nothing(desk: Desk) -> None:
    desk.server.fault(Trouble.CLOSE, SEND)
    with pytest.raises(OutcomeUnknown):
        desk.submitter.submit(desk.draft)
    assert desk.mailbox.find_sent(desk.draft) is None
    assert desk.mailbox.find_draft(desk.draft.key) is not None


def test_nothing_was_accepted_when_graph_cannot_be_reached(desk: Desk) -> None:
    with closed_port() as base:
        away = with_keys(desk.account, graph_endpoint=base)
        desk.mailbox.graph.account = away
        with pytest.raises(Refused) as told:
            desk.submitter.submit(desk.draft)
    assert told.value.temporary
    assert desk.sent == 0


@pytest.mark.parametrize("position", POSITIONS)
def test_a_draft_goes_out_once_however_often_it_is_submitted(
    position: str, clock: FakeClock, tmp_path: Path
) -> None:
    with GraphServer(clock=clock, switches=POSITIONS[position]) as server:
        account = account_at(server, tmp_path, allow_send=True)
        mailbox = opened(server, account, clock)
        server.recruiter.write()
        (thread,) = mailbox.search(Query(who="acme"), 10)
        draft = mailbox.save_draft(letter_in(thread))
        submitter = OutlookSubmitter(account, mailbox, clock)
        submitter.submit(draft)
        for _ in range(2):
            with pytest.raises(DraftGone):
                submitter.submit(draft)
        assert len(server.box.submitted) == 1
        assert isinstance(mailbox.find_sent(draft), Receipt)
        mailbox.close()


def test_a_sent_copy_in_another_conversation_is_found(desk: Desk) -> None:
    """Classic Outlook may change both ids, and an edited subject the conversation."""
    item = desk.server.box.item(desk.draft.key.id or "")
    desk.clock.advance(timedelta(minutes=5))
    sent = desk.server.person.send(item)
    moved = replace(sent, id="AAother", message_id="<new@client.example>", conversation="AAQkother")
    del desk.server.box.items[sent.id]
    desk.server.box.items[moved.id] = moved
    assert isinstance(desk.mailbox.find_sent(desk.draft), Receipt)


def test_another_answer_of_mine_is_only_a_maybe(desk: Desk) -> None:
    item = desk.server.box.item(desk.draft.key.id or "")
    (first, *_) = desk.server.box.items.values()
    desk.server.person.delete(item)
    desk.clock.advance(timedelta(minutes=5))
    desk.server.person.answer(first, "Could we talk on the phone instead?")
    assert isinstance(desk.mailbox.find_sent(desk.draft), Maybe)


# --- the right to send ----------------------------------------------------------------------------------


def test_the_right_to_send_is_wanted_for_sending_only(desk: Desk) -> None:
    tokens = desk.mailbox.graph.tokens
    assert isinstance(tokens, FixedTokens)
    assert tokens.asked == set()
    desk.submitter.submit(desk.draft)
    assert tokens.asked == {"Mail.Send"}


@pytest.mark.parametrize(
    "path",
    [
        *("/send", "/sendMail", "/reply", "/replyAll", "/forward", "/$batch", "/%24batch", "/send/"),
        *("/microsoft.graph.send", "/decline", "/accept", "/tentativelyAccept", "/cancel"),
    ],
)
def test_no_path_that_sends_leaves_while_sending_is_off(desk: Desk, path: str) -> None:
    graph = Graph(replace(desk.account, allow_send=False), desk.mailbox.graph.tokens, desk.clock)
    before = len(desk.server.seen)
    for ask in (
        lambda: graph.submit(f"/me/messages/x{path}", "Mail.Send"),
        lambda: graph.write("POST", f"/me/messages/x{path.upper()}"),
    ):
        with pytest.raises(NotArmed, match="may not send"):
            ask()
    graph.close()
    assert len(desk.server.seen) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(
            ("POST", path)
            for path in ("/me/sendMail", "/me/messages", "/me/messages/x/createForward", "/$batch")
        ),
        *(("POST", path) for path in ("/me/messages/x/forward/createReply", "/me/messages//createReply")),
        *(("PATCH", path) for path in ("/me/messages/x/send", "/me/mailboxSettings", "/me/messages/")),
        *((method, "/me/messages/x") for method in ("PUT", "POST", "patch")),
        ("DELETE", "/me/events/x"),
    ],
)
def test_only_what_leaves_every_letter_where_it_is_leaves_while_sending_is_off(
    desk: Desk, method: str, path: str
) -> None:
    """A list of what may leave: whatever else Graph learns to do, it is not on it."""
    graph = Graph(replace(desk.account, allow_send=False), desk.mailbox.graph.tokens, desk.clock)
    before = len(desk.server.seen)
    with pytest.raises(NotArmed, match="may not send"):
        graph.write(method, path, {})
    graph.close()
    assert len(desk.server.seen) == before


def test_nothing_is_asked_of_graph_while_sending_is_off(desk: Desk) -> None:
    before = len(desk.server.seen)
    with pytest.raises(NotArmed):
        OutlookSubmitter(replace(desk.account, allow_send=False), desk.mailbox, desk.clock).submit(desk.draft)
    assert len(desk.server.seen) == before
