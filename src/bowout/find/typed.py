"""Understand what a person types or pastes for WHO: an address with its name, a link, several words. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from bowout.model import Address
from bowout.people.machines import hiring_system
from bowout.text import domains

__all__ = ["may_be_an_id", "plain"]

_LONGEST = 500
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>\s]+@[^<>\s]+)>\s*")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Hosts at which a link leads to one mail: what stands last in it is an id.
_OF_MAIL = frozenset({"mail.google.com", "outlook.office.com", "outlook.office365.com", "outlook.live.com"})
# Below a system's own domain these are pages of the system, not firms.
_PAGES = frozenset(
    {"www", "boards", "jobs", "job", "apply", "app", "careers", "eu", "us", "job-boards", "hire", "my"}
)


def plain(who: str) -> str:
    """Bring WHO in the form that is searched for: ``Jo Li <jo@acme.example>`` -> ``jo@acme.example``."""
    who = " ".join(who.split())
    if len(who) > _LONGEST:
        return who
    if who.lower().startswith("mailto:"):
        return unquote(who[len("mailto:") :].partition("?")[0]).strip() or who
    if (bracketed := _IN_BRACKETS.fullmatch(who)) is not None:
        return bracketed[1]
    return _of_link(who) or who if _LINK.fullmatch(who) else who


def may_be_an_id(who: str) -> bool:
    """Tell whether WHO may be the id of a mail or thread, if nothing answers to it."""
    return " " not in who and len(who) > 8 and ("@" in who or any(c.isdigit() for c in who))


def _of_link(link: str) -> str:
    """Find the firm of a careers page, or the id of a mail in a webmail's link."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if host in _OF_MAIL:
        return unquote(f"{parts.path}/{parts.fragment}".rstrip("/").rpartition("/")[2])
    if hiring_system(Address("", f"x@{host}")) is None:
        return domains.organisation(host) if host else ""
    below = host.removesuffix(domains.organisation(host)).strip(".").split(".")
    named = [one for one in (*below, *parts.path.split("/")) if one and one not in _PAGES]
    return unquote(named[0]).replace("-", " ").replace("+", " ") if named else domains.label(host)
