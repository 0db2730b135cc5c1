"""What the sample mailbox says: invented people and companies under reserved domains (RFC 2606).

``{day}`` and ``{time}`` in a text are the conversation's interview, ``{old_day}`` is the date it was moved
from, ``{date}`` the date in German order. Every mail but the first answers the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Person(NamedTuple):
    """Somebody with a display name and an address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Interview:
    """A slot ``days`` from today (a weekend moves to the next working day), at ``hour`` Berlin time."""

    days: int
    hour: int
    minutes: int
    title: str
    where: str = "https://meet.example/room"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message: sent ``days`` ago at ``at`` (Berlin time), which is always in the past."""

    days: int
    at: str
    sender: Person
    text: str
    to: tuple[Person, ...] = ()  # empty: the person, or whoever wrote before
    cc: tuple[Person, ...] = ()
    invite: int | None = None  # SEQUENCE of an attached invitation; 0 is the first
    quotes: bool = True
    html: bool = True
    charset: str = "utf-8"
    attachment: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    folder: str = ""  # empty: INBOX, or Sent when the person wrote it


@dataclass(frozen=True, slots=True)
class Conversation:
    """Mails that belong together, oldest first."""

    key: str
    subject: str
    mails: tuple[Mail, ...]
    interview: Interview | None = None
    moved_from: Interview | None = None
    people: tuple[Person, ...] = ()  # others invited


ME = Person("Sam Rivera", "sam.rivera@mailbox.example")

AUTOMATIC = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"))


def bulk(list_name: str, domain: str) -> tuple[tuple[str, str], ...]:
    """The headers of a mailing that went to many."""
    return (
        ("List-Id", f"{list_name} <{list_name.lower().replace(' ', '-')}.{domain}>"),
        ("List-Unsubscribe", f"<https://{domain}/unsubscribe?u=5f2c>, <mailto:leave@{domain}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    )


# --- people ---------------------------------------------------------------------------------------

DANA = Person("Dana Whitfield", "dana.whitfield@acme.example")
PRIYA = Person("Priya Raman", "priya.raman@acme.example")
TOM = Person("Tom Okafor", "tom.okafor@harbor.example")
MEI = Person("Mei Tanaka", "mei.tanaka@harbor.example")
OLIVIA = Person("Olivia Marsh", "olivia@brightpath.example")
LENA = Person("Lena Fischer", "lena.fischer@lumenoak.example")
ALEX = Person("Alex", "alex@family.example")
MUM = Person("Carmen Rivera", "carmen@family.example")
LEO = Person("Leo Rivera", "leo@family.example")
MARCUS = Person("Marcus Hale", "marcus.hale@tidewater.example")
JORDAN = Person("Jordan Blake", "jordan.blake@pinecrest.example")
KATRIN = Person("Katrin Schönfeld", "katrin.schoenfeld@morgenrot.example")
NOOR = Person("Noor Haddad", "noor.haddad@stellarforge.example")
ELIF = Person("Elif Demir", "elif.demir@orchard.example")
GRACE = Person("Grace Liu", "grace.liu@bluebird.example")
VICTOR = Person("Victor Nyström", "victor.nystrom@ironwood.example")
HANNA = Person("Hanna Ostrowska", "hanna@zephyrcloud.example")

DANA_CARD = """
Dana Whitfield
Talent Partner, Acme
+49 30 23125 014 | dana.whitfield@acme.example"""

TOM_CARD = """
--\x20
Tom Okafor
Recruiter, Data | Harbor Labs
Phone: +1 202 555 0143"""

OLIVIA_CARD = """
Olivia Marsh | Senior Consultant
Brightpath Talent, recruitment for product teams
M: +44 7700 900123"""

KATRIN_CARD = """
Mit freundlichen Grüßen
Katrin Schönfeld
Personalreferentin

Morgenrot Energie GmbH
Tel. +49 40 66969 031"""

# --- hiring ---------------------------------------------------------------------------------------

HIRING = (
    Conversation(
        "acme",
        "Senior Platform Engineer at Acme",
        (
            Mail(
                16,
                "10:12",
                DANA,
                """Hi Sam,

thank you for applying for the Senior Platform Engineer role at Acme. Your work on
release tooling caught our eye, and I would like to hear more about it.

