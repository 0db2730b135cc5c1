"""Tell what sort of mail a message is: written by a person, by a program, or in a person's name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from bowout.mail import quotes
from bowout.model import Address, Message
from bowout.people import names, notes
from bowout.people.machines import Relay, RelayHit, Relays, System, is_unread
from bowout.text import hiring
from bowout.text.harmless import readable


class Kind(StrEnum):
    """Name what sort of message this is, for deciding whether anybody wrote it to the person."""

    HUMAN = "human"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    CALENDAR = "calendar"  # a calendar's own notice, an answer to an invitation, a bare cancellation
    REACTION = "reaction"
    BULK = "bulk"
    NOTICE = "notice"  # by a machine whose answers nobody reads


_AUTO_SUBJECT = re.compile(
    r"\s*((automatic|auto)([- ]?(reply|response))?|out of( the)? office|ooo|autoreply|on (annual )?leave"
    r"|automatische antwort|automatisch antwoord|abwesenheit(snotiz|sassistent)?|abwesend"
    r"|r[ée]ponse automatique|absence du bureau|respuesta autom[áa]tica|fuera de la oficina"
    r"|risposta automatica|resposta autom[áa]tica|autosvar|automaattinen vastaus)\s*([:\-–—(]|$)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"\s*(undeliver(ed|able)|delivery status notification|mail delivery (failed|failure|subsystem)"
    r"|returned mail|failure notice|nicht zustellbar|unzustellbar)",
    re.IGNORECASE,
)
_METHOD = re.compile(r"^METHOD:\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_REACTED = re.compile(r"\breacted (via|to your message)\b", re.IGNORECASE)
_REACTION_TYPE = "text/vnd.google.email-reaction+json"


def kind_of(message: Message, relays: Relays) -> Kind:
    """Tell what sort of message this is (by RFC 3834, RFC 3464 reports, RFC 5546 methods, RFC 2919 lists).

    An invitation (METHOD:REQUEST) from a person is HUMAN, and so is a mail from a no-reply sender whose
    Reply-To leads to somebody.
    """
    if _is_reaction(message):
        return Kind.REACTION
    if _is_bounce(message):
        return Kind.BOUNCE
    if _is_auto_reply(message):
        return Kind.AUTO_REPLY
    hits = [hit for a in message.from_ if (hit := relays.classify(a))]
    if any(hit.system is System.CALENDAR for hit in hits) or _is_calendar_notice(message):
        return Kind.CALENDAR
    if any(hit.relay is Relay.NOTICE for hit in hits):
        return Kind.NOTICE
    if _is_bulk(message, hits):
        return Kind.BULK
    return Kind.HUMAN if speakers(message, relays) else Kind.NOTICE


def reply_addresses(message: Message) -> tuple[Address, ...]:
    """Find where an answer goes: Reply-To, all of it, else From (RFC 5322 section 3.6.2)."""
    return message.reply_to or message.from_


def speakers(message: Message, relays: Relays) -> tuple[Address, ...]:
    """Tell who wrote: From, or Reply-To where nobody reads From. Empty for a mail nobody can answer."""
    if all(is_unread(relays.classify(a, message)) for a in reply_addresses(message)):
        return ()
    people = tuple(a for a in message.from_ if not is_unread(relays.classify(a)))
    return people or tuple(a for a in message.reply_to if not is_unread(relays.classify(a, message)))


def _is_reaction(message: Message) -> bool:
    kinds = [message.header("content-type") or ""]
    if message.body:
        kinds += [part.content_type for part in message.body.attachments]
    if any(_REACTION_TYPE in kind.lower() for kind in kinds):
        return True
    return len(message.text) < 200 and bool(_REACTED.search(message.text))


def _is_bounce(message: Message) -> bool:
    content_type = (message.header("content-type") or "").lower()
    if "report-type" in content_type and "delivery-status" in content_type:
        return True
    if message.header("x-failed-recipients") is not None:
        return True
    daemon = any(re.fullmatch(r"(mailer|mail)[-_.]?daemon|postmaster", a.local) for a in message.from_)
    return daemon or (_has_null_path(message) and bool(_BOUNCE_SUBJECT.match(message.subject)))


def _is_auto_reply(message: Message) -> bool:
    if (message.header("auto-submitted") or "").strip().lower().startswith("auto-replied"):
        return True
    if (message.header("x-autoreply") or "no").strip().lower() not in ("no", "false", "0", ""):
        return True
    return bool(_AUTO_SUBJECT.match(message.subject)) or (
        _has_null_path(message) and not is_invitation(message)
    )


def _has_null_path(message: Message) -> bool:
    # RFC 5321 section 4.5.5: the reverse-path of mails that nobody may answer automatically.
    return (message.header("return-path") or "").strip() == "<>"


def is_automatic(message: Message) -> bool:
    """Tell whether a program wrote this in somebody's name (RFC 3834), invitations left out."""
    submitted = (message.header("auto-submitted") or "no").strip().lower()
    return not submitted.startswith("no") and not is_invitation(message)


def _methods(message: Message) -> set[str]:
    parts = message.body.calendars if message.body else ()
    return {method.upper() for part in parts for method in _METHOD.findall(part)}


def is_invitation(message: Message) -> bool:
    """Tell whether the mail invites to a meeting (RFC 5546 METHOD:REQUEST, also an update)."""
    return "REQUEST" in _methods(message)


def _is_calendar_notice(message: Message) -> bool:
    """Recognise a reminder in the organiser's name, an answer to an invitation, a bare cancellation."""
    if methods := _methods(message):
        return methods <= {"REPLY", "CANCEL", "REFRESH", "DECLINECOUNTER"}
    if "calendar-notification@google.com" in (message.header("sender") or "").lower():
        return True
    return "method=reply" in (message.header("content-type") or "").lower().replace('"', "")


def _is_bulk(message: Message, hits: Sequence[RelayHit]) -> bool:
    if any(hit.system is System.ATS for hit in hits):
        return False
    if message.header("list-id") is not None:
        return True
    if (message.header("precedence") or "").strip().lower() in ("bulk", "list", "junk"):
        return True
    if message.header("list-unsubscribe") is None:
        return False
    # Hiring systems and recruiters' tools set it too: alone it is a sign, not a proof.
    return len(hiring.signs(f"{message.subject}\n{readable(message.text)}")) < 2


def is_disowned(message: Message) -> bool:
    """Tell whether the mail itself says that nobody reads answers to it, and names no other address."""
    told = quotes.split(readable(message.text))
    return not message.reply_to and notes.disowns(f"{told.new}\n\n{told.signature}")


def hosts(message: Message, relays: Relays) -> tuple[Address, ...]:
    """Find the person for whom a scheduler or board writes: its Reply-To, with the name that it displays."""
    hits = [hit for a in message.from_ if (hit := relays.classify(a))]
    if not any(hit.relay is Relay.NOTICE for hit in hits):
        return ()
    named = next(filter(None, map(names.person_name, message.from_)), "")
    people = [a for a in message.reply_to if relays.classify(a) is None]
    return tuple(Address(names.person_name(a) or named, a.address) for a in people)
