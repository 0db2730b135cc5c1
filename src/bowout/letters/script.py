"""Write what to say on the phone: the card and script of a call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bowout.letters.render import Writer
from bowout.letters.wish import Occasion, Wish, told
from bowout.model import Facts, Person, Tone
from bowout.people import names


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScript:
    """What to have before you when you call, in the language of the other side.

    ``card`` is what to mind, ``steps`` what to say: ours are three sentences. ``answers`` pairs what they may
    say with what to say; a line in parentheses is for the eyes only.
    ``voicemail_callback`` is empty when the person's number is not known.
    """

    card: tuple[str, ...]
    steps: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    voicemail_callback: tuple[str, ...]
    voicemail_decision: tuple[str, ...]


def call_script(
    wish: Wish,
    facts: Facts,
    *,
    recipient: Person,
    full_name: str,
    now: datetime,
    zone: str,
    own_dir: Path | None = None,
    phone: str | None = None,
) -> CallScript:
    """The card and script for a call instead of, or before, the letter of ``wish``.

    Raises as ``render.render`` does.
    """
    occasion = Occasion(
        facts=told(facts, wish.values, zone),
        recipient=recipient,
        full_name=full_name,
        now=now,
        zone=zone,
        phone=phone,
    )
    # Nobody speaks as formal letters are written; who says Sie or usted is told by the manners.
    writer = Writer(replace(wish, tone=Tone.NEUTRAL), occasion, own_dir, topic="call")
    if names.is_desk(
        str(writer.values.get("recipient_name", ""))
    ):  # a team has a name, and whoever answers for it has another
        writer.values.pop("first_name", None)
    if reason := writer.spoken_reason():
        writer.values["reason"] = reason
    writer.values["why"] = writer.optional("why")
    answers = (line.partition("|") for line in writer.lines("answers"))
    script = CallScript(
        card=writer.lines("card"),
        steps=writer.lines("steps"),
        answers=tuple((they.strip(), you.strip()) for they, _, you in answers),
        voicemail_callback=writer.lines("voicemail-callback") if "phone" in writer.values else (),
        voicemail_decision=writer.lines("voicemail-decision"),
    )
    writer.require()
    return script