Do you have 20 minutes for a call this week? Mornings are best for me.

Best wishes,
"""
                + DANA_CARD,
            ),
            Mail(
                15,
                "08:47",
                ME,
                """Hi Dana,

thanks for getting back to me so quickly. Tomorrow at 9:30 would suit me well.

Best,
Sam""",
            ),
            Mail(
                9,
                "15:31",
                DANA,
                """Hi Sam,

I enjoyed our call, and so did the team when I told them about it. The next step is a
technical interview with Priya Raman, who leads the platform group: 45 minutes by video,
about systems you have built. No riddles, I promise.

Which days of next week are good for you?

Best wishes,
"""
                + DANA_CARD,
            ),
            Mail(
                8,
                "19:05",
                ME,
                """Hi Dana,

that sounds good. Any afternoon works for me, ideally after 13:00.

Best,
Sam""",
            ),
            Mail(
                6,
                "11:20",
                DANA,
                """Hi Sam,

lovely, then let us say {day} at {time} (Berlin time). The invitation with the link
is attached. Priya has read your application and looks forward to meeting you.

If anything comes up before then, just reply here.

Best wishes,
"""
                + DANA_CARD,
                invite=0,
            ),
        ),
        interview=Interview(4, 14, 45, "Acme: technical interview, Senior Platform Engineer"),
        people=(PRIYA,),
    ),
    Conversation(
        "harbor-data",
        "Data Engineer role, Harbor Labs",
        (
            Mail(
                14,
                "16:02",
                TOM,
                """Hello Sam,

I came across your talk on event pipelines and thought of our open Data Engineer
position at Harbor Labs. Would you like to hear more?

Tom
"""
                + TOM_CARD,
            ),
            Mail(13, "20:15", ME, "Hello Tom,\n\nyes, please tell me more about the team.\n\nSam"),
            Mail(
                7,
                "17:40",
                TOM,
                """Hello Sam,

great. Our lead would like to talk with you for half an hour. Please send me two or three
times next week and I will book one of them.

Tom
"""
                + TOM_CARD,
            ),
            Mail(6, "08:20", ME, "Hello Tom,\n\nMonday or Thursday, any time after 15:00.\n\nSam"),
        ),
    ),
    Conversation(
        "harbor-lead",
        "Analytics Lead: conversation with Harbor Labs",
        (
            Mail(
                10,
                "09:25",
                MEI,
                """Dear Sam,

thank you for your application for the position of Analytics Lead at Harbor Labs.
We would like to invite you to a first interview with our head of product.

Would {day} at {time} suit you?

Kind regards,
Mei Tanaka
Talent Acquisition, Harbor Labs
+1 202 555 0178""",
            ),
            Mail(9, "12:30", ME, "Dear Mei,\n\n{day} is fine, thank you.\n\nKind regards,\nSam Rivera"),
            Mail(
                9,
                "14:11",
                MEI,
                "Dear Sam,\n\nperfect, the invitation is attached.\n\nKind regards,\nMei Tanaka",
                invite=0,
            ),
        ),
        interview=Interview(6, 16, 30, "Harbor Labs: interview Analytics Lead"),
    ),
    Conversation(
        "brightpath-maps",
        "Backend role in Hamburg, mapping company",
        (
            Mail(
                12,
                "11:55",
                OLIVIA,
                """Hi Sam,

I am working with a client that builds maps for hikers and is looking for a Backend
Engineer. Is that something you would talk about?

Olivia
"""
                + OLIVIA_CARD,
            ),
            Mail(11, "18:20", ME, "Hi Olivia,\n\nhappy to. Who is the client?\n\nSam"),
            Mail(
                5,
                "10:08",
                OLIVIA,
                """Hi Sam,

the client is Fernweh Maps in Hamburg. They liked your profile and would like to meet
you on {day} at {time}. I will send you the address once you say yes.

Olivia
"""
                + OLIVIA_CARD,
            ),
        ),
        interview=Interview(8, 11, 60, "Fernweh Maps"),
    ),
    Conversation(
        "brightpath-bank",
        "Payments Engineer, permanent",
        (
            Mail(
                6,
                "13:37",
                OLIVIA,
                """Hi Sam,

