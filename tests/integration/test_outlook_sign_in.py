"""Signing in at Microsoft and staying so, against a token endpoint over TLS; the test is the person."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from account_kit import with_keys
from bowout.errors import BowoutError, ConfigError, NotArmed, SignInNeeded, Unreachable, UsageError
from bowout.model import Account
from bowout.providers import sign_in
from bowout.providers.outlook.keys import OutlookKeys
from bowout.providers.outlook.mailbox import open_mailbox, open_submitter
from bowout.providers.outlook.refusals import CURES, codes_in, explained
from bowout.providers.outlook.tokens import SignIn, authority_of, keeper, tokens
from bowout.providers.sign_in import How, SecretPlace
from bowout.providers.web.tokens import Keeper
from bowout.vault import Vault
from graph_kit import account_at
from servers.entra import Browser, EntraServer, Refusal
from servers.graph import GraphServer
from servers.http import Response, Trouble, closed_port

PASSPHRASE = "correct horse battery staple"
SEND = frozenset({"Mail.Send"})


@dataclass
class Place:
    """A person's Outlook: Graph, the sign-in server, the account and a clock that can be moved."""

    graph: GraphServer
    entra: EntraServer
    account: Account
    ahead: timedelta = timedelta()
    shown: list[str] = field(default_factory=list)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def how(self, decision: str = "allow", **changes: Any) -> How:
        browser = Browser(self.entra.ca_file, decision)

        def show(url: str) -> None:
            self.shown.append(url)
            threading.Thread(target=browser.visit, args=(url,), daemon=True).start()

        return How(show=show, passphrase=lambda: PASSPHRASE, limit=10.0, **changes)

    def sign_in(self, **changes: Any) -> None:
        sign_in.enrol(self.account, self.clock, self.how(**changes))

    def keeper(self) -> Keeper[SignIn]:
        return keeper(self.account, self.clock, Vault.of(self.account))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    # The way a company's own authority is made known to bowout; msal's requests obey it too.
    with GraphServer() as graph, EntraServer(graph.entra, tmp_path / "tls") as entra:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(entra.ca_file))
        monkeypatch.setenv("BOWOUT_PASSPHRASE", PASSPHRASE)
        yield Place(graph, entra, account_at(graph, tmp_path, authority=entra.authority, allow_send=True))


# --- signing in -------------------------------------------------------------------------------------


def test_after_the_browser_the_mailbox_opens(place: Place) -> None:
    place.sign_in()
    mailbox = open_mailbox(place.account, place.clock)
    assert [i.address.address for i in mailbox.identities()] == ["me@outlook.com"]
    mailbox.close()


def test_the_right_to_send_is_not_asked_for_before_somebody_wants_to_send(place: Place) -> None:
    place.sign_in()
    assert place.entra.entra.asked
    assert not any("Mail.Send" in scopes for scopes in place.entra.entra.asked)
    mailbox = open_mailbox(place.account, place.clock)
    with pytest.raises(NotArmed, match="right to send") as told:
        open_submitter(place.account, mailbox, place.clock)
    assert "--right-to-send" in told.value.next_step
    mailbox.close()


def test_the_right_to_send_is_added_when_asked_for(place: Place) -> None:
    place.sign_in()
    place.sign_in(to_send=True)
    assert "Mail.Send" in place.entra.entra.asked[-1]
    mailbox = open_mailbox(place.account, place.clock)
    open_submitter(place.account, mailbox, place.clock)
    mailbox.close()


def test_signing_in_again_keeps_the_right_to_send(place: Place) -> None:
    place.sign_in(to_send=True)
    place.sign_in()
    assert "Mail.Send" in place.keeper().load().scopes


def test_an_account_that_may_not_send_never_asks_for_the_right(place: Place) -> None:
    place.account = replace(place.account, allow_send=False)
    with pytest.raises(UsageError, match="may not send"):
        place.sign_in(to_send=True)
    assert place.entra.entra.asked == []


def test_a_code_on_another_screen_signs_in_too(place: Place) -> None:
    told: list[tuple[str, str]] = []

    def device(address: str, code: str) -> None:
        told.append((address, code))
        place.entra.entra.agree_on_device(code)

    place.sign_in(device=device)
    assert told[0][0].startswith("https://localhost")
    assert place.keeper().token(frozenset())


