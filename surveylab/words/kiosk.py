"""What the screen of a kiosk says around the pages that it shows."""

from __future__ import annotations

from surveylab.words.word import Word

TOUCH = Word(
    "touch",
    en="Touch to begin",
    de="Zum Beginnen berühren",
    fr="Touchez pour commencer",
    es="Toque para empezar",
    ar="المس للبدء",
)
STORED_ABOUT = Word(
    "stored_about",
    en="What is stored about you",
    de="Was über Sie gespeichert wird",
    fr="Ce qui est enregistré sur vous",
    es="Qué se guarda sobre usted",
    ar="ما يُحفظ عنك",
)
NEEDS_SCRIPT = Word(
    "needs_script",
    en="This screen needs JavaScript. Tell the people who run it.",
    de="Dieser Bildschirm braucht JavaScript. Sagen Sie es denen, die ihn betreiben.",
    fr="Cet écran a besoin de JavaScript. Signalez-le à ceux qui s’en occupent.",
    es="Esta pantalla necesita JavaScript. Avise a quienes la gestionan.",
    ar="تحتاج هذه الشاشة إلى JavaScript. أخبر القائمين عليها.",
)
STARTS_OVER = Word(
    "starts_over",
    en="This screen starts over in {seconds} seconds.",
    de="Dieser Bildschirm beginnt in {seconds} Sekunden von vorn.",
    fr="Cet écran recommence dans {seconds} secondes.",
    es="Esta pantalla vuelve a empezar en {seconds} segundos.",
    ar="تعود هذه الشاشة إلى البداية بعد {seconds} ثانية.",
)
START_OVER = Word(
    "start_over",
    en="Start over now",
    de="Jetzt von vorn beginnen",
    fr="Recommencer maintenant",
    es="Volver a empezar ahora",
    ar="العودة إلى البداية الآن",
)
CLEAR_SCREEN = Word(
    "clear_screen",
    en="Stop and clear the screen",
    de="Aufhören und den Bildschirm leeren",
    fr="Arrêter et effacer l’écran",
    es="Terminar y borrar la pantalla",
    ar="إيقاف ومسح الشاشة",
)
STILL_THERE = Word(
    "still_there",
    en="Are you still there?",
    de="Sind Sie noch da?",
    fr="Êtes-vous toujours là ?",
    es="¿Sigue ahí?",
    ar="هل ما زلت هنا؟",
)
STILL_MORE = Word(
    "still_more",
    en="If the screen is not touched, it starts over in {seconds} seconds. What you have sent so far is kept.",
    de="Wird der Bildschirm nicht berührt, beginnt er in {seconds} Sekunden von vorn. Was Sie bisher gesendet haben, "
    "ist gespeichert.",
    fr="Si l’écran n’est pas touché, il recommence dans {seconds} secondes. Ce que vous avez envoyé jusqu’ici est "
    "conservé.",
    es="Si no se toca la pantalla, vuelve a empezar en {seconds} segundos. Lo que ha enviado hasta ahora se guarda.",
    ar="إذا لم تُلمس الشاشة فستعود إلى البداية بعد {seconds} ثانية. ما أرسلته حتى الآن محفوظ.",
)
STILL_YES = Word(
    "still_yes", en="Yes, go on", de="Ja, weitermachen", fr="Oui, continuer", es="Sí, continuar", ar="نعم، متابعة"
)
STILL_NO = Word(
    "still_no",
    en="No, start over",
    de="Nein, von vorn beginnen",
    fr="Non, recommencer",
    es="No, volver a empezar",
    ar="لا، العودة إلى البداية",
)
NO_CONNECTION = Word(
    "no_connection",
    en="No connection at the moment",
    de="Gerade keine Verbindung",
    fr="Pas de connexion pour le moment",
    es="Sin conexión en este momento",
    ar="لا يوجد اتصال الآن",
)
BEGINS_BY_ITSELF = Word(
    "begins_by_itself",
    en="The survey begins by itself as soon as the connection is back.",
    de="Die Umfrage beginnt von selbst, sobald die Verbindung wieder da ist.",
    fr="L’enquête commence d’elle-même dès que la connexion est rétablie.",
    es="La encuesta empieza sola en cuanto vuelva la conexión.",
    ar="يبدأ الاستبيان وحده فور عودة الاتصال.",
)
GOES_ON_BY_ITSELF = Word(
    "goes_on_by_itself",
    en="Your answer is kept and will be sent. The survey goes on by itself as soon as the connection is back.",
    de="Ihre Antwort ist gespeichert und wird gesendet. Die Umfrage geht von selbst weiter, sobald die Verbindung "
    "wieder da ist.",
    fr="Votre réponse est conservée et sera envoyée. L’enquête continue d’elle-même dès que la connexion est rétablie.",
    es="Su respuesta está guardada y se enviará. La encuesta continúa sola en cuanto vuelva la conexión.",
    ar="إجابتك محفوظة وستُرسل. يتابع الاستبيان وحده فور عودة الاتصال.",
)
NEED_NOT_WAIT = Word(
    "need_not_wait",
    en="You need not wait: if you leave now, nothing that you answered is lost.",
    de="Sie müssen nicht warten: Wenn Sie jetzt gehen, geht nichts verloren, was Sie geantwortet haben.",
    fr="Vous n’avez pas besoin d’attendre : si vous partez maintenant, rien de ce que vous avez répondu n’est perdu.",
    es="No hace falta que espere: si se va ahora, no se pierde nada de lo que respondió.",
    ar="لا داعي للانتظار: إذا غادرت الآن فلن يضيع شيء مما أجبت به.",
)
