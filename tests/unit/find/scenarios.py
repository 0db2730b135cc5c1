"""The mailboxes in which the right thread and the right person must be found, or an honest stop be made.

Each scenario is told once and played twice: on values (tests/unit/test_find_scenarios.py) and through a real
Maildir (tests/integration/test_right_thread.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from bowout.errors import Ambiguous, BowoutError, NeedsPerson, NoAddressee
from bowout.find.candidate import Outcome
from bowout.model import Joined, Thread
from unit.mailboxes import ME, calendar, mail, thread

DANA = "Dana Berg <dana.berg@acme.com>"
CORA = "Cora Lind <cora.lind@acme.com>"
HUGO = "Hugo Marsh <hugo.marsh@acme.com>"
SAM = "Sam Lopez <sam@family.example>"
_PAUL = "Paul Kim <paul.kim@acme.com>"

SURE, AMBIGUOUS, NONE = Outcome.SURE, Outcome.AMBIGUOUS, Outcome.NONE

INVITATION = (
    "Hi Ana,\n\nthank you for your application. We would like to invite you to an interview for the position"
    " of Data Engineer at Acme.\n\nBest,\nDana Berg\nTalent Acquisition, Acme"
)
BOOKED = "Hi Ana,\n\nyour interview with the hiring team is booked for Thursday.\n\nBest regards"


# Bodies without a text part, in the shapes in which programs and hiring systems write them.
OUTLOOK = (
    '<html><body><div class="WordSection1"><p class="MsoNormal">Hi Ana,<o:p></o:p></p>'
    '<p class="MsoNormal">'
    "thank you for your application. We would like to schedule an interview for the role of Tester at Acme."
    "</p>"
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    '<p class="MsoNormal"><b>From:</b> '
    "Ana Lopez &lt;ana@home.example&gt;<br><b>Sent:</b> Monday<br><b>Subject:</b> Application</p></div>"
    '<p class="MsoNormal">I also applied at Borealis.</p></div></body></html>'
)
GMAIL = (
    '<div dir="ltr">Hi Ana,<br>thank you for your application. Could we schedule an interview for the role '
    "of Tester at Acme?</div>"
    '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
    "On Mon, Nov 9, 2026 at 9:00 AM Ana Lopez &lt;"
    '<a href="mailto:ana@home.example">ana@home.example</a>&gt; wrote:<br></div>'
    '<blockquote class="gmail_quote">I also applied at Borealis.</blockquote></div>'
)
APPLE = (
    '<html><body style="overflow-wrap: break-word;">Hi Ana,<div><br></div><div>'
    "thank you for your application. We would like to schedule an interview for the role of Tester at Acme."
    "<br><div>"
    '<blockquote type="cite"><div>On 9. Nov 2026, at 09:00, Ana Lopez &lt;ana@home.example&gt; wrote:</div>'
    "<div>I also applied at Borealis.</div></blockquote></div></div></body></html>"
)
SYSTEM = (
    '<table width="100%"><tr><td><img src="https://x.example/logo.png" alt="Acme"></td></tr><tr><td>'
    "<p>Hi Ana,</p><p>Thank you for applying to Acme. We received your application.</p></td></tr></table>"
)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A mailbox, what is asked of it, and what must come out. The defaults are the plain case.

    ``thread`` is the first candidate, ``to`` the addressee's address or the error that planning a reply in
    it must end with (None = either may be anything). ``parent`` is the Message-ID answered, ``from_`` the
    address written from.
    """

    name: str
    box: tuple[Thread, ...]
    who: str = "acme"
    outcome: Outcome = SURE
    thread: str | None = "Interview at Acme"
    to: str | type[BowoutError] | None = "dana.berg@acme.com"
    parent: str | None = None
    from_: str = "ana@home.example"
    status: str | None = None
    warned: bool = False


def _recruiter(subject: str = "Interview at Acme", *, name: str = "") -> Thread:
    return thread(subject, mail(DANA, INVITATION), mail(ME, "Gladly!\n\nAna", to=DANA), name=name)


