"""Answers planned in short: the thread of a test, the plan for it, and what is looked at."""

from __future__ import annotations

from bowout.people.machines import load_relays
from bowout.reply.plan import Plan, plan_reply
from unit.mailboxes import IDENTITIES, Mail, thread

RELAYS = load_relays()
DANA = "Dana Berg <dana@acme.com>"
CORA = "Cora Lind <cora@acme.com>"
HUGO = "Hugo Marsh <hugo@acme.com>"
SAM = "Sam Lopez <sam@family.example>"
DEAD = "Acme <no-reply@acme.com>"


def plan(
    *mails: Mail,
    to: str | None = None,
    from_: str | None = None,
    cc_all: bool = False,
    force: bool = False,
) -> Plan:
    box = thread("Interview", *mails)
    return plan_reply(box, IDENTITIES, RELAYS, to=to, from_=from_, cc_all=cc_all, force=force)


def to(found: Plan) -> list[str]:
    return [a.address for a in found.to]


def number(found: Plan) -> int:
    return int(found.parent.id.rpartition("/")[2])
