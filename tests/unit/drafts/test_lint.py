"""The same letter in the same thread gets the same findings, whichever command looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bowout import providers
from bowout.drafts import lint, prepare, save
from bowout.drafts.proposal import Proposal, Request
from bowout.errors import LintFailed, NotArmed
from bowout.etiquette.rule import Severity
from bowout.find import search
from bowout.model import Tone
from clock import FakeClock
from contract.mailbox_suite import retyped
from outbox_kit import TEXT, Office

RUDE = TEXT.replace("I wish you", "Your process was chaotic. I wish you")


@pytest.fixture
def office(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A mailbox without a draft; the withdrawal is recorded."""
    monkeypatch.setitem(providers.ADAPTERS, "memory", "memory")
    one = Office(tmp_path, clock)
    one.delete()
    yield one
    one.close()


def proposed(office: Office, request: Request) -> Proposal:
    thread = office.thread()
    return prepare.prepare(office.session, thread, request, search.appraise(office.session, thread))


def by_check(office: Office) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    proof = lint.check_draft(office.session, office.store.withdrawal(office.withdrawal.id), {})
    return [(p.finding.rule, p.finding.message) for p in proof.placed], proof.not_checked


def by_outbox(office: Office) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """What ``send --at`` and the look at the due time see, were it due now."""
    session, withdrawal = office.session, office.store.withdrawal(office.withdrawal.id)
    draft = office.mailbox.find_draft(office.draft.key)
    assert draft is not None
    case = lint.recorded(session, withdrawal, office.draft, office.thread(), office.clock())
    report = lint.report(session, office.thread(), case, draft.message, office.clock())
    return [(f.rule, f.message) for f in report.findings], report.not_checked


@pytest.mark.parametrize("tone", Tone)
@pytest.mark.parametrize("text", [None, TEXT + "\n", TEXT.replace("\n\nKind regards", " Thanks!!\n\nBest")])
def test_draft_check_and_outbox_say_the_same(office: Office, tone: Tone, text: str | None) -> None:
    proposal = proposed(office, Request(tone=tone, text=text, other_employer="Globex"))
    saved = save.save(office.session, proposal)
    office.store.set_note(saved.withdrawal.id, "other-employer", "Globex")
    office.draft = office.store.drafts(saved.withdrawal.id)[-1]
    report = proposal.report
    told = [(f.rule, f.message) for f in report.findings], report.not_checked
    assert by_check(office) == told
    assert by_outbox(office) == told
    # Addressees, thread and quote were looked at, not passed over.
    assert not {"A01", "A02", "A03", "A05", "S02", "X04"} & {why[:3] for why in report.not_checked}


def test_what_one_command_refuses_the_others_refuse(office: Office) -> None:
    with pytest.raises(LintFailed) as refused:
        proposed(office, Request(text=RUDE))
    save.save(office.session, proposed(office, Request()))
    office.edit(retyped(RUDE))
    office.draft = office.store.drafts(office.withdrawal.id)[-1]
    proof = lint.check_draft(office.session, office.store.withdrawal(office.withdrawal.id), {})
    errors = [p.finding for p in proof.placed if p.finding.severity is Severity.ERROR]
    assert [f.rule for f in errors] == ["N01"]
    with pytest.raises(NotArmed) as held:
        office.arm()
    for finding in errors:
        assert f"{finding.rule} {finding.message}" in refused.value.message
        assert f"{finding.rule} {finding.message}" in held.value.message
