"""read.slot: which appointment counts, out of what both sides wrote and booked, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bowout.model import Address, Body, Confidence, Fact, Folder, Identity, Joined, Message, Slot, Thread
from bowout.people import machines
from bowout.read.facts import facts
from bowout.text.zones import GUESSED, UNTOLD

RELAYS = machines.load_relays()
ME = Address("Alex Moreno", "alex@moreno.example")
THEM = Address("Ruth Sander", "ruth@larkspur.example")
CET = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 27, 9, tzinfo=CET)  # a Friday


def wrote(
    by: Address, day: int, text: str, *calendars: str, subject: str = "Re: Interview", hour: int = 10
) -> Message:
    return Message(
        id=f"{day}-{hour}-{by.address}",
        thread_id="t",
        subject=subject,
        folder=Folder.SENT if by == ME else Folder.INBOX,
        date=datetime(2026, 11, day, hour, tzinfo=CET),
        from_=(by,),
        to=(THEM if by == ME else ME,),
        body=Body(text=text, calendars=calendars),
        joined=Joined.REFERENCES,
    )


def them(day: int, text: str, *calendars: str, subject: str = "Re: Interview") -> Message:
    return wrote(THEM, day, text, *calendars, subject=subject)


def me(day: int, text: str) -> Message:
    return wrote(ME, day, text, hour=12)


def event(when: str, uid: str = "u", title: str = "Interview", *lines: str, method: str = "REQUEST") -> str:
    body = "\n".join([f"DTSTART:{when}", f"SUMMARY:{title}", f"ORGANIZER:mailto:{THEM.address}", *lines])
    return f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:{uid}\n{body}\nEND:VEVENT\nEND:VCALENDAR\n"


def read(messages: Sequence[Message], now: datetime = NOW) -> Fact[Slot] | None:
    thread = Thread(id="t", messages=tuple(messages), complete=True)
    return facts(thread, [Identity(address=ME)], RELAYS, now, "Europe/Berlin").slot


def told(*messages: Message, now: datetime = NOW) -> str | None:
    found = read(messages, now)
    if found is None or found.value.cancelled:
        return None
    mark = "?" if found.confidence is Confidence.LOW else ""
    return f"{found.value.start.astimezone(CET):%m-%d %H:%M}{mark}"


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        # They fix it.
        ("We look forward to meeting you on Thursday 3 December at 2 pm.", "12-03 14:00"),
        (
            "We would like to meet you on Thursday 3 December at 2 pm. Let me know if that suits.",
            "12-03 14:00",
        ),
        ("Wir erwarten Sie am Donnerstag, 3. Dezember, um 14 Uhr.", "12-03 14:00"),
        ("Nous vous attendons le jeudi 3 décembre à 14h.", "12-03 14:00"),
        ("Te esperamos el jueves 3 de diciembre a las 14:00.", "12-03 14:00"),
        ("La aspettiamo giovedì 3 dicembre alle 14.", "12-03 14:00"),
        ("We zien je graag donderdag 3 december om 14.00 uur.", "12-03 14:00"),
        ("Zapraszamy w czwartek 3 grudnia o 14:00.", "12-03 14:00"),
        ("Esperamos por si na quinta-feira, 3 de dezembro, às 14h.", "12-03 14:00"),
        ("Välkommen torsdag 3 december kl 14.", "12-03 14:00"),
        ("Be here on Thursday 3 December by 13:45, the interview begins at 2 pm.", "12-03 14:00"),
        ("You are on for Thursday 3 December, 2-3:30 pm, then lunch.", "12-03 14:00"),
        ("We meet on Thursday 3 December at 2 pm for 2 hours.", "12-03 14:00"),
        # A question, a choice, a limit, something else.
        ("Would Thursday 3 December at 2 pm work?", None),
        ("How about Thursday at 2?", None),
        ("The tests are on Thursday 3 December for 3 hours.", None),
        ("Are you free on Thursday 3 December at 2 pm", None),
        ("Passt Ihnen Donnerstag, 3. Dezember, 14 Uhr?", None),
        ("Ich schlage Donnerstag um 14 Uhr vor.", None),
        ("Seriez-vous disponible jeudi à 14h ?", None),
        ("Thursday at 2 pm or Friday at 10 am, whichever you prefer.", None),
        ("I can offer:\n- Thu 3 Dec, 14:00\n- Fri 4 Dec, 9:30\n- Mon 7 Dec, 11:00", None),
        ("Send the form back by Thursday 3 December at 2 pm.", None),
        ("Bitte antworten Sie bis Donnerstag, 14 Uhr.", None),
        ("Merci de répondre avant jeudi 14h.", None),
        ("Your first day is Thursday 3 December at 9 am.", None),
        ("The offer expires on Thursday 3 December at 5 pm.", None),
        ("We spoke on Monday 16 November at 10:00.", None),
        ("I am on leave from Monday 30 November 2026 at 12:00.", None),
        ("The panel meets on Thursday at 10:00 and decides then.", None),
        ("De afspraak staat: do 3 dec, 14u00.", "12-03 14:00"),
        ("Come by on Thursday 3 December at 2 pm, the side door is open.", "12-03 14:00"),
        ("Favor de regresarla a más tardar el jueves 3 a las 14:00 h.", None),
        ("Möglich wären der 2. oder der 3. Dezember, beide ab 14 Uhr. Was passt Ihnen?", None),
    ],
)
def test_one_mail_of_theirs(text: str, slot: str | None) -> None:
    assert told(them(24, f"Hello Alex,\n\n{text}\n\nBest\nRuth")) == slot


ASKED = them(23, "Hi Alex, could you do Thursday 3 December at 2 pm?")


@pytest.mark.parametrize(
    ("messages", "slot"),
    [
        ([ASKED], None),
        ([ASKED, me(23, "Yes, that works, see you then.")], "12-03 14:00"),
        ([ASKED, me(23, "Sorry, I can't make Thursday.")], None),
        ([ASKED, me(23, "Could we make it Friday 4 December at 10 am instead?")], None),
        (
            [ASKED, me(23, "Yes, thank you."), them(25, "Ruth is ill, so I have to cancel Thursday. Sorry!")],
            None,
        ),
        (
            [ASKED, me(23, "Perfect."), them(25, "I need to move us to Friday 4 December, 10 am. Sorry!")],
            "12-04 10:00",
        ),
        (
            [ASKED, me(23, "Perfect."), them(25, "Can we say Friday 4 December, same time, instead?"),
             me(25, "Fine with me.")],
            "12-04 14:00",
        ),
        (
            [ASKED, me(23, "Perfect."), them(25, "Can we push it to Friday 4 December at 10 am?")],
            None,
        ),
        (
            [them(23, "Either Thursday 3 December at 2 pm or Friday 4 December at 10 am?"),
             me(23, "Friday 4 December at 10 am, please.")],
            "12-04 10:00",
        ),
        (
            [them(23, "Either Thursday 3 December at 2 pm or Friday 4 December at 10 am?"),
             me(23, "Both are possible, thanks.")],
            None,
        ),
        ([ASKED, me(23, "Perfect."), them(25, "Bring your portfolio, please.")], "12-03 14:00"),
        ([ASKED, me(23, "Perfect."), them(25, "Please don't come on Thursday, the place is gone.")], None),
        # Several limits of which I choose one are a choice; one is a limit.
        ([them(23, "Kindly choose: Thursday 3rd December by 2 pm, or Friday 4th by 10am."),
          me(23, "Thursday by 2 pm is okay by me.")], "12-03 14:00"),
        ([them(23, "Kindly send it on Thursday 3rd December by 2 pm."), me(23, "Okay, thanks.")], None),
        # A yes to another day than theirs is none to theirs, and theirs to mine settles it.
        ([ASKED, me(23, "Thanks! Friday 4 December at 10 am, then.")], None),
        ([ASKED, me(23, "Thanks! Friday 4 December at 10 am, then."), them(24, "Okay. Ring twice.")],
         "12-04 10:00"),
        ([ASKED, me(23, "Thanks! Friday 4 December at 10 am, then."), them(24, "Okay, I'll check.")], None),
        # That I cannot come then is heard once they answer it.
        ([ASKED, me(23, "Perfect."), me(25, "I have a fever. Could it be a week later?")], "12-03 14:00?"),
        ([ASKED, me(23, "Perfect."), me(25, "I have a fever. Could it be a week later?"),
          them(26, "Stay in bed, and tell me when you are up again.")], None),
        (
            [them(23, "Wir verschieben das Gespräch von Montag auf Donnerstag, 3. Dezember, 14 Uhr.")],
            "12-03 14:00",
        ),
    ],
)  # fmt: skip
def test_what_is_agreed_in_several_mails(messages: list[Message], slot: str | None) -> None:
    assert told(*messages) == slot


THU, FRI = "20261203T130000Z", "20261204T130000Z"


@pytest.mark.parametrize(
    ("messages", "slot"),
    [
        # The newest agreed time wins, wherever it stands.
        ([them(23, "See the invitation.", event(THU))], "12-03 14:00"),
        (
            [them(23, "", event(THU)), them(24, "I have to move it to Friday 4 December at 10 am.")],
            "12-04 10:00",
        ),
        (
            [them(23, "We meet on Thursday 3 December at 10 am."), them(24, "Now by calendar.", event(THU))],
            "12-03 14:00",
        ),
        ([them(23, "", event(THU)), them(24, "Our party is on Friday 4 December, 6 pm.")], "12-03 14:00"),
        # Another UID: moved when somebody says so, in doubt when the title repeats, else one more round.
        ([them(23, "", event(THU)), them(24, "I had to move it.", event(FRI, "v"))], "12-04 14:00"),
        ([them(23, "", event(THU)), them(24, "", event(FRI, "v", "Interview (rescheduled)"))], "12-04 14:00"),
        ([them(23, "", event(THU, title="Screen")), them(24, "", event(FRI, "v", "Panel"))], "12-03 14:00"),
        # Holds are no appointment; one alone is a guess.
        ([them(23, "", event(THU, "u", "Hold", "STATUS:TENTATIVE"))], "12-03 14:00?"),
        (
            [them(23, "", event(THU, "u", "Hold", "STATUS:TENTATIVE"),
                  event(FRI, "v", "Hold", "STATUS:TENTATIVE"))],
            None,
        ),
        (
            [them(23, "", event(THU, "u", "Hold", "STATUS:TENTATIVE")), them(24, "", event(FRI, "v"))],
            "12-04 14:00",
        ),
        # A series: the next date that is not cancelled.
        ([them(23, "", event(THU, "u", "Talk", "RRULE:FREQ=DAILY;COUNT=2", f"EXDATE:{THU}"))], "12-04 14:00"),
    ],
)  # fmt: skip
def test_invitations_and_mails_together(messages: list[Message], slot: str | None) -> None:
    assert told(*messages) == slot


def test_a_second_invitation_of_one_title_is_in_doubt() -> None:
    found = read([them(23, "", event(THU)), them(24, "", event(FRI, "v"))])
    assert found is not None
    assert found.confidence is Confidence.LOW


@pytest.mark.parametrize(
    ("after", "slot"),
    [
        ([], "11-26 14:00"),  # whether I was there is not known
        ([them(27, "It was great to meet you yesterday.")], None),
        ([them(27, "I waited for you on the call yesterday. Is everything alright?")], "11-26 14:00"),
    ],
)
def test_what_has_passed_counts_only_where_i_may_have_missed_it(
    after: list[Message], slot: str | None
) -> None:
    before = them(23, "We meet on Thursday 26 November at 2 pm.")
    assert told(before, *after, now=NOW + timedelta(days=1)) == slot


def test_a_time_in_utc_is_shown_on_my_clock_and_else_as_they_name_it() -> None:
    plain = read([them(23, "See the invitation.", event(THU))])
    named = read([them(23, "Thursday 3 December 2026 at 8 am Eastern.", event(THU))])
    assert plain is not None
    assert named is not None
    assert (plain.value.zone, plain.value.start.hour) == ("Europe/Berlin", 14)
    assert (named.value.zone, named.value.start.hour) == ("America/New_York", 8)


@pytest.mark.parametrize(
    ("signature", "sent_by", "zone"),
    [
        ("", "<1@pewter.example>", GUESSED),
        ("", "<1@AM0PR01.prod.outlook.com>", UNTOLD),
        ("01632 960 123", "<1@AM0PR01.prod.outlook.com>", "UTC"),
        ("+353 1 555 0100", "<1@pewter.example>", "UTC"),
    ],
)
def test_a_date_of_a_server_tells_nothing_about_the_writers_clock(
    signature: str, sent_by: str, zone: str
) -> None:
    mail = them(24, f"We meet on Thursday 3 December at 2 pm.\n\nBest regards\nRuth Sander\n{signature}")
    assert mail.date is not None
    at_utc = replace(mail, date=mail.date.astimezone(UTC), message_id=sent_by)
    found = read([at_utc])
    assert found is not None
    assert found.value.start.utcoffset() == timedelta(hours=1 if zone == UNTOLD else 0)
    assert found.confidence is Confidence.MEDIUM
    # The hour is as they wrote it; on which clock only a telephone number tells.
    assert (found.value.start.hour, found.value.start.tzname()) == (14, zone)


def test_hostile_text_is_read_to_a_bound() -> None:
    noise = "Thursday 3 December at 14:00 or " * 3_000 + "12:00 - " * 3_000 + "half " * 5_000
    assert told(them(24, noise)) == "12-03 14:00"


WHEN = "Thursday 3 December at 2 pm"


def by_anne(invitation: str) -> str:
    return invitation.replace(THEM.address, "anne@larkspur.example")


def by_nobody(invitation: str) -> str:
    return invitation.replace(f"ORGANIZER:mailto:{THEM.address}\n", "")


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        # A word that changes a time stands right in front of it, or close behind.
        (f"We talk on {WHEN}{' ' * 16}optional", None),
        (f"We talk on {WHEN}{' ' * 17}optional", "12-03 14:00"),
        (f"Send it by {WHEN}.", None),
        (f"Send it by the end of {WHEN}.", None),
        (f"Stop by when you can, we meet {WHEN}.", "12-03 14:00"),
        (f"We meet Friday 4 December at 2 pm instead of {WHEN}.", "12-04 14:00"),
        ("We meet on Thursday 3 December at 2 pm, not at 1 pm.", "12-03 14:00"),
        # What a sentence says before it counts, what the sentence before says does not.
        (f"The deadline is {WHEN}.", None),
        (f"The deadline is near. We meet on {WHEN}.", "12-03 14:00"),
        (f"The deadline is near\nWe meet on {WHEN}.", "12-03 14:00"),
        # A question mark of another sentence asks nothing here.
        (f"Do you drive? We meet on {WHEN}. Is that near?", "12-03 14:00"),
        (f"Shall we meet on {WHEN}? Do come.", None),
        (f"We meet on {WHEN}\nIs that near?", "12-03 14:00"),
        (f"Unless I hear otherwise, shall we say {WHEN}?", "12-03 14:00"),
        # Times of one day are a programme, those of two days only where it says so.
        ("Thursday 3 December: 2 pm tour, 3 pm talk.", "12-03 14:00"),
        ("Thursday 3 December: 3 pm tour, 2 pm talk.", None),
        ("The talks are on 3 December at 2 pm, on 4 December at 3 pm.", None),
        ("Programme: 3 December at 2 pm the tour, 4 December at 3 pm the talk.", "12-03 14:00"),
        ("Arrive at 1:45 pm on Thursday 3 December.", "12-03 13:45"),
    ],
)
def test_what_the_words_around_a_time_make_of_it(text: str, slot: str | None) -> None:
    assert told(them(24, f"Hello Alex,\n\n{text}\n\nBest\nRuth")) == slot


@pytest.mark.parametrize(("minutes", "read"), [(59, True), (60, True), (61, False)])
def test_a_mail_may_be_written_up_to_an_hour_into_the_talk(minutes: int, read: bool) -> None:
    mail = wrote(THEM, 25, "We meet today at 14:00, and I have waited.", hour=14)
    assert mail.date is not None
    late = replace(mail, date=mail.date + timedelta(minutes=minutes))
    assert (told(late) is not None) is read


@pytest.mark.parametrize(
    ("subject", "slot"),
    [(f"Interview {WHEN}", "12-03 14:00"), (f"Re: Interview {WHEN}", None), ("Interview", None)],
)
def test_a_new_subject_may_tell_the_time_and_a_repeated_one_is_old(subject: str, slot: str | None) -> None:
    assert told(them(24, "We look forward to it.", subject=subject)) == slot
    assert told(me(24, "We look forward to it.")) is None


def test_a_time_in_the_text_comes_before_the_one_in_the_subject() -> None:
    text = "We meet on Friday 4 December at 10 am."
    assert told(them(24, text, subject=f"Interview {WHEN}")) == "12-04 10:00"


def test_one_mail_that_tells_their_clock_is_enough_for_the_thread() -> None:
    mails = [
        them(23, "Shall we talk?\n\nBest\nRuth\n+353 1 555 0100"),
        them(24, f"We meet on {WHEN}.\n\nBest\nRuth"),
    ]
    at_utc = [replace(mail, date=mail.date.astimezone(UTC)) for mail in mails if mail.date]
    sure, doubted = read(at_utc), read(at_utc[1:])
    assert sure is not None
    assert doubted is not None
    assert sure.value.start.tzname() != GUESSED == doubted.value.start.tzname()


@pytest.mark.parametrize(
    ("messages", "slot"),
    [
        # What counts is the next one, which may have begun; after its end it is over.
        ([them(23, "", event("20261127T073000Z", "u", "Talk", "DTEND:20261127T090000Z"))], "11-27 08:30"),
        ([them(23, "", event(THU, "a", "Tour")), them(23, "", event(FRI, "b", "Talk"))], "12-03 14:00"),
        # A hold that is called off is none.
        ([them(23, "", event(THU, "u", "Hold", "STATUS:TENTATIVE")),
          them(24, "", event(THU, "u", "Hold", "STATUS:CANCELLED", "SEQUENCE:2", method="CANCEL"))], None),
        # An invitation takes the place of what a mail had told, and keeps its own hour.
        ([them(23, f"We meet on {WHEN}."), them(24, "", event(FRI))], "12-04 14:00"),
        # ... but not of an invitation from somebody else that nobody moves.
        ([them(23, "", event(THU, "a", "Tour")), them(24, "I moved it.", by_anne(event(FRI, "b", "Talk")))],
         "12-03 14:00"),
        ([them(23, "", event(THU, "a", "Tour")), them(24, "I moved it.", by_nobody(event(FRI, "b", "Talk")))],
         "12-04 14:00"),
        # Beside a booking a time in words needs a word of moving.
        ([them(23, "", event(THU)), them(24, "We meet on Friday 4 December at 10 am.")], "12-03 14:00"),
        ([them(23, "", event("20261124T130000Z")), them(26, "We meet on Friday 4 December at 10 am.")],
         "12-04 10:00"),
        # The same time again changes nothing.
        ([them(23, "", event(THU)), them(24, f"I moved nothing: {WHEN}.")], "12-03 14:00"),
        # My answer names one of theirs, or takes the only one.
        ([them(23, f"Either {WHEN} or Friday 4 December at 10 am?"), me(23, "Thursday 3 December at 2 pm?")],
         None),
        # What is called off lies ahead.
        ([them(20, "We meet on Monday 23 November at 2 pm."),
          them(24, "I waited for you yesterday, so the rest is cancelled.")], "11-23 14:00"),
        ([ASKED, me(23, "Let me see.")], None),
        ([ASKED, me(23, "I can't make it."), me(23, "Yes, perfect.")], "12-03 14:00"),
        ([ASKED, me(23, "I can't make Thursday 3 December at 2 pm."), me(23, "Yes, perfect.")], None),
    ],
)  # fmt: skip
def test_what_stands_after_several_mails(messages: list[Message], slot: str | None) -> None:
    assert told(*messages) == slot


def test_a_time_that_my_clock_shares_is_shown_in_my_zone_and_another_is_not() -> None:
    same = read([them(23, "We meet on 3 December 2026 at 14:00.")])
    other = read([them(23, "We meet on 3 December 2026 at 14:00 UTC+3.")])
    assert same is not None
    assert other is not None
    assert (same.value.zone, same.value.start.hour) == ("Europe/Berlin", 14)
    assert (other.value.zone, other.value.start.hour) == (None, 14)


def test_a_time_moved_by_an_invitation_is_marked() -> None:
    moved = read([them(23, f"We meet on {WHEN}."), them(24, "", event(FRI))])
    booked = read([them(24, "", event(FRI))])
    assert moved is not None
    assert booked is not None
    assert (moved.value.moved, booked.value.moved) == (True, False)


# --- what an answer settles -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "Monday is better for me. Half past eight, I shall be at the gate.",
        "Der Montag ist mir lieber. Halb neun, ich bin da.",
        "Half past eight it is.",
    ],
)
def test_the_offered_time_that_i_name_by_day_or_hour_is_agreed(answer: str) -> None:
    offer = "Could you come on Monday, 30 November at half past eight? Or on Tuesday, 1 December at 14:00?"
    assert told(them(24, offer), me(25, answer)) == "11-30 08:30"


@pytest.mark.parametrize(
    "answer",
    [
        "Monday at 3, or is Tuesday easier?",
        "Neither Monday nor Tuesday works, unfortunately.",
        "Thank you.",
        "I cannot make Monday at half past eight.",
        "I would rather not come on Monday.",
    ],
)
def test_an_answer_that_names_none_or_both_settles_nothing(answer: str) -> None:
    offer = "Could you come on Monday, 30 November at half past eight? Or on Tuesday, 1 December at 14:00?"
    assert told(them(24, offer), me(25, answer)) is None


def test_the_time_that_i_ask_for_counts_once_they_say_yes() -> None:
    asked = me(25, "Monday, 30 November at 14:00 would be best for me.")
    assert told(them(24, "Come round next week?"), asked) is None
    assert told(them(24, "Come round next week?"), asked, them(26, "Perfect, all in the diary.")) == (
        "11-30 14:00"
    )
    assert told(them(24, "Come round next week?"), asked, them(26, "Thank you, we shall look.")) is None
    assert told(them(24, "Come round next week?"), asked, them(26, "Great, but which of us?")) is None


@pytest.mark.parametrize(
    ("answer", "slot"),
    [
        ("6am Sunday it is! Side door.", "11-29 06:00"),
        ("Sat at 4 is grand. Will I bring the CV?", "11-28 16:00"),
        ("Sat the 28th at 1, got it. See you there!", "11-28 13:00"),
        ("Sonntag um 9 bin ich da.", "11-29 09:00"),
        ("Sunday at 6 would be perfect.", None),
        ("Sunday at 6 it is? Or later?", None),
        ("Sunday at 6 or Monday at 7, noted.", None),
        ("I sat at 4 tables, got it.", None),
        ("I can't do Sunday at 6. Got it?", None),
    ],
)
def test_a_time_that_i_take_was_named_by_them(answer: str, slot: str | None) -> None:
    assert told(them(25, "Pop in before the rush, as early as the birds?"), me(26, answer)) == slot


def test_a_time_that_i_take_is_one_of_their_clock() -> None:
    dublin = replace(them(25, "Pop in at the weekend?"), date=datetime(2026, 11, 25, 9, tzinfo=UTC))
    offset = replace(dublin, date=datetime(2026, 11, 25, 4, tzinfo=timezone(-timedelta(hours=5))))
    yes = me(26, "Sat at 4, got it.")
    for mail, start in ((offset, "11-28 22:00"), (dublin, "11-28 17:00")):
        assert told(mail, yes) == start


def test_a_bare_weekday_means_the_one_that_was_named_with_its_number() -> None:
    offer = them(20, "We can do Monday, 7 December at 9:00 or Tuesday, 8 December at 16:00.")
    wish = me(21, "Monday at 9:00 if it is still there, otherwise the other.")
    assert told(offer, wish, them(22, "Monday has gone. I have put you in for Tuesday at 16:00.")) == (
        "12-08 16:00"
    )


def test_when_i_ask_for_another_day_the_agreed_one_is_a_guess() -> None:
    agreed = them(20, "We look forward to seeing you on Tuesday, 1 December at 11:40.")
    assert told(agreed, me(21, "I confirm.")) == "12-01 11:40"
    assert told(agreed, me(21, "Is there any way to come on another day?")) == "12-01 11:40?"


@pytest.mark.parametrize(
    "text",
    ["Rain all day, so we have to move this. Thursday or Friday?", "No need to come, the roof leaks."],
)
def test_an_appointment_that_they_call_off_without_a_new_time_is_none(text: str) -> None:
    agreed = them(20, "We meet at the yard on Monday, 30 November at 6:00 AM.")
    assert told(agreed, me(21, "Got it."), them(26, text)) is None


def test_a_new_hour_without_a_day_makes_the_old_one_a_guess() -> None:
    agreed = them(20, "We meet on Monday, 30 November at 11:00.")
    found = told(agreed, me(21, "Could it be later?"), them(22, "Fine, moved to 5pm."))
    assert found == "11-30 11:00?"


def test_the_hour_that_i_wished_for_and_they_repeat_counts() -> None:
    agreed = them(20, "We meet on Monday, 30 November at 11:00. If too early, it can be 17:00.")
    wish = me(21, "17:00 please, if the captain does not mind.")
    assert told(agreed, wish, them(22, "Can. Changed to 5pm, same day.")) == "11-30 17:00"
    assert told(agreed, wish, them(22, "Changed to 4pm, same day.")) == "11-30 11:00?"


def test_a_clock_in_brackets_and_a_stretch_of_hours_are_no_appointment() -> None:
    text = "Wednesday, 2 December, 13:30, at the side door (the front door is shut from 13:00)."
    assert told(them(24, text)) == "12-02 13:30"
    stretch = "Let us talk on Wednesday, 2 December, between 14:00 and 17:00."
    assert told(them(24, stretch)) is None


def test_the_head_of_their_quote_shows_that_their_clock_is_utc() -> None:
    def answer(clock: str) -> Message:
        quote = (
            f"See you then.\n\nOn Tue, 24 Nov 2026 at {clock}, Alex Moreno <{ME.address}> wrote:\n\n> Hello"
        )
        found = them(25, f"We meet on Monday, 30 November at 10:30.\n\n{quote}")
        return replace(found, date=datetime(2026, 11, 25, 9, tzinfo=UTC))

    assert told(me(24, "Hello"), answer("11:00")) == "11-30 11:30"
    assert told(me(24, "Hello"), answer("11:00 AM")) == "11-30 11:30"
    assert told(me(24, "Hello"), answer("12:00")) == "11-30 10:30"  # an hour of no place
