"""Hold how the two sides of a thread write to each other, so that a letter can answer in the same manner."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["UNKNOWN", "Manners"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What a thread tells of tone; empty or None = it does not tell.

    ``greeting`` is how they begin: ``hi``, ``hello`` or ``dear``. ``formal`` = by title and family name.
    ``familiar`` = German du, Spanish tú, French tu. ``variety`` is the region of their language: ``US`` or
    ``GB`` of English, ``CH`` or ``DE`` of German. ``close`` and ``name`` are the last lines of my own newest
    mail there. ``salutation`` is the line with which I last greeted the person the letter goes to, without
    its last stop ("Sehr geehrte Frau Ammann").
    """

    greeting: str = ""
    formal: bool | None = None
    familiar: bool | None = None
    variety: str = ""
    close: str = ""
    name: str = ""
    salutation: str = ""


UNKNOWN = Manners()
