"""What a form says to a respondent whose answer cannot be taken, in each language.

Every message says what to do (GOV.UK Design System, error messages). Templates hold the few
words that they add themselves.
"""

from __future__ import annotations

from surveylab.design.fills import fill
from surveylab.design.terms import Text

SELECT_ONE: Text = {
    "en": "Select one answer",
    "de": "Wählen Sie eine Antwort aus",
    "fr": "Sélectionnez une réponse",
    "es": "Seleccione una respuesta",
}
SELECT_ONLY_ONE: Text = {
    "en": "Select only one answer",
    "de": "Wählen Sie nur eine Antwort aus",
    "fr": "Sélectionnez une seule réponse",
    "es": "Seleccione una sola respuesta",
}
SELECT_SHOWN: Text = {
    "en": "Select from the answers shown",
    "de": "Wählen Sie aus den gezeigten Antworten aus",
    "fr": "Sélectionnez parmi les réponses affichées",
    "es": "Seleccione entre las respuestas mostradas",
}
SELECT_IN_ROW: Text = {
    "en": "Select one answer for “{row}”",
    "de": "Wählen Sie eine Antwort für „{row}“ aus",
    "fr": "Sélectionnez une réponse pour « {row} »",
    "es": "Seleccione una respuesta para «{row}»",
}
SELECT_POINT: Text = {
    "en": "Select a number from {low} to {high}",
    "de": "Wählen Sie eine Zahl von {low} bis {high} aus",
    "fr": "Sélectionnez un nombre de {low} à {high}",
    "es": "Seleccione un número del {low} al {high}",
}
SELECT_SOME: Text = {
    "en": "Select at least one answer",
    "de": "Wählen Sie mindestens eine Antwort aus",
    "fr": "Sélectionnez au moins une réponse",
    "es": "Seleccione al menos una respuesta",
}
SELECT_APART: Text = {
    "en": "Select only “{option}”, or the other answers, not both",
    "de": "Wählen Sie nur „{option}“ oder die anderen Antworten aus, nicht beides",
    "fr": "Sélectionnez seulement « {option} » ou les autres réponses, pas les deux",
    "es": "Seleccione solo «{option}» o las demás respuestas, no ambas cosas",
}
ENTER_ANSWER: Text = {
    "en": "Enter an answer",
    "de": "Geben Sie eine Antwort ein",
    "fr": "Saisissez une réponse",
    "es": "Escriba una respuesta",
}
ENTER_ONLY_ONE: Text = {
    "en": "Enter only one answer",
    "de": "Geben Sie nur eine Antwort ein",
    "fr": "Saisissez une seule réponse",
    "es": "Escriba una sola respuesta",
}
ENTER_SHORTER: Text = {
    "en": "Enter at most {limit} characters. Your answer has {length}.",
    "de": "Geben Sie höchstens {limit} Zeichen ein. Ihre Antwort hat {length}.",
    "fr": "Saisissez au plus {limit} caractères. Votre réponse en compte {length}.",
    "es": "Escriba como máximo {limit} caracteres. Su respuesta tiene {length}.",
}
ENTER_PLAIN: Text = {
    "en": "Enter the answer again without the hidden character, which cannot be saved",
    "de": "Geben Sie die Antwort ohne das verborgene Zeichen ein, das nicht gespeichert werden kann",
    "fr": "Saisissez de nouveau la réponse sans le caractère caché, qui ne peut pas être enregistré",
    "es": "Escriba de nuevo la respuesta sin el carácter oculto, que no se puede guardar",
}
ENTER_NUMBER: Text = {
    "en": "Enter {kind}",
    "de": "Geben Sie {kind} ein",
    "fr": "Saisissez {kind}",
    "es": "Escriba {kind}",
}
ENTER_BETWEEN: Text = {
    "en": "Enter {kind} between {low} and {high}",
    "de": "Geben Sie {kind} zwischen {low} und {high} ein",
    "fr": "Saisissez {kind} entre {low} et {high}",
    "es": "Escriba {kind} entre {low} y {high}",
}
ENTER_AT_LEAST: Text = {
    "en": "Enter {kind} that is {low} or more",
    "de": "Geben Sie {kind} ein, die mindestens {low} ist",
    "fr": "Saisissez {kind} supérieur ou égal à {low}",
    "es": "Escriba {kind} igual o mayor que {low}",
}
ENTER_AT_MOST: Text = {
    "en": "Enter {kind} that is {high} or less",
    "de": "Geben Sie {kind} ein, die höchstens {high} ist",
    "fr": "Saisissez {kind} inférieur ou égal à {high}",
    "es": "Escriba {kind} igual o menor que {high}",
}
ENTER_FEWER_DIGITS: Text = {
    "en": "Enter a number of at most {limit} digits",
    "de": "Geben Sie eine Zahl mit höchstens {limit} Ziffern ein",
    "fr": "Saisissez un nombre d’au plus {limit} chiffres",
    "es": "Escriba un número de {limit} cifras como máximo",
}
A_NUMBER: Text = {"en": "a number", "de": "eine Zahl", "fr": "un nombre", "es": "un número"}
A_WHOLE_NUMBER: Text = {
    "en": "a whole number",
    "de": "eine ganze Zahl",
    "fr": "un nombre entier",
    "es": "un número entero",
}


def spoken(text: Text, language: str) -> str:
    """``text`` in a language: that tag, else its base language (``de`` for ``de-AT``), else the first there is."""
    base = language.partition("-")[0]
    return text.get(language) or text.get(base) or next(iter(text.values()))


def quoted(text: Text, language: str) -> str:
    """An author's text inside a message. Messages are compiled before anybody is known: fills give their fallback."""
    return fill(spoken(text, language), {})


def say(message: Text, language: str, **values: object) -> str:
    """A message in a language with its places filled."""
    return spoken(message, language).format(**values)