def test_an_unused_code_ends(place: Place) -> None:
    how = replace(place.how(), device=lambda *_: None, limit=0.01)
    with pytest.raises(SignInNeeded, match="Nobody entered the code"):
        sign_in.enrol(place.account, place.clock, how)


def test_another_account_than_configured_is_not_kept(place: Place) -> None:
    place.account = replace(place.account, address="somebody@outlook.com")
    with pytest.raises(SignInNeeded, match=r"signed in as me@outlook\.com"):
        place.sign_in()
    assert sign_in.state(place.account, place.clock).secret is SecretPlace.NOWHERE


@pytest.mark.parametrize(
    ("decision", "words"),
    [("65004", "did not agree"), ("90094", "only administrators"), ("53003", "conditional access")],
)
def test_a_refusal_in_the_browser_says_what_to_do(place: Place, decision: str, words: str) -> None:
    with pytest.raises(SignInNeeded, match=words):
        place.sign_in(decision=decision)
    assert sign_in.state(place.account, place.clock).secret is SecretPlace.NOWHERE


def test_without_a_client_id_nothing_starts(place: Place) -> None:
    place.account = with_keys(place.account, client_id=None)
    with pytest.raises(ConfigError, match="client_id is missing"):
        place.sign_in()


def test_an_unknown_client_id_is_a_matter_of_the_configuration(place: Place) -> None:
    place.account = with_keys(place.account, client_id="99999999-0000-0000-0000-000000000000")
    with pytest.raises(ConfigError, match="700016"):
        sign_in.enrol(place.account, place.clock, replace(place.how(), device=lambda *_: None))


def test_an_authority_that_is_none_is_a_matter_of_the_configuration(place: Place) -> None:
    place.account = with_keys(place.account, authority=f"{place.entra.base}/no/such/place")
    with pytest.raises(ConfigError, match=r"accounts\.work\.authority"):
        place.sign_in()


# --- staying signed in --------------------------------------------------------------------------------


def test_a_token_that_still_lives_needs_no_request(place: Place) -> None:
    place.sign_in()
    before = len(place.entra.seen)
    assert place.keeper().token(frozenset())
    assert len(place.entra.seen) == before


def test_an_old_token_is_renewed_and_the_new_refresh_token_kept(place: Place) -> None:
    place.sign_in()
    old = place.keeper().load()
    place.ahead = timedelta(hours=2)
    place.graph.clock_skew = place.ahead
    assert place.keeper().token(frozenset()) != old.access_token
    assert place.keeper().load().cache != old.cache
    assert place.entra.entra.refreshes == 1


def test_two_processes_renew_one_after_the_other_and_lose_nothing(place: Place) -> None:
    place.sign_in()
    place.ahead = timedelta(hours=2)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(place.keeper().token(frozenset()))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert place.entra.entra.refreshes == 1
    place.ahead += timedelta(hours=2)
    assert place.keeper().token(frozenset())


def test_a_token_that_graph_refuses_is_replaced_once(place: Place) -> None:
    place.sign_in()
    place.entra.entra.expire_access()
    mailbox = open_mailbox(place.account, place.clock)
    assert mailbox.mailbox_id().startswith("outlook:")
    assert place.entra.entra.refreshes == 1
    mailbox.close()


def test_a_revoked_sign_in_says_so_once_and_names_the_cure(place: Place) -> None:
    place.sign_in()
    place.entra.entra.revoke()
    mailbox = open_mailbox(place.account, place.clock)
    with pytest.raises(SignInNeeded, match="50173") as told:
        mailbox.mailbox_id()
    assert "bowout account add work" in told.value.next_step
    mailbox.close()


def test_sending_without_consent_is_not_the_end_of_the_sign_in(place: Place) -> None:
    place.sign_in()
    with pytest.raises(SignInNeeded, match=r"Mail\.Send"):
        place.keeper().token(SEND)
    assert place.keeper().token(frozenset())


def test_a_damaged_cache_means_sign_in_again(place: Place) -> None:
    place.sign_in()
    keeping, kept = Vault.of(place.account), place.keeper().load()
    for cache in ("{ not json", json.dumps({})):
        keeping.save("work", replace(kept, cache=cache, access_token=None).to_dict())
        with pytest.raises(SignInNeeded, match="damaged"):
            place.keeper().token(frozenset())