_NEWSLETTER = thread(
    "Acme news: we are hiring",
    mail(
        "Acme <news@acme.com>",
        "Apply now for open positions. Interview tips inside.",
        at=1,
        headers={"List-Id": "<news.acme.com>", "List-Unsubscribe": "<https://acme.com/u>"},
    ),
)
_CONFIRMATION = thread(
    "Thank you for applying to Acme",
    mail(
        "Acme <no-reply@us.greenhouse-mail.io>",
        "Hi Ana, thank you for applying to Acme. We received your application for Data Engineer.",
        at=20,
    ),
)
_VACATION = mail(
    DANA,
    "I am out of the office until Monday.",
    headers={"Auto-Submitted": "auto-replied"},
    subject="Automatic reply: Interview at Acme",
)
_BOUNCE = mail(
    "Mail Delivery System <mailer-daemon@home.example>",
    "The message could not be delivered.",
    headers={"Content-Type": 'multipart/report; report-type="delivery-status"', "Return-Path": "<>"},
    subject="Undelivered Mail Returned to Sender",
)
_NOTICE = mail(
    "Google Calendar <calendar-notification@google.com>", "Reminder: interview", subject="Reminder: Interview"
)
_CANCELLED = mail(CORA, "", calendar=calendar("CANCEL", sequence=2), subject="Cancelled: Interview")