one more for you: Copperline Bank is growing its payments team and needs a Payments
Engineer. Shall I put you forward?

Olivia
"""
                + OLIVIA_CARD,
            ),
            Mail(4, "21:02", ME, "Hi Olivia,\n\nyes, please do.\n\nSam"),
            Mail(
                2,
                "09:44",
                OLIVIA,
                "Hi Sam,\n\ndone. They usually need a week.\n\nOlivia\n" + OLIVIA_CARD,
            ),
        ),
    ),
    Conversation(
        "quillworks",
        "We have received your application",
        (
            Mail(
                11,
                "22:41",
                Person("Quillworks Careers", "no-reply@quillworks.example"),
                """Dear Sam Rivera,

thank you for applying for Documentation Engineer (R-20418) at Quillworks. Our team will
review your application and come back to you.

This mailbox is not monitored. Please do not reply to this message.""",
                headers=AUTOMATIC,
            ),
        ),
    ),
    Conversation(
        "lumenoak",
        "Interview at Lumen & Oak: Site Reliability Engineer",
        (
            Mail(
                9,
                "09:15",
                LENA,
                """Hello Sam,

we would like to meet you for the position of Site Reliability Engineer at Lumen & Oak,
in person at our office, on {day} at {time}. Lunch is on us.

Does that work for you?

Lena Fischer
People Team, Lumen & Oak
+49 30 23125 077""",
            ),
            Mail(8, "20:30", ME, "Hello Lena,\n\nyes, with pleasure. See you then.\n\nSam"),
            Mail(
                7,
                "21:10",
                ME,
                "Could you pick up the kids that day? I would be in town until four.",
                to=(ALEX,),
            ),
            Mail(6, "07:55", ALEX, "Sure. Honestly, I still like the other offer better. Love, A."),
        ),
        interview=Interview(7, 12, 120, "Lumen & Oak"),
    ),
    Conversation(
        "tidewater",
        "Tidewater Games: Gameplay Engineer",
        (
            Mail(
                24,
                "15:00",
                MARCUS,
                """Hi Sam,

thanks for your interest in the Gameplay Engineer position at Tidewater Games. Could you
tell me a little about the engines you have worked with?

Marcus Hale
Recruiting, Tidewater Games""",
            ),
            Mail(23, "19:45", ME, "Hi Marcus,\n\nmostly our own, in C++ and Rust.\n\nSam"),
            Mail(
                12,
                "16:20",
                MARCUS,
                """Hi Sam,

thank you for your time and for your patience. After careful thought we have decided to
go forward with another candidate for this position. I enjoyed reading your application
and wish you all the best for your search.

Marcus Hale
Recruiting, Tidewater Games""",
            ),
        ),
    ),
    Conversation(
        "pinecrest",
        "Pinecrest Health: next steps for Infrastructure Engineer",
        (
            Mail(
                8,
                "14:22",
                JORDAN,
                """Hi Sam,

thank you for applying for Infrastructure Engineer at Pinecrest Health. We would like to
book a 30 minute video interview with you. Which times suit you next week?

You can answer this message directly.

Jordan Blake
Talent Team, Pinecrest Health""",
                headers=(("Reply-To", '"Jordan Blake" <reply+7f3a9c21e8@pinecrest.example>'),),
            ),
            Mail(
                7,
                "09:10",
                ME,
                "Hi Jordan,\n\nTuesday or Wednesday, both before noon.\n\nSam",
                to=(Person("Jordan Blake", "reply+7f3a9c21e8@pinecrest.example"),),
            ),
        ),
    ),
    Conversation(
        "morgenrot",
        "Einladung zum Vorstellungsgespräch als Softwareentwickler (m/w/d)",
        (
            Mail(
                11,
                "09:40",
                KATRIN,
                """Sehr geehrter Herr Rivera,

vielen Dank für Ihre Bewerbung als Softwareentwickler bei der Morgenrot Energie GmbH.
Ihre Unterlagen haben uns sehr angesprochen. Gerne möchten wir Sie persönlich
kennenlernen und laden Sie zu einem Vorstellungsgespräch ein.

