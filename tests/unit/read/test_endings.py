"""How a process ends in a language without letters, told plainly, and what only sounds like it."""

from __future__ import annotations

import pytest

from bowout.read import endings, verdict

REFUSED = [
    "Bonjour Ana, après réflexion nous n'avons pas retenu votre candidature pour ce poste.",
    "Nous sommes au regret de ne pas pouvoir donner suite à votre candidature.",
    "Merci pour votre visite. Notre choix s'est finalement porté sur une autre candidate.",
    "Gracias por su tiempo. Su candidatura no ha sido seleccionada en esta ocasión.",
    "Tras pensarlo mucho, hemos decidido seguir con otra persona para el puesto.",
    "La ringraziamo, ma la Sua candidatura non è stata selezionata.",
    "Grazie per il colloquio: abbiamo scelto un'altra persona per la posizione.",
    "Bedankt voor het gesprek. We hebben gekozen voor een andere kandidaat.",
    "Na lang overleg gaan wij niet verder met uw sollicitatie.",
    "Dziękujemy, ale nie możemy zaprosić Pani na kolejną rozmowę w tej rekrutacji.",
    "Po rozmowach zdecydowaliśmy się na inną osobę, nie było łatwo.",
    "Agradecemos, mas não vamos avançar com a sua candidatura.",
    "Foi uma escolha difícil para nós, mas decidimos por outra pessoa para a vaga.",
]
CLOSED = [
    "Nous vous informons que le poste a été pourvu en interne.",
    "Le informamos de que la vacante ya está cubierta, pero guardamos su perfil.",
    "Le scriviamo per dire che la posizione è stata chiusa.",
    "Wij laten u weten dat de vacature inmiddels is vervuld voor dit jaar, de functie is vervuld.",
    "Informujemy, że rekrutacja została zamknięta na to stanowisko.",
    "Informamos que a vaga já foi preenchida.",
]
WITHDRAWN = [
    "Bonjour, je souhaite retirer ma candidature.",
    "Après réflexion, je me désiste du processus. Merci pour votre temps.",
    "Buenos días, quiero retirar mi candidatura para el puesto.",
    "He decidido no continuar con el proceso, gracias por su tiempo.",
    "Buongiorno, con la presente ritiro la mia candidatura.",
    "La ringrazio, ma ho deciso di non proseguire con la selezione.",
    "Bij dezen trek ik mijn sollicitatie in, met dank voor het gesprek.",
    "Ik trek mij terug uit de procedure, het was een fijn gesprek.",
    "Dzień dobry, niniejszym wycofuję swoją kandydaturę na to stanowisko.",
    "Dziękuję, ale rezygnuję z udziału w rekrutacji.",
    "Bom dia, venho por este meio retirar a minha candidatura.",
    "Agradeço muito, mas aceitei outra proposta e não vou continuar no processo.",
]
NEITHER = [
    "Si vous n'avez pas de nouvelles, c'est que votre candidature n'a pas été retenue.",
    "Votre candidature n'a pas encore été retenue, nous vous dirons tout vendredi.",
    "¿No ha sido seleccionada su candidatura en otro proceso?",
    "En caso de que su candidatura no haya sido elegida, le avisaremos para que lo sepa.",
    "Se la Sua candidatura non è stata selezionata, glielo diremo per posta.",
    "Als wij niet verder gaan met uw sollicitatie, hoort u dat het eerst van mij.",
    "Wij gaan niet verder met de andere twee, want het is voor ons duidelijk.",
    "Jeśli kandydatura nie została wybrana, damy znać na początku rekrutacji.",
    "Se a sua candidatura não foi selecionada, avisamos para a semana.",
    "We will not move forward with your application.",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_plain_refusal_turns_down(text: str) -> None:
    assert verdict.is_rejection(text)


@pytest.mark.parametrize("text", CLOSED)
def test_a_job_that_is_gone_is_closed(text: str) -> None:
    assert verdict.is_closed(text)


@pytest.mark.parametrize("text", WITHDRAWN)
def test_my_own_words_withdraw(text: str) -> None:
    assert verdict.is_withdrawal(text)
    assert not verdict.is_rejection(text)


@pytest.mark.parametrize("text", NEITHER)
def test_a_condition_a_question_or_another_is_no_end(text: str) -> None:
    assert not any(endings.has(kind, text) for kind in ("refused", "closed", "withdrawn"))


@pytest.mark.parametrize("filler", ["je ne ", "a", "nie se ", "candidatura no ", ". "])
def test_a_long_mail_is_read_in_bounded_time(filler: str) -> None:
    text = "je nous hemos que nie się ik niet che mia não minha " + filler * 50_000
    assert not endings.has("refused", text)
