"""The words that question types bring along: labels of points that an author does not have to write.

Each is a ``Text`` in the languages of the messages; an instrument in another language writes its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from surveylab.design.terms import Text

LIKELY: Mapping[str, Text] = {
    "0": {
        "en": "Not at all likely",
        "de": "Überhaupt nicht wahrscheinlich",
        "fr": "Pas du tout probable",
        "es": "Nada probable",
    },
    "10": {
        "en": "Extremely likely",
        "de": "Äußerst wahrscheinlich",
        "fr": "Extrêmement probable",
        "es": "Sumamente probable",
    },
}
SATISFIED: Mapping[str, Text] = {
    "1": {"en": "Very dissatisfied", "de": "Sehr unzufrieden", "fr": "Très insatisfait", "es": "Muy insatisfecho"},
    "2": {"en": "Dissatisfied", "de": "Unzufrieden", "fr": "Insatisfait", "es": "Insatisfecho"},
    "3": {
        "en": "Neither satisfied nor dissatisfied",
        "de": "Weder zufrieden noch unzufrieden",
        "fr": "Ni satisfait ni insatisfait",
        "es": "Ni satisfecho ni insatisfecho",
    },
    "4": {"en": "Satisfied", "de": "Zufrieden", "fr": "Satisfait", "es": "Satisfecho"},
    "5": {"en": "Very satisfied", "de": "Sehr zufrieden", "fr": "Très satisfait", "es": "Muy satisfecho"},
}
AGREED: Mapping[str, Text] = {
    "1": {
        "en": "Strongly disagree",
        "de": "Stimme überhaupt nicht zu",
        "fr": "Pas du tout d’accord",
        "es": "Totalmente en desacuerdo",
    },
    "2": {"en": "Disagree", "de": "Stimme eher nicht zu", "fr": "Plutôt pas d’accord", "es": "En desacuerdo"},
    "3": {
        "en": "Neither agree nor disagree",
        "de": "Teils, teils",
        "fr": "Ni d’accord ni pas d’accord",
        "es": "Ni de acuerdo ni en desacuerdo",
    },
    "4": {"en": "Agree", "de": "Stimme eher zu", "fr": "Plutôt d’accord", "es": "De acuerdo"},
    "5": {
        "en": "Strongly agree",
        "de": "Stimme voll und ganz zu",
        "fr": "Tout à fait d’accord",
        "es": "Totalmente de acuerdo",
    },
}
STARS: Mapping[str, Text] = {
    str(n): {
        "en": f"{n} of 5 stars",
        "de": f"{n} von 5 Sternen",
        "fr": f"{n} étoile{'s' if n > 1 else ''} sur 5",
        "es": f"{n} de 5 estrellas",
    }
    for n in range(1, 6)
}
MOODS: Mapping[str, Text] = {
    "1": {"en": "Very unhappy", "de": "Sehr unzufrieden", "fr": "Très mécontent", "es": "Muy descontento"},
    "2": {"en": "Unhappy", "de": "Unzufrieden", "fr": "Mécontent", "es": "Descontento"},
    "3": {"en": "Neutral", "de": "Neutral", "fr": "Neutre", "es": "Neutral"},
    "4": {"en": "Happy", "de": "Zufrieden", "fr": "Content", "es": "Contento"},
    "5": {"en": "Very happy", "de": "Sehr zufrieden", "fr": "Très content", "es": "Muy contento"},
}
THUMBS: Mapping[str, Text] = {
    "1": {"en": "Thumbs up", "de": "Daumen hoch", "fr": "Pouce levé", "es": "Pulgar arriba"},
    "0": {"en": "Thumbs down", "de": "Daumen runter", "fr": "Pouce baissé", "es": "Pulgar abajo"},
}
AGREE: Text = {"en": "I agree", "de": "Ich bin einverstanden", "fr": "J’accepte", "es": "Estoy de acuerdo"}

DONT_KNOW: Text = {"en": "Don’t know", "de": "Weiß nicht", "fr": "Je ne sais pas", "es": "No lo sé"}
PREFER_NOT: Text = {
    "en": "Prefer not to say",
    "de": "Möchte ich nicht sagen",
    "fr": "Je préfère ne pas répondre",
    "es": "Prefiero no responder",
}
