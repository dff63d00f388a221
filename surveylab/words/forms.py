"""What a form says to a respondent whose choice, text or number cannot be taken: what to do."""

from __future__ import annotations

from surveylab.words.word import Word

SELECT_ONE = Word(
    "select_one",
    en="Select one answer",
    de="Wählen Sie eine Antwort aus",
    fr="Sélectionnez une réponse",
    es="Seleccione una respuesta",
    ar="اختر إجابة واحدة",
)
SELECT_ONLY_ONE = Word(
    "select_only_one",
    en="Select only one answer",
    de="Wählen Sie nur eine Antwort aus",
    fr="Sélectionnez une seule réponse",
    es="Seleccione una sola respuesta",
    ar="اختر إجابة واحدة فقط",
)
SELECT_SHOWN = Word(
    "select_shown",
    en="Select from the answers shown",
    de="Wählen Sie aus den gezeigten Antworten aus",
    fr="Sélectionnez parmi les réponses affichées",
    es="Seleccione entre las respuestas mostradas",
    ar="اختر من بين الإجابات المعروضة",
)
SELECT_IN_ROW = Word(
    "select_in_row",
    en="Select one answer for “{row}”",
    de="Wählen Sie eine Antwort für „{row}“ aus",
    fr="Sélectionnez une réponse pour « {row} »",
    es="Seleccione una respuesta para «{row}»",
    ar="اختر إجابة واحدة عن «{row}»",
)
SELECT_POINT = Word(
    "select_point",
    en="Select a number from {low} to {high}",
    de="Wählen Sie eine Zahl von {low} bis {high} aus",
    fr="Sélectionnez un nombre de {low} à {high}",
    es="Seleccione un número del {low} al {high}",
    ar="اختر رقمًا من {low} إلى {high}",
)
SELECT_SOME = Word(
    "select_some",
    en="Select at least one answer",
    de="Wählen Sie mindestens eine Antwort aus",
    fr="Sélectionnez au moins une réponse",
    es="Seleccione al menos una respuesta",
    ar="اختر إجابة واحدة على الأقل",
)
SELECT_APART = Word(
    "select_apart",
    en="Select only “{option}”, or the other answers, not both",
    de="Wählen Sie nur „{option}“ oder die anderen Antworten aus, nicht beides",
    fr="Sélectionnez seulement « {option} » ou les autres réponses, pas les deux",
    es="Seleccione solo «{option}» o las demás respuestas, no ambas cosas",
    ar="اختر «{option}» وحدها أو الإجابات الأخرى، لا كلتيهما",
)
ENTER_ANSWER = Word(
    "enter_answer",
    en="Enter an answer",
    de="Geben Sie eine Antwort ein",
    fr="Saisissez une réponse",
    es="Escriba una respuesta",
    ar="اكتب إجابة",
)
ENTER_ONLY_ONE = Word(
    "enter_only_one",
    en="Enter only one answer",
    de="Geben Sie nur eine Antwort ein",
    fr="Saisissez une seule réponse",
    es="Escriba una sola respuesta",
    ar="اكتب إجابة واحدة فقط",
)
ENTER_SHORTER = Word(
    "enter_shorter",
    en="Enter at most {limit} characters. Your answer has {length}.",
    de="Geben Sie höchstens {limit} Zeichen ein. Ihre Antwort hat {length}.",
    fr="Saisissez au plus {limit} caractères. Votre réponse en compte {length}.",
    es="Escriba como máximo {limit} caracteres. Su respuesta tiene {length}.",
    ar="اختصر إجابتك: أقصى عدد للأحرف {limit}، وعدد أحرف إجابتك {length}.",
)
ENTER_PLAIN = Word(
    "enter_plain",
    en="Enter the answer again without the hidden character, which cannot be saved",
    de="Geben Sie die Antwort ohne das verborgene Zeichen ein, das nicht gespeichert werden kann",
    fr="Saisissez de nouveau la réponse sans le caractère caché, qui ne peut pas être enregistré",
    es="Escriba de nuevo la respuesta sin el carácter oculto, que no se puede guardar",
    ar="اكتب الإجابة من جديد من دون الحرف الخفي الذي لا يمكن حفظه",
)
ENTER_NUMBER = Word(
    "enter_number",
    en="Enter {kind}",
    de="Geben Sie {kind} ein",
    fr="Saisissez {kind}",
    es="Escriba {kind}",
    ar="اكتب {kind}",
)
ENTER_BETWEEN = Word(
    "enter_between",
    en="Enter {kind} between {low} and {high}",
    de="Geben Sie {kind} zwischen {low} und {high} ein",
    fr="Saisissez {kind} entre {low} et {high}",
    es="Escriba {kind} entre {low} y {high}",
    ar="اكتب {kind} بين {low} و{high}",
)
ENTER_AT_LEAST = Word(
    "enter_at_least",
    en="Enter {kind} that is {low} or more",
    de="Geben Sie {kind} ein, die mindestens {low} ist",
    fr="Saisissez {kind} supérieur ou égal à {low}",
    es="Escriba {kind} igual o mayor que {low}",
    ar="اكتب {kind} لا يقل عن {low}",
)
ENTER_AT_MOST = Word(
    "enter_at_most",
    en="Enter {kind} that is {high} or less",
    de="Geben Sie {kind} ein, die höchstens {high} ist",
    fr="Saisissez {kind} inférieur ou égal à {high}",
    es="Escriba {kind} igual o menor que {high}",
    ar="اكتب {kind} لا يزيد على {high}",
)
ENTER_FEWER_DIGITS = Word(
    "enter_fewer_digits",
    en="Enter a number of at most {limit} digits",
    de="Geben Sie eine Zahl mit höchstens {limit} Ziffern ein",
    fr="Saisissez un nombre d’au plus {limit} chiffres",
    es="Escriba un número de {limit} cifras como máximo",
    ar="اكتب عددًا لا تزيد خاناته على {limit}",
)
A_NUMBER = Word("a_number", en="a number", de="eine Zahl", fr="un nombre", es="un número", ar="عددًا")
A_WHOLE_NUMBER = Word(
    "a_whole_number",
    en="a whole number",
    de="eine ganze Zahl",
    fr="un nombre entier",
    es="un número entero",
    ar="عددًا صحيحًا",
)