SCENARIOS = (
    Scenario(
        name="one human recruiter",
        box=(_recruiter(),),
        parent="<Interview-at-Acme.1@example.net>",
    ),
    Scenario(
        name="recruiter against a newer newsletter of the company",
        box=(_recruiter(), _NEWSLETTER),
        who="Acme",
    ),
    Scenario(
        name="only a newsletter",
        box=(_NEWSLETTER,),
        outcome=NONE,
        to=None,
        thread=None,
    ),
    Scenario(
        name="the system confirms another application after the recruiter had written",
        box=(
            _recruiter(),
            thread(
                "Thank you for applying to Acme",
                mail("Acme <no-reply@us.greenhouse-mail.io>", "We received your application.", at=3),
            ),
        ),
        outcome=AMBIGUOUS,
    ),
    Scenario(
        name="recruiter beside the system's confirmation of the same application",
        box=(_recruiter(), _CONFIRMATION),
    ),
    Scenario(
        name="recruiter for one role, the system's confirmation for another",
        box=(
            _recruiter(),
            thread(
                "Your application for Product Manager",
                mail(
                    "Acme <no-reply@us.greenhouse-mail.io>",
                    "Hi Ana, thank you for applying to Acme for the position of Product Manager.",
                ),
            ),
        ),
        outcome=AMBIGUOUS,
        to=None,
    ),
    Scenario(
        name="only the system's no-reply",
        box=(_CONFIRMATION,),
        outcome=AMBIGUOUS,
        thread="Thank you for applying to Acme",
        to=NoAddressee,
    ),
    Scenario(
        name="no-reply newest in the recruiter's thread",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail("Acme <no-reply@us.greenhouse-mail.io>", "Your interview is confirmed."),
            ),
        ),
        to="dana.berg@acme.com",
    ),
    Scenario(
        name="recruiter against a newer no-reply newsletter of the company",
        box=(
            _recruiter(),
            thread(
                "We are hiring",
                mail(
                    "Acme <no-reply@acme.com>",
                    "Open positions and interview tips.",
                    at=1,
                    headers={"Precedence": "bulk"},
                ),
            ),
        ),
    ),
    Scenario(
        name="recruiter beside my own talk about it with my partner",
        box=(
            _recruiter(),
            thread(
                "Acme",
                mail(ME, "I have an interview at Acme on Thursday!", to=SAM, at=2),
                mail(SAM, "Great, what is the position?"),
            ),
        ),
    ),
    Scenario(
        name="only my own talk about it with my partner",
        box=(
            thread(
                "Acme",
                mail(ME, "I have an interview at Acme on Thursday!", to=SAM, at=2),
                mail(SAM, "Great, the hiring team at Acme must be nice. What is the position?"),
            ),
        ),
        outcome=AMBIGUOUS,
        to=None,
        thread=None,
    ),
    Scenario(
        name="another company's recruiter mentions it in passing",
        box=(
            _recruiter(),
            thread(
                "Interview at Borealis",
                mail(
                    "Nils Holm <nils@borealis.com>",
                    "Hi Ana,\n\nthank you for your application for the position of Analyst at Borealis."
                    " Your years at Acme impressed us. We would like to schedule an interview.\n\nBest,\n"
                    "Nils Holm\nRecruiter, Borealis",
                ),
            ),
        ),
    ),
    Scenario(
        name="WHO is the domain of a calendar's notices",
        box=(thread("Interview at Acme", mail(DANA, INVITATION), _NOTICE),),
        who="google.com",
        outcome=AMBIGUOUS,
        to=None,
    ),
    Scenario(
        name="WHO is a domain at which anybody has an address",
        box=(thread("Interview at Acme", mail("Dana Berg <dana.berg@gmail.com>", INVITATION)),),
        who="gmail.com",
        outcome=NONE,
        to=None,
        thread=None,
    ),
    Scenario(
        name="a look-alike of the company's name writes alone",
        box=(thread("Interview at Acme", mail("Dana Berg <dana.berg@acrne.com>", INVITATION)),),
        outcome=AMBIGUOUS,
        warned=True,
        to=None,
    ),
    Scenario(
        name="newest is a program that writes in the firm's name",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail("Acme <jobs@acme.com>", BOOKED, headers={"Auto-Submitted": "auto-generated"}),
            ),
        ),
        to=Ambiguous,
    ),
    Scenario(
        name="a recruiter through a hiring system's reply address",
        box=(thread("Interview at Acme", mail("Dana Berg (Acme) <x7@hire.lever.co>", INVITATION)),),
        outcome=AMBIGUOUS,
        to="x7@hire.lever.co",
    ),
    Scenario(
        name="a hiring system of which nobody knows who reads answers",
        box=(thread("Interview at Acme", mail("Acme <team@smartrecruiters.com>", INVITATION)),),
        outcome=AMBIGUOUS,
        to=NeedsPerson,
    ),
    Scenario(
        name="a reaction is newest",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(ME, "Gladly!", to=DANA),
                mail(HUGO, "\U0001f44d\n\nHugo Marsh reacted via Gmail", cc=DANA),
            ),
        ),
        parent="<Interview-at-Acme.1@example.net>",
    ),
    *(
        Scenario(
            name=f"HTML-only mail as {program} writes it",
            box=(thread("Interview", mail(DANA, html=body)),),
            thread="Interview",
        )
        for program, body in (("Outlook", OUTLOOK), ("Gmail", GMAIL), ("Apple Mail", APPLE))
    ),
    *(
        Scenario(
            name=f"HTML-only mail as {system} writes it",
            box=(thread("Application received", mail(f"Acme <{address}>", html=SYSTEM)),),
            outcome=AMBIGUOUS,
            thread="Application received",
            to=NoAddressee,
        )
        for system, address in (
            ("Workday", "acme@myworkday.com"),
            ("Greenhouse", "no-reply@eu.greenhouse-mail.io"),
        )
    ),
    Scenario(
        name="WHO is only in what somebody quoted of mine",
        box=(thread("Interview", mail(DANA, html=GMAIL)),),
        who="borealis",
        outcome=AMBIGUOUS,
        thread="Interview",
        to=None,
    ),
    Scenario(
        name="two roles at one company",
        box=(
            _recruiter("Interview: Data Engineer", name="data"),
            _recruiter("Interview: Product Manager", name="product"),
        ),
        outcome=AMBIGUOUS,
        to=None,
        thread=None,
    ),
    Scenario(
        name="agency with its client only in the body",
        box=(
            thread(
                "Senior Data Engineer opportunity",
                mail(
                    "Lee Hart <lee@hartstaffing.com>",
                    "Hi Ana,\n\nI came across your profile. Our client, Acme, is looking for a Senior Data"
                    " Engineer. Are you open to a call?\n\nBest,\nLee Hart\nRecruiter, Hart Staffing",
                ),
            ),
        ),
        thread="Senior Data Engineer opportunity",
        to="lee@hartstaffing.com",
    ),
    Scenario(
        name="one agency, two clients",
        box=tuple(
            thread(
                f"Role at {client}",
                mail(
                    "Lee Hart <lee@hartstaffing.com>",
                    f"Hi Ana, our client, {client}, would like to schedule an interview.\n\nBest,\nLee Hart\n"
                    "Recruiter, Hart Staffing",
                ),
            )
            for client in ("Acme", "Borealis")
        ),
        who="hartstaffing.com",
        outcome=AMBIGUOUS,
        to=None,
        thread=None,
    ),
    Scenario(
        name="I answered last",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(ME, "Gladly.", to=DANA),
                mail(ME, "PS: also in the morning.", to=DANA),
            ),
        ),
        who="dana.berg@acme.com",
        parent="<Interview-at-Acme.2@example.net>",
    ),
    Scenario(
        name="nobody answered my application yet",
        box=(thread("Application as Data Engineer", mail(ME, "Dear Dana,\n\nhere is my CV.", to=DANA)),),
        thread="Application as Data Engineer",
    ),
    Scenario(
        name="nobody answered my application for a flat yet",
        box=(
            thread(
                "Application for the flat",
                mail(ME, "Dear Dana,\n\nI would like to apply for the flat and work as a nurse.", to=DANA),
            ),
        ),
        outcome=AMBIGUOUS,
        thread="Application for the flat",
    ),
    Scenario(
        name="nobody answered my application at a private address yet",
        box=(
            thread(
                "Application as Data Engineer",
                mail(ME, "Dear Dana,\n\nhere is my CV.", to="Dana Berg <dana.berg@gmail.com>"),
            ),
        ),
        who="Dana Berg",
        outcome=AMBIGUOUS,
        thread="Application as Data Engineer",
        to="dana.berg@gmail.com",
    ),
    Scenario(
        name="nobody answered my note about a job yet",
        box=(thread("Data Engineer", mail(ME, "Dear Dana,\n\nis the job still free?", to=DANA)),),
        outcome=AMBIGUOUS,
        thread="Data Engineer",
    ),
    *(
        Scenario(
            name=f"the newest mail is {what}",
            box=(thread("Interview at Acme", mail(DANA, INVITATION), newest),),
            parent="<Interview-at-Acme.0@example.net>",
        )
        for what, newest in (
            ("a calendar notice", _NOTICE),
            ("an auto-reply", _VACATION),
            ("a bounce", _BOUNCE),
            ("a bare cancellation", _CANCELLED),
        )
    ),
    Scenario(
        name="Reply-To with a token of a known system",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION, reply_to="Dana Berg <acme+email+3Fa9C8d7@talent.icims.com>"),
            ),
        ),
        to="acme+email+3Fa9C8d7@talent.icims.com",
    ),
    Scenario(
        name="the firm stands beside a name, and its domain says another word",
        box=(
            thread(
                "Interview at Acme",
                mail(
                    "Bram Moor <bram@bxt.example>",
                    INVITATION.replace("Acme", "our house") + "\n\nWith: Bram Moor (Brixton Thermal)",
                ),
            ),
        ),
        who="Brixton Thermal",
        to="bram@bxt.example",
    ),
    Scenario(
        name="a firm that is talked of stands beside nobody's name",
        box=(
            thread(
                "Interview at Acme",
                mail(
                    "Bram Moor <bram@bxt.example>",
                    "We saw your work for Brixton Thermal. " + INVITATION.replace("Acme", "our house"),
                ),
            ),
        ),
        who="Brixton Thermal",
        outcome=AMBIGUOUS,
        to="bram@bxt.example",
    ),
    Scenario(
        name="Reply-To of another domain",
        box=(thread("Interview at Acme", mail(DANA, INVITATION, reply_to="dana@acme-hiring.net")),),
        outcome=AMBIGUOUS,
        to="dana@acme-hiring.net",
        warned=True,
    ),
    Scenario(
        name="look-alike domain",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail("Dana Berg <dana.berg@acrne.com>", "Please answer here from now on."),
            ),
        ),
        outcome=AMBIGUOUS,
        to=Ambiguous,
        warned=True,
    ),
    Scenario(
        name="punycode domain",
        box=(thread("Interview at Acme", mail("Dana Berg <dana@xn--cme-5cd.com>", INVITATION)),),
        outcome=AMBIGUOUS,
        warned=True,
        to=None,
    ),
    Scenario(
        name="an address inside the display name",
        box=(thread("Interview at Acme", mail('"dana.berg@acme.com" <dana@acme-mail.net>', INVITATION)),),
        outcome=AMBIGUOUS,
        warned=True,
        to=None,
    ),
    Scenario(
        name="a friend who works at the company",
        box=(
            _recruiter(),
            thread(
                "Lunch?",
                mail(
                    "Tom Reed <tom.reed@acme.com>",
                    "Lunch on Friday? And good luck with your interview!",
                    at=1,
                ),
            ),
        ),
        outcome=AMBIGUOUS,
    ),
    Scenario(
        name="only the friend who works at the company",
        box=(
            thread(
                "Lunch?", mail("Tom Reed <tom.reed@acme.com>", "Lunch on Friday? How did your interview go?")
            ),
        ),
        outcome=AMBIGUOUS,
        to=None,
        thread=None,
    ),
    Scenario(
        name="I forwarded it to my partner, whose answer is newest",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(ME, "Look!", to=SAM, subject="Fwd: Interview at Acme"),
                mail(SAM, "Wow, but do you want the position at Acme?", subject="Re: Fwd: Interview at Acme"),
            ),
        ),
        parent="<Interview-at-Acme.0@example.net>",
    ),
    Scenario(
        name="I forwarded it to a friend at the company, whose answer is newest",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(ME, "Do you know her?", to="tom.reed@acme.com", subject="Fwd: Interview at Acme"),
                mail("Tom Reed <tom.reed@acme.com>", "She is nice.", subject="Re: Fwd: Interview at Acme"),
            ),
        ),
        to=Ambiguous,
    ),
    Scenario(
        name="recruiter, coordinator and hiring manager, the manager newest",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(CORA, BOOKED, cc=DANA, calendar=calendar()),
                mail(HUGO, "Looking forward to meeting you.", cc=CORA),
            ),
        ),
        to=Ambiguous,
    ),
    Scenario(
        name="recruiter, coordinator and hiring manager, the coordinator newest",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(HUGO, "Happy to talk about the role.", cc=DANA),
                mail(CORA, BOOKED, cc=DANA, calendar=calendar()),
            ),
        ),
        to="cora.lind@acme.com",
        parent="<Interview-at-Acme.2@example.net>",
    ),
    Scenario(
        name="a colleague whom nobody announced writes last, as often as the recruiter",
        box=(thread("Interview at Acme", mail(DANA, INVITATION), mail(HUGO, "Happy to meet. Hugo")),),
        to=Ambiguous,
    ),
    Scenario(
        name="a friend at the company introduces me, and writes last and most",
        box=(
            thread(
                "Interview at Acme",
                mail(_PAUL, "Hi Dana, meet Ana; she likes the role of Data Engineer.", to=f"{DANA}, {ME}"),
                mail(DANA, INVITATION, cc=_PAUL),
                mail(_PAUL, "Good luck, Ana!"),
            ),
        ),
        outcome=AMBIGUOUS,
        to=Ambiguous,
    ),
    Scenario(
        name="the recruiter's name writes on from a private address",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail("Dana Berg <dana.berg.hr@outlook.com>", "Please answer me here about the interview."),
                mail("Dana Berg <dana.berg.hr@outlook.com>", "Did you see my mail?"),
            ),
        ),
        outcome=AMBIGUOUS,
        warned=True,
        to="dana.berg.hr@outlook.com",
    ),
    Scenario(
        name="a stranger from another domain joins the conversation",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail("Acme HR <hr@careers-portal.net>", "Your application moves on: pay the fee first."),
            ),
        ),
        outcome=AMBIGUOUS,
        warned=True,
        to=Ambiguous,
    ),
    Scenario(
        name="an agency brings its client into the conversation, who writes last",
        box=(
            thread(
                "Interview at Acme",
                mail(
                    "Olivia Marsh <olivia@brightpath.io>",
                    "Hi Ana, my client Acme would like to interview you for the position of Data Engineer.",
                    cc=DANA,
                ),
                mail(DANA, BOOKED, cc="Olivia Marsh <olivia@brightpath.io>"),
            ),
        ),
        to=Ambiguous,
    ),
    Scenario(
        name="I answered from an address that bowout does not know",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail("Ana Lopez <ana@work.example>", "Thursday works for me.", to=DANA, cc=ME),
            ),
        ),
        outcome=AMBIGUOUS,
        warned=True,
        to=NeedsPerson,
    ),
    Scenario(
        name="Reply-To is a mailing list of the company",
        box=(thread("Interview at Acme", mail(DANA, INVITATION, reply_to="all-staff@lists.acme.com")),),
        to=Ambiguous,
    ),
    Scenario(
        name="the firm's scheduling address sends the invitation",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail("Acme Calendar <calendar-invite@acme.com>", "You are invited.", calendar=calendar()),
            ),
        ),
        to=Ambiguous,
    ),
    Scenario(
        name="a mailing that speaks as a recruiter does, and I never answered",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION, headers={"List-Unsubscribe": "<https://acme.com/u>"}),
            ),
        ),
        outcome=AMBIGUOUS,
    ),
    Scenario(
        name="the same mailing, and I answered it",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION, headers={"List-Unsubscribe": "<https://acme.com/u>"}),
                mail(ME, "Gladly!", to=DANA),
            ),
        ),
    ),
    Scenario(
        name="a landlord writes of an application",
        box=(
            thread(
                "Your application for the flat",
                mail(
                    "Nina Hale <nina@acme.com>",
                    "Thank you for your application. We would like to invite you to a viewing."
                    " What is your availability?",
                ),
            ),
        ),
        outcome=AMBIGUOUS,
        thread=None,
        to=None,
    ),
    Scenario(
        name="invitation moved",
        box=(
            thread(
                "Interview at Acme",
                mail(CORA, BOOKED, calendar=calendar()),
                mail(
                    CORA, "We moved your interview.", calendar=calendar(sequence=1, start="20261127T140000Z")
                ),
            ),
        ),
        to="cora.lind@acme.com",
        parent="<Interview-at-Acme.1@example.net>",
    ),
    Scenario(
        name="they already rejected me",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(
                    DANA,
                    "Thank you for your time. Unfortunately, we have decided to move forward with other"
                    " candidates.",
                ),
            ),
        ),
        status="rejected",
    ),
    Scenario(
        name="I already withdrew",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(ME, "Dear Dana,\n\nI would like to withdraw my application.\n\nAna", to=DANA),
            ),
        ),
        status="withdrawn",
    ),
    Scenario(
        name="I already withdrew, the interview is still in the calendar, and they answered kindly",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION, calendar=calendar()),
                mail(ME, "Dear Dana,\n\nI would like to withdraw my application.\n\nAna", to=DANA),
                mail(DANA, "Thank you for letting us know. We would love to talk again some day."),
                mail(ME, "All the best!", to=DANA),
            ),
        ),
        status="withdrawn",
    ),
    Scenario(
        name="I only told my partner that I might withdraw",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION),
                mail(
                    ME, "I would like to withdraw my application.", to=SAM, subject="Fwd: Interview at Acme"
                ),
            ),
        ),
    ),
    Scenario(
        name="they rejected me and took it up again",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, "Unfortunately, we have decided to move forward with other candidates."),
                mail(DANA, "Good news: a seat opened again! " + INVITATION),
            ),
        ),
    ),
    Scenario(
        name="my alias was addressed",
        box=(thread("Interview at Acme", mail(DANA, INVITATION, to="ana.lopez@mail.example")),),
        from_="ana.lopez@mail.example",
    ),
    Scenario(
        name="my +tag was addressed, in capitals",
        box=(thread("Interview at Acme", mail(DANA, INVITATION, to="ANA.LOPEZ+jobs@MAIL.example")),),
        from_="ana.lopez@mail.example",
    ),
    Scenario(
        name="Bcc'd, no identity recognisable",
        box=(thread("Interview at Acme", mail(DANA, INVITATION, to="candidates@acme.com")),),
        to=NeedsPerson,
    ),
    Scenario(
        name="Bcc'd, but Delivered-To tells",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION, to="candidates@acme.com", delivered_to="ana.lopez@mail.example"),
            ),
        ),
        from_="ana.lopez@mail.example",
    ),
    Scenario(
        name="non-ASCII names and company",
        box=(
            thread(
                "Vorstellungsgespräch bei Müller & Söhne",
                mail(
                    "Jürgen Groß <j.gross@mueller-soehne.de>",
                    "Liebe Frau Lopez,\n\nvielen Dank für Ihre Bewerbung als Ingenieurin. Wir laden Sie zum"
                    " Vorstellungsgespräch ein.\n\nMit freundlichen Grüßen\nJürgen Groß\nPersonalabteilung",
                ),
            ),
        ),
        who="jurgen gross",
        thread="Vorstellungsgespräch bei Müller & Söhne",
        to="j.gross@mueller-soehne.de",
    ),
    Scenario(
        name="thread split over two subjects",
        box=(
            _recruiter(),
            thread(
                "Your interview on Thursday",
                mail(DANA, "Could you confirm your availability for the interview?", at=2),
            ),
        ),
        outcome=AMBIGUOUS,
        to=None,
        thread=None,
    ),
    Scenario(
        name="a thread that somebody forwarded to me",
        box=(
            thread(
                "Fwd: Interview at Acme",
                mail(
                    "Tom Reed <tom.reed@mail.example>",
                    "Shall I?\n\n---------- Forwarded message ---------\n"
                    "From: Dana Berg <dana.berg@acme.com>\n\n" + INVITATION,
                ),
            ),
        ),
        outcome=AMBIGUOUS,
        thread="Fwd: Interview at Acme",
        to=None,
    ),
    Scenario(
        name="a thread that somebody at the company forwarded to me",
        box=(thread("Fwd: Interview at Acme", mail("Tom Reed <tom.reed@acme.com>", INVITATION)),),
        outcome=AMBIGUOUS,
        thread="Fwd: Interview at Acme",
        to="tom.reed@acme.com",
    ),
    Scenario(
        name="recruiter beside a friend's question about it",
        box=(
            _recruiter(),
            thread(
                "Hi", mail("Tom Reed <tom.reed@gmail.com>", "How was your interview at Acme? Cheers", at=1)
            ),
        ),
    ),
    Scenario(
        name="an older orphan joined by subject only",
        box=(
            thread(
                "Interview at Acme",
                mail(
                    CORA,
                    "We are looking for a Sales Manager at Borealis.",
                    cc=DANA,
                    subject="Re: Interview at Acme",
                    joined=Joined.SUBJECT,
                    at=15,
                ),
                mail(DANA, INVITATION, subject="Re: Interview at Acme", answers=None),
            ),
        ),
        parent="<Interview-at-Acme.1@example.net>",
    ),
    Scenario(
        name="I hire, and they accept my invitation to an interview",
        box=(
            thread(
                "Your application as Data Engineer",
                mail(ME, "Thank you for your application. Could we meet on Tuesday at ten?", to=DANA),
                mail(DANA, f"{INVITATION}\n\nThe next round is an interview with the hiring manager."),
            ),
        ),
        who="Dana Berg",
        outcome=AMBIGUOUS,
        thread="Your application as Data Engineer",
        to=None,
    ),
    Scenario(
        name="a newer orphan that shares no more than the subject",
        box=(
            thread(
                "Interview at Acme",
                mail(DANA, INVITATION, joined=Joined.SUBJECT),
                mail(CORA, "See you.", cc=DANA, subject="Re: Interview at Acme", answers=None, at=2),
            ),
        ),
        outcome=AMBIGUOUS,
        to="cora.lind@acme.com",
        parent="<Interview-at-Acme.1@example.net>",
    ),
    *(
        Scenario(name=f"WHO as {what}", box=(_recruiter(),), who=who, outcome=outcome)
        for what, who, outcome in (
            ("person", "Dana Berg", SURE),
            ("first name", "dana", AMBIGUOUS),
            ("address in capitals", "DANA.BERG@ACME.COM", SURE),
            ("domain", "acme.com", SURE),
            ("job title", "data engineer", SURE),
            ("a word of the job title", "engineer", AMBIGUOUS),
            ("subject", "Interview at Acme", AMBIGUOUS),
        )
    ),
    Scenario(
        name="nothing matches",
        box=(_recruiter(), _NEWSLETTER),
        who="zebra",
        outcome=NONE,
        thread=None,
        to=None,
    ),
)

# What a server's full-text search does not find: played on values only, as after a search without WHO.
UNSEARCHABLE = tuple(
    Scenario(name=name, box=box, who=who, outcome=outcome, thread=box[0].id, to=None)
    for name, box, who, outcome in (
        ("WHO as company with its legal form", (_recruiter(),), "Acme Inc.", SURE),
        ("WHO with a typo", (_recruiter(),), "amce", AMBIGUOUS),
        ("a name with a typo", (_recruiter(),), "Dana Borg", AMBIGUOUS),
        (
            "WHO in another script",
            (
                thread(
                    "Интервью",
                    mail("Анна Петрова <anna@team.example>", INVITATION.replace("Acme", "Яндекс")),
                ),
            ),
            "yandex",
            AMBIGUOUS,
        ),
    )
)
