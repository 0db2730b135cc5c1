"""How requests reach Gmail: once for a write, again for a read, nowhere else, and never a send unasked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bowout.errors import BowoutError, Failed, NotArmed, OutcomeUnknown, SignInNeeded, Unreachable
from bowout.model import Address, Query, Thread
from bowout.providers.base import Draft
from bowout.providers.gmail.api import Api, _Http
from bowout.providers.gmail.mailbox import GmailMailbox
from bowout.providers.web.api import MOST_PAGES
from clock import FakeClock
from gmail_kit import FixedTokens, account_at, letter_in, opened
from servers.gmail import BACKEND, EXPIRED, GATEWAY, QUOTA, TOO_MANY, GmailServer, error
from servers.google_oauth import READONLY
from servers.http import Listing, Response, Trouble, closed_port

CREATE = r"POST .*/drafts$"


@pytest.fixture
def server(clock: FakeClock) -> Iterator[GmailServer]:
    with GmailServer(clock=clock) as running:
        yield running


@pytest.fixture
def mailbox(server: GmailServer, clock: FakeClock, tmp_path: Path) -> Iterator[GmailMailbox]:
    box = opened(server, account_at(server, tmp_path), clock)
    yield box
    box.close()


@pytest.fixture
def thread(server: GmailServer, mailbox: GmailMailbox) -> Thread:
    return mailbox.thread(server.recruiter.write().thread)


# --- writes ---------------------------------------------------------------------------------------

# What may go wrong with a write, how often it is then done at the server, and what the person is told.
WRITES: list[tuple[Trouble, Response | None, int, type[BowoutError]]] = [
    (Trouble.CLOSE, None, 0, OutcomeUnknown),
    (Trouble.CLOSE_AFTER, None, 1, OutcomeUnknown),
    (Trouble.RESET_AFTER, None, 1, OutcomeUnknown),
    (Trouble.HANG, None, 0, OutcomeUnknown),
    (Trouble.HANG_AFTER, None, 1, OutcomeUnknown),
    (Trouble.CUT_JSON, None, 1, OutcomeUnknown),
    (Trouble.CUT_SHORT, None, 1, OutcomeUnknown),
    (Trouble.STATUS, GATEWAY, 0, OutcomeUnknown),
    (Trouble.STATUS_AFTER, GATEWAY, 1, OutcomeUnknown),
    (Trouble.STATUS, BACKEND, 0, OutcomeUnknown),
    (Trouble.STATUS, TOO_MANY, 0, Unreachable),
    (Trouble.STATUS, QUOTA, 0, Unreachable),
    (Trouble.STATUS, EXPIRED, 0, SignInNeeded),
    (Trouble.STATUS, error(400, "invalidArgument", "Invalid To header"), 0, Failed),
    (Trouble.STATUS, error(403, "domainPolicy", "Domain policy has disabled the app"), 0, Failed),
    # A proxy or a hotel's log-in page answers without Google's words: that proves nothing.
    (Trouble.STATUS, Response(403, b"<html>log in</html>", "text/html"), 0, OutcomeUnknown),
    (Trouble.STATUS, Response(302, headers={"Location": "/gmail/v1/users/me/drafts"}), 0, OutcomeUnknown),
    (Trouble.STATUS, Response(307, headers={"Location": "/gmail/v1/users/me/drafts"}), 0, OutcomeUnknown),
]


@pytest.mark.parametrize(("trouble", "response", "done", "told"), WRITES)
def test_a_write_leaves_once_and_its_outcome_is_told_truly(
    server: GmailServer,
    clock: FakeClock,
    tmp_path: Path,
    thread: Thread,
    trouble: Trouble,
    response: Response | None,
    done: int,
    told: type[BowoutError],
) -> None:
    mailbox = opened(server, account_at(server, tmp_path), clock, limit=0.3)
    server.fault(trouble, CREATE, response=response)
    with pytest.raises(told) as raised:
        mailbox.save_draft(letter_in(thread))
    assert type(raised.value) is told
    assert raised.value.next_step
    assert server.count(CREATE) == 1
    assert len(server.box.drafts()) == done
    mailbox.close()


def test_a_slow_write_is_waited_for(server: GmailServer, mailbox: GmailMailbox, thread: Thread) -> None:
    server.fault(Trouble.SLOW, CREATE, delay=0.5)
    assert mailbox.save_draft(letter_in(thread)).key.id


def test_nothing_left_when_nobody_listens(clock: FakeClock, tmp_path: Path, thread: Thread) -> None:
    with closed_port() as base, GmailServer(clock=clock) as other:
        mailbox = opened(other, account_at(other, tmp_path, api_endpoint=base), clock)
        with pytest.raises(Unreachable):
            mailbox.save_draft(letter_in(thread))
        mailbox.close()


def test_a_host_without_an_address_is_unreachable(
    server: GmailServer, clock: FakeClock, tmp_path: Path, thread: Thread
) -> None:
    mailbox = opened(server, account_at(server, tmp_path, api_endpoint="https://gmail.invalid"), clock)
    with pytest.raises(Unreachable):
        mailbox.save_draft(letter_in(thread))
    mailbox.close()


def test_a_server_without_tls_is_unreachable(
    server: GmailServer, clock: FakeClock, tmp_path: Path, thread: Thread
) -> None:
    https = server.base.replace("http:", "https:")
    mailbox = opened(server, account_at(server, tmp_path, api_endpoint=https), clock)
    with pytest.raises(Unreachable):
        mailbox.save_draft(letter_in(thread))
    mailbox.close()


# --- reads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "response"),
    [
        (Trouble.CLOSE, None),
        (Trouble.CUT_JSON, None),
        (Trouble.CUT_SHORT, None),
        (Trouble.STATUS, TOO_MANY),
        (Trouble.STATUS, QUOTA),
        (Trouble.STATUS, BACKEND),
    ],
)
def test_a_read_is_tried_again(
    server: GmailServer, mailbox: GmailMailbox, trouble: Trouble, response: Response | None
) -> None:
    wanted = server.recruiter.write().thread
    server.fault(trouble, "GET .*/threads/", times=2, response=response)
    assert len(mailbox.thread(wanted).messages) == 1


def test_a_read_is_given_up_after_growing_pauses(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    pauses: list[float] = []
    mailbox = opened(server, account_at(server, tmp_path), clock, sleep=pauses.append)
    server.fault(Trouble.STATUS, "GET .*/profile", times=9, response=TOO_MANY)
    with pytest.raises(Unreachable, match="Too many concurrent requests"):
        mailbox.mailbox_id()
    assert server.count("GET .*/profile") == 4
    assert pauses == sorted(pauses)
    assert sum(pauses) < 6
    mailbox.close()


def test_a_read_waits_as_long_as_google_says(server: GmailServer, clock: FakeClock, tmp_path: Path) -> None:
    pauses: list[float] = []
    mailbox = opened(server, account_at(server, tmp_path), clock, sleep=pauses.append)
    server.clock_skew = timedelta(hours=3)
    date = format_datetime(server.now() + timedelta(seconds=9), usegmt=True)
    for response, pause in ((TOO_MANY, "7"), (QUOTA, date), (BACKEND, "2")):
        told = replace(response, headers={**response.headers, "Retry-After": pause})
        server.fault(Trouble.STATUS, "GET .*/sendAs", response=told, times=1)
        opened(server, account_at(server, tmp_path), clock, sleep=pauses.append).identities()
    assert pauses == [7.0, 9.0, 2.0]
    far = replace(TOO_MANY, headers={"Retry-After": "600"})
    server.fault(Trouble.STATUS, "GET .*/profile", response=far, times=1)
    with pytest.raises(Unreachable):
        mailbox.mailbox_id()
    assert len(pauses) == 3
    mailbox.close()


@pytest.mark.parametrize("listing", [Listing.COMES_BACK, Listing.NEVER_ENDS])
def test_a_listing_without_an_end_is_told_and_not_taken_for_nothing(
    server: GmailServer, mailbox: GmailMailbox, thread: Thread, listing: Listing
) -> None:
    draft = mailbox.save_draft(letter_in(thread))
    looks: list[Callable[[], object]] = [
        lambda: mailbox.search(Query(who="acme"), 8),
        lambda: mailbox.thread(thread.id),
        lambda: mailbox.find_draft(replace(draft.key, id=None)),
    ]
    server.listing = listing
    for look in looks:
        before = server.count("GET .*/drafts$")
        server.new_minute()
        with pytest.raises(Unreachable, match="nobody knows what else is in it"):
            look()
        assert server.count("GET .*/drafts$") - before <= 2 * MOST_PAGES


def test_a_read_is_not_tried_again_when_that_cannot_help(server: GmailServer, mailbox: GmailMailbox) -> None:
    server.fault(Trouble.STATUS, "profile", response=error(403, "domainPolicy", "The app is disabled"))
    with pytest.raises(Failed, match="The app is disabled"):
        mailbox.mailbox_id()
    assert server.count("profile") == 1


NOT_ENABLED = error(400, "failedPrecondition", "Mail service not enabled")
MISSING = error(404, "notFound", "Requested entity was not found.")
LOOKS: dict[str, Callable[[GmailMailbox, Draft], object]] = {
    "who": lambda box, _: box.identities(),
    "whose": lambda box, _: box.mailbox_id(),
    "search": lambda box, _: box.search(Query(who="acme"), 8),
    "thread": lambda box, draft: box.thread(draft.key.thread_id),
    "draft": lambda box, draft: box.find_draft(draft.key),
    "lost draft": lambda box, draft: box.find_draft(replace(draft.key, id=None)),
    "sent": lambda box, draft: box.find_sent(draft),
    "replace": lambda box, draft: box.replace_draft(draft, letter_in(box.thread(draft.key.thread_id))),
    "delete": lambda box, draft: box.delete_draft(draft),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_mailbox_that_gmail_does_not_open_is_neither_empty_nor_a_draft_gone(
    server: GmailServer, mailbox: GmailMailbox, thread: Thread, look: str
) -> None:
    """A failed precondition is about the account: whoever believed it of the draft would give it up."""
    draft = mailbox.save_draft(letter_in(thread))
    server.fault(Trouble.STATUS, times=99, response=NOT_ENABLED)
    with pytest.raises(Failed, match="Mail service not enabled") as raised:
        LOOKS[look](mailbox, draft)
    assert raised.value.next_step


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("path", ["messages$", "sendAs", "drafts$", "threads/", "drafts/", "profile"])
def test_no_refusal_leaves_bowout_without_words(
    server: GmailServer, mailbox: GmailMailbox, thread: Thread, look: str, path: str
) -> None:
    draft = mailbox.save_draft(letter_in(thread))
    server.fault(Trouble.STATUS, f"GET .*/{path}", times=99, response=MISSING)
    with suppress(BowoutError):  # anything else would be told as a fault of bowout's own
        LOOKS[look](mailbox, draft)


def test_a_quota_is_known_by_its_newer_name_too(server: GmailServer, mailbox: GmailMailbox) -> None:
    told = {"code": 403, "message": "Quota exceeded for quota metric", "status": "RESOURCE_EXHAUSTED"}
    server.fault(Trouble.STATUS, "profile", response=Response.of({"error": told}, 403))
    assert mailbox.mailbox_id()
    assert server.count("profile") == 2


def test_a_body_that_went_with_an_edited_draft_is_missed_not_mourned(
    server: GmailServer, mailbox: GmailMailbox, thread: Thread
) -> None:
    """The attachment ids of a draft end with every edit, also while its thread is being read."""
    server.inline_limit = 100
    mailbox.save_draft(letter_in(thread, "Long words. " * 30))
    server.fault(Trouble.STATUS, "GET .*/attachments/", times=9, response=MISSING)
    (draft,) = mailbox.thread(thread.id).drafts
    assert draft.body is None


def test_an_access_token_that_ends_in_the_middle_is_renewed(
    server: GmailServer, mailbox: GmailMailbox
) -> None:
    wanted = server.recruiter.write().thread
    mailbox.thread(wanted)
    server.tokens.expire_access()
    assert mailbox.thread(wanted).complete


def test_a_token_that_is_never_accepted_asks_for_a_sign_in(
    server: GmailServer, mailbox: GmailMailbox
) -> None:
    server.fault(Trouble.STATUS, "profile", times=9, response=EXPIRED)
    with pytest.raises(SignInNeeded) as raised:
        mailbox.mailbox_id()
    assert raised.value.next_step == "Sign in again: bowout account add personal"
    assert server.count("profile") == 2


def test_a_clock_that_is_wrong_is_named(server: GmailServer, mailbox: GmailMailbox) -> None:
    server.clock_skew = timedelta(hours=1)
    server.fault(Trouble.STATUS, "profile", times=9, response=EXPIRED)
    with pytest.raises(SignInNeeded, match="clock is 60 minutes behind") as raised:
        mailbox.mailbox_id()
    assert "Set the clock" in raised.value.next_step


def test_a_sign_in_without_a_right_names_the_cure(
    server: GmailServer, clock: FakeClock, tmp_path: Path
) -> None:
    account = account_at(server, tmp_path)
    wanted = server.recruiter.write().thread
    mailbox = GmailMailbox(account, Api(account, FixedTokens(server, READONLY), clock), clock)
    with pytest.raises(SignInNeeded, match="lacks a right"):
        mailbox.save_draft(letter_in(mailbox.thread(wanted)))
    mailbox.close()
    with pytest.raises(AssertionError, match="the token has none of its scopes"):
        server.check()
    server.failures.clear()


def test_the_fake_notes_a_sender_that_gmail_would_replace(
    server: GmailServer, mailbox: GmailMailbox, thread: Thread
) -> None:
    server.add_alias("pending@alias.example", verified=False)
    mailbox.save_draft(letter_in(thread, from_=Address("Me", "pending@alias.example")))
    with pytest.raises(AssertionError, match="Gmail would write another From"):
        server.check()
    server.failures.clear()


def test_what_google_says_reaches_no_terminal_raw(server: GmailServer, mailbox: GmailMailbox) -> None:
    server.fault(Trouble.STATUS, "profile", response=error(403, "x\x1b[2J", "no\x1b]0;title\x07 way"))
    with pytest.raises(Failed) as raised:
        mailbox.mailbox_id()
    assert "\x1b" not in raised.value.message
    assert "\x07" not in raised.value.message


# --- quota, endpoint, sending -----------------------------------------------------------------------


def test_a_draft_costs_at_most_600_units(server: GmailServer, mailbox: GmailMailbox) -> None:
    for number in range(30):
        server.recruiter.write(subject=f"Interview {number}", message_id=f"<{number}@acme.example>")
    (thread, *_) = found = mailbox.search(Query(who="acme"), 20)
    mailbox.save_draft(letter_in(thread))
    assert sum(bool(one.messages) for one in found) == 8
    assert server.units == mailbox.api.units <= 600
    lists, who, threads, draft = 4 * 5, 1, 8 * 40, 10
    assert server.units == lists + who + threads + draft


def test_a_used_up_quota_is_told_and_nothing_is_lost(server: GmailServer, mailbox: GmailMailbox) -> None:
    wanted = server.recruiter.write().thread
    for _ in range(133):  # a minute holds 6,000 units, one look costs 45
        mailbox.thread(wanted)
    with pytest.raises(Unreachable, match="Quota exceeded"):
        mailbox.thread(wanted)


ME = "/gmail/v1/users/me"
MAY_SEND = [
    *(f"{ME}/drafts/send", f"{ME}/drafts/send/", f"{ME}/drafts/send?alt=json", f"{ME}/drafts/%73end"),
    *(f"{ME}/drafts//send", f"/{ME}/drafts/send", f"{ME}/drafts:send", f"{ME}/Drafts/Send"),
    *("/gmail/v1/users/me@gmail.com/drafts/send", f"{ME}/messages/send", f"{ME}/messages", f"{ME}/settings"),
    *(f"/upload{ME}/drafts/send", f"/resumable/upload{ME}/drafts", f"/upload{ME}/messages/send"),
    *("/batch", "/batch/", "/batch/gmail/v1", "/gmail/v1/batch", "/"),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "post"])
@pytest.mark.parametrize("path", MAY_SEND)
def test_nothing_but_keeping_drafts_leaves_without_the_right_to_send(
    server: GmailServer, mailbox: GmailMailbox, method: str, path: str
) -> None:
    """Whatever its spelling, and whichever way it takes through the client library."""
    before = len(server.seen)
    with pytest.raises(NotArmed, match="may not send"):
        _Http(mailbox.api).request(f"{server.base}{path}", method, b"{}")
    assert len(server.seen) == before


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("users.drafts.send", {"id": "r-1"}),
        ("users.messages.send", {"raw": "QQ"}),
    ],
)
def test_no_send_path_leaves_this_computer_unless_the_account_may_send(
    server: GmailServer,
    mailbox: GmailMailbox,
    method: str,
    body: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    transport = sys.modules["bowout.providers.gmail.api"]
    monkeypatch.setitem(transport.COSTS, "users.messages.send", 100)
    # Built clients are kept by address, and an earlier test's server may have had the same port.
    for kept in (transport._resource, transport._service):
        kept.cache_clear()
    before = len(server.seen)
    with pytest.raises(NotArmed, match="may not send") as raised:
        mailbox.api.once(method, body=body)
    assert "allow_send = true" in raised.value.next_step
    assert len(server.seen) == before


SILENT = """
import sys
from bowout import providers, model, cli
from bowout.drafts import prepare, save
from bowout.find import search
from bowout.cli import run
code = run(sys.argv[1:])
heavy = {"google", "googleapiclient", "google_auth_oauthlib", "httplib2", "requests", "keyring"}
loaded = heavy & {name.partition(".")[0] for name in sys.modules}
assert not loaded, loaded
sys.exit(code)
"""


@pytest.mark.parametrize("command", ["--version", "--help", "config path", "demo", "account --help"])
def test_commands_without_gmail_import_nothing_of_google(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SILENT, *command.split()], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
