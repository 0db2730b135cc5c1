"""quotes: new text, signature and quote told apart, on mails as the usual programs write them.

``CASES`` is also the set on which other libraries were measured (docs/decisions/0002-quotes.md).
"""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowout.mail.quotes import is_field, new_text, split
from bowout.model import Body, Message

# name, mail text, what the sender wrote (without signature)
CASES: list[tuple[str, str, str]] = [
    (
        "nothing quoted",
        "Hello Jane,\n\nsee you on Monday.\n\nBest,\nTom\n",
        "Hello Jane,\n\nsee you on Monday.\n\nBest,\nTom",
    ),
    ("empty", "", ""),
    (
        "gmail english",
        """\
        Thanks, Tuesday works.

        On Thu, Nov 19, 2026 at 2:03 PM Jane Doe <jane@acme.example> wrote:

        > Could you do Tuesday?
        > Jane
        """,
        "Thanks, Tuesday works.",
    ),
    (
        "gmail attribution on two lines",
        """\
        Thanks, Tuesday works.

        On Thu, Nov 19, 2026 at 2:03 PM Jane Doe from Acme Recruiting <
        jane.doe.recruiting@acme.example> wrote:

        > Could you do Tuesday?
        """,
        "Thanks, Tuesday works.",
    ),
    (
        "gmail german",
        """\
        Dienstag passt gut.

        Am Do., 19. Nov. 2026 um 14:03 Uhr schrieb Jana Muster <
        jana@acme.example>:

        > Passt Ihnen Dienstag?
        """,
        "Dienstag passt gut.",
    ),
    (
        "gmail french",
        """\
        Mardi me convient.

        Le jeu. 19 nov. 2026 à 14:03, Jeanne Dupont <jeanne@acme.example> a écrit :

        > Mardi vous convient ?
        """,
        "Mardi me convient.",
    ),
    (
        "gmail spanish",
        """\
        El martes me viene bien.

        El jue, 19 nov 2026 a las 14:03, Juana Pérez (<juana@acme.example>) escribió:

        > ¿Le viene bien el martes?
        """,
        "El martes me viene bien.",
    ),
    (
        "gmail italian",
        """\
        Martedì va bene.

        Il giorno gio 19 nov 2026 alle ore 14:03 Gianna Rossi <gianna@acme.example>
        ha scritto:

        > Martedì va bene?
        """,
        "Martedì va bene.",
    ),
    (
        "gmail dutch",
        """\
        Dinsdag is prima.

        Op do 19 nov 2026 om 14:03 schreef Jana de Vries <jana@acme.example>:

        > Schikt dinsdag?
        """,
        "Dinsdag is prima.",
    ),
    (
        "gmail portuguese",
        """\
        Terça está ótimo.

        Em qui., 19 de nov. de 2026 às 14:03, Joana Silva <joana@acme.example>
        escreveu:

        > Terça pode ser?
        """,
        "Terça está ótimo.",
    ),
    (
        "gmail polish",
        """\
        Wtorek pasuje.

        czw., 19 lis 2026 o 14:03 Janina Kowalska <janina@acme.example> napisał(a):

        > Czy pasuje wtorek?
        """,
        "Wtorek pasuje.",
    ),
    (
        "gmail japanese",
        """\
        火曜日で大丈夫です。

        2026年11月19日(木) 14:03 Jane Doe <jane@acme.example>:

        > 火曜日はいかがですか。
        """,
        "火曜日で大丈夫です。",
    ),
    (
        "apple mail",
        """\
        Tuesday it is.

        > On 19. Nov 2026, at 14:03, Jane Doe <jane@acme.example> wrote:
        >
        > Could you do Tuesday?
        """,
        "Tuesday it is.",
    ),
    (
        "thunderbird",
        """\
        Tuesday it is.

        On 11/19/26 14:03, Jane Doe wrote:
        > Could you do Tuesday?
        >
        """,
        "Tuesday it is.",
    ),
    (
        "mutt german",
        """\
        Dienstag ist gut.

        * Jana Muster <jana@acme.example> [2026-11-19 14:03]:
        > Passt Dienstag?
        """,
        "Dienstag ist gut.",
    ),
    (
        "our own attribution",
        """\
        Thank you for your time.

        On 19 Nov 2026 at 14:03 +0100, Jane Doe wrote:
        > Could you do Tuesday?
        """,
        "Thank you for your time.",
    ),
    (
        "outlook block",
        """\
        Tuesday works for me.

        From: Jane Doe <jane@acme.example>
        Sent: Thursday, November 19, 2026 2:03 PM
        To: Tom Roe <tom@mail.example>
        Subject: RE: Interview

        Could you do Tuesday?
        """,
        "Tuesday works for me.",
    ),
    (
        "outlook block with rule",
        """\
        Tuesday works for me.
        ________________________________
        From: Jane Doe <jane@acme.example>
        Sent: Thursday, November 19, 2026 2:03 PM
        To: Tom Roe <tom@mail.example>
        Subject: RE: Interview

        Could you do Tuesday?
        """,
        "Tuesday works for me.",
    ),
    (
        "outlook block in bold",
        """\
        Tuesday works for me.

        *From:* Jane Doe <jane@acme.example>
        *Sent:* Thursday, November 19, 2026 2:03 PM
        *To:* Tom Roe <tom@mail.example>
        *Subject:* RE: Interview

        Could you do Tuesday?
        """,
        "Tuesday works for me.",
    ),
    (
        "outlook german",
        """\
        Dienstag passt.

        Von: Jana Muster <jana@acme.example>
        Gesendet: Donnerstag, 19. November 2026 14:03
        An: Tom Roe <tom@mail.example>
        Betreff: AW: Gespräch

        Passt Dienstag?
        """,
        "Dienstag passt.",
    ),
    (
        "outlook french",
        """\
        Mardi me convient.

        De : Jeanne Dupont <jeanne@acme.example>
        Envoyé : jeudi 19 novembre 2026 14:03
        À : Tom Roe <tom@mail.example>
        Objet : RE: Entretien

        Mardi vous convient ?
        """,
        "Mardi me convient.",
    ),
    (
        "original message",
        """\
        Yes, gladly.

        -----Original Message-----
        From: Jane Doe <jane@acme.example>
        Sent: Thursday, November 19, 2026 2:03 PM
        To: Tom Roe
        Subject: Interview

        Could you do Tuesday?
        """,
        "Yes, gladly.",
    ),
    (
        "original message german",
        """\
        Gern.

        -----Ursprüngliche Nachricht-----
        Von: Jana Muster
        Gesendet: Donnerstag, 19. November 2026 14:03

        Passt Dienstag?
        """,
        "Gern.",
    ),
    (
        "forwarded gmail",
        """\
        What do you think?

        ---------- Forwarded message ---------
        From: Jane Doe <jane@acme.example>
        Date: Thu, Nov 19, 2026 at 2:03 PM
        Subject: Interview
        To: Tom Roe <tom@mail.example>

        Could you do Tuesday?
        """,
        "What do you think?",
    ),
    (
        "forwarded apple",
        """\
        What do you think?

        Begin forwarded message:

        From: Jane Doe <jane@acme.example>
        Subject: Interview
        Date: 19. November 2026 at 14:03:00 CET
        To: Tom Roe <tom@mail.example>

        Could you do Tuesday?
        """,
        "What do you think?",
    ),
    (
        "signature",
        "See you then.\n\n-- \nJane Doe\nAcme Recruiting\n+1 555 0100\n",
        "See you then.",
    ),
    (
        "signature that lost its blank",
        "See you then.\n\n--\nJane Doe\nAcme Recruiting\n",
        "See you then.",
    ),
    (
        "signature above the quote",
        """\
        See you then.

        --\x20
        Tom Roe

        On Thu, Nov 19, 2026 at 2:03 PM Jane Doe <jane@acme.example> wrote:

        > Could you do Tuesday?
        > --\x20
        > Jane
        """,
        "See you then.",
    ),
    ("iphone", "Works for me!\n\nSent from my iPhone\n", "Works for me!"),
    (
        "iphone with quote",
        """\
        Works for me!

        Sent from my iPhone

        > On Nov 19, 2026, at 2:03 PM, Jane Doe <jane@acme.example> wrote:
        >
        > \ufeffCould you do Tuesday?
        """,
        "Works for me!",
    ),
    ("iphone german", "Passt!\n\nVon meinem iPhone gesendet\n", "Passt!"),
    (
        "outlook for ios",
        """\
        Works for me!

        Get Outlook for iOS<https://aka.ms/o0ukef>
        ________________________________
        From: Jane Doe <jane@acme.example>
        Sent: Thursday, November 19, 2026 2:03:00 PM
        To: Tom Roe <tom@mail.example>
        Subject: Interview

        Could you do Tuesday?
        """,
        "Works for me!",
    ),
    (
        "bottom posting",
        """\
        On Thu, Nov 19, 2026 at 2:03 PM Jane Doe <jane@acme.example> wrote:
        > Could you do Tuesday?
        > Jane

        Yes, Tuesday is fine.

        Tom
        """,
        "Yes, Tuesday is fine.\n\nTom",
    ),
    (
        "inline answers",
        """\
        Hi Jane,

        On Thu, Nov 19, 2026 at 2:03 PM Jane Doe <jane@acme.example> wrote:
        > Could you do Tuesday?

        Yes.

        > Would 10:00 be fine?

        Rather 11:00.

        Tom
        """,
        "Hi Jane,\n\nYes.\n\nRather 11:00.\n\nTom",
    ),
    (
        "nested quotes",
        """\
        Perfect.

        On Fri, Nov 20, 2026 at 9:00 AM Tom Roe <tom@mail.example> wrote:

        > Tuesday works.
        >
        > On Thu, Nov 19, 2026 at 2:03 PM Jane Doe <jane@acme.example> wrote:
        >
        >> Could you do Tuesday?
        """,
        "Perfect.",
    ),
    (
        "quote that is not prefixed",
        """\
        Perfect.

        On Thu, Nov 19, 2026 at 2:03 PM Jane Doe <jane@acme.example> wrote:

        Could you do Tuesday?

        Jane
        """,
        "Perfect.",
    ),
    (
        "yahoo",
        """\
        Perfect.
            On Thursday, November 19, 2026 at 02:03:00 PM GMT+1, Jane Doe <jane@acme.example> wrote:

         Could you do Tuesday?
        """,
        "Perfect.",
    ),
    (
        "proton",
        """\
        Perfect.

        Sent with Proton Mail secure email.

        On Thursday, 19 November 2026 at 14:03, Jane Doe <jane@acme.example> wrote:

        > Could you do Tuesday?
        """,
        "Perfect.",
    ),
    (
        "somebody writes in prose",
        "On Monday we talked, and then Jane wrote:\nplease send references.\n\nSo here they are.\n",
        "On Monday we talked, and then Jane wrote:\nplease send references.\n\nSo here they are.",
    ),
    (
        "from in prose",
        "Here is the plan.\nFrom: Berlin\nArrival: 10:00\nGate: 3\nSee you.\n",
        "Here is the plan.\nFrom: Berlin\nArrival: 10:00\nGate: 3\nSee you.",
    ),
    (
        "an agenda with dates is no quote",
        "Dear Tom,\n\nthe agenda of 24 November 2026:\n- 10:00 coding\n- 11:00 talk\n\nJane\n",
        "Dear Tom,\n\nthe agenda of 24 November 2026:\n- 10:00 coding\n- 11:00 talk\n\nJane",
    ),
    (
        "dashes inside a letter",
        "Part one.\n\n--\n\nPart two is longer and goes on.\n\n" + "More text.\n" * 20,
        "Part one.\n\n--\n\nPart two is longer and goes on.\n\n" + "\n".join(["More text."] * 20),
    ),
    (
        "crlf",
        "Fine.\r\n\r\nOn Thu, Nov 19, 2026 at 2:03 PM Jane Doe <j@acme.example> wrote:\r\n\r\n> Tuesday?\r\n",
        "Fine.",
    ),
]


