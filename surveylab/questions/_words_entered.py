"""What a form says about ranks, amounts, dates, addresses and consent; written by the rules of ``_words``."""

from __future__ import annotations

from surveylab.design.terms import Text

RANK_EACH: Text = {
    "en": "Give each rank from 1 to {ranks} to one answer",
    "de": "Vergeben Sie jeden Rang von 1 bis {ranks} an eine Antwort",
    "fr": "Attribuez chaque rang de 1 à {ranks} à une réponse",
    "es": "Asigne cada puesto del 1 al {ranks} a una respuesta",
}
RANK_ONCE: Text = {
    "en": "Give rank {rank} to one answer only",
    "de": "Vergeben Sie den Rang {rank} nur an eine Antwort",
    "fr": "Attribuez le rang {rank} à une seule réponse",
    "es": "Asigne el puesto {rank} a una sola respuesta",
}
RANK_LACKS: Text = {
    "en": "Give rank {rank} to one of the answers",
    "de": "Vergeben Sie den Rang {rank} an eine der Antworten",
    "fr": "Attribuez le rang {rank} à l’une des réponses",
    "es": "Asigne el puesto {rank} a una de las respuestas",
}
SUM_AMOUNT: Text = {
    "en": "Enter a whole number from 0 to {total} for “{option}”",
    "de": "Geben Sie für „{option}“ eine ganze Zahl von 0 bis {total} ein",
    "fr": "Saisissez un nombre entier de 0 à {total} pour « {option} »",
    "es": "Escriba un número entero de 0 a {total} para «{option}»",
}
SUM_WRONG: Text = {
    "en": "Change the amounts so that they add up to {total}. They add up to {sum} now.",
    "de": "Ändern Sie die Zahlen so, dass sie zusammen {total} ergeben. Jetzt ergeben sie {sum}.",
    "fr": "Modifiez les nombres pour que leur somme soit {total}. Leur somme est maintenant {sum}.",
    "es": "Cambie las cantidades para que sumen {total}. Ahora suman {sum}.",
}
DATE_WHOLE: Text = {
    "en": "Enter the date: day, month and year",
    "de": "Geben Sie das Datum ein: Tag, Monat und Jahr",
    "fr": "Saisissez la date : jour, mois et année",
    "es": "Escriba la fecha: día, mes y año",
}
DATE_LACKS: Text = {
    "en": "Enter {part} as well",
    "de": "Geben Sie auch {part} ein",
    "fr": "Saisissez aussi {part}",
    "es": "Escriba también {part}",
}
DATE_REAL: Text = {
    "en": "Enter a date that exists, in figures such as 27 3 2007",
    "de": "Geben Sie ein Datum ein, das es gibt, in Ziffern wie 27 3 2007",
    "fr": "Saisissez une date qui existe, en chiffres comme 27 3 2007",
    "es": "Escriba una fecha que exista, con cifras como 27 3 2007",
}
DATE_FOUR: Text = {
    "en": "Enter the year with four digits, such as 2007",
    "de": "Geben Sie das Jahr mit vier Ziffern ein, zum Beispiel 2007",
    "fr": "Saisissez l’année avec quatre chiffres, par exemple 2007",
    "es": "Escriba el año con cuatro cifras, por ejemplo 2007",
}
DATE_FROM: Text = {
    "en": "Enter {earliest} or a later date",
    "de": "Geben Sie den {earliest} oder ein späteres Datum ein",
    "fr": "Saisissez le {earliest} ou une date ultérieure",
    "es": "Escriba el {earliest} o una fecha posterior",
}
DATE_TO: Text = {
    "en": "Enter {latest} or an earlier date",
    "de": "Geben Sie den {latest} oder ein früheres Datum ein",
    "fr": "Saisissez le {latest} ou une date antérieure",
    "es": "Escriba el {latest} o una fecha anterior",
}
DATE_BETWEEN: Text = {
    "en": "Enter a date from {earliest} to {latest}",
    "de": "Geben Sie ein Datum vom {earliest} bis zum {latest} ein",
    "fr": "Saisissez une date du {earliest} au {latest}",
    "es": "Escriba una fecha del {earliest} al {latest}",
}
DATE_DAY: Text = {"en": "the day", "de": "den Tag", "fr": "le jour", "es": "el día"}
DATE_MONTH: Text = {"en": "the month", "de": "den Monat", "fr": "le mois", "es": "el mes"}
DATE_YEAR: Text = {"en": "the year", "de": "das Jahr", "fr": "l’année", "es": "el año"}
DATE_SAID: Text = {
    "en": "{day} {month} {year}",
    "de": "{day}. {month} {year}",
    "fr": "{day} {month} {year}",
    "es": "{day} de {month} de {year}",
}
MONTHS: Text = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
"""Twelve words, in order."""
EMAIL_WHOLE: Text = {
    "en": "Enter an email address, such as name@example.com",
    "de": "Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.com",
    "fr": "Saisissez une adresse e-mail, par exemple nom@example.com",
    "es": "Escriba una dirección de correo electrónico, por ejemplo nombre@example.com",
}
PHONE_WHOLE: Text = {
    "en": "Enter a phone number, such as {example}",
    "de": "Geben Sie eine Telefonnummer ein, zum Beispiel {example}",
    "fr": "Saisissez un numéro de téléphone, par exemple {example}",
    "es": "Escriba un número de teléfono, por ejemplo {example}",
}
PHONE_ABROAD: Text = {
    "en": "Enter the phone number with its country code, such as {example}",
    "de": "Geben Sie die Telefonnummer mit der Landesvorwahl ein, zum Beispiel {example}",
    "fr": "Saisissez le numéro de téléphone avec l’indicatif du pays, par exemple {example}",
    "es": "Escriba el número de teléfono con el prefijo del país, por ejemplo {example}",
}
CONSENT: Text = {
    "en": "Select the box to go on",
    "de": "Kreuzen Sie das Kästchen an, um fortzufahren",
    "fr": "Cochez la case pour continuer",
    "es": "Marque la casilla para continuar",
}
OTHER_LACKS: Text = {
    "en": "Enter an answer beside “{option}”",
    "de": "Geben Sie neben „{option}“ eine Antwort ein",
    "fr": "Saisissez une réponse à côté de « {option} »",
    "es": "Escriba una respuesta junto a «{option}»",
}
OTHER_APART: Text = {
    "en": "Select “{option}”, or delete what you entered beside it",
    "de": "Wählen Sie „{option}“ aus, oder löschen Sie, was Sie daneben eingegeben haben",
    "fr": "Sélectionnez « {option} », ou effacez ce que vous avez saisi à côté",
    "es": "Seleccione «{option}» o borre lo que escribió al lado",
}
