"""The words that question types bring along: labels of points that an author does not have to write."""

from __future__ import annotations

from collections.abc import Mapping

from surveylab.words.word import Word

LIKELY: Mapping[str, Word] = {
    "0": Word(
        "likely_0",
        en="Not at all likely",
        de="Überhaupt nicht wahrscheinlich",
        fr="Pas du tout probable",
        es="Nada probable",
        ar="غير محتمل على الإطلاق",
    ),
    "10": Word(
        "likely_10",
        en="Extremely likely",
        de="Äußerst wahrscheinlich",
        fr="Extrêmement probable",
        es="Sumamente probable",
        ar="محتمل للغاية",
    ),
}
SATISFIED: Mapping[str, Word] = {
    "1": Word(
        "satisfied_1",
        en="Very dissatisfied",
        de="Sehr unzufrieden",
        fr="Très insatisfait",
        es="Muy insatisfecho",
        ar="غير راضٍ على الإطلاق",
    ),
    "2": Word("satisfied_2", en="Dissatisfied", de="Unzufrieden", fr="Insatisfait", es="Insatisfecho", ar="غير راضٍ"),
    "3": Word(
        "satisfied_3",
        en="Neither satisfied nor dissatisfied",
        de="Weder zufrieden noch unzufrieden",
        fr="Ni satisfait ni insatisfait",
        es="Ni satisfecho ni insatisfecho",
        ar="لا راضٍ ولا غير راضٍ",
    ),
    "4": Word("satisfied_4", en="Satisfied", de="Zufrieden", fr="Satisfait", es="Satisfecho", ar="راضٍ"),
    "5": Word(
        "satisfied_5", en="Very satisfied", de="Sehr zufrieden", fr="Très satisfait", es="Muy satisfecho", ar="راضٍ جدًا"
    ),
}
AGREED: Mapping[str, Word] = {
    "1": Word(
        "agreed_1",
        en="Strongly disagree",
        de="Stimme überhaupt nicht zu",
        fr="Pas du tout d’accord",
        es="Totalmente en desacuerdo",
        ar="لا أوافق بشدة",
    ),
    "2": Word(
        "agreed_2",
        en="Disagree",
        de="Stimme eher nicht zu",
        fr="Plutôt pas d’accord",
        es="En desacuerdo",
        ar="لا أوافق",
    ),
    "3": Word(
        "agreed_3",
        en="Neither agree nor disagree",
        de="Teils, teils",
        fr="Ni d’accord ni pas d’accord",
        es="Ni de acuerdo ni en desacuerdo",
        ar="لا أوافق ولا أعارض",
    ),
    "4": Word("agreed_4", en="Agree", de="Stimme eher zu", fr="Plutôt d’accord", es="De acuerdo", ar="أوافق"),
    "5": Word(
        "agreed_5",
        en="Strongly agree",
        de="Stimme voll und ganz zu",
        fr="Tout à fait d’accord",
        es="Totalmente de acuerdo",
        ar="أوافق بشدة",
    ),
}
STARS: Mapping[str, Word] = {
    "1": Word(
        "stars_1",
        en="1 of 5 stars",
        de="1 von 5 Sternen",
        fr="1 étoile sur 5",
        es="1 de 5 estrellas",
        ar="نجمة واحدة من 5",
    ),
    "2": Word(
        "stars_2",
        en="2 of 5 stars",
        de="2 von 5 Sternen",
        fr="2 étoiles sur 5",
        es="2 de 5 estrellas",
        ar="نجمتان من 5",
    ),
    "3": Word(
        "stars_3",
        en="3 of 5 stars",
        de="3 von 5 Sternen",
        fr="3 étoiles sur 5",
        es="3 de 5 estrellas",
        ar="3 نجوم من 5",
    ),
    "4": Word(
        "stars_4",
        en="4 of 5 stars",
        de="4 von 5 Sternen",
        fr="4 étoiles sur 5",
        es="4 de 5 estrellas",
        ar="4 نجوم من 5",
    ),
    "5": Word(
        "stars_5",
        en="5 of 5 stars",
        de="5 von 5 Sternen",
        fr="5 étoiles sur 5",
        es="5 de 5 estrellas",
        ar="5 نجوم من 5",
    ),
}
MOODS: Mapping[str, Word] = {
    "1": Word(
        "moods_1", en="Very unhappy", de="Sehr unzufrieden", fr="Très mécontent", es="Muy descontento", ar="مستاء جدًا"
    ),
    "2": Word("moods_2", en="Unhappy", de="Unzufrieden", fr="Mécontent", es="Descontento", ar="مستاء"),
    "3": Word("moods_3", en="Neutral", de="Neutral", fr="Neutre", es="Neutral", ar="محايد"),
    "4": Word("moods_4", en="Happy", de="Zufrieden", fr="Content", es="Contento", ar="سعيد"),
    "5": Word("moods_5", en="Very happy", de="Sehr zufrieden", fr="Très content", es="Muy contento", ar="سعيد جدًا"),
}
THUMBS: Mapping[str, Word] = {
    "1": Word("thumbs_1", en="Thumbs up", de="Daumen hoch", fr="Pouce levé", es="Pulgar arriba", ar="إبهام إلى الأعلى"),
    "0": Word(
        "thumbs_0", en="Thumbs down", de="Daumen runter", fr="Pouce baissé", es="Pulgar abajo", ar="إبهام إلى الأسفل"
    ),
}
AGREE = Word("agree", en="I agree", de="Ich bin einverstanden", fr="J’accepte", es="Estoy de acuerdo", ar="أوافق")
