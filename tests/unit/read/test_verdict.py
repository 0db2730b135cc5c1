"""Whether a mail withdraws or turns down, and what only looks like it."""

from __future__ import annotations

import pytest

from bowout.read.verdict import is_rejection, is_withdrawal
from unit.read.controls import OTHERS, REJECTIONS, STAYING_IN, WITHDRAWALS

IN_GERMAN = (
    "Guten Tag Dana Whitfield,\n\nvielen Dank für Ihre Zeit. Ich ziehe meine Bewerbung als QA bei "
    "{company} zurück. Alles Gute für die Suche bei {company}\n\nFreundliche Grüße\nJonas Ebert\n"
)


@pytest.mark.parametrize("text", REJECTIONS)
def test_a_rejection_is_recognised(text: str) -> None:
    assert is_rejection(text)


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_not_a_rejection_is_not_taken_for_one(text: str) -> None:
    assert not is_rejection(text)


@pytest.mark.parametrize("text", WITHDRAWALS)
def test_a_withdrawal_is_recognised(text: str) -> None:
    assert is_withdrawal(text)


@pytest.mark.parametrize("text", STAYING_IN)
def test_whoever_hesitates_has_not_withdrawn(text: str) -> None:
    assert not is_withdrawal(text)


@pytest.mark.parametrize("text", REJECTIONS + OTHERS)
def test_mail_of_a_company_is_no_withdrawal(text: str) -> None:
    assert not is_withdrawal(text)


@pytest.mark.parametrize("company", ["Booking.com", "Acme Inc."])
def test_a_withdrawal_is_recognised_whatever_the_company_is_called(company: str) -> None:
    assert is_withdrawal(IN_GERMAN.format(company=company))


def test_capitals_do_not_hide_a_withdrawal() -> None:
    assert is_withdrawal("I WITHDRAW MY APPLICATION.", "en")
    assert is_withdrawal("ICH ZIEHE MEINE BEWERBUNG ZURÜCK.", "de")


@pytest.mark.parametrize("text", ["", "\n\n", "x", "Hello Dana,", "\x00\u202e", "." * 30_000, "a " * 30_000])
def test_what_says_nothing_is_neither(text: str) -> None:
    assert not is_withdrawal(text)
    assert not is_rejection(text)


@pytest.mark.parametrize(
    "piece", ["I not ", "I have decided ", "withdraw my ", "we will not be ", "(((", "thank you, "]
)
def test_endless_half_sentences_decide_nothing(piece: str) -> None:
    assert not is_rejection(piece * 4_000)
    assert not is_withdrawal(piece * 4_000)


@pytest.mark.parametrize(
    "text",
    [
        "j'ai signé ailleurs.",
        "Bonjour Dana, j’ai accepté un poste ailleurs, désolé. Alex",
        "Hallo Dana, ich habe woanders unterschrieben. Viele Grüße Alex",
        "Ich habe mich für ein anderes Angebot entschieden.",
        "Hi Dana, I have signed elsewhere. Alex",
        "I've taken a job at another firm.",
        "I am staying with my current employer.",
        "Hola Dana, he firmado con otra empresa.",
        "Ciao, ho firmato altrove. Grazie",
        "Hoi, ik heb elders getekend. Groet",
        "Cześć, podpisałem umowę gdzie indziej.",
        "Olá, assinei com outra empresa.",
    ],
)
def test_who_has_signed_elsewhere_has_left(text: str) -> None:
    assert is_withdrawal(text)


@pytest.mark.parametrize(
    "text",
    [
        "I have not signed elsewhere.",
        "If I have signed elsewhere by then I will tell you.",
        "I have an offer from another company and must answer by Friday.",
        "I've found another time that works: Thursday.",
        "Je n'ai pas signé ailleurs.",
        "Avant de signer ailleurs, j'aimerais vous parler.",
        "Ich habe noch nicht woanders unterschrieben.",
        "Ich habe ein anderes Angebot, bin aber noch interessiert.",
    ],
)
def test_who_has_not_signed_elsewhere_has_not_left(text: str) -> None:
    assert not is_withdrawal(text)