@pytest.mark.parametrize(("text", "new"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_new_text_is_what_the_sender_wrote(text: str, new: str) -> None:
    assert split(dedent(text)).new == new


def test_the_three_parts_keep_what_belongs_to_them() -> None:
    parts = split(dedent(next(text for name, text, _ in CASES if name == "signature above the quote")))
    assert parts.signature == "-- \nTom Roe"
    assert parts.quoted.startswith("On Thu, Nov 19, 2026 at 2:03 PM")
    assert parts.quoted.endswith("> Jane")


@given(
    st.lists(
        st.sampled_from(["> a", "b", "", "-- ", "On 1 May 2026, x@y.z wrote:", "From: a", "To: b", "Sent: c"])
    )
)
def test_no_word_is_lost(lines: list[str]) -> None:
    parts = split("\n".join(lines))
    assert sorted("\n".join((parts.new, parts.signature, parts.quoted)).split()) == sorted(
        " ".join(lines).split()
    )


@given(st.text())
def test_any_text_can_be_split(text: str) -> None:
    split(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "On " * 100_000 + "wrote:",
        "On " + "<" * 300_000,
        "> a\n" * 100_000,
        "On x:\n" * 50_000,
        "From: a\n" * 50_000,
    ],
    ids=["one line", "brackets", "quote", "attributions", "blocks"],
)
def test_hostile_text_is_split_without_loss(hostile: str) -> None:
    found = split(hostile)  # other libraries need minutes here
    assert len(found.new) + len(found.signature) + len(found.quoted) <= len(hostile)


GMAIL = (
    '<div dir="ltr"><div>Dienstag passt.</div></div><br><div class="gmail_quote">'
    '<div dir="ltr" class="gmail_attr">Am Do., 19. Nov. 2026 um 14:03 Uhr schrieb Jana &lt;<a '
    'href="mailto:j@acme.example">j@acme.example</a>&gt;:<br></div>'
    '<blockquote class="gmail_quote" style="margin:0"><div>Passt Dienstag?</div></blockquote></div>'
)
OUTLOOK_WEB = (
    '<div>Tiistai sopii.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Lähettäjä:</b>'
    " Jana<br><b>Lähetetty:</b> 19. marraskuuta 2026<br></div><div>Sopiiko tiistai?</div>"
)
OUTLOOK_WINDOWS = (
    '<div class="WordSection1"><p class="MsoNormal">Kedd jó.</p><div>'
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    '<p class="MsoNormal"><b>Feladó:</b> Jana</p></div></div><p class="MsoNormal">Jó a kedd?</p></div>'
)
YAHOO = (
    '<div>Perfect.</div><div id="x" class="yahoo_quoted"><div>torstai 19. Jana kirjoitti:</div>Tuesday?</div>'
)
INLINE = (
    '<div>Hi,</div><blockquote type="cite">Tuesday?</blockquote><div>Yes.</div>'
    '<blockquote type="cite">10:00?<div id="divRplyFwdMsg">older</div></blockquote><div>Rather 11:00.</div>'
)


@pytest.mark.parametrize(
    ("html", "new"),
    [
        (GMAIL, "Dienstag passt."),
        (OUTLOOK_WEB, "Tiistai sopii."),
        (OUTLOOK_WINDOWS, "Kedd jó."),
        (YAHOO, "Perfect."),
        (INLINE, "Hi,\n\nYes.\n\nRather 11:00."),
    ],
    ids=["gmail", "outlook web", "outlook windows", "yahoo", "inline"],
)
def test_the_marks_of_html_tell_the_quote_in_any_language(html: str, new: str) -> None:
    stale = "what an older text part says"
    message = Message(
        id="1", thread_id="t", date=datetime(2026, 11, 19, tzinfo=UTC), body=Body(text=stale, html=html)
    )
    assert new_text(message) == new


def test_without_html_or_body_the_text_decides() -> None:
    assert new_text(Message(id="1", thread_id="t", body=Body(text="Yes.\n\n> Tuesday?"))) == "Yes."
    assert new_text(Message(id="1", thread_id="t")) == ""


@pytest.mark.parametrize("line", ["Cc: jo@acme.example", "Von: Jo Li <jo@acme.example>", "*From:* Jo Li"])
def test_a_field_above_a_quote_is_one(line: str) -> None:
    assert is_field(line)


@pytest.mark.parametrize("line", ["Assistant: Jo Li, jo@acme.example", "jo@acme.example", "Note: see above"])
def test_a_label_in_a_text_is_none(line: str) -> None:
    assert not is_field(line)
