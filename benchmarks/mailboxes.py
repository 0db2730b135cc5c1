"""Labelled mailboxes out of a seed: the cases of docs/finding.md in random combination among ordinary mail.

``generate(seed)`` gives the same bytes for the same seed, everywhere. Nothing is real: people, companies and
words are invented (``mailbox_words.py``), domains end in ``.example`` or are those of hiring systems.

Development seeds (below 1000; 0-199 are reported) are for looking and tuning. Test seeds (6000-6799) are
only ever run: from 1000 on they meet a third of all wordings, names and shapes that no development seed can.
1000-1199 were the first test seeds; what went wrong there has been described, so they are test seeds no more.

A label says what a careful person would answer: which thread, whom to write to, whether a program may be sure
without asking, and which facts the thread tells. ``None`` for a fact = the thread does not tell it.
"""

from __future__ import annotations

import base64
import html
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import TypeVar
from zoneinfo import ZoneInfo

import mailbox_words as words

T = TypeVar("T")

DEVELOPMENT_SEEDS = range(200)
TEST_SEEDS = range(6000, 6800)
_UNSEEN_FROM = 1000

_EPOCH = datetime.fromtimestamp(0, UTC)
_ZONES = (
    ("CET", "Europe/Berlin"),
    ("ET", "America/New_York"),
    ("GMT", "Europe/London"),
    ("PT", "America/Los_Angeles"),
    ("Berlin time", "Europe/Berlin"),
)
_WINDOWS = {
    "Europe/Berlin": "W. Europe Standard Time",
    "America/New_York": "Eastern Standard Time",
    "Europe/London": "GMT Standard Time",
    "America/Los_Angeles": "Pacific Standard Time",
}