Passt Ihnen der {date} um {time} Uhr?
"""
                + KATRIN_CARD,
                charset="iso-8859-1",
            ),
            Mail(
                10,
                "18:33",
                ME,
                """Sehr geehrte Frau Schönfeld,

herzlichen Dank für die Einladung. Der Termin passt mir gut.

Mit freundlichen Grüßen
Sam Rivera""",
            ),
            Mail(
                10,
                "18:50",
                KATRIN,
                """Sehr geehrter Herr Rivera,

das freut uns. Die Einladung mit den Zugangsdaten finden Sie im Anhang.
"""
                + KATRIN_CARD,
                charset="iso-8859-1",
                invite=0,
            ),
        ),
        interview=Interview(9, 10, 60, "Vorstellungsgespräch Morgenrot Energie GmbH"),
    ),
    Conversation(
        "orchard",
        "Orchard Payments interview: Staff Engineer",
        (
            Mail(
                13,
                "10:30",
                ELIF,
                """Hi Sam,

good news: the panel would like to speak with you about the Staff Engineer role at
Orchard Payments. I have booked {old_day} at {time}, invitation attached.

Elif Demir
Recruiting Coordinator, Orchard Payments
+49 89 99998 012""",
                invite=0,
            ),
            Mail(12, "17:17", ME, "Hi Elif,\n\nthank you, I will be there.\n\nSam"),
            Mail(
                4,
                "12:05",
                ELIF,
                """Hi Sam,

one of the interviewers is ill, so we have to move our conversation to {day}, same
time. Your calendar should show the new date. Sorry for the trouble!

Elif Demir
Recruiting Coordinator, Orchard Payments
+49 89 99998 012""",
                invite=1,
            ),
        ),
        interview=Interview(10, 15, 90, "Orchard Payments: panel, Staff Engineer"),
        moved_from=Interview(5, 15, 90, "Orchard Payments: panel, Staff Engineer"),
    ),
    Conversation(
        "bluebird",
        "Bluebird Press: Web Developer",
        (
            Mail(
                15,
                "11:11",
                GRACE,
                """Hi Sam,

we would love to talk with you about the Web Developer position at Bluebird Press.
How about {day} at {time}?

Grace Liu
Bluebird Press""",
            ),
            Mail(14, "08:08", ME, "Hi Grace,\n\nthat works, thank you.\n\nSam"),
            Mail(14, "09:30", GRACE, "Wonderful, invitation attached.\n\nGrace", invite=0),
            Mail(
                2,
                "18:00",
                ME,
                """Hi Grace,

thank you and Ben for the conversation. I liked hearing how the print and the web team
work together.

Best,
Sam""",
            ),
            Mail(
                2,
                "18:01",
                GRACE,
                "I am out of the office and will answer from Monday.",
                headers=(("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes")),
                quotes=False,
                html=False,
            ),
        ),
        interview=Interview(-3, 13, 45, "Bluebird Press: Web Developer"),
    ),
    Conversation(
        "ironwood",
        "Your offer from Ironwood Software",
        (
            Mail(
                10,
                "14:45",
                VICTOR,
                """Dear Sam,

the team was unanimous, and we would like to offer you the position of Principal Engineer
at Ironwood Software. The written offer is attached. Take your time and call me with any
question.

Victor Nyström
Head of Talent, Ironwood Software
+46 8 5550 1234""",
                attachment="Offer Sam Rivera.pdf",
            ),
            Mail(
                9,
                "09:20",
                ME,
                "Dear Victor,\n\nthank you, that is great news. I will read it with care.\n\nSam",
            ),
            Mail(
                5,
                "16:30",
                VICTOR,
                """Dear Sam,

just checking in. Is there anything you would like to talk through before you decide?
There is no rush; two weeks from now is fine for us.

Victor Nyström
Head of Talent, Ironwood Software
+46 8 5550 1234""",
            ),
            Mail(
                4, "20:50", ME, "Dear Victor,\n\nthank you for your patience, I will come back to you.\n\nSam"
            ),
        ),
    ),
    Conversation(
        "zephyr",
        "Engineers who like calm on-call shifts",
        (
            Mail(
                3,
                "08:31",
                HANNA,
                """Hello Sam,

I am hiring for Zephyr Cloud and your profile reads as if you cared about quiet pagers.
We are looking for a Reliability Engineer. Worth a short chat?

