"""Recognise hiring systems that no list knows, by how they present themselves. Pure.

They write in a firm's name from a domain that is not the firm's. An honest desk may look alike, so what is
recognised here is never called dead: nobody knows who reads an answer, and the person is asked.
"""

from __future__ import annotations

import re

from bowout.model import Address
from bowout.people.me import without_tag
from bowout.people.names import person_name, without_office_words
from bowout.text import firms
from bowout.text.spelling import compact

__all__ = ["sounds_like_a_system", "speaks_for_another"]

_LONGEST = 200
# "Maya Lindt via Interviewly", "TalentRail on behalf of Acme"
_FOR = re.compile(
    r"^(?P<one>.{1,90}?)\s+(?P<how>via|on behalf of|im auftrag von|pour le compte de)\s+(?P<other>.{1,90})$",
    re.IGNORECASE,
)
# What systems for hiring are called, or the hosts that they send from.
_SYSTEM = re.compile(
    r"ats\d*$|^ats|hire|hiring|recruit|talent|candidate|applica|apply|jobs?|career|karriere|interview|schedul|screen"
    r"|assess|onboard|workflow|portal|notif|bewerb|sourcing|vacanc|calendar|booking"
)
_DESK = re.compile(
    r"(no-?reply|jobs?|careers?|karriere|recruit\w*|talent|hr|hiring|schedul\w*|interviews?|invit\w*|bewerbung\w*|apply"
    r"|applications?|notif\w*|assess\w*|hello|info|mail|team|people|candidates?|system|complete)([-_.+].*)?"
)
_ROBOT = re.compile(r"(schedul\w*|invit\w*|notif\w*|assess\w*|system|complete|robot|bot)([-_.+].*)?")


def speaks_for_another(address: Address, label: str) -> bool:
    """Tell whether a machine at the domain ``label`` writes in the name of a firm that is not its own.

    A host that bears the firm's name (``acme.system.example``) is the firm's part of that system.
    """
    display = address.name[:_LONGEST]
    if (told := _FOR.match(display)) is not None:
        machine = told["other"] if told["how"].lower() == "via" else told["one"]
        if firms.fits(machine, label):
            return True
    if "@" in display or person_name(address):
        return False
    firm = without_office_words(display)
    hosts = address.domain[:_LONGEST].split(".")[:-1]
    if not compact(firm) or any(firms.fits(firm, host) for host in (label, *hosts)):
        return False
    local = compact(without_tag(address).rpartition("@")[0])
    several, sounds = len(firm.split()) > 1, sounds_like_a_system(address)
    if len(local) > 3 and compact(firm).startswith(local) and (several or sounds):
        return True
    return several and bool(_ROBOT.fullmatch(address.local) or (sounds and _DESK.fullmatch(address.local)))


def sounds_like_a_system(address: Address) -> bool:
    """Tell whether a label of the domain says hiring system: ``candidates.``, ``apply.``, ``talentrail``."""
    labels = address.domain[:_LONGEST].split(".")[:-1]
    return any(_SYSTEM.search(label) for label in labels)
