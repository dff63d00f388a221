"""What a form says about ranks, amounts, dates, addresses and consent: what to do."""

from __future__ import annotations

from surveylab.words.word import Word

RANK_EACH = Word(
    "rank_each",
    en="Give each rank from 1 to {ranks} to one answer",
    de="Vergeben Sie jeden Rang von 1 bis {ranks} an eine Antwort",
    fr="Attribuez chaque rang de 1 à {ranks} à une réponse",
    es="Asigne cada puesto del 1 al {ranks} a una respuesta",
    ar="أعطِ كل مرتبة من 1 إلى {ranks} لإجابة واحدة",
)
RANK_ONCE = Word(
    "rank_once",
    en="Give rank {rank} to one answer only",
    de="Vergeben Sie den Rang {rank} nur an eine Antwort",
    fr="Attribuez le rang {rank} à une seule réponse",
    es="Asigne el puesto {rank} a una sola respuesta",
    ar="أعطِ المرتبة {rank} لإجابة واحدة فقط",
)
RANK_LACKS = Word(
    "rank_lacks",
    en="Give rank {rank} to one of the answers",
    de="Vergeben Sie den Rang {rank} an eine der Antworten",
    fr="Attribuez le rang {rank} à l’une des réponses",
    es="Asigne el puesto {rank} a una de las respuestas",
    ar="أعطِ المرتبة {rank} لإحدى الإجابات",
)
SUM_AMOUNT = Word(
    "sum_amount",
    en="Enter a whole number from 0 to {total} for “{option}”",
    de="Geben Sie für „{option}“ eine ganze Zahl von 0 bis {total} ein",
    fr="Saisissez un nombre entier de 0 à {total} pour « {option} »",
    es="Escriba un número entero de 0 a {total} para «{option}»",
    ar="اكتب عددًا صحيحًا من 0 إلى {total} أمام «{option}»",
)
SUM_WRONG = Word(
    "sum_wrong",
    en="Change the amounts so that they add up to {total}. They add up to {sum} now.",
    de="Ändern Sie die Zahlen so, dass sie zusammen {total} ergeben. Jetzt ergeben sie {sum}.",
    fr="Modifiez les nombres pour que leur somme soit {total}. Leur somme est maintenant {sum}.",
    es="Cambie las cantidades para que sumen {total}. Ahora suman {sum}.",
    ar="غيّر الأعداد ليصبح مجموعها {total}. مجموعها الآن {sum}.",
)
DATE_WHOLE = Word(
    "date_whole",
    en="Enter the date: day, month and year",
    de="Geben Sie das Datum ein: Tag, Monat und Jahr",
    fr="Saisissez la date : jour, mois et année",
    es="Escriba la fecha: día, mes y año",
    ar="اكتب التاريخ: اليوم والشهر والسنة",
)
DATE_LACKS = Word(
    "date_lacks",
    en="Enter {part} as well",
    de="Geben Sie auch {part} ein",
    fr="Saisissez aussi {part}",
    es="Escriba también {part}",
    ar="اكتب {part} أيضًا",
)
DATE_REAL = Word(
    "date_real",
    en="Enter a date that exists, in figures such as 27 3 2007",
    de="Geben Sie ein Datum ein, das es gibt, in Ziffern wie 27 3 2007",
    fr="Saisissez une date qui existe, en chiffres comme 27 3 2007",
    es="Escriba una fecha que exista, con cifras como 27 3 2007",
    ar="اكتب تاريخًا موجودًا بالأرقام، مثل 27 3 2007",
)
DATE_FOUR = Word(
    "date_four",
    en="Enter the year with four digits, such as 2007",
    de="Geben Sie das Jahr mit vier Ziffern ein, zum Beispiel 2007",
    fr="Saisissez l’année avec quatre chiffres, par exemple 2007",
    es="Escriba el año con cuatro cifras, por ejemplo 2007",
    ar="اكتب السنة بأربعة أرقام، مثل 2007",
)
DATE_FROM = Word(
    "date_from",
    en="Enter {earliest} or a later date",
    de="Geben Sie den {earliest} oder ein späteres Datum ein",
    fr="Saisissez le {earliest} ou une date ultérieure",
    es="Escriba el {earliest} o una fecha posterior",
    ar="اكتب {earliest} أو تاريخًا بعده",
)
DATE_TO = Word(
    "date_to",
    en="Enter {latest} or an earlier date",
    de="Geben Sie den {latest} oder ein früheres Datum ein",
    fr="Saisissez le {latest} ou une date antérieure",
    es="Escriba el {latest} o una fecha anterior",
    ar="اكتب {latest} أو تاريخًا قبله",
)
DATE_BETWEEN = Word(
    "date_between",
    en="Enter a date from {earliest} to {latest}",
    de="Geben Sie ein Datum vom {earliest} bis zum {latest} ein",
    fr="Saisissez une date du {earliest} au {latest}",
    es="Escriba una fecha del {earliest} al {latest}",
    ar="اكتب تاريخًا من {earliest} إلى {latest}",
)
DATE_DAY = Word("date_day", en="the day", de="den Tag", fr="le jour", es="el día", ar="اليوم")
DATE_MONTH = Word("date_month", en="the month", de="den Monat", fr="le mois", es="el mes", ar="الشهر")
DATE_YEAR = Word("date_year", en="the year", de="das Jahr", fr="l’année", es="el año", ar="السنة")
DATE_SAID = Word(
    "date_said",
    en="{day} {month} {year}",
    de="{day}. {month} {year}",
    fr="{day} {month} {year}",
    es="{day} de {month} de {year}",
    ar="{day} {month} {year}",
)
MONTHS = Word(
    "months",
    en="January February March April May June July August September October November December",
    de="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    fr="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    es="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ar="يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
)
"""Twelve words, in order."""
EMAIL_WHOLE = Word(
    "email_whole",
    en="Enter an email address, such as name@example.com",
    de="Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.com",
    fr="Saisissez une adresse e-mail, par exemple nom@example.com",
    es="Escriba una dirección de correo electrónico, por ejemplo nombre@example.com",
    ar="اكتب عنوان بريد إلكتروني، مثل name@example.com",
)
PHONE_WHOLE = Word(
    "phone_whole",
    en="Enter a phone number, such as {example}",
    de="Geben Sie eine Telefonnummer ein, zum Beispiel {example}",
    fr="Saisissez un numéro de téléphone, par exemple {example}",
    es="Escriba un número de teléfono, por ejemplo {example}",
    ar="اكتب رقم هاتف، مثل {example}",
)
PHONE_ABROAD = Word(
    "phone_abroad",
    en="Enter the phone number with its country code, such as {example}",
    de="Geben Sie die Telefonnummer mit der Landesvorwahl ein, zum Beispiel {example}",
    fr="Saisissez le numéro de téléphone avec l’indicatif du pays, par exemple {example}",
    es="Escriba el número de teléfono con el prefijo del país, por ejemplo {example}",
    ar="اكتب رقم الهاتف مع رمز البلد، مثل {example}",
)
CONSENT = Word(
    "consent",
    en="Select the box to go on",
    de="Kreuzen Sie das Kästchen an, um fortzufahren",
    fr="Cochez la case pour continuer",
    es="Marque la casilla para continuar",
    ar="ضع علامة في المربع للمتابعة",
)
OTHER_LACKS = Word(
    "other_lacks",
    en="Enter an answer beside “{option}”",
    de="Geben Sie neben „{option}“ eine Antwort ein",
    fr="Saisissez une réponse à côté de « {option} »",
    es="Escriba una respuesta junto a «{option}»",
    ar="اكتب إجابة بجانب «{option}»",
)
OTHER_APART = Word(
    "other_apart",
    en="Select “{option}”, or delete what you entered beside it",
    de="Wählen Sie „{option}“ aus, oder löschen Sie, was Sie daneben eingegeben haben",
    fr="Sélectionnez « {option} », ou effacez ce que vous avez saisi à côté",
    es="Seleccione «{option}» o borre lo que escribió al lado",
    ar="اختر «{option}»، أو احذف ما كتبته بجانبها",
)