Hanna Ostrowska
Talent Sourcer, Zephyr Cloud""",
            ),
        ),
    ),
)

# --- everything else ------------------------------------------------------------------------------

ORDINARY = (
    Conversation(
        "acme-news",
        "Acme Monthly: robots that fold laundry",
        (
            Mail(
                1,
                "07:00",
                Person("Acme", "news@acme.example"),
                """In this issue: our new folding arm, a visit to the Acme lab, and open positions.

We are hiring: Senior Platform Engineer, Robotics Engineer, Office Manager.

You receive this because you signed up at acme.example. Unsubscribe at any time.""",
                headers=bulk("Acme Monthly", "acme.example"),
            ),
        ),
    ),
    Conversation(
        "friend",
        "Hut weekend",
        (
            Mail(
                6,
                "21:30",
                NOOR,
                """Sam! Are you in for the hut in two weeks? I can get off work at Stellarforge by three
on Friday and drive.

Noor""",
                html=False,
            ),
            Mail(5, "22:10", ME, "In! I bring the cheese.\n\nSam", html=False),
            Mail(5, "22:14", NOOR, "You always bring the cheese. Good.", html=False),
        ),
    ),
    Conversation(
        "mum",
        "Sunday lunch",
        (
            Mail(5, "18:02", MUM, "Querido, are you coming on Sunday? Your brother asks too.", html=False),
            Mail(5, "19:40", ME, "Of course. What shall I bring?", html=False),
            Mail(5, "19:52", MUM, "Nothing! Well, perhaps bread.", html=False),
            Mail(4, "08:15", MUM, "And good news about the interviews, I hope!", html=False),
        ),
    ),
    Conversation(
        "train",
        "Your ticket to Hamburg",
        (
            Mail(
                5,
                "11:02",
                Person("Nordbahn", "tickets@nordbahn.example"),
                "Thank you for your booking. Your ticket 8814-220 is attached. Total: EUR 39.90",
                headers=AUTOMATIC,
                attachment="ticket-8814-220.pdf",
            ),
        ),
    ),
    Conversation(
        "jobs",
        "12 new jobs for you: Platform Engineer, Berlin",
        (
            Mail(
                1,
                "05:30",
                Person("Jobfinder", "alerts@jobfinder.example"),
                """Platform Engineer at Harbor Labs. Senior Developer at Ironwood Software.
Backend Engineer at Morgenrot Energie. And nine more.""",
                headers=bulk("Job alerts", "jobfinder.example"),
            ),
        ),
    ),
    Conversation(
        "chess",
        "Chess club: season opening",
        (
            Mail(
                20,
                "17:30",
                Person("Ines Duarte", "ines@chessclub.example"),
                "Dear all,\n\nwe start again on the first Tuesday of the month. Bring a clock.\n\nInes",
                headers=(("List-Id", "Members <members.chessclub.example>"),),
            ),
            Mail(19, "09:05", ME, "I have two and will bring both.\n\nSam"),
        ),
    ),
    Conversation(
        "landlord",
        "Heating",
        (
            Mail(
                29,
                "10:45",
                Person("Hausverwaltung Süd", "info@hvsued.example"),
                "Guten Tag,\n\nder Monteur kommt am Montag zwischen 8 und 12 Uhr.\n\nIhre Verwaltung",
                folder="Archive",
            ),
        ),
    ),
    Conversation(
        "prize",
        "You have been selected!!!",
        (
            Mail(
                2,
                "03:33",
                Person("Acme Prize Desk", "winner@acme-prizes.example"),
                "Congratulations! Confirm your bank details to receive your Acme gift card.",
                folder="Junk",
            ),
        ),
    ),
    Conversation(
        "gym",
        "We miss you",
        (
            Mail(
                9,
                "12:12",
                Person("Kraftraum", "team@kraftraum.example"),
                "Come back this week and train for free.",
                headers=bulk("Kraftraum", "kraftraum.example"),
                folder="Trash",
            ),
        ),
    ),
    Conversation(
        "present",
        "Present for Leo",
        (Mail(3, "22:45", ME, "Hi Mum,\n\nwhat about a new lock for the", to=(MUM,), folder="Drafts"),),
    ),
)
