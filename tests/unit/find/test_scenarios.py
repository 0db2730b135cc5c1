"""Every mailbox of the scenarios, on values: the right thread, the right person, or an honest stop."""

from __future__ import annotations

import pytest

from bowout.find import rank
from bowout.find.candidate import Outcome
from bowout.model import Query
from bowout.people.machines import load_relays
from bowout.reply.plan import plan_reply
from clock import NOON
from unit.find.scenarios import SCENARIOS, UNSEARCHABLE, Scenario
from unit.mailboxes import IDENTITIES

RELAYS = load_relays()


def named(scenario: Scenario) -> str:
    return scenario.name


@pytest.mark.parametrize("scenario", [*SCENARIOS, *UNSEARCHABLE], ids=named)
def test_right_thread(scenario: Scenario) -> None:
    found = rank.rank(scenario.box, Query(who=scenario.who), IDENTITIES, RELAYS, NOON)
    told = [(c.thread.id, c.reasons, c.warnings) for c in found.candidates]
    assert found.outcome is scenario.outcome, told
    if scenario.thread is not None:
        best = found.candidates[0]
        assert best.thread.id == scenario.thread, told
        assert best.sure is (scenario.outcome is Outcome.SURE)
        assert best.status == scenario.status
        assert bool(best.warnings) is scenario.warned, told


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.to is not None], ids=named)
def test_right_person(scenario: Scenario) -> None:
    chosen = next(t for t in scenario.box if t.id == scenario.thread)
    if not isinstance(scenario.to, str):
        assert scenario.to is not None
        with pytest.raises(scenario.to) as stopped:
            plan_reply(chosen, IDENTITIES, RELAYS)
        assert type(stopped.value) is scenario.to
        return
    plan = plan_reply(chosen, IDENTITIES, RELAYS)
    assert [a.address for a in plan.to] == [scenario.to]
    assert plan.identity.address.address == scenario.from_
    assert plan.cc == ()
    assert bool(plan.suspicions) is scenario.warned
    if scenario.parent is not None:
        assert plan.parent.message_id == scenario.parent
