"""Lint rules about the words of a letter: decision, thanks, reason, tone (docs/etiquette.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bowout.etiquette.context import AGREED, INTERVIEWED, OFFERED
from bowout.etiquette.letter_text import Span, View
from bowout.etiquette.rule import Hit, Severity, rule
from bowout.model import Channel, Depth, FollowUp, Reason, Situation, Tone

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

# Follow-ups that need not say again that the person leaves.
_NO_DECISION = frozenset(
    {FollowUp.REPLY_ACK, FollowUp.REPLY_WHY, FollowUp.INTERVIEWER_THANKS, FollowUp.RETURN_ITEMS}
)
_OWES_APOLOGY = frozenset({Situation.LATE, Situation.MISSED}) | AGREED
_BRIEF_NOTES = frozenset({Channel.SMS_SHORT, Channel.CALENDAR_NOTE})


def each(view: View, name: str, message: str, suggestion: str = "") -> Iterator[Hit]:
    """A hit for every match of a word list; ``{}`` in the message stands for the words found."""
    for span in view.find(name):
        yield Hit(span, message.format(f'"{" ".join(span.text.split())}"'), suggestion)


def once(hits: Iterable[Hit]) -> Iterator[Hit]:
    yield from list(hits)[:1]


# --- decision -------------------------------------------------------------------------------------


@rule("D01", E, "A5 A17 B1", "a decision is stated", words=("decision",))
def d01(view: View) -> Iterator[Hit]:
    if view.situation in _NO_DECISION or view.decisions:
        return
    leaving = view.context.leaving(view.body.text) if view.context.leaving else None
    if leaving is not None and leaving >= _DECIDED:
        return
    plain = leaving is None or leaving < _UNDECIDED
    message = f"{'no sentence says' if plain else 'it is not plain'} that you are withdrawing"
    yield Hit(view.start, message, "I have decided to withdraw my application.", E if plain else W)


# How likely a text leaves that does it in words of its own, and below which it does not at all; chosen with
# letters by other hands (tests/data/words).
_DECIDED, _UNDECIDED = 0.4, 0.2


@rule(
    "D02", W, "D7", "the decision comes within the first three sentences or sixty words", words=("decision",)
)
def d02(view: View) -> Iterator[Hit]:
    if not view.decisions or view.situation in _NO_DECISION:
        return
    sentence, verb = view.decisions[0]
    if view.sentences.index(sentence) >= 3 and view.word_position(verb.start) > 60:
        yield Hit(verb, "the decision comes late in the letter", "Say it right after the thanks.")


@rule("D03", E, "A10 C8", "the decision is not hedged", words=("decision", "hedge"))
def d03(view: View) -> Iterator[Hit]:
    for sentence, verb in view.decisions:
        until_verb = view.text[sentence.start : verb.end]
        clause = re.split(r"[,;:]|\b(?:and|so|but|und|also|aber)\b", until_verb)[-1]
        begin = verb.end - len(clause)
        for span in view.find("hedge", Span(begin, verb.end, clause)):
            yield Hit(
                span,
                f'"{span.text}" leaves the decision open',
                "Say it as a decision, or wait until it is one.",
            )


@rule("D04", E, "C8", "no condition and no ultimatum", words=("decision", "condition"))
def d04(view: View) -> Iterator[Hit]:
    for index, sentence in enumerate(view.sentences):
        near = view.sentences[max(0, index - 1) : index + 2]
        if any(decided in near for decided, _ in view.decisions):
            for span in view.find("condition", sentence):
                yield Hit(
                    span, f'"{span.text}" turns the withdrawal into a bargain', "Leave the condition out."
                )


@rule("D05", E, "D1", "not a request to reschedule as well", words=("reschedule",))
def d05(view: View) -> Iterator[Hit]:
    if view.situation is FollowUp.REPLY_RESCHEDULE:
        return
    for span in view.find("reschedule"):
        if not view.has("reschedule_denied", view.sentence_of(span)):
            yield Hit(
                span, f'"{span.text}" asks for another date', "Either withdraw or reschedule, not both."
            )


@rule("D06", E, "A4 E19", "the words fit the stage", words=("offer", "acceptance"), known=("situation",))
def d06(view: View) -> Iterator[Hit]:
    left = view.context.left
    if left is None or view.situation in _NO_DECISION or view.context.channel in _BRIEF_NOTES:
        return
    start = view.start
    if left in AGREED:
        if not view.has("acceptance"):
            yield Hit(
                start,
                "you accepted the offer, but the letter does not take the acceptance back",
                severity=W,
            )
        yield from each(
            view, "application_verbs", "{} does not undo an acceptance", "I am withdrawing my acceptance."
        )
    elif left in OFFERED:
        if not view.has("offer"):
            message = "they made an offer, but the letter does not mention it"
            yield Hit(start, message, "I am declining your offer.", W)
        yield from each(view, "interview_verbs", "{} comes from an earlier stage than the offer")
    else:
        for name in ("offer", "acceptance"):
            yield from each(view, name, "{} speaks of an offer that has not been made")


# --- thanks ---------------------------------------------------------------------------------------


@rule("T01", W, "A16 B9 E4", "thanks are said", words=("thanks",))
def t01(view: View) -> Iterator[Hit]:
    if not view.has("thanks", view.said):
        yield Hit(view.start, "nobody is thanked", "Thank you for your time.")


@rule("T02", N, "B9 D8", "thanks come within the first four sentences", words=("thanks",))
def t02(view: View) -> Iterator[Hit]:
    first = next(view.find("thanks"), None)  # thanks in the close alone are no late ones
    # A letter that is late, or says again what they know, begins with the fact.
    fact_first = view.situation in _OWES_APOLOGY or isinstance(view.situation, FollowUp)
    if (
        first
        and not fact_first
        and view.context.channel not in _BRIEF_NOTES
        and first.start >= _end_of(view, 4)
    ):
        yield Hit(first, "the first thanks come late", "Say them sooner.")


@rule("T03", N, "A20", "at most three thanks", words=("thanks",))
def t03(view: View) -> Iterator[Hit]:
    found = [*view.find("thanks")]
    if len(found) > 3:
        yield Hit(found[3], f"thanks are said {len(found)} times", "Two or three are enough.")


def _end_of(view: View, count: int) -> int:
    """Where the first ``count`` sentences end."""
    return view.sentences[:count][-1].end if view.sentences else view.body.end


# --- reason ---------------------------------------------------------------------------------------


def _reason_run(view: View) -> tuple[Span, ...]:
    """The sentences that give the reason: the first that does, and those after it that go on with it."""
    decided = {sentence for sentence, _ in view.decisions}
    run: list[Span] = []
    for sentence in view.sentences:
        tells = view.has("reasons", sentence) and sentence not in decided and not view.has("thanks", sentence)
        if tells:
            run.append(sentence)
        elif run:
            break
    return tuple(run)


@rule("R01", N, "A3 A13", "a reason is given when one was wanted", words=("reasons",), known=("depth",))
def r01(view: View) -> Iterator[Hit]:
    depth = view.context.depth
    if depth in {None, Depth.NONE} or isinstance(view.situation, FollowUp) or view.has("reasons"):
        return
    yield Hit(
        Span(view.body.end, view.body.end, ""),
        f"no reason is given, although the depth is {depth}",
        "Add one clause, or use --depth none.",
        W if depth is Depth.FULL else N,
    )


@rule("R02", N, "B17", "a reason that is given says something", words=("vague",))
def r02(view: View) -> Iterator[Hit]:
    yield from each(view, "vague", "{} says nothing", "Name one reason, or none at all.")
    if view.context.depth is Depth.FULL:
        yield from each(view, "vague_full", "{} alone is thin for a full reason")


@rule("R03", W, "B11 D10 C15", "the reason is short", words=("reasons",))
def r03(view: View) -> Iterator[Hit]:
    run = _reason_run(view)
    if not run:
        return
    words = sum(sentence.words for sentence in run)
    whole = Span(run[0].start, run[-1].end, view.text[run[0].start : run[-1].end])
    two = view.context.depth is Depth.FULL and len(run) <= 2  # sentences of a full reason, each counted alone
    if (words > 30 and not two) or any(sentence.words > 30 for sentence in run):
        yield Hit(whole, f"the reason takes {words} words", "One clause is kinder than an explanation.")


@rule("R04", W, "C15 B17", "no excuses", words=("excuses",))
def r04(view: View) -> Iterator[Hit]:
    yield from each(view, "excuses", "{} sounds like an excuse", "One true clause, or no reason at all.")


@rule("R05", N, "A18", "the reason does not put off the decision", words=("reasons", "decision"))
def r05(view: View) -> Iterator[Hit]:
    if view.situation in _NO_DECISION:
        return
    run = _reason_run(view)
    before = [one for one in run if view.decisions and one.start < view.decisions[0][0].start]
    if len(before) > 1:
        yield Hit(before[0], f"{len(before)} sentences of reason before the decision", "Decide sooner.")


# --- nothing unkind -------------------------------------------------------------------------------


@rule("N01", E, "A14 B19", "nothing negative about company, role or process", words=("hostile",))
def n01(view: View) -> Iterator[Hit]:
    yield from each(
        view, "hostile", "{} will be remembered", "Speak of what suits you, not of what is wrong there."
    )


@rule("N02", E, "A14", "nothing negative about a person", words=("negative", "people"))
def n02(view: View) -> Iterator[Hit]:
    for sentence in view.sentences:
        if view.has("people", sentence) or _names_someone(view, sentence):
            for span in view.find("negative", sentence):
                yield Hit(span, f'"{span.text}" speaks badly of a person', "Leave the person out.")


def _names_someone(view: View, sentence: Span) -> bool:
    """Whether the sentence names a person of the other side, by their last name or first name."""
    facts, recipient = view.context.facts, view.context.recipient
    people = [f.value for f in facts.people] if facts else []
    names = {
        word
        for p in [*people, *([recipient] if recipient else [])]
        for word in p.name.split()
        if len(word) > 2
    }
    return bool(names & set(re.findall(r"\w+", sentence.text)))


@rule("N03", W, "A14 E14", "no implied criticism", words=("criticism",))
def n03(view: View) -> Iterator[Hit]:
    yield from each(view, "criticism", "{} can be read as a reproach", "Leave it out.")


@rule("N04", W, "wider", "no comparison with somebody better", words=("comparison",))
def n04(view: View) -> Iterator[Hit]:
    yield from each(view, "comparison", "{} compares them with others", 'Say "another position".')


@rule("M01", W, "wider", "no money figures", words=("money",))
def m01(view: View) -> Iterator[Hit]:
    yield from each(view, "money", "{} is a figure that nobody needs here", "Leave the figure out.")


@rule("M02", N, "wider", "pay is mentioned only when it is the reason", words=("pay",))
def m02(view: View) -> Iterator[Hit]:
    if view.context.reason is not Reason.PAY:
        yield from each(
            view, "pay", "{} brings pay into it", "Say it only if it is your reason (--reason pay)."
        )


@rule("P01", W, "B6", "no details of health or family", words=("health",))
def p01(view: View) -> Iterator[Hit]:
    yield from each(view, "health", "{} is nobody else's business", 'Say "my circumstances have changed".')


@rule("P02", E, "conduct", "no remarks on who people are", words=("protected",))
def p02(view: View) -> Iterator[Hit]:
    yield from each(view, "protected", "{} judges people by what they are", "Leave it out.")


# --- optional parts and tone ----------------------------------------------------------------------


@rule("C01", E, "B14 E14", "the open door does not lead back to this role", words=("eager",))
def c01(view: View) -> Iterator[Hit]:
    yield from each(
        view, "eager", "{} sounds as if you were still in it", "Speak of the company or of other roles."
    )


@rule("C02", E, "D3", "nothing confirms that you will come", words=("attend",))
def c02(view: View) -> Iterator[Hit]:
    for span in view.find("attend"):
        if not re.search(
            r"\b(?:not|no|never|n't|nicht|kein\w*)\b", view.sentence_of(span).text, re.IGNORECASE
        ):
            yield Hit(span, f'"{span.text}" says that you will come', "Leave it out.")


@rule("O01", W, "B12 D12", "a named person has agreed to be recommended", words=("refer",))
def o01(view: View) -> Iterator[Hit]:
    for span in view.find("refer"):
        after = view.text[span.end : span.end + 40]
        if re.match(r"\s+(?:(?:my|you|to|a|friend|colleague|former)\s+)*[A-Z]\w+ [A-Z]\w+", after):
            yield Hit(span, "somebody is recommended by name", "Ask them first, and say it only then.")


@rule(
    "O02",
    N,
    "E12",
    "feedback is asked for only after an interview",
    words=("feedback",),
    known=("situation",),
)
def o02(view: View) -> Iterator[Hit]:
    if view.context.left not in INTERVIEWED:
        yield from once(each(view, "feedback", "{} is asked of people who have not met you"))


@rule(
    "O03",
    N,
    "B11",
    "at most one extra: help, feedback, open door, network",
    words=("door", "help", "feedback"),
)
def o03(view: View) -> Iterator[Hit]:
    extras = [name for name in ("help", "feedback", "door", "network") if view.has(name)]
    if len(extras) >= 2:
        yield Hit(
            view.body,
            f"{len(extras)} extras in one letter ({', '.join(extras)})",
            "One is enough.",
            W if len(extras) > 2 else N,
        )


@rule("V01", E, "B19", "a civil tone", words=("profanity", "sarcasm"))
def v01(view: View) -> Iterator[Hit]:
    yield from each(view, "profanity", "{} is out of place", "Leave it out.")
    yield from each(view, "sarcasm", "{} reads as sarcasm", "Leave it out.")
    for match in re.finditer(r"!{2,}|\?!", view.body.text):
        yield Hit(at_match(view.body, match), f'"{match[0]}" shouts', "One full stop will do.", W)
    shouted = [
        m for m in re.finditer(r"\b[A-ZÄÖÜ]{4,}\b", view.body.text) if m[0] not in _known_capitals(view)
    ]
    if len(shouted) >= 2:
        yield Hit(
            at_match(view.body, shouted[0]), "words in capitals read as shouting", "Use small letters.", W
        )


def _known_capitals(view: View) -> set[str]:
    context = view.context
    return set(
        re.findall(r"[A-ZÄÖÜ]{4,}", f"{context.company} {context.position} {context.full_name} CEST MESZ")
    )


def at_match(place: Span, match: re.Match[str]) -> Span:
    return Span(place.start + match.start(), place.start + match.end(), match[0])


_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]|(?<!\\w)[:;]-?[)(DP](?!\\w)")


@rule("V02", W, "E5", "no slang and no emoji", words=("slang",))
def v02(view: View) -> Iterator[Hit]:
    if view.context.tone is Tone.WARM:
        return
    yield from each(view, "slang", "{} is too casual here", "Write it out.")
    for match in _EMOJI.finditer(view.body.text):
        yield Hit(at_match(view.body, match), f"{match[0]} is too casual here", "Leave it out.")


@rule("V03", W, "wider", "one apology at most; one when it is owed", words=("apology",))
def v03(view: View) -> Iterator[Hit]:
    found = [*view.find("apology")]
    if len(found) > 1:
        yield Hit(found[1], f"{len(found)} apologies", "One is enough.")
    elif not found and view.situation in _OWES_APOLOGY and view.context.channel is not Channel.CALENDAR_NOTE:
        yield Hit(view.start, "here an apology is owed", "I am sorry for the trouble.")


@rule("V04", N, "wider", "no begging and no self-reproach", words=("begging",))
def v04(view: View) -> Iterator[Hit]:
    yield from each(view, "begging", "{} makes it heavy for the reader", "One plain apology is enough.")


@rule("V05", W, "E8", "no accusing question", words=("accusing",))
def v05(view: View) -> Iterator[Hit]:
    yield from each(view, "accusing", "{} accuses", "Leave the question out.")
