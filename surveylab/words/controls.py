"""What stands around the controls of a question."""

from __future__ import annotations

from surveylab.words.word import Word

OPTIONAL = Word("optional", en="(optional)", de="(freiwillig)", fr="(facultatif)", es="(opcional)", ar="(اختياري)")
ERROR = Word("error", en="Error:", de="Fehler:", fr="Erreur :", es="Error:", ar="خطأ:")
YOUR_ANSWER = Word(
    "your_answer", en="Your answer", de="Ihre Antwort", fr="Votre réponse", es="Su respuesta", ar="إجابتك"
)
NOTHING_SELECTED = Word(
    "nothing_selected",
    en="No answer selected",
    de="Keine Antwort ausgewählt",
    fr="Aucune réponse sélectionnée",
    es="Ninguna respuesta seleccionada",
    ar="لم تُختر أي إجابة",
)
TOTAL = Word(
    "total",
    en="Has to add up to",
    de="Muss zusammen ergeben",
    fr="Doit faire en tout",
    es="Debe sumar",
    ar="يجب أن يكون المجموع",
)
DAY = Word("day", en="Day", de="Tag", fr="Jour", es="Día", ar="اليوم")
MONTH = Word("month", en="Month", de="Monat", fr="Mois", es="Mes", ar="الشهر")
YEAR = Word("year", en="Year", de="Jahr", fr="Année", es="Año", ar="السنة")
NO_RANK = Word("no_rank", en="No rank", de="Kein Rang", fr="Aucun rang", es="Sin puesto", ar="بلا مرتبة")
DONT_KNOW = Word("dont_know", en="Don’t know", de="Weiß nicht", fr="Je ne sais pas", es="No lo sé", ar="لا أعرف")
PREFER_NOT = Word(
    "prefer_not",
    en="Prefer not to say",
    de="Möchte ich nicht sagen",
    fr="Je préfère ne pas répondre",
    es="Prefiero no responder",
    ar="أفضّل عدم الإجابة",
)
