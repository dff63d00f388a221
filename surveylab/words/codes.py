"""What is said around the code by which somebody who came unlisted goes on later."""

from __future__ import annotations

from surveylab.words.word import Word

CODE_ADDRESS = Word(
    "code_address",
    en="To go on later or on another device, open this address:",
    de="Um später oder auf einem anderen Gerät weiterzumachen, öffnen Sie diese Adresse:",
    fr="Pour continuer plus tard ou sur un autre appareil, ouvrez cette adresse :",
    es="Para continuar más tarde o en otro dispositivo, abra esta dirección:",
    ar="للمتابعة لاحقًا أو على جهاز آخر، افتح هذا العنوان:",
)
CODE_YOURS = Word("code_yours", en="Your code:", de="Ihr Code:", fr="Votre code :", es="Su código:", ar="رمزك:")
CODE_GO_ON = Word(
    "code_go_on",
    en="Go on with a code",
    de="Mit einem Code weitermachen",
    fr="Continuer avec un code",
    es="Continuar con un código",
    ar="المتابعة برمز",
)
CODE_WITHOUT = Word(
    "code_without",
    en="Start without a code",
    de="Ohne Code beginnen",
    fr="Commencer sans code",
    es="Empezar sin código",
    ar="البدء بلا رمز",
)
CODE_ASK = Word(
    "code_ask",
    en="What is your code?",
    de="Wie lautet Ihr Code?",
    fr="Quel est votre code ?",
    es="¿Cuál es su código?",
    ar="ما رمزك؟",
)
CODE_HINT = Word(
    "code_hint",
    en="Twelve letters and figures that stood below the questions, such as {example}. "
    "Small letters do, and the hyphens may be left out.",
    de="Zwölf Buchstaben und Ziffern, die unter den Fragen standen, zum Beispiel {example}. "
    "Kleinbuchstaben genügen, und die Bindestriche können fehlen.",
    fr="Douze lettres et chiffres qui figuraient sous les questions, par exemple {example}. "
    "Les minuscules conviennent, et les tirets peuvent être omis.",
    es="Doce letras y cifras que aparecían debajo de las preguntas, por ejemplo {example}. "
    "Valen las minúsculas, y los guiones se pueden omitir.",
    ar="اثنا عشر حرفًا ورقمًا كانت تظهر أسفل الأسئلة، مثل {example}. تصلح الأحرف الصغيرة، ويمكن ترك الشرطات.",
)
CODE_ENTER = Word(
    "code_enter",
    en="Enter the code that stood below the questions",
    de="Geben Sie den Code ein, der unter den Fragen stand",
    fr="Saisissez le code qui figurait sous les questions",
    es="Escriba el código que aparecía debajo de las preguntas",
    ar="اكتب الرمز الذي كان يظهر أسفل الأسئلة",
)
CODE_WHOLE = Word(
    "code_whole",
    en="Enter all twelve letters and figures of the code",
    de="Geben Sie alle zwölf Buchstaben und Ziffern des Codes ein",
    fr="Saisissez les douze lettres et chiffres du code",
    es="Escriba las doce letras y cifras del código",
    ar="اكتب الرمز كله: اثنا عشر حرفًا ورقمًا",
)
CODE_CHECK = Word(
    "code_check",
    en="Check the code: no interview of this survey has it",
    de="Prüfen Sie den Code: Kein Interview dieser Umfrage hat ihn",
    fr="Vérifiez le code : aucun entretien de cette enquête ne l’a",
    es="Compruebe el código: ninguna entrevista de esta encuesta lo tiene",
    ar="تحقق من الرمز: لا توجد مقابلة في هذا الاستبيان بهذا الرمز",
)