_SUSPICIOUS = {"reply-to-elsewhere", "look-alike", "punycode", "address-in-name"}
# A domain with a digit for a letter, or "rn" for "m".
_LOOK_ALIKE = str.maketrans({"o": "0", "l": "1", "m": "rn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody with a display name and an address."""

    name: str
    address: str

    def __str__(self) -> str:
        return formataddr((self.name, self.address))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One generated mail. ``thread`` is the provider's conversation; ``joined`` as in ``model.Joined``."""

    id: str
    thread: str
    raw: bytes
    folder: str
    received: datetime
    joined: str = "references"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The right answer. ``threads`` holds every thread that is right; empty = nothing is to be found."""

    who: str
    who_kind: str
    cases: tuple[str, ...]
    threads: frozenset[str] = frozenset()
    addressee: str | None = None  # None: nobody can be written to, or the thread itself is a choice
    sure_allowed: bool = False
    company: str | None = None
    position: str | None = None
    agencies: tuple[str, ...] = ()  # every way to write the agency's name that is right
    slot: datetime | None = None
    slot_cancelled: bool = False
    phone: str | None = None
    language: str | None = None
    stage: str | None = None
    roles: tuple[tuple[str, str], ...] = ()  # (address, role) where a thread tells it


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One mailbox with one question and its answer. ``now`` is aware."""

    seed: int
    me: Who
    aliases: tuple[str, ...]
    mails: tuple[Mail, ...]
    label: Label
    now: datetime


def generate(seed: int) -> Mailbox:
    """The mailbox of a seed; the same for the same seed."""
    return _Maker(seed).make()


@dataclass(slots=True)
class _Process:
    """One hiring process while it is being written down."""

    thread: str
    company: words.Company
    title: str
    subject: str
    person: Who
    language: str
    cases: list[str] = field(default_factory=list)
    agency: words.Company | None = None
    client_named: bool = True
    company_told: bool = False
    title_told: bool = False
    name_told: bool = False
    reply_to: Who | None = None
    slot: datetime | None = None
    slot_cancelled: bool = False
    phone: str | None = None
    stage: str = "invited"
    roles: dict[str, str] = field(default_factory=dict)
    addressee: str | None = None
    sure_allowed: bool = True
    at: datetime = _EPOCH
    ids: list[str] = field(default_factory=list)
    last_text: str = ""
    last_from: str = ""
    signature: str = ""


class _Maker:
    """Writes one mailbox. Every choice comes from ``self.rng``, in a fixed order."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.unseen = seed >= _UNSEEN_FROM
        self.now = datetime(2026, 1, 7, 8, tzinfo=UTC) + timedelta(
            days=self.rng.randrange(700), hours=self.rng.randrange(12)
        )
        name = self.pick(words.ME_NAMES)
        local = _ascii(name).replace(" ", ".").lower()
        host = self.rng.choice(("gmail.com", "posteo.de", "home.example"))
        self.me = Who(name=name, address=f"{local}@{host}")
        self.alias = Who(name=name, address=f"{local.split('.')[0]}@{local.split('.')[1]}.example")
        self.mails: list[Mail] = []
        self.threads = 0
        self.people = list(words.PEOPLE if self.unseen else _seen(words.PEOPLE))
        self.rng.shuffle(self.people)
        self.companies = list(words.COMPANIES if self.unseen else _seen(words.COMPANIES))
        self.rng.shuffle(self.companies)

    # --- choices ---------------------------------------------------------------------------------

    def pick(self, pool: Sequence[T]) -> T:
        """One entry; development seeds never see the held-out third."""
        return self.rng.choice(pool if self.unseen else _seen(pool))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def person(self, domain: str) -> Who:
        name = self.people.pop()
        first, _, last = _ascii(name).lower().partition(" ")
        local = self.rng.choice((f"{first}.{last}", f"{first[0]}.{last}", first, f"{first}{last[0]}"))
        return Who(name=name, address=f"{local}@{domain}")

    def new_thread(self) -> str:
        self.threads += 1
        return f"t{self.threads}"

    # --- the mailbox -----------------------------------------------------------------------------

    def make(self) -> Mailbox:
        self.ordinary(self.rng.randrange(12, 30))
        label = self.nothing() if self.chance(0.15) else self.something()
        order = sorted(self.mails, key=lambda m: (m.received, m.id))
        return Mailbox(
            seed=self.seed,
            me=self.me,
            aliases=(self.alias.address,),
            mails=tuple(order),
            label=label,
            now=self.now,
        )

    def nothing(self) -> Label:
        """No hiring thread answers to WHO, though other mail may mention it."""
        company = self.companies.pop()
        cases = ["nothing"]
        if self.chance(0.4):
            self.newsletter(company)
            cases.append("newsletter-only")
        if self.chance(0.4):
            self.friend_at(company)
            cases.append("friend-only")
        if self.chance(0.6):
            self.process()  # another company's process is no answer
            cases.append("other-process")
        return Label(who=company.name, who_kind="company", cases=tuple(cases))

    def something(self) -> Label:
        process = self.process()
        if self.chance(0.5):
            self.process()  # somebody else's hiring thread, as everybody in a search has
        if self.chance(0.3) and process.agency is None:
            self.newsletter(process.company, newest=True)
            process.cases.append("newsletter-newer")
        if self.chance(0.2) and process.agency is None:
            self.friend_at(process.company)
            process.cases.append("friend-at-company")
        twin = self.twin(process) if self.chance(0.12) and "dead-relay" not in process.cases else None
        return self.label(process, twin)

    def twin(self, process: _Process) -> _Process:
        """A second role at the company, or a second client of the agency."""
        if process.agency is not None:
            process.cases.append("agency-two-clients")
            return self.process(agency=process.agency, person=process.person)
        process.cases.append("two-roles")
        return self.process(company=process.company)

    def label(self, process: _Process, twin: _Process | None) -> Label:
        kind, who = self.question(process)
        threads = {process.thread}
        sure = process.sure_allowed
        # Through an agency that names no client nobody can see that it is the same company.
        hidden = twin is not None and process.agency is None and not twin.client_named
        if twin is not None and not hidden:
            told_apart = kind in ("title", "subject", "thread") or (
                process.agency and kind == "company" and process.client_named
            )
            same_person = twin.person.address == process.person.address
            if not told_apart and (kind not in ("person", "address") or same_person):
                threads.add(twin.thread)
                sure = False
        return Label(
            who=who,
            who_kind=kind,
            cases=tuple(sorted(process.cases)) or ("plain",),
            threads=frozenset(threads),
            addressee=process.addressee if len(threads) == 1 else None,
            sure_allowed=sure,
            company=process.company.name if process.company_told else None,
            position=process.title if process.title_told else None,
            agencies=tuple(sorted({process.agency.name, process.agency.legal or process.agency.name}))
            if process.agency
            else (),
            slot=process.slot,
            slot_cancelled=process.slot_cancelled,
            phone=process.phone,
            language=process.language,
            stage=process.stage,
            roles=tuple(process.roles.items()),
        )

    def question(self, process: _Process) -> tuple[str, str]:
        """What the person types."""
        company = process.agency if process.agency and not process.company_told else process.company
        if not process.company_told and not process.agency:
            return "address", process.person.address
        choices = [("company", company.name)] * 5 + [
            ("typo", _typo(company.name, self.rng)),
            ("lower", company.name.lower()),
        ]
        suspicious = _SUSPICIOUS & set(process.cases)  # whose address nobody would type
        if "ats" not in process.cases and not suspicious:
            choices += [("address", process.person.address)] * 2
            choices += [("person", process.person.name)] * (3 if process.name_told else 0)
            if process.person.address.endswith(".example"):
                choices.append(("domain", process.person.address.partition("@")[2]))
        if process.title_told:
            choices.append(("title", process.title))
        choices.append(("subject", process.subject))
        kind, who = self.rng.choice(choices)
        if kind == "person" and who == "Михаил Орлов" and self.chance(0.5):
            return "other-script", "Mikhail Orlov"
        return kind, who

    # --- hiring processes ------------------------------------------------------------------------

    def process(
        self,
        company: words.Company | None = None,
        agency: words.Company | None = None,
        person: Who | None = None,
    ) -> _Process:
        """One hiring thread with a random history; its label is kept up while it is written."""
        company = company or self.companies.pop()
        kind = (
            "agency"
            if agency
            else self.rng.choices(("recruiter", "agency", "trio", "ats"), (50, 15, 15, 20))[0]
        )
        german = self.chance(0.2)
        if kind == "agency":
            agency = agency or self.pick(words.AGENCIES)
        language = "de" if german else "en"
        domain = f"{(agency or company).label}.example" if kind != "ats" else ""
        if kind == "recruiter" and self.chance(0.1):
            domain = "gmail.com"
        process = _Process(
            thread=self.new_thread(),
            company=company,
            title=self.pick(words.TITLES_DE if german else words.TITLES_EN),
            subject="",
            person=person or (self.person(domain) if domain else Who(name="", address="")),
            language=language,
            agency=agency,
            at=self.now - timedelta(days=self.rng.randrange(18, 45), hours=self.rng.randrange(9)),
        )
        if kind == "ats":
            self.by_system(process)
        elif kind == "agency":
            self.by_agency(process)
        else:
            self.by_recruiter(process, trio=kind == "trio")
        return process

    def by_recruiter(self, p: _Process, *, trio: bool) -> None:
        sender = replace(p.person, name=self.display(p))
        if self.chance(0.08):
            sender = self.suspicion(p, sender)
            p.person = replace(p.person, address=sender.address)
        german = p.language == "de"
        p.signature = self.sign(
            p, words.RECRUITER_TITLES_DE if german else words.RECRUITER_TITLES, "recruiter"
        )
        mine = self.addressed(p)
        text, told = self.invite_text(p)
        p.subject = self.subject(p, words.SUBJECTS_DE if german else words.SUBJECTS_EN)
        invitation = self.invitation(p) if not told and self.chance(0.45) else None
        if self.chance(0.25):
            self.confirmation_first(p)
        self.theirs(p, sender, text, to=mine, ics=invitation)
        self.go_on(p, sender, trio=trio)

    def by_agency(self, p: _Process) -> None:
        assert p.agency is not None
        p.client_named = self.chance(0.75)
        p.cases.append("agency" if p.client_named else "agency-unnamed-client")
        p.signature = self.sign(p, words.AGENT_TITLES, "agency", company=p.agency)
        pool = words.OUTREACH_DE if p.language == "de" else words.OUTREACH
        if not p.client_named:
            pool = words.OUTREACH_UNNAMED
            p.language = "en"
        text = self.fill(p, self.pick(pool))
        p.company_told = p.client_named
        p.title_told = True
        p.subject = self.subject(
            p, words.SUBJECTS_OUTREACH_DE if p.language == "de" else words.SUBJECTS_OUTREACH
        )
        p.stage = "outreach"
        p.name_told = True
        p.roles[p.person.address] = "agency"
        self.theirs(p, p.person, self.letter(p, text, p.signature))
        self.go_on(p, p.person, trio=False)

    def by_system(self, p: _Process) -> None:
        """A hiring system: a confirmation from a no-reply address, or mail with a token to answer to."""
        p.cases.append("ats")
        label = p.company.label.replace("-", "")
        senders: tuple[tuple[str, str, str | None], ...] = (
            (p.company.name, "no-reply@hire.lever.co", None),
            (f"{p.company.name} Careers", "no-reply@us.greenhouse-mail.io", None),
            (f"{p.company.name} @ icims", f"{label}+autoreply@talent.icims.com", None),
            (
                f"{p.company.name} Recruiting",
                f"{label}+email+{self.rng.randrange(10**6):06x}-7g2k@talent.icims.com",
                "token",
            ),
            ("Workday", f"{label}@myworkday.com", None),
            (f"{p.company.name} Hiring Team", "no-reply@ashbyhq.com", None),
            (p.company.name, f"hr@{label}.teamtailor-mail.com", "token"),
            (f"{p.company.name} Jobs", "notification@smartrecruiters.com", None),
        )
        name, address, token = self.pick(senders)
        sender = Who(name=name, address=address)
        p.person = sender
        text = self.fill(p, self.pick(words.CONFIRMATIONS_DE if p.language == "de" else words.CONFIRMATIONS))
        p.company_told, p.title_told = True, "{title}" in self.last
        p.subject = self.subject(p, words.SUBJECTS_DE if p.language == "de" else words.SUBJECTS_EN)
        p.stage = "applied"
        p.sure_allowed = False
        p.cases.append("token-relay" if token else "dead-relay")
        self.theirs(p, sender, self.letter(p, text, f"{p.company.name} Talent Team"))
        if self.chance(0.15):
            self.turned_down(p, sender)
        if not token:
            p.addressee = None

    def go_on(self, p: _Process, sender: Who, *, trio: bool) -> None:
        """What happens after the first mail."""
        german = p.language == "de"
        if self.chance(0.7):
            self.mine(p, self.pick(words.MY_REPLIES_DE if german else words.MY_REPLIES), to=[sender])
        if self.chance(0.5):
            self.theirs(
                p,
                sender,
                self.letter(p, self.pick(words.CHATTER_DE if german else words.CHATTER), p.signature),
            )
        if trio:
            self.coordinator(p, sender)
        if p.slot is not None and self.chance(0.3):
            self.change_of_plan(p, sender)
        self.further(p, sender)
        self.noise(p, sender)

    def coordinator(self, p: _Process, recruiter: Who) -> None:
        """A coordinator, and sometimes the hiring manager, joins and has the last word."""
        p.cases.append("trio")
        domain = recruiter.address.partition("@")[2]
        helper, manager = self.person(domain), self.person(domain)
        text = (
            self.fill(p, self.pick(words.COORDINATION), recruiter=p.person.name.split()[0])
            if p.language == "en"
            else words.CHATTER_DE[0]
        )
        title = self.pick(words.COORDINATOR_TITLES)
        signature = f"{helper.name}\n{title}\n{p.company.name}"
        self.theirs(p, helper, self.letter(p, text, signature), cc=[recruiter, manager])
        p.roles[helper.address] = "coordinator"
        p.company_told = True
        if self.chance(0.4):
            manager_title = self.pick(words.MANAGER_TITLES)
            self.theirs(
                p,
                manager,
                self.letter(
                    p,
                    "Looking forward to our talk." if p.language == "en" else words.CHATTER_DE[1],
                    f"{manager.name}\n{manager_title}, {p.company.name}",
                ),
                cc=[recruiter],
            )
            p.roles[manager.address] = "hiring-manager"

    def change_of_plan(self, p: _Process, sender: Who) -> None:
        """The booked interview is moved, cancelled, or cancelled in the title only. Needs an invitation."""
        if "invitation" not in p.cases or p.slot is None:
            return
        what = self.rng.choice(("moved", "cancelled", "cancelled-title", "cancelled-thrice"))
        p.cases.append(what)
        if what == "moved":
            p.slot += timedelta(days=self.rng.choice((1, 2, 7)), hours=self.rng.choice((0, 1)))
            note = self.speak(
                p, "We had to move the interview, sorry.", "wir müssen den Termin leider verschieben."
            )
            self.theirs(p, sender, self.letter(p, note, p.signature), ics=self.ics(p, sequence=1))
            return
        p.slot_cancelled = True
        for again in range(3 if what == "cancelled-thrice" else 1):
            self.cancel(p, sender, sequence=1 + again, titled=what == "cancelled-title")
        p.stage = "invited"

    def cancel(self, p: _Process, sender: Who, *, sequence: int, titled: bool) -> None:
        before = p.addressee
        method, title = ("REQUEST", "Cancelled: ") if titled else ("CANCEL", "")
        note = self.speak(
            p, "Something came up, we will find another date.", "der Termin entfällt, wir melden uns."
        )
        part = self.ics(p, sequence=sequence, method=method, title=title)
        subject = f"{'Canceled' if titled else 'Cancelled'}: {p.subject}"
        self.theirs(p, sender, self.letter(p, note, p.signature), ics=part, subject=subject)
        if not titled:  # a cancellation is a calendar's notice: one answers the mail before it
            p.addressee = before

    @staticmethod
    def speak(p: _Process, english: str, german: str) -> str:
        return german if p.language == "de" else english

    def further(self, p: _Process, sender: Who) -> None:
        """Offer, assessment, rejection or my own withdrawal."""
        german = p.language == "de"
        what = self.rng.choices(("", "offer", "assessment", "rejected", "withdrawn"), (70, 8, 6, 8, 8))[0]
        if german and what in ("offer", "assessment", "withdrawn"):
            return
        if what == "offer" and not {"slot-in-text", "invitation"} & set(p.cases):
            p.stage = "offer"
            text = self.fill(p, self.pick(words.OFFERS))
            p.company_told = p.company_told or "{company}" in self.last
            p.title_told = p.title_told or "{title}" in self.last
            self.theirs(p, sender, self.letter(p, text, p.signature))
        elif what == "assessment" and not {"slot-in-text", "invitation"} & set(p.cases):
            p.stage = "assessment"
            self.theirs(p, sender, self.letter(p, self.pick(words.ASSESSMENTS), p.signature))
        elif what == "rejected":
            self.turned_down(p, sender)
        elif what == "withdrawn":
            p.stage = "withdrawn"
            p.cases.append("withdrawn")
            self.mine(p, self.fill(p, self.pick(words.MY_WITHDRAWALS)), to=[sender])

    def turned_down(self, p: _Process, sender: Who) -> None:
        p.stage = "rejected"
        p.cases.append("rejected")
        text = self.fill(p, self.pick(words.REJECTIONS_DE if p.language == "de" else words.REJECTIONS))
        p.company_told = p.company_told or "{company}" in self.last
        self.theirs(p, sender, self.letter(p, text, p.signature or f"{p.company.name} Talent Team"))

    def noise(self, p: _Process, sender: Who) -> None:
        """What is newest in the thread without being the word of a counterpart."""
        what = self.rng.choices(
            ("", "me-last", "auto-reply", "bounce", "calendar", "partner", "orphan", "split", "draft-free"),
            (35, 15, 8, 5, 8, 8, 8, 5, 3),
        )[0]
        if what == "me-last":
            self.mine(
                p, self.pick(words.MY_REPLIES_DE if p.language == "de" else words.MY_REPLIES), to=[sender]
            )
        elif what == "auto-reply":
            self.mine(p, "Hello, did you receive my last message?", to=[sender])
            text = self.pick(words.AUTO_REPLIES).format(other="the front desk")
            subject = self.pick(words.AUTO_SUBJECTS).format(subject=p.subject)
            self.machine(p, sender, text, subject, {"Auto-Submitted": "auto-replied"})
        elif what == "bounce":
            self.mine(p, "One more question about the agenda.", to=[sender])
            daemon = Who(name="Mail Delivery System", address="mailer-daemon@home.example")
            text = f"Your message to {sender.address} could not be delivered."
            self.machine(p, daemon, text, "Undelivered Mail Returned to Sender", {"Return-Path": "<>"})
        elif what == "calendar":
            calendar = Who(name="Google Calendar", address="calendar-notification@google.com")
            self.machine(p, calendar, f"Notification: {p.subject}", f"Notification: {p.subject}")
        elif what == "partner":
            partner = Who(name=self.pick(words.FRIENDS), address="nf@gmail.com")
            self.mine(p, self.pick(words.MY_FORWARDS), to=[partner], subject=f"Fwd: {p.subject}")
            answer = self.pick(words.PARTNER_ANSWERS).format(company=p.company.name)
            self.machine(p, partner, answer, f"Re: Fwd: {p.subject}")
        elif what == "orphan":
            title, other = self.pick(words.TITLES_EN), self.companies[-1].name
            text = f"Hi again, about the {title} role at {other}: please ignore my last mail."
            self.add(p, sender, [self.me], text, joined="subject")
        elif what == "split":
            text = words.CHATTER_DE[1] if p.language == "de" else self.pick(words.CHATTER)
            self.theirs(p, sender, self.letter(p, text, p.signature), subject="One more thing")
        if what:
            p.cases.append(what)

    # --- the parts of a mail ---------------------------------------------------------------------

    def display(self, p: _Process) -> str:
        shape = self.pick(
            ("{n}", "{n}", "{n}", "{f} from {c}", "{n} ({c})", "{n} | {c}", "{f} @ {c}", "{n} via {c}")
        )
        p.company_told = p.company_told or shape != "{n}"
        p.name_told = p.name_told or "{n}" in shape
        return shape.format(n=p.person.name, f=p.person.name.split()[0], c=p.company.name)

    def sign(
        self, p: _Process, titles: Sequence[str], role: str, company: words.Company | None = None
    ) -> str:
        """A signature block; what it tells goes into the label."""
        company = company or p.company
        legal = company.legal or company.name
        title = self.pick(titles)
        number, printed = self.phone()
        shape = self.pick(
            (
                "{name}\n{title}, {legal}",
                "{name}\n{title}\n{legal}\n{phone}",
                "{name} | {title} | {company}",
                "{first}",
                "{name}\n{title} at {company}\nM: {phone}",
                "{name}\n{company} | {title}\nT {phone}",
                "{name}",
                "--\n{name}\n{title}\n{legal}\nPhone: {phone}",
                "{name}\n{title}\n\n{legal}\nTel.: {phone} | Fax: +49 30 901899",
                "{first}\n\n{name}\n{title} - {company}",
            )
        )
        if "{phone}" in shape:
            p.phone = number
        if "{title}" in shape:
            p.roles[p.person.address] = role
        p.name_told = p.name_told or "{name}" in shape
        if p.agency is None and ("{legal}" in shape or "{company}" in shape):
            p.company_told = True
        return shape.format(
            name=p.person.name,
            first=p.person.name.split()[0],
            title=title,
            legal=legal,
            company=company.name,
            phone=printed,
        )

    def phone(self) -> tuple[str, str]:
        """A number in international form and one way to print it."""
        country, rest = self.rng.choice((("+49", "30901820"), ("+44", "2079460"), ("+1", "212555")))
        if country == "+1":
            number = f"+1 212-736-{self.rng.randrange(1000, 9999)}"
            return number, self.rng.choice((number, number.replace("-", " "), number.replace("-", ".")))
        if country == "+44":
            number = f"+44 20 7946 {self.rng.randrange(1000, 9999):04d}"
            return number, self.rng.choice(
                (number, number.replace("+44 20", "+44 (0)20"), number.replace(" ", ""))
            )
        number = f"+49 30 {rest}{self.rng.randrange(10, 99)}"
        return number, self.rng.choice(
            (number, number.replace("+49 30", "+49 (0)30"), number.replace("+49 30", "0049 30"))
        )

    def subject(self, p: _Process, pool: Sequence[str]) -> str:
        shape = self.pick(pool)
        decorated = self.decorate(p)
        if "{title}" in shape:
            p.title_told = True
        if "{company}" in shape and (p.agency is None or p.client_named):
            p.company_told = True
        return shape.format(
            title=decorated, company=p.company.name, place=self.pick(words.PLACES), me=self.me.name
        )

    def decorate(self, p: _Process) -> str:
        shapes = words.DECORATIONS_DE if p.language == "de" else words.DECORATIONS
        return self.pick(shapes).format(title=p.title, req=self.rng.randrange(10_000, 99_999))

    def fill(self, p: _Process, template: str, **more: str) -> str:
        self.last = template
        known = {
            "title": p.title,
            "company": p.company.name,
            "place": self.pick(words.PLACES),
            "sender": p.person.name,
            "slot": "",
        }
        return template.format(**{**known, **more})

    def invite_text(self, p: _Process) -> tuple[str, bool]:
        """The first mail's text; True when it names the time of the interview."""
        german = p.language == "de"
        with_slot = self.chance(0.4)
        slot = self.slot_text(p) if with_slot else self.pick(words.NO_SLOT_DE if german else words.NO_SLOT)
        text = self.fill(p, self.pick(words.INVITES_DE if german else words.INVITES), slot=slot)
        p.title_told = p.title_told or "{title}" in self.last
        p.company_told = p.company_told or "{company}" in self.last
        if any(
            word in self.last for word in ("recruiter", "Recruiterin", "talent team", "look after hiring")
        ):
            p.roles[p.person.address] = "recruiter"
        return self.letter(p, text, p.signature), with_slot

    def slot_text(self, p: _Process) -> str:
        german = p.language == "de"
        name, zone = ("MEZ", "Europe/Berlin") if german else self.pick(_ZONES)
        when = self.slot_time(zone)
        p.slot = when
        p.stage = "scheduled" if when > self.now else "interviewed"
        p.cases.append("slot-in-text")
        end = when + timedelta(hours=1)
        fields = {
            "weekday": (words.DAYS_DE if german else words.DAYS)[when.weekday()],
            "month": (words.MONTHS_DE if german else words.MONTHS)[when.month - 1],
            "day": str(when.day),
            "year": str(when.year),
            "h24": f"{when:%H:%M}",
            "end24": f"{end:%H:%M}",
            "h12": f"{when.hour % 12 or 12}:{when:%M} {'am' if when.hour < 12 else 'pm'}",
            "iso": f"{when:%Y-%m-%d}",
            "dotted": f"{when:%d.%m.%Y}",
            "zone": name,
        }
        if self.chance(0.06):  # a weekday that contradicts the date: nobody can know which one is meant
            wrong = (when.weekday() + 3) % 7
            fields["weekday"] = (words.DAYS_DE if german else words.DAYS)[wrong]
            shape = words.SLOTS_DE[0] if german else words.SLOTS[5]
            p.slot = None
            p.cases.append("weekday-contradicts")
            return shape.format(**fields)
        shape = self.pick(words.SLOTS_DE if german else words.SLOTS)
        zoned = "{zone}" in shape or "MEZ" in shape
        if not zoned or ("{year}" not in shape and "{iso}" not in shape and "{weekday}" not in shape):
            p.slot = None  # without a zone, or without year and weekday, a careful reader only guesses
            p.cases.append("slot-half-told")
        return shape.format(**fields)

    def slot_time(self, zone: str) -> datetime:
        """Some days around now, on a working day."""
        local = self.now.astimezone(ZoneInfo(zone)).replace(minute=self.rng.choice((0, 30)), second=0)
        when = local.replace(hour=self.rng.randrange(9, 17)) + timedelta(
            days=self.rng.choice((-3, 1, 2, 3, 5, 8, 9))
        )
        while when.weekday() > 4:
            when += timedelta(days=1)
        return when

    def letter(self, p: _Process, text: str, signature: str) -> str:
        german = p.language == "de"
        greeting = self.pick(words.GREETINGS_DE if german else words.GREETINGS).format(
            first=self.me.name.split()[0], me=self.me.name
        )
        closing = self.pick(words.CLOSINGS_DE if german else words.CLOSINGS)
        if signature.startswith("--"):
            return f"{greeting}\n\n{text}\n\n{closing}\n{p.person.name.split()[0]}\n\n-- {signature[2:]}\n"
        return f"{greeting}\n\n{text}\n\n{closing}\n{signature}\n"

    def addressed(self, p: _Process) -> list[Who]:
        """Which of my addresses they used."""
        how = self.rng.choices(("me", "alias", "tag", "bcc"), (80, 8, 8, 4))[0]
        if how == "me":
            return [self.me]
        p.cases.append(f"to-{how}")
        if how == "alias":
            return [self.alias]
        local, _, host = self.me.address.partition("@")
        return [Who(name=self.me.name, address=f"{local}+jobs@{host}")] if how == "tag" else []

    def suspicion(self, p: _Process, sender: Who) -> Who:
        """Something that must never be sure: another Reply-To, a look-alike, an address in the name."""
        what = self.rng.choice(("reply-to-elsewhere", "look-alike", "punycode", "address-in-name"))
        p.cases.append(what)
        p.sure_allowed = False
        local, _, domain = sender.address.partition("@")
        if what == "reply-to-elsewhere":
            p.reply_to = Who(name=sender.name, address=f"{local}@careers-desk.example")
            return sender
        if what == "punycode":
            return replace(sender, address=f"{local}@xn--{domain.partition('.')[0]}-9db.example")
        alike = domain.removesuffix(".example").translate(_LOOK_ALIKE) + ".example"
        if what == "look-alike" and alike != domain:
            return replace(sender, address=f"{local}@{alike}")
        p.cases[-1] = "address-in-name"
        return Who(name=f"{sender.name} <{sender.address}>", address=f"{local}@mailer-{domain}")

    def confirmation_first(self, p: _Process) -> None:
        """The thread begins with the hiring system's confirmation."""
        text = self.fill(p, self.pick(words.CONFIRMATIONS_DE if p.language == "de" else words.CONFIRMATIONS))
        p.company_told = True
        p.title_told = p.title_told or "{title}" in self.last
        p.cases.append("confirmation-first")
        system = Who(name=p.company.name, address="no-reply@us.greenhouse-mail.io")
        self.machine(p, system, self.letter(p, text, f"{p.company.name} Recruiting"), p.subject)

    # --- invitations -----------------------------------------------------------------------------

    def invitation(self, p: _Process) -> str:
        zone = self.rng.choice(list(_WINDOWS))
        p.slot = self.slot_time(zone)
        p.stage = "scheduled" if p.slot + timedelta(hours=1) > self.now else "interviewed"
        p.cases.append("invitation")
        self.shape = self.rng.choice(("google", "outlook", "zoom", "custom"))
        return self.ics(p, sequence=0)

    shape = "google"

    def ics(self, p: _Process, *, sequence: int, method: str = "REQUEST", title: str = "") -> str:
        """A calendar part in the form of a well-known sender."""
        assert p.slot is not None
        zone = str(p.slot.tzinfo)
        stamp = (self.now - timedelta(days=8) + timedelta(hours=sequence)).astimezone(UTC)
        wall, end = f"{p.slot:%Y%m%dT%H%M%S}", f"{p.slot + timedelta(hours=1):%Y%m%dT%H%M%S}"
        definition, name = (
            "",
            {"outlook": _WINDOWS[zone], "zoom": zone, "custom": "Customized Time Zone"}.get(self.shape, ""),
        )
        if name:
            definition = _vtimezone(
                name, p.slot, "16010101T020000" if self.shape != "zoom" else "19700308T020000"
            )
        if not name:
            wall, end = (f"{t.astimezone(UTC):%Y%m%dT%H%M%SZ}" for t in (p.slot, p.slot + timedelta(hours=1)))
        tzid = f";TZID={name}" if name else ""
        lines = [
            "BEGIN:VCALENDAR",
            f"METHOD:{method}",
            "PRODID:-//made up//EN",
            "VERSION:2.0",
            *definition.splitlines(),
            "BEGIN:VEVENT",
            f"UID:{p.thread}-{self.seed}@invite.example",
            f"SEQUENCE:{sequence}",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART{tzid}:{wall}",
            f"DTEND{tzid}:{end}",
            f"SUMMARY:{title}Interview {self.me.name}",
            f"ORGANIZER;CN={p.person.name}:mailto:{p.person.address}",
            f"ATTENDEE;ROLE=REQ-PARTICIPANT;CN={self.me.name}:mailto:{self.me.address}",
            "LOCATION:https://meet.example/abc",
            "DESCRIPTION:Dial-in +49 69 12345678\\,\\,123456# PIN 123456",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
        return "\r\n".join(lines)

    # --- messages --------------------------------------------------------------------------------

    def theirs(
        self,
        p: _Process,
        sender: Who,
        text: str,
        *,
        to: list[Who] | None = None,
        cc: Sequence[Who] = (),
        ics: str | None = None,
        subject: str | None = None,
    ) -> None:
        """A mail of a counterpart: from now on it is the one to answer."""
        reply_to = p.reply_to if sender.address == p.person.address else None
        self.add(
            p,
            sender,
            [self.me] if to is None else to,
            text,
            cc=cc,
            ics=ics,
            subject=subject,
            reply_to=reply_to,
        )
        p.addressee = (reply_to or sender).address

    def machine(
        self, p: _Process, sender: Who, text: str, subject: str, headers: dict[str, str] | None = None
    ) -> None:
        """A mail in the thread that nobody answers."""
        self.add(p, sender, [self.me], text, subject=subject, headers=headers)

    def mine(self, p: _Process, text: str, *, to: list[Who], subject: str | None = None) -> None:
        self.add(p, self.me, to, f"{text}\n\nBest\n{self.me.name}\n", subject=subject, folder="sent")

    def add(
        self,
        p: _Process,
        sender: Who,
        to: Sequence[Who],
        text: str,
        *,
        cc: Sequence[Who] = (),
        ics: str | None = None,
        subject: str | None = None,
        headers: dict[str, str] | None = None,
        reply_to: Who | None = None,
        joined: str = "references",
        folder: str = "inbox",
    ) -> None:
        p.at += timedelta(hours=self.rng.randrange(5, 30))
        number = f"{self.seed}.{len(self.mails)}"
        message = EmailMessage(policy=SMTP)
        message["From"] = str(sender)
        message["To"] = ", ".join(map(str, to)) if to else "undisclosed-recipients:;"
        if cc:
            message["Cc"] = ", ".join(map(str, cc))
        if reply_to:
            message["Reply-To"] = str(reply_to)
        message["Subject"] = subject or (p.subject if not p.ids else f"Re: {p.subject}")
        message["Date"] = format_datetime(p.at.astimezone(ZoneInfo("Europe/Berlin")))
        message["Message-ID"] = f"<{number}@mail.example>"
        if p.ids and joined == "references":
            message["In-Reply-To"] = p.ids[-1]
            message["References"] = " ".join(p.ids[-8:])
        for name, value in (headers or {}).items():
            message[name] = value
        self.fill_body(message, text, p, ics)
        for part_number, part in enumerate(message.walk()):
            if part.is_multipart():  # else the boundary is drawn at random
                part.set_boundary(f"part-{number}-{part_number}")
        received = p.at
        self.mails.append(
            Mail(
                id=number,
                thread=p.thread,
                raw=message.as_bytes(),
                folder=folder,
                received=received,
                joined=joined,
            )
        )
        p.ids.append(f"<{number}@mail.example>")
        p.last_text, p.last_from = text, str(sender)

    def fill_body(self, message: EmailMessage, text: str, p: _Process, ics: str | None) -> None:
        quoted = ""
        if p.last_text and self.chance(0.6):
            head = (
                f"On {p.at:%a, %b %d, %Y} at 10:01 AM {p.last_from} wrote:"
                if p.language == "en"
                else f"Am {p.at:%d.%m.%Y} um 10:01 schrieb {p.last_from}:"
            )
            quoted = f"\n\n{head}\n" + "\n".join(f"> {line}" for line in p.last_text.splitlines())
        shape = self.rng.choices(("plain", "alternative", "outlook", "apple", "gmail"), (40, 25, 15, 8, 12))[
            0
        ]
        if shape == "plain":
            message.set_content(text + quoted, charset="utf-8")
        elif shape == "alternative":
            message.set_content(text + quoted, charset="utf-8")
            message.add_alternative(_as_html(text, quoted, "gmail"), subtype="html", charset="utf-8")
        else:
            message.set_content(_as_html(text, quoted, shape), subtype="html", charset="utf-8")
        if ics is not None:
            method = "CANCEL" if "METHOD:CANCEL" in ics else "REQUEST"
            message.make_mixed()
            part = EmailMessage(policy=SMTP)
            part["Content-Type"] = f'text/calendar; method={method}; charset="UTF-8"'
            part["Content-Transfer-Encoding"] = "base64"
            part.set_payload(base64.encodebytes(ics.encode()).decode())
            message.attach(part)

    # --- ordinary mail ---------------------------------------------------------------------------

    def ordinary(self, count: int) -> None:
        for _ in range(count):
            self.rng.choice(
                (self.newsletter_of_anybody, self.receipt, self.friendly, self.list_mail, self.calendar_mail)
            )()

    def single(
        self,
        sender: Who,
        subject: str,
        text: str,
        *,
        headers: dict[str, str] | None = None,
        at: datetime | None = None,
    ) -> None:
        lone = _Process(
            thread=self.new_thread(),
            company=words.COMPANIES[0],
            title="",
            subject=subject,
            person=sender,
            language="en",
            at=(at or self.now - timedelta(days=self.rng.randrange(1, 90))) - timedelta(hours=30),
        )
        self.add(lone, sender, [self.me], text, headers=headers)

    def newsletter(self, company: words.Company, *, newest: bool = False) -> None:
        subject, text = self.pick(words.NEWSLETTERS)
        sender = Who(
            name=company.name,
            address=f"{self.rng.choice(('news', 'hello', 'newsletter'))}@{company.label}.example",
        )
        headers = {"List-Unsubscribe": f"<https://{company.label}.example/u>", "Precedence": "bulk"}
        self.single(
            sender,
            subject.format(company=company.name),
            text.format(company=company.name),
            headers=headers,
            at=self.now - timedelta(hours=1) if newest else None,
        )

    def newsletter_of_anybody(self) -> None:
        self.newsletter(self.rng.choice(self.companies[:6]))

    def receipt(self) -> None:
        subject, text = (part.format(req=self.rng.randrange(10**6)) for part in self.pick(words.RECEIPTS))
        self.single(
            Who(name="Service", address=f"{self.rng.choice(('orders', 'service', 'no-reply'))}@shop.example"),
            subject,
            text,
        )

    def friendly(self) -> None:
        subject, text = self.pick(words.FRIENDLY)
        name = self.pick(words.FRIENDS)
        self.single(
            Who(name=name, address=f"{name.split()[0].lower()}@gmail.com"),
            subject,
            f"Hi!\n\n{text}\n\n{name.split()[0]}",
        )

    def friend_at(self, company: words.Company) -> None:
        subject, text = self.pick(words.FRIEND_AT_COMPANY)
        name = self.pick(words.FRIENDS)
        sender = Who(name=name, address=f"{name.split()[0].lower()}@{company.label}.example")
        self.single(sender, subject, f"Hey,\n\n{text.format(company=company.name)}\n\n{name.split()[0]}")

    def list_mail(self) -> None:
        subject, text = self.pick(words.LISTS)
        text = text.format(title=self.pick(words.TITLES_EN), company=self.rng.choice(self.companies[:6]).name)
        self.single(
            Who(name="list member", address="member@lists.example"),
            subject,
            text,
            headers={"List-Id": "<x.lists.example>", "Precedence": "list"},
        )

    def calendar_mail(self) -> None:
        self.single(
            Who(name="Google Calendar", address="calendar-notification@google.com"),
            "Notification: Yoga @ Tue 7pm",
            "Yoga starts in one hour.",
        )


# --- helpers --------------------------------------------------------------------------------------


def _seen(pool: Sequence[T]) -> list[T]:
    """The two thirds that development seeds may meet (all of a very small pool)."""
    return [entry for index, entry in enumerate(pool) if index % 3 != 2] if len(pool) > 2 else list(pool)


def _ascii(name: str) -> str:
    table = str.maketrans(
        {
            "ö": "oe",
            "ü": "ue",
            "ä": "ae",
            "ß": "ss",
            "ø": "o",
            "é": "e",
            "É": "E",
            "á": "a",
            "Å": "A",
            "Ł": "L",
        }
    )
    plain = name.translate(table)
    return plain if plain.isascii() else "Mikhail Orlov"


def _typo(name: str, rng: random.Random) -> str:
    """Two neighbouring letters swapped."""
    spots = [i for i in range(1, len(name) - 2) if name[i : i + 2].isalpha() and name[i] != name[i + 1]]
    if not spots:  # "JR" cannot be misspelt and still be meant
        return name
    at = rng.choice(spots)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _vtimezone(name: str, when: datetime, start: str) -> str:
    """A definition that holds for the day of ``when``; its DTSTART is the trap."""
    offset = f"{when:%z}"
    return (
        f"BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:{start}\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\n"
        "END:STANDARD\nEND:VTIMEZONE"
    )


def _as_html(text: str, quoted: str, shape: str) -> str:
    """The text as a mail program writes it."""
    lines = [html.escape(line, quote=False) for line in text.splitlines()]
    quotes = [html.escape(line.removeprefix("> "), quote=False) for line in quoted.strip().splitlines()]
    head, quote = "".join(quotes[:1]), "<br>".join(quotes[1:])
    if shape == "outlook":
        body = "".join(f'<p class="MsoNormal">{line or "<o:p>&nbsp;</o:p>"}</p>' for line in lines)
        history = f"<div><hr>{head}<br>{quote}</div>" if head else ""
        style = "<head><style>p.MsoNormal{margin:0}</style></head>"
        return f'<html>{style}<body><div class="WordSection1">{body}{history}</div></body></html>'
    if shape == "apple":
        body = "".join(f"<div>{line or '<br>'}</div>" for line in lines)
        history = f"<div>{head}</div><blockquote type=cite>{quote}</blockquote>" if head else ""
        return f"<html><body>{body}{history}</body></html>"
    body = "".join(f"{line}<br>" for line in lines)
    attribution = f"<div class=gmail_attr>{head}</div><blockquote class=gmail_quote>{quote}</blockquote>"
    return f'<div dir="ltr">{body}</div>' + (f"<div class=gmail_quote>{attribution}</div>" if head else "")
