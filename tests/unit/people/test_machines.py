"""The machines that are known, and the person's own list of them."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.errors import ConfigError
from bowout.model import Address, Message
from bowout.people.machines import Relay, System, hiring_system, load_relays
from unit.mailboxes import mail, thread

RELAYS = load_relays()
DANA = "Dana Berg <dana@acme.com>"


def address(spec: str, name: str = "") -> Address:
    return Address(name, spec)


def message(sender: str = "dana@acme.com", **more: Any) -> Message:
    made = thread("Interview", mail(sender, **more))
    return made.messages[0]


@pytest.mark.parametrize(
    "local",
    [
        "noreply",
        "no-reply",
        "no.reply",
        "no_reply",
        "NoReply",
        "donotreply",
        "do-not-reply",
        "do_not_reply",
        "do.not.reply",
        "noresponder",
        "nicht-antworten",
        "nepasrepondre",
        "careers-noreply",
        "jobs+noreply",
        "no-reply-recruiting",
        "noreply+a1b2c3",
        "acme+autoreply",
        "auto-confirm",
        "notification",
        "notifications",
        "jobs-notifications",
        "unmonitored",
        "workday",
    ],
)
def test_names_that_nobody_reads_are_dead_at_any_domain(local: str) -> None:
    hit = RELAYS.classify(address(f"{local}@acme.com"))
    assert hit is not None
    assert hit.relay is Relay.DEAD
    assert not hit.listed


@pytest.mark.parametrize(
    "local",
    [
        "dana",
        "noah.reply",
        "norbert",
        "notary",
        "replyer",
        "jobs",
        "careers",
        "dana.noriega",
        "automn",
        "casino",
    ],
)
def test_names_of_people_and_teams_are_nobodys_machine(local: str) -> None:
    assert RELAYS.classify(address(f"{local}@acme.com")) is None


@pytest.mark.parametrize(
    ("spec", "relay", "name"),
    [
        ("no-reply@us.greenhouse-mail.io", Relay.DEAD, "Greenhouse"),
        ("anything@greenhouse-mail.io", Relay.ASK, "Greenhouse"),
        ("no-reply@hire.lever.co", Relay.DEAD, "Lever"),
        ("x7f@hire.lever.co", Relay.REPLY, "Lever"),
        ("no-reply@ashbyhq.com", Relay.DEAD, "no-reply address"),
        ("x7f@acme.ashbyhq.com", Relay.REPLY, "Ashby"),
        ("x7f@inbound.workablemail.com", Relay.REPLY, "Workable"),
        ("x7f@candidates.workablemail.com", Relay.DEAD, "Workable"),
        ("acme@myworkday.com", Relay.DEAD, "Workday"),
        ("acme+autoreply@talent.icims.com", Relay.DEAD, "iCIMS"),
        ("acme+email+3fa9c8d7@talent.icims.com", Relay.REPLY, "iCIMS"),
        ("x@acme.na.teamtailor-mail.com", Relay.REPLY, "Teamtailor"),
        ("dana.acme@recruitee-mailbox.com", Relay.REPLY, "Recruitee"),
        ("x@m.personio.com", Relay.REPLY, "Personio"),
        ("reply+3fa9c8d7e1@smartrecruiters.com", Relay.REPLY, "SmartRecruiters"),
        ("team@smartrecruiters.com", Relay.ASK, "SmartRecruiters"),
        ("candidate-77ab12cd@jobs.acme.de", Relay.REPLY, "d.vinci"),
        ("notifications@calendly.com", Relay.NOTICE, "scheduler"),
        ("jobs-noreply@linkedin.com", Relay.NOTICE, "LinkedIn"),
        ("calendar-notification@google.com", Relay.NOTICE, "Google Calendar"),
        ("mailer-daemon@home.example", Relay.NOTICE, "mail delivery system"),
        ("postmaster@home.example", Relay.NOTICE, "mail delivery system"),
    ],
)
def test_known_machines(spec: str, relay: Relay, name: str) -> None:
    hit = RELAYS.classify(address(spec))
    assert hit is not None
    assert (hit.relay, hit.name) == (relay, name)
    assert RELAYS.classify(address(spec.upper())) == hit


@pytest.mark.parametrize(
    "spec",
    [
        "jane@google.com",
        "jane@ashbyhq.com",
        "jane@notlinkedin.com",
        "jane@icims.com",
        "linkedin.com@acme.com",
    ],
)
def test_people_at_the_makers_of_systems_are_people(spec: str) -> None:
    assert RELAYS.classify(address(spec)) is None


def test_unknown_system_with_a_token_in_reply_to_takes_answers() -> None:
    sent = message("Acme <no-reply@newats.example>", reply_to="reply+9f8e7d6c5b@newats.example")
    hit = RELAYS.classify(sent.reply_to[0], sent)
    assert hit is not None
    assert hit.relay is Relay.REPLY
    assert not hit.listed


def test_unknown_system_without_a_token_is_asked_about() -> None:
    sent = message("Acme <no-reply@newats.example>", reply_to="reply@newats.example")
    hit = RELAYS.classify(sent.reply_to[0], sent)
    assert hit is not None
    assert hit.relay is Relay.ASK


def test_a_persons_other_address_in_reply_to_is_no_machine() -> None:
    sent = message(DANA, reply_to="talent@acme.com")
    assert RELAYS.classify(sent.reply_to[0], sent) is None


@given(st.text(max_size=400), st.sampled_from(["", "acme.com", "hire.lever.co", "smartrecruiters.com"]))
def test_no_address_makes_classify_fail(local: str, domain: str) -> None:
    odd = address(f"{local}@{domain}")
    hit = RELAYS.classify(odd, Message(id="1", thread_id="1", reply_to=(odd,)))
    assert hit is None or hit.relay in Relay


def test_every_system_of_the_list_is_known_where_nobody_typed_a_name() -> None:
    listed = tomllib.loads(files("bowout.people").joinpath("machines.toml").read_text(encoding="utf-8"))
    kinds = {"ats", "scheduler", "board"}
    systems = [(d, r["kind"]) for r in listed["relay"] if r["kind"] in kinds for d in r["domains"] if d]
    assert len(systems) > 50
    for domain, kind in systems:
        sender = f"anybody@tenant{domain}" if domain.startswith(".") else f"anybody@{domain}"
        assert hiring_system(address(sender)) is System(kind), domain
    assert all(hiring_system(address(f"jane@{maker}")) for maker in listed["domains"]["makers"])


@pytest.mark.parametrize("spec", ["jane@acme.com", "jane@google.com", "x@notlever.co", "jane@gmail.com", ""])
def test_others_are_no_hiring_system(spec: str) -> None:
    assert hiring_system(address(spec)) is None


def test_the_token_of_a_system_that_may_stand_anywhere_is_one() -> None:
    assert hiring_system(address("candidate-77ab12cd@jobs.acme.de")) is System.ATS


# --- the person's own file --------------------------------------------------------------------------


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "relays.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_file_extends_and_overrides(tmp_path: Path) -> None:
    own = load_relays(
        write(
            tmp_path,
            """
            [patterns]
            dead = ['robot-.*']
            [domains]
            freemail = ["village.example"]
            suffixes = ["co.example", "*.Portal.example", ".jobs.example"]
            [[relay]]
            name = "New ATS"
            class = "reply"
            kind = "ats"
            domains = ["newats.example"]
            [[relay]]
            class = "reply"
            domains = ["acme.com"]
            local = "no-reply"
            """,
        )
    )
    new, overridden = (
        own.classify(address("noreply@newats.example")),
        own.classify(address("no-reply@acme.com")),
    )
    assert new is not None
    assert (new.relay, new.system, new.listed) == (Relay.REPLY, System.ATS, True)
    assert overridden is not None
    assert overridden.relay is Relay.REPLY
    robot, shipped = own.classify(address("robot-7@b.org")), own.classify(address("noreply@b.org"))
    assert robot is not None
    assert shipped is not None
    assert robot.relay is shipped.relay is Relay.DEAD
    assert own.is_freemail("Village.Example")
    assert own.is_freemail("gmail.com")
    for everybody in ("outlook.de", "yahoo.com.ng", "hotmail.nl", "gmail.com.", "live.nl"):
        assert own.is_freemail(everybody), everybody
    for firm in ("mail.outlook-it.example", "outlook.acme.example", "yahooinc.com", "live.example"):
        assert not own.is_freemail(firm), firm
    assert own.organisation("mail.acme.co.example") == "acme.co.example"
    assert own.organisation("mail.acme.portal.example") == "acme.portal.example"
    assert own.organisation("mail.acme.jobs.example") == "acme.jobs.example"
    assert own.organisation("mail.acme.com.ng") == "acme.com.ng"  # the register goes on to count


def test_no_own_file_is_fine(tmp_path: Path) -> None:
    assert load_relays(tmp_path / "relays.toml") == load_relays()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[relay]\n", "TOML"),
        ("[relays]\n", "unknown key 'relays'"),
        ("relay = 1", "relay: expected"),
        ("relay = [1]", "relay[1]"),
        ('[[relay]]\nclass = "reply"\n', "relay[1]: domains is missing"),
        ('[[relay]]\nclass = "maybe"\ndomains = ["a.org"]\n', "relay[1].class: expected one of dead, notice"),
        ('[[relay]]\ndomains = ["a.org"]\n', "relay[1].class"),
        ('[[relay]]\nclass = "dead"\ndomains = "a.org"\n', "domains: expected a list of strings"),
        ('[[relay]]\nclass = "dead"\ndomains = ["a.org"]\nlocal = "("\n', "not a regular expression"),
        ('[[relay]]\nclass = "dead"\ndomains = ["a.org"]\nlocal = 3\n', "expected a regular expression"),
        ('[[relay]]\nclass = "dead"\ndomain = ["a.org"]\n', "unknown key 'domain'"),
        ("[patterns]\ndead = ['(']\n", "not a regular expression"),
        ("patterns = 3\n", "patterns.dead: expected a list of strings"),
    ],
)
def test_own_file_that_is_wrong_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as told:
        load_relays(path)
    assert str(path) in told.value.message
    assert words in told.value.message
    assert told.value.next_step


def test_own_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "relays.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_relays(path)


@pytest.mark.parametrize(
    ("domain", "organisation", "label"),
    [
        ("acme.com", "acme.com", "acme"),
        ("mail.eu.acme.com", "acme.com", "acme"),
        ("jobs.acme.co.uk", "acme.co.uk", "acme"),
        ("ACME.DE", "acme.de", "acme"),
        ("localhost", "localhost", "localhost"),
        ("", "", ""),
    ],
)
def test_organisation_of_a_domain(domain: str, organisation: str, label: str) -> None:
    assert (RELAYS.organisation(domain), RELAYS.label(domain)) == (organisation, label)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Kite Bewerbung", "kite@candidates.screenwise.example"),
        ("Kite Works Talent", "kiteworks@mydesk.example"),
        ("Kite Robotics", "scheduling@gridtime.example"),
        ("Kite Works Recruiting", "jobs@apply.trackwell.example"),
        ("Lena Ode via Meetly", "invites@meetly.example"),
        ("Railtalent on behalf of Kite Works", "tests@railtalent.example"),
    ],
)
def test_a_system_that_nobody_listed_is_asked_about(name: str, address: str) -> None:
    hit = load_relays().classify(Address(name, address))
    assert hit is not None
    assert (hit.relay, hit.listed) == (Relay.ASK, False)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Kite Works Recruiting", "jobs@kiteworks.example"),
        ("Kite Works", "hello@kite-works.example"),
        ("Kite Works Talent", "talent@kiteworks.hiredesk.example"),
        ("Estate Office", "estate@northhall.example"),
        ("Sekretariat Dekanat 3", "dekanat3@hs-tann.example"),
        ("Lena Ode", "lena@talentrail.example"),
        ("Lena Ode via Kite", "lena@ode.example"),
        ("Kite Works", "kiteworks@gmail.com"),
        ("", "jobs@apply.example"),
    ],
)
def test_people_and_desks_are_no_systems(name: str, address: str) -> None:
    assert load_relays().classify(Address(name, address)) is None
