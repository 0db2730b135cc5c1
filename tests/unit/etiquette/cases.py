"""Texts that break each rule, and near misses that must not: the linter's proof, in our own words.

A plain string is put into a polite letter, after the decision. ``Whole`` is a letter of its own. A pair adds
facts: ``("text", {"slot": ...})``. ``SITUATION`` and the other base facts are in test_etiquette_rules.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bowout.model import (
    Address,
    Call,
    CallOutcome,
    Channel,
    Depth,
    FollowUp,
    Person,
    Reason,
    Situation,
    Slot,
    Tone,
)

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
SLOT = Slot(start=datetime(2026, 12, 3, 13, 0, tzinfo=UTC), zone="Europe/Berlin")  # Thursday, 14:00 CET
DANA = Person(address=Address("Dana Whitfield", "dana@northwind.example"), name="Dana Whitfield")
RESTON = Person(address=Address("Dr. Amelia Reston", "a@reston.example"), name="Dr. Amelia Reston")
PANEL = Address("Panel", "panel@northwind.example")
ME = Address("Jonas Ebert", "jonas@mail.example")
BOT = Address("", "no-reply@jobs.example")
CALL = Call(
    id=1,
    withdrawal_id=1,
    outcome=CallOutcome.SPOKE,
    person="Dana Whitfield",
    at=NOW - timedelta(hours=2),
    zone="Europe/Berlin",
)
VOICEMAIL = Call(
    id=2,
    withdrawal_id=1,
    outcome=CallOutcome.VOICEMAIL_CALLBACK,
    person="Dana Whitfield",
    at=NOW - timedelta(hours=2),
    zone="Europe/Berlin",
)
CLOSE = "\n\nKind regards\nJonas Ebert\n"


def letter(extra: str = "") -> str:
    """A polite letter with a sentence or two more in it."""
    return (
        "Hello Dana,\n\nThank you for the invitation. I have decided to withdraw my application for the "
        f"Data Engineer position at Northwind. {extra}\n\nI wish you a good search." + CLOSE
    )


def body(text: str) -> str:
    """A letter whose body is all of its own."""
    return "Hello Dana,\n\n" + text + CLOSE


@dataclass(frozen=True)
class Whole:
    """A complete letter, greeting and close included."""

    text: str


@dataclass(frozen=True)
class Case:
    """What breaks a rule and what does not, with the facts the rule needs."""

    hits: list[Any]
    misses: list[Any]
    facts: dict[str, Any] = field(default_factory=dict)


def b(text: str) -> Whole:
    return Whole(body(text))


LATE = {"situation": Situation.LATE}
OFFER = {"situation": Situation.OFFER}
ACCEPTED = {"situation": Situation.ACCEPTED}
MET = {"situation": Situation.AFTER_INTERVIEW}
BOOKED = {"situation": Situation.SCHEDULED, "slot": SLOT}
ON_THE_DAY = {**BOOKED, "now": SLOT.start - timedelta(hours=3)}
THE_DAY_BEFORE = {**BOOKED, "now": SLOT.start - timedelta(days=1)}
FULL = {"depth": Depth.FULL, "reason": Reason.FIT}
LONG = (
    "which has a good deal to do with the many small steps that a change of this kind "
    "always brings with it for us"
)
NOTHING_ELSE = "Thank you for your time. All the best to you."

CASES: dict[str, Case] = {
    "D01": Case(
        [
            b("Thank you for the invitation. I hope you are well and that the search goes on nicely."),
            b("Thank you. I do not want to withdraw my application, I only wished to say hello."),
            b("Thank you. Could we reschedule the interview, as I have an appointment on that day?"),
        ],
        [
            letter(),
            b(
                "Thank you for everything. I am no longer interested in the position and "
                "would like to say so."
            ),
            b("Thank you. Please remove my name from the list of candidates, as my plans are different now."),
        ],
    ),
    "D02": Case(
        [
            b(
                "Thank you for the mail. "
                + "The weather has been kind to us. " * 12
                + "I am withdrawing now."
            ),
            b("Many thanks. " + "I have read your mail with pleasure. " * 12 + "I withdraw my application."),
            b(
                "Thanks for writing. "
                + "It has been a full week for me. " * 12
                + "I have decided to decline."
            ),
        ],
        [
            letter(),
            b("Thank you for the call. It was good. I enjoyed it. I am withdrawing my application."),
            b("Thank you, and I am withdrawing my application. " + "I wish you well with the search. " * 12),
        ],
    ),
    "D03": Case(
        [
            b("Thank you. I might withdraw my application in the course of this week."),
            b("Thank you. Perhaps I will have to withdraw my application."),
            b("Thank you. I think I would like to withdraw my application."),
        ],
        [
            b("Thank you. At this time I would like to withdraw my application."),
            b("Thank you. I have decided to withdraw my application, and maybe our paths cross again."),
            b("Thank you for May. In May I decided to withdraw my application."),
        ],
    ),
    "D04": Case(
        [
            b("Thank you. I am withdrawing my application unless the start can be moved."),
            b("Thank you. If you can match it, I stay. Otherwise I withdraw my application."),
            b("Thank you. I have decided to decline your offer. I am open to a counter-offer, though."),
        ],
        [
            b(
                "Thank you. I have decided to withdraw my application. If you can, please "
                "give the time to someone else."
            ),
            letter("My decision stands whatever happens."),
            b("Thank you. I am withdrawing my application. Let me know if you would like a short call."),
        ],
    ),
    "D05": Case(
        [
            letter("Could we reschedule for the week after?"),
            letter("Perhaps you could suggest another day."),
            letter("Let us move the interview to Friday."),
        ],
        [
            letter("There is no need to reschedule."),
            letter("Another date would not change anything."),
            letter("I hope that our paths cross another time."),
        ],
    ),
    "D06": Case(
        [
            (b("Thank you. I am withdrawing my application from now on and wish you well."), ACCEPTED),
            (b("Thank you. I have decided to withdraw from it all and wish you a good search."), OFFER),
            letter("Your offer was very kind."),
        ],
        [
            (b("Thank you. I am withdrawing my acceptance and am sorry for the trouble."), ACCEPTED),
            (b("Thank you. I have decided to decline the offer and wish you a good search."), OFFER),
            letter("I have accepted another offer."),
        ],
    ),
    "T01": Case(
        [
            b("I have decided to withdraw my application. All the best with the search."),
            b("I am withdrawing my application for the position. Have a good week."),
            b("Please remove my name from the list. I have found something else."),
        ],
        [
            letter(),
            b("I am grateful for your time and withdraw my application."),
            b("I appreciate it, and I am withdrawing."),
        ],
    ),
    "T02": Case(
        [
            b("I withdraw my application. It is final. There is no more to say. I am sure. Thank you."),
            b("I am withdrawing my application. I thought. I slept. I am sure of it. Thanks for the time."),
            b("I withdraw my application today. Plans change. So did mine. It is well. I am grateful."),
        ],
        [
            letter(),
            b("I have decided to withdraw my application. Thank you for the time you gave me."),
            b("First of all, thank you. I am withdrawing my application."),
        ],
    ),
    "T03": Case(
        [
            letter("Thank you. Thanks again. I am thankful."),
            letter("I am grateful and I appreciate it. Many thanks."),
            letter("Thanks to you, thanks to Bo, thanks to all."),
        ],
        [letter(), letter("Thank you again."), letter("Thanks again for the call. I appreciate it.")],
    ),
    "R01": Case(
        [
            (letter(), FULL),
            (letter("That is all."), FULL),
            (letter(), {"depth": Depth.BRIEF, "reason": Reason.FIT}),
        ],
        [
            (letter("I have accepted another position."), FULL),
            (letter(), {"depth": Depth.NONE}),
            (letter("I am staying with my employer because of my team."), FULL),
        ],
    ),
    "R02": Case(
        [
            letter("I do so for various reasons."),
            letter("Some things have changed. Certain reasons speak for it."),
            (letter("I do so for personal reasons."), FULL),
        ],
        [
            letter("I have accepted another position."),
            letter("The reasons are my own."),
            (letter("I do so for personal reasons."), {"depth": Depth.BRIEF}),
        ],
    ),
    "R03": Case(
        [
            letter(
                f"I do this because of my commitments, {LONG}, and I could go on about it for quite a while."
            ),
            letter(
                "My circumstances have changed a good deal over the last few weeks and months. "
                "My commitments at home and in the club have grown so much that I have no time left for "
                "anything else."
            ),
            letter(f"The commute is the point, {LONG}, and so it goes on from morning to evening."),
        ],
        [
            letter("I have accepted another position."),
            letter("The location does not work for me. I wish you well."),
            letter("My circumstances have changed, and I need to give them my attention."),
        ],
    ),
    "R04": Case(
        [
            letter("My car broke down."),
            letter("I overslept."),
            letter("My phone was stolen and I forgot the date."),
        ],
        [
            letter("I have accepted another position."),
            letter("I will not forget your kindness."),
            letter("My circumstances have changed."),
        ],
    ),
    "R05": Case(
        [
            b("Thank you. My circumstances have changed. The commute is long. I withdraw my application."),
            b("Thank you so much. The commute is long. Relocation is out. I withdraw my application."),
            b("Thanks. I am staying with my employer. The salary is right. I withdraw my application."),
        ],
        [
            letter("My circumstances have changed."),
            b("Thank you. I am withdrawing my application because of my commitments."),
            letter(),
        ],
    ),
    "N01": Case(
        [
            letter("The process was chaotic."),
            letter("That test was a waste of time."),
            letter("I saw too many red flags."),
        ],
        [
            letter("The process was well run."),
            letter("I wasted no time in telling you."),
            letter("It was not easy to decide."),
        ],
    ),
    "N02": Case(
        [
            letter("Your recruiter was lazy."),
            letter("The interviewer seemed bored."),
            letter("Whitfield was unprepared."),
        ],
        [
            letter("Your recruiter was kind."),
            letter("I came down with a cold."),
            letter("It would be unfair to keep the slot."),
        ],
    ),
    "N03": Case(
        [
            letter("I finally heard from you."),
            letter("No one bothered to call."),
            letter("I never got a reply to my last three mails."),
            letter("I would come under more favourable conditions."),
        ],
        [
            letter("It was good to hear from you."),
            letter("The conditions suit me well."),
            letter("I did not want to keep you waiting."),
        ],
    ),
    "N04": Case(
        [
            letter("I found a better job."),
            letter("Meanwhile I have found something better."),
            letter("They pay more."),
            letter("I have a more prestigious position now."),
        ],
        [
            letter("I have accepted another position."),
            letter("I feel better now."),
            letter("The bigger question is settled for me."),
        ],
    ),
    "M01": Case(
        [letter("I asked for €65,000."), letter("They pay 90k."), letter("It is 40 dollars an hour.")],
        [
            letter("I have 12 years of experience."),
            letter("Room 65 was nice."),
            letter("We met on 3 December."),
        ],
    ),
    "M02": Case(
        [
            letter("The salary is not for me."),
            letter("The bonus is small."),
            letter("I looked at the equity."),
        ],
        [
            (letter("The salary range and my needs do not meet."), {"reason": Reason.PAY}),
            letter("It pays to be patient."),
            letter("I appreciate the work you do."),
        ],
    ),
    "M03": Case(
        [
            letter("I am going to Globex."),
            letter("globex has hired me."),
            letter("My start at Globex is near."),
        ],
        [
            letter("I have accepted another position."),
            letter("I love globes."),
            letter("The Globexes of this world."),
        ],
        {"other_employer": "Globex"},
    ),
    "P01": Case(
        [
            letter("I was diagnosed last week."),
            letter("My divorce takes all my time."),
            letter("My father is very ill."),
        ],
        [
            letter("My circumstances have changed."),
            letter("My father recommended you."),
            letter("I wish you good health."),
        ],
    ),
    "P02": Case(
        [
            letter("I leave because you are too old."),
            letter("There were too many foreigners."),
            letter("At your age one should know."),
        ],
        [
            letter("This is an old house."),
            letter("There were many people."),
            letter("You have a young team."),
        ],
    ),
    "S01": Case(
        [
            letter("Your unreleased product is great."),
            letter("I am under NDA now."),
            letter("I will keep your trade secrets to myself."),
        ],
        [
            letter("Your product is great."),
            letter("I am confident in my decision."),
            letter("I saw a heron by the river."),
        ],
    ),
    "S02": Case(
        [
            (letter(), {"quoted": "From: boss@old.example\nHi"}),
            (letter(), {"quoted": "Cc: dana@northwind.example, spy@other.example"}),
            (letter(), {"quoted": "write to partner@home.example"}),
        ],
        [
            (letter(), {"quoted": "From: dana@northwind.example"}),
            (letter(), {"quoted": "see you @ ten"}),
            (letter(), {"quoted": ""}),
        ],
        {"participants": (DANA.address, ME)},
    ),
    "F01": Case(
        [
            b("Thank you. I am withdrawing my application for the Data Engineer position at Nortwind."),
            b("Thank you. I am withdrawing my application for the Data Engineer position."),
            b("Thank you. I am withdrawing from the process at Norhtwind for good."),
            b("Thank you. I have decided not to join Heron Valley Health."),
            b("I withdraw my application at Northwind. My thanks to everyone at Bellweather Kane."),
        ],
        [
            letter(),
            b("Thank you. I am withdrawing my application for the Data Engineer position at Northwind GmbH."),
            b("Thank you. I am withdrawing my application at Northwind."),
            b("I withdraw my application at Northwind. I met you at Dana Whitfield's desk."),
            (b("I withdraw my application."), {"in_reply_to": "<1@northwind.example>"}),
        ],
    ),
    "F02": Case(
        [
            b("Thank you. I am withdrawing my application for the Sales Manager position at Northwind."),
            b("Thank you. I am withdrawing my application at Northwind."),
            b("Thank you. I am withdrawing my application for the Office Clerk role at Northwind."),
            b("I am withdrawing from the Data Engineer and Analytics Lead positions at Northwind."),
            b("I withdraw my application as Data Engineer / Scrum Master."),
        ],
        [
            letter(),
            b("Thank you. I am withdrawing my application for the Senior Data Engineer role at Northwind."),
            b("Thank you. I am withdrawing my application as data engineer at Northwind."),
        ],
    ),
    "F03": Case(
        [
            (letter("I will not attend the interview on Friday, 4 December."), BOOKED),
            (letter("I will not attend the interview at 15:00 CET."), BOOKED),
            (letter("I will not attend the interview on Friday, 3 December."), BOOKED),
            (letter(), BOOKED),
            (letter("I have to cancel the interview that we have tomorrow."), ON_THE_DAY),
            (letter("I cannot make the interview today."), BOOKED),
        ],
        [
            (letter("I have to cancel the interview that we have today."), ON_THE_DAY),
            (letter("Tomorrow I shall tell my manager about the interview."), ON_THE_DAY),
            (letter("I will not attend the interview on Thursday, 3 December, 14:00 CET."), BOOKED),
            (letter("I will not attend the interview on Thursday at 1:00 pm GMT."), BOOKED),
            (letter("I will not attend the interview on December 3rd."), BOOKED),
            (letter("I will not attend the interview on 3/12 at 2 pm."), BOOKED),
            (letter("I have to call our interview at 2:00 off."), BOOKED),
            (letter("I will not attend our interview tomorrow."), THE_DAY_BEFORE),
        ],
    ),
    "F04": Case(
        [
            Whole(letter().replace("Hello Dana", "Hello Robert")),
            Whole(letter().replace("Hello Dana", "Dear Jonas Ebert")),
            Whole(letter().replace("Hello Dana", "Hi Panel")),
            (Whole(letter().replace("Hello Dana", "Dear Dr. Preston")), {"recipient": RESTON}),
        ],
        [
            letter(),
            Whole(letter().replace("Hello Dana", "Dear Ms Whitfield")),
            (Whole(letter().replace("Hello Dana", "Dear Dr. Reston")), {"recipient": RESTON}),
            (Whole(letter().replace("Hello Dana", "Hi Ame")), {"recipient": RESTON}),
            Whole(letter().replace("Hello Dana", "Dear Hiring Manager")),
        ],
    ),
    "F05": Case(
        [
            Whole(letter().replace("Jonas Ebert", "Dana Whitfield")),
            Whole(letter().replace("Jonas Ebert", "Robin Sample")),
            Whole(letter().replace("Jonas Ebert", "Johanna Weber")),
        ],
        [
            letter(),
            Whole(letter().replace("Jonas Ebert", "Jonas")),
            Whole(letter().replace("Jonas Ebert", "J. Ebert")),
            Whole(letter().replace("Jonas Ebert", "www.ebert.example")),
        ],
    ),
    "F06": Case(
        [
            letter("Thank you for interviewing me."),
            letter("I enjoyed our talk; thanks for talking with me."),
            letter("It was a pleasure to meet you."),
        ],
        [
            letter("Thank you for making time to talk with me."),
            letter("Thank you for setting up the conversation."),
            (letter("Thank you for interviewing me."), MET),
        ],
    ),
    "F07": Case(
        [
            letter("We regret to inform you of this."),
            letter("Your application has been closed."),
            letter("Our team will be in touch."),
        ],
        [
            letter("My application is withdrawn."),
            letter("Your team was kind."),
            letter("I regret the trouble."),
        ],
    ),
    "G01": Case(
        [
            Whole(letter().replace("Hello Dana,\n\n", "")),
            Whole(letter().replace("Hello Dana,", "Hello,")),
            Whole(letter().replace("Hello Dana,", "Good morning,")),
        ],
        [
            letter(),
            Whole(letter().replace("Hello", "Dear")),
            Whole(letter().replace("Hello Dana", "Good morning Dana")),
        ],
    ),
    "G02": Case(
        [
            Whole(letter().replace("Hello Dana", "Dear Hiring Manager")),
            Whole(letter().replace("Hello Dana", "Dear Sir or Madam")),
            Whole(letter().replace("Hello Dana", "To whom it may concern")),
        ],
        [
            letter(),
            Whole(letter().replace("Dana", "Dana Whitfield")),
            letter("Please tell the hiring manager."),
        ],
    ),
    "G03": Case(
        [
            Whole(letter().replace("Hello Dana", "Dear Ms Whitfield")),
            Whole(letter().replace("Hello Dana", "Dear Mr. Whitfield")),
            Whole(letter().replace("Hello Dana", "Dear Mrs Whitfield")),
        ],
        [
            letter(),
            Whole(letter().replace("Dana", "Dana Whitfield")),
            (
                Whole(letter().replace("Hello Dana", "Dear Ms Whitfield")),
                {"recipient": Person(address=DANA.address, name="Ms Dana Whitfield")},
            ),
        ],
    ),
    "G04": Case(
        [
            Whole(letter().replace("\nJonas Ebert", "")),
            Whole(letter().replace("Jonas Ebert", "Jonas")),
            Whole(letter().replace("Jonas Ebert", "Robin")),
        ],
        [
            letter(),
            Whole(letter().replace("Kind regards\n", "")),
            Whole(letter().replace("Kind regards", "Thanks a million,")),
            Whole(letter().replace("Kind regards", "Best wishes,")),
            (Whole(letter().replace("Kind regards\n", "")), {"channel": Channel.SMS_SHORT}),
        ],
    ),
    "G05": Case(
        [letter("At [Company] it was nice."), letter("Dear {name}."), letter("My number is XXX, TBD.")],
        [letter("The list [1] is long."), letter("I know C++ and XML."), letter("It is 100% certain.")],
    ),
    "C01": Case(
        [
            letter("I am still very interested in this position."),
            letter("I look forward to the interview."),
            letter("I look forward to meeting you."),
        ],
        [
            letter("I would be glad to hear of other roles."),
            letter("I have always been interested in ships."),
            letter("I look forward to reading about your work."),
        ],
    ),
    "C02": Case(
        [
            letter("See you on Thursday."),
            letter("I confirm my attendance."),
            letter("I will be there at two."),
        ],
        [
            letter("I will not be there at two."),
            letter("I see your point."),
            letter("I can confirm that this is final."),
        ],
    ),
    "O01": Case(
        [
            letter("I recommend Robin Sample."),
            letter("You could talk to Kim Larsen."),
            letter("I refer you to my friend Ada Moreno."),
        ],
        [
            letter("I could recommend someone."),
            letter("I recommend your team to everybody."),
            letter("I will contact you."),
        ],
    ),
    "O02": Case(
        [
            letter("I would be glad of some feedback."),
            letter("Could you say how I came across?"),
            letter("Any advice for me?"),
        ],
        [
            (letter("I would be glad of some feedback."), MET),
            letter("I wish you well."),
            letter("I take your advice to heart."),
        ],
    ),
    "O03": Case(
        [
            letter("I would like some feedback, and let us stay in touch."),
            letter("I could recommend someone. I hope that our paths cross again."),
            letter("Please keep me in mind, and send some feedback. Let us connect on LinkedIn."),
        ],
        [letter("Let us stay in touch."), letter("I would like some feedback."), letter()],
    ),
    "V01": Case(
        [letter("This is bullshit."), letter("Thanks for nothing."), letter("STOP CALLING ME.")],
        [letter("I got the hint."), letter("I know SQL and HTML."), letter("Thanks for everything.")],
    ),
    "V02": Case(
        [letter("Gonna be honest."), letter("No worries 🙂"), letter("Thx for all.")],
        [
            letter("I am going to be honest."),
            (letter("No worries 🙂"), {"tone": Tone.WARM}),
            letter("It is no trouble: (really) none."),
        ],
    ),
    "V03": Case(
        [
            letter("I am sorry. I apologise."),
            (letter(), LATE),
            letter("Sorry for the trouble, and I am sorry for the delay."),
        ],
        [letter("I am sorry for the trouble."), letter(), (letter("I am sorry to be so late."), LATE)],
    ),
    "V04": Case(
        [
            letter("I feel terrible about it."),
            letter("Please forgive me."),
            letter("I hate to do this."),
        ],
        [
            letter("I am sorry for the trouble."),
            letter("I feel sure about it."),
            letter("It was hard to decide."),
        ],
    ),
    "V05": Case(
        [
            letter("Why did you not call?"),
            letter("How could you forget that?"),
            letter("Why has nobody told me, and why didn't you?"),
        ],
        [letter("Why not call me if you like?"), letter("How are you?"), letter("I know why you asked.")],
    ),
    "L01": Case(
        [
            b("Thank you. " + "I have decided to withdraw my application after all of this. " * 12),
            (letter("I really am sure about this one. " * 5), {"situation": Situation.EARLY}),
            b("Thank you, I am withdrawing."),
        ],
        [
            b(
                "Thank you for the invitation to talk about the Data Engineer position at Northwind. "
                "I have thought it over and decided to withdraw my application, so please keep no time "
                "for me.\n\nI wish you a good "
                "search and hope that you soon find somebody who fits the work well."
            ),
            (letter(), {"situation": Situation.EARLY}),
            (b("Thank you. I have withdrawn from it."), {"channel": Channel.CALENDAR_NOTE}),
        ],
    ),
    "L02": Case(
        [
            b("\n\n".join(["Thank you. I am withdrawing."] + ["That is all there is."] * 5)),
            b("Thank you. I am withdrawing my application. " + "There is one more word. " * 20),
            b("\n\n".join("abcdef")),
        ],
        [letter(), b("Thank you.\n\nI am withdrawing."), b("Thank you. I am withdrawing my application.")],
    ),
    "L03": Case(
        [
            letter("This is so " + "and so " * 20 + "it ends."),
            letter("I wish you a good search."),
            letter("It is final. It is final."),
        ],
        [letter("It is final. It is so."), letter(), letter("That was all. All that was.")],
    ),
    "Q01": Case(
        [letter("I am am sure."), letter("It is ,as I said, final."), letter("Then i wrote this.")],
        [
            letter("I know that that is so."),
            letter("It is, as I said, final."),
            letter("It is final (really)."),
        ],
    ),
    "Q02": Case(
        [
            letter("I have attached a letter."),
            letter("Please find the form enclosed."),
            letter("See the attachment."),
        ],
        [
            (letter("I have attached a letter."), {"attachments": 1}),
            letter("I have grown fond of the team."),
            letter("I close with this."),
        ],
        {"attachments": 0},
    ),
    "Q03": Case(
        [
            letter("See https://example.com for more."),
            letter("I wrote at www.example.org about it."),
            letter("Look: http://example.net"),
        ],
        [letter("My mail is jonas@mail.example."), letter("I work with Node.js."), letter("See my profile.")],
    ),
    "A01": Case(
        [
            (letter(), {"to": (PANEL,), "contacts": (DANA.address,)}),
            (letter(), {"to": (BOT,), "contacts": (DANA.address,)}),
            (letter(), {"to": (), "contacts": (DANA.address,)}),
        ],
        [
            (letter(), {"to": (DANA.address,), "contacts": (DANA.address,)}),
            (letter(), {"to": (Address("", "DANA@northwind.example"),), "contacts": (DANA.address,)}),
            (letter(), {"to": (PANEL,), "contacts": ()}),
        ],
    ),
    "A02": Case(
        [
            (letter(), {"to": (BOT,), "dead": (BOT,)}),
            (letter(), {"to": (Address("", "NO-REPLY@jobs.example"),), "dead": (BOT,)}),
            (letter(), {"to": (BOT, PANEL), "dead": (BOT, PANEL)}),
        ],
        [
            (letter(), {"to": (DANA.address,), "dead": (BOT,)}),
            (letter(), {"to": (DANA.address, BOT), "dead": (BOT,)}),
            (letter(), {"to": (BOT,), "dead": ()}),
        ],
    ),
    "A03": Case(
        [
            (letter(), {"to": (DANA.address,), "client_domains": ("northwind.example",)}),
            (letter(), {"to": (ME,), "cc": (PANEL,), "client_domains": ("Northwind.example",)}),
            (letter(), {"to": (DANA.address, PANEL), "client_domains": ("northwind.example",)}),
        ],
        [
            (letter(), {"to": (ME,), "client_domains": ("northwind.example",)}),
            (letter(), {"to": (DANA.address,), "client_domains": ()}),
            (letter(), {"to": (DANA.address,), "client_domains": ("wind.example",)}),
        ],
    ),
    "A04": Case(
        [
            (letter(), {"to": (DANA.address, PANEL, ME, BOT)}),
            (letter(), {"to": (DANA.address,), "cc": (PANEL, ME, BOT)}),
            (letter(), {"to": (DANA.address, PANEL), "cc": (ME, BOT)}),
        ],
        [
            (letter(), {"to": (DANA.address,)}),
            (letter(), {"to": (DANA.address,), "cc": (PANEL, ME)}),
            (letter(), {"to": (DANA.address, PANEL, ME)}),
        ],
    ),
    "A05": Case(
        [
            (letter(), {"in_reply_to": "<x@a>", "parents": ("<y@a>",)}),
            (letter(), {"in_reply_to": "<x@a>", "parents": ()}),
            (letter(), {"in_reply_to": "<X@a>", "parents": ("<x@a>",)}),
            (letter(), {"in_reply_to": "", "parents": ("<x@a>",)}),
        ],
        [
            (letter(), {"in_reply_to": "<x@a>", "parents": ("<x@a>",)}),
            (letter(), {"in_reply_to": "<x@a>", "parents": ("<y@a>", "<x@a>")}),
            (letter(), {"in_reply_to": None, "parents": ("<x@a>",)}),
        ],
    ),
    "A06": Case(
        [
            (letter(), {"unsendable": (("the draft has nobody in To", "Add the addressee."),)}),
            (letter(), {"unsendable": (("nobody reads that", "Write to a person."),)}),
            (letter(), {"unsendable": (("it is not from you", "Correct From."), ("a blind copy", "None."))}),
        ],
        [(letter(), {"unsendable": ()}), (letter(), {"unsendable": None}), (letter(), {})],
    ),
    "X01": Case(
        [(letter(), {"decided_on": NOW - timedelta(hours=h)}) for h in (30, 60, 24 * 9)],
        [(letter(), {"decided_on": NOW - timedelta(hours=h)}) for h in (0, 5, 23)],
    ),
    "X02": Case(
        [
            (letter(), {**BOOKED, "now": SLOT.start - timedelta(hours=30)}),
            (letter(), {**BOOKED, "now": SLOT.start - timedelta(hours=1)}),
            (letter(), {**BOOKED, "now": SLOT.start + timedelta(hours=1)}),
        ],
        [
            (letter(), {**BOOKED, "now": SLOT.start - timedelta(hours=49)}),
            (letter(), {**BOOKED, "situation": Situation.MISSED, "now": SLOT.start + timedelta(hours=1)}),
            (letter(), {**MET, "slot": SLOT, "now": SLOT.start + timedelta(hours=30)}),
        ],
    ),
    "X03": Case(
        [
            (letter(), {"recipient_zone": TOKYO, "now": NOW + timedelta(hours=5)}),
            (letter(), {"recipient_zone": ZoneInfo("America/Los_Angeles"), "now": NOW}),
            (letter(), {"recipient_zone": BERLIN, "now": NOW + timedelta(hours=12)}),  # 22:00
            (letter(), {"recipient_zone": BERLIN, "now": NOW - timedelta(hours=4, minutes=1)}),  # 5:59
        ],
        [
            (letter(), {"recipient_zone": BERLIN}),
            (letter(), {"recipient_zone": BERLIN, "now": NOW + timedelta(hours=11, minutes=59)}),  # 21:59
            (letter(), {"recipient_zone": BERLIN, "now": NOW - timedelta(hours=4)}),  # 6:00
            (
                letter(),
                {
                    "recipient_zone": TOKYO,
                    "now": SLOT.start - timedelta(hours=1),
                    "slot": SLOT,
                },
            ),
        ],
    ),
    "X04": Case(
        [(letter(), {"other_threads": names}) for names in (("w2",), ("w2", "w5"), ("Nurse at Northwind",))],
        [
            (letter(), {"other_threads": ()}),
            (letter(NOTHING_ELSE), {"other_threads": ()}),
            (letter("Yes."), {"other_threads": ()}),
        ],
    ),
    "K01": Case(
        [
            b(
                "Thank you for the call on Monday. I wish you a good search for the Data "
                "Engineer position at Northwind."
            ),
            b(
                "Thank you for the call on Monday. I am withdrawing my application for the "
                "Data Engineer position."
            ),
            b(
                "Thank you for the call. I am withdrawing my application for the Data "
                "Engineer position at Northwind."
            ),
        ],
        [
            b(
                "Thank you for the call on Monday. I am withdrawing my application for the "
                "Data Engineer position at Northwind."
            ),
            b(
                "Thank you for the call on 30 November. I am withdrawing from the Data "
                "Engineer position at Northwind."
            ),
            b(
                "Thank you for the call today. I have decided to withdraw my application as "
                "Data Engineer at Northwind."
            ),
        ],
        {"situation": FollowUp.AFTER_CALL, "call": CALL},
    ),
    "K02": Case(
        [(letter(), {"now": NOW + timedelta(days=days)}) for days in (1, 2, 9)],
        [(letter(), {"now": NOW + timedelta(hours=hours)}) for hours in (0, 1, 9)],
        {"situation": FollowUp.AFTER_CALL, "call": CALL},
    ),
    "K03": Case(
        [
            (letter("As discussed, this is final."), {"call": VOICEMAIL}),
            (letter("I have told you already when we spoke."), {"call": VOICEMAIL}),
            (letter("I spoke with Robert about it."), {"call": CALL}),
        ],
        [
            (letter("As discussed, this is final."), {"call": CALL}),
            (letter("I spoke with Dana about it."), {"call": CALL}),
            (letter("I left you a message."), {"call": VOICEMAIL}),
        ],
    ),
}