def test_a_sign_in_of_another_kind_means_sign_in_again(place: Place) -> None:
    place.sign_in()
    Vault.of(place.account).save("work", {"refresh_token": "of Gmail's"})
    with pytest.raises(SignInNeeded, match="not one for Outlook"):
        place.keeper().token(frozenset())


def test_offline_is_not_a_dead_sign_in(place: Place) -> None:
    place.sign_in()
    kept = place.keeper().load()
    with closed_port() as base:
        dead = replace(kept, authority=f"{base.replace('http', 'https')}/consumers", access_token=None)
        Vault.of(place.account).save("work", dead.to_dict())
        with pytest.raises(Unreachable):
            place.keeper().token(frozenset())


@pytest.mark.parametrize("trouble", [Trouble.CLOSE, Trouble.STATUS])
def test_a_sign_in_server_in_trouble_is_not_a_dead_sign_in(place: Place, trouble: Trouble) -> None:
    place.sign_in()
    place.ahead = timedelta(hours=2)
    place.entra.fault(trouble, "/token")
    with pytest.raises(Unreachable):
        place.keeper().token(frozenset())


HOTEL = Response(200, b"<html>Welcome to our wireless network</html>", "text/html")
NO_ANSWERS = {
    "page": HOTEL,
    "refused page": replace(HOTEL, status=403),
    "redirect": Response(302, b"", headers={"Location": "https://elsewhere.invalid/"}),
    "nothing": Response(200, b""),
    "no object": Response.of([]),
    "cut off": Response(200, b'{"access_token": "ab'),
    "busy": Response.of({"error": "too_many"}, 429),
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("match", ["/token$", "openid-configuration$"])
def test_a_network_that_answers_for_the_sign_in_server_is_not_a_dead_sign_in(
    place: Place, match: str, answer: Response
) -> None:
    place.sign_in()
    place.ahead = timedelta(hours=2)
    place.entra.fault(Trouble.STATUS, match, response=answer, times=9)
    with pytest.raises(Unreachable):
        place.keeper().token(frozenset())


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("match", ["/token$", "/devicecode$"])
def test_signing_in_on_such_a_network_keeps_nothing(place: Place, match: str, answer: Response) -> None:
    place.entra.fault(Trouble.STATUS, match, response=answer, times=9)
    with pytest.raises(Unreachable):
        place.sign_in(device=lambda _, code: place.entra.entra.agree_on_device(code))
    assert sign_in.state(place.account, place.clock).secret is SecretPlace.NOWHERE


def test_the_refresh_token_follows_no_redirect(place: Place) -> None:
    place.sign_in()
    place.ahead = timedelta(hours=2)
    with EntraServer(place.graph.entra, place.entra.ca_file.parent) as other:
        place.graph.entra.base = place.entra.base  # the endpoints stay where they were
        moved = Response(307, b"", headers={"Location": f"{other.base}/consumers/oauth2/v2.0/token"})
        place.entra.fault(Trouble.STATUS, "/token$", response=moved, times=9)
        with pytest.raises(Unreachable):
            place.keeper().token(frozenset())
        assert other.seen == []


def test_a_refusal_at_the_first_sign_in_names_a_command_that_works(place: Place) -> None:
    """The account is not in the config yet, so its name alone would not do."""
    with pytest.raises(SignInNeeded) as told:
        place.sign_in(decision="65004")
    assert told.value.next_step == "Run the same command again."


def test_the_sign_in_is_not_readable_in_the_file(place: Place, tmp_path: Path) -> None:
    place.sign_in()
    written = (tmp_path / "sign-ins" / "work.vault").read_text()
    kept = place.keeper().load()
    assert str(kept.access_token) not in written
    assert "refresh" not in written


def test_the_state_is_told_without_asking_anybody(place: Place) -> None:
    place.sign_in()
    before = len(place.entra.seen) + len(place.graph.seen)
    state = sign_in.state(place.account, place.clock)
    assert (state.secret, state.unattended) == (SecretPlace.PASSPHRASE, False)
    assert state.signed_in is not None
    assert len(place.entra.seen) + len(place.graph.seen) == before


def test_removing_forgets_and_says_where_to_take_the_consent_back(place: Place) -> None:
    place.sign_in()
    (left,) = sign_in.leave(place.account, place.clock)
    assert "account.live.com/consent" in left
    assert sign_in.state(place.account, place.clock).secret is SecretPlace.NOWHERE
    assert sign_in.leave(place.account, place.clock) == ()


def test_a_damaged_sign_in_can_be_listed_and_removed(place: Place, tmp_path: Path) -> None:
    place.sign_in()
    (tmp_path / "sign-ins" / "work.vault").write_bytes(b"\x00 damaged")
    state = sign_in.state(place.account, place.clock)
    assert (state.secret, state.unattended) == (SecretPlace.NOWHERE, False)
    assert "damaged" in state.why
    (left,) = sign_in.leave(place.account, place.clock)
    assert "account.live.com/consent" in left
    assert sign_in.state(place.account, place.clock).why == "it is not signed in"


def test_a_command_gives_the_token_and_nothing_is_kept(place: Place, tmp_path: Path) -> None:
    account = replace(place.account, token_command=("echo", place.graph.token("Mail.ReadWrite", "User.Read")))
    mailbox = open_mailbox(account, place.clock)
    assert mailbox.mailbox_id()
    open_submitter(account, mailbox, place.clock)
    mailbox.close()
    assert not (tmp_path / "sign-ins").exists()
    assert tokens(account, place.clock).token(SEND)


# --- where to sign in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "authority", "expected"),
    [
        ("jo@outlook.com", None, "https://login.microsoftonline.com/consumers"),
        ("jo@hotmail.co.uk", None, "https://login.microsoftonline.com/consumers"),
        ("jo@acme.example", None, "https://login.microsoftonline.com/common"),
        ("jo@notoutlook.com", None, "https://login.microsoftonline.com/common"),
        ("jo@outlook.com", "https://login.microsoftonline.us/t/", "https://login.microsoftonline.us/t"),
    ],
)
def test_personal_and_work_are_told_apart(address: str, authority: str | None, expected: str) -> None:
    account = Account(name="a", provider="outlook", address=address, keys=OutlookKeys(authority=authority))
    assert authority_of(account) == expected


