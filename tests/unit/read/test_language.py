"""read.language: told from mails of one line as well, by whoever wrote in the thread."""

from __future__ import annotations

import pytest

from bowout.model import Address, Confidence, Fact, Joined
from bowout.text.languages import name_of
from unit.read.test_facts import DANA, ME, facts, mail, value


def told(text: str, subject: str = "?") -> Fact[str] | None:
    return facts(mail(text, subject=subject)).language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hi Alex, Thursday at 10? Dana", "en"),
        ("Thanks for coming, talk soon", "en"),
        ("Hi Alex, magst du am Donnerstag um 10 vorbeikommen? LG Jule", "de"),
        ("Moin, passt Fr. 10 Uhr? VG Jule", "de"),
        ("Wir laden Sie herzlich zu einem Gespräch über die Stelle ein und freuen uns auf Sie.", "de"),
        ("Merci pour votre candidature, nous vous invitons à un entretien dans nos locaux.", "fr"),
        ("Bonjour Alex, jeudi 10h ? Cordialement, Luc", "fr"),
        ("Gracias por su interés en la empresa, nos gustaría hablar con usted de los detalles.", "es"),
        ("Hola Alex, ¿jueves a las 10? Saludos", "es"),
        ("Ciao Alex, giovedì alle 10? Grazie, Ada", "it"),
        ("Hoi Alex, kun je donderdag om 10? Groetjes, Roos", "nl"),
        ("Olá Alex, quinta-feira às 10? Abraço", "pt"),
        ("Cześć, czwartek o 10? Pozdrawiam", "pl"),
        ("Živjo Alex, lahko prideš v četrtek ob 10h? Lep pozdrav, Maja", "sl"),
        ("Hej Alex, kan du komma på torsdag? Mvh Linnea", "sv"),
        ("Merhaba, perşembe saat 10 uygun mu? Saygılar", "tr"),
        ("Здравствуйте! Вам удобно в четверг в 10? Спасибо", "ru"),
        ("OK 10:00", None),
        ("10? Gruß, regards", None),
    ],
)
def test_a_line_tells_its_language(text: str, language: str | None) -> None:
    assert value(told(text)) == language


def test_many_words_are_sure_and_few_are_likely() -> None:
    many = told("We would like to invite you to our office. Please let us know when you are free.")
    few = told("See you at the office.")
    assert many
    assert few
    assert (many.confidence, few.confidence) == (Confidence.HIGH, Confidence.MEDIUM)


def test_the_newest_mail_that_a_person_wrote_tells_the_language() -> None:
    german, english = "Wir haben das für Sie und mit der Post.", "The call and the task are for you."
    assert value(facts(mail(german, day=19), mail(english, day=20)).language) == "en"
    assert value(facts(mail(english, day=19), mail(german, day=20)).language) == "de"
    assert value(facts(mail(english, day=19), mail("OK", day=20)).language) == "en"


def test_where_their_mails_show_none_the_subject_does_and_then_what_i_wrote() -> None:
    assert value(told("10:00 ok? Jule")) is None
    assert value(told("10:00 ok? Jule", "Ihre Bewerbung als Bäcker")) == "de"
    mine = mail("Hallo Jule, das passt mir gut. Viele Grüße", sender=ME, to=(DANA,), day=19)
    found = facts(mine, mail("10:00 ok? Jule", subject="?", day=20)).language
    assert found == Fact("de", "mails, subject and what you wrote", Confidence.MEDIUM)


def test_a_mail_that_only_its_subject_joins_tells_no_language() -> None:
    other = mail("Die Rechnung für den Mai ist da.", day=19, joined=Joined.SUBJECT)
    assert (
        facts(other, mail("10:00 ok?", subject="?", sender=Address("J", "j@acme.example"))).language is None
    )


def test_a_language_is_named_in_english() -> None:
    assert (name_of("de"), name_of("pt-BR"), name_of("xx")) == ("German", "Portuguese", "xx")
