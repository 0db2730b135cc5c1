"""What the table makes of mails that nobody trained it on."""

from __future__ import annotations

import pytest

from bowout.read import learned
from bowout.read.features import MAX_CHARS, features

# By hand, for this test only; none of these mails is in the bank.
ENDS = [
    "Dear Ana, thanks for coming in. The board has chosen the other lady, she starts in May. Best, Jo",
    "Liebe Ana, die Stelle haben wir nun doch intern vergeben. Wir wünschen Ihnen alles Gute.",
    "Bonjour Ana, malgré la qualité de votre candidature, nous avons retenu un autre profil.",
    "Hola Ana, al final hemos elegido a otra persona para el puesto. Mucha suerte.",
    "Beste Ana, we hebben gekozen voor een andere kandidaat. Veel succes verder.",
    "Gentile Ana, abbiamo scelto un altro candidato. Le auguriamo il meglio.",
    "Olá Ana, optámos por outro candidato para esta função. Desejamos boa sorte.",
    "Dzień dobry, na to stanowisko wybraliśmy innego kandydata. Życzymy powodzenia.",
]
GOES_ON = [
    "Hi Ana, lovely to meet you yesterday. The team meets on Monday, I will write after that. Jo",
    "Liebe Ana, wir möchten Sie gern zu einem Gespräch einladen. Passt Ihnen Dienstag um 10 Uhr?",
    "Bonjour Ana, seriez-vous disponible mardi à 14 h pour un entretien dans nos bureaux ?",
    "Hi Ana, can you come on Thursday at three? Ask for me at the desk. Jo",
]


@pytest.mark.parametrize("text", ENDS)
def test_an_end_in_words_of_its_own_is_likely_in_each_language(text: str) -> None:
    judged = learned.judge(text, "Your application", mine=False)
    assert judged is not None
    assert judged.over > 0.5
    assert judged.ending in ("rejected", "closed")


@pytest.mark.parametrize("text", GOES_ON)
def test_what_goes_on_is_no_end(text: str) -> None:
    judged = learned.judge(text, "Your application", mine=False)
    assert judged is not None
    assert judged.over < 0.25
    assert judged.mine > 0.2


@pytest.mark.parametrize(
    ("text", "withdrawn"),
    [
        (
            "Hi Jo, I have taken a job closer to home, so please give my slot on Friday to somebody else.",
            True,
        ),
        (
            "Hallo Jo, ich habe mich für ein anderes Angebot entschieden und steige aus dem Verfahren aus.",
            True,
        ),
        ("Hi Jo, Friday at ten is perfect. I look forward to it.", False),
    ],
)
def test_my_own_words_tell_whether_i_left(text: str, withdrawn: bool) -> None:
    judged = learned.judge(text, "Interview", mine=True)
    assert judged is not None
    assert (judged.over > 0.5) is withdrawn


def test_a_friends_mail_is_hardly_a_process_of_mine() -> None:
    judged = learned.judge(
        "Hey Ana, lunch on Sunday? Mum makes dumplings. Bring the dog!", "Sunday", mine=False
    )
    assert judged is not None
    assert judged.mine < 0.8


def test_the_subject_is_read_too() -> None:
    bare, titled = features("See you then."), features("See you then.", "Interview on Monday")
    assert bare < titled
    assert "S interview" in titled


def test_a_huge_mail_has_no_more_features_than_its_beginning() -> None:
    long = "word and word " * MAX_CHARS
    assert features(long) == features(long[:MAX_CHARS])


def test_words_stems_and_pairs_of_words_stand_for_notions_and_a_last_question_is_one() -> None:
    assert "n proceed" in features("We are proceeding.")
    assert "n gone" in features("That is no longer there.")
    assert "# asks last" in features("Can you come on Monday?")
    assert "# asks last" not in features("Can you come? Monday is good.")


@pytest.mark.parametrize("text", ["Szia Sam!\n\nRue", "Rue", "42"])
def test_what_hardly_says_a_thing_is_not_judged(text: str) -> None:
    assert learned.judge(text, "Szia", mine=False) is None