# --- what the server refuses --------------------------------------------------------------------------

ACCOUNT = Account(name="work", provider="outlook", address="jo@acme.example")
WANTED = frozenset({"Mail.ReadWrite"})


@pytest.mark.parametrize("code", sorted(CURES))
def test_each_code_has_words_and_a_cure(code: int) -> None:
    told = explained(ACCOUNT, Refusal(code).answer(), WANTED)
    assert f"AADSTS{code}" in told.message
    assert told.next_step
    assert "{" not in told.message + told.next_step


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        (7000218, "Allow public client flows"),
        (50011, "http://localhost"),
        (50020, "consumers"),
        (90094, "Mail.ReadWrite"),
        (50105, "Users and groups"),
        (50194, "tenant"),
    ],
)
def test_the_cure_names_the_setting_to_change(code: int, setting: str) -> None:
    assert setting in explained(ACCOUNT, Refusal(code).answer(), WANTED).next_step


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"error": "invalid_grant", "error_description": "AADSTS700082: long text"}, SignInNeeded),
        ({"error": "server_error"}, Unreachable),
        ({"error": "invalid_request", "error_description": "AADSTS90033: transient"}, Unreachable),
        ({"error": "something\x1b[2Jnew"}, SignInNeeded),
        ({}, SignInNeeded),
    ],
)
def test_every_answer_is_understood(answer: dict[str, Any], kind: type[BowoutError]) -> None:
    told = explained(ACCOUNT, answer, WANTED)
    assert type(told) is kind
    assert told.message.isprintable()


def test_the_numbers_are_read_from_list_and_text() -> None:
    answer = {"error_codes": [65001], "error_description": "AADSTS65001: no. AADSTS50076: second."}
    assert codes_in(answer) == [65001, 50076]


def test_a_sign_in_survives_being_written_down(place: Place) -> None:
    place.sign_in()
    kept = place.keeper().load()
    assert SignIn.of(json.loads(json.dumps(kept.to_dict()))) == kept
