"""The pages that belong to no survey: what went wrong, and what to do. An instrument has no say in them."""

from __future__ import annotations

from collections.abc import Mapping

from surveylab.words.word import Word

PROBLEMS: Mapping[int, tuple[Word, Word]] = {
    400: (
        Word(
            "unreadable",
            en="This page could not be read",
            de="Diese Seite konnte nicht gelesen werden",
            fr="Cette page n’a pas pu être lue",
            es="No se ha podido leer esta página",
            ar="تعذّرت قراءة هذه الصفحة",
        ),
        Word(
            "unreadable_more",
            en="Go back, reload the page, and send it once more.",
            de="Gehen Sie zurück, laden Sie die Seite neu und senden Sie sie noch einmal.",
            fr="Revenez en arrière, rechargez la page et envoyez-la de nouveau.",
            es="Vuelva atrás, recargue la página y envíela otra vez.",
            ar="ارجع وأعد تحميل الصفحة وأرسلها مرة أخرى.",
        ),
    ),
    403: (
        Word(
            "not_open",
            en="This page is not open to you",
            de="Diese Seite ist für Sie nicht zugänglich",
            fr="Cette page ne vous est pas ouverte",
            es="Esta página no está abierta para usted",
            ar="هذه الصفحة غير متاحة لك",
        ),
        Word(
            "not_open_more",
            en="Open it on the machine that runs the survey.",
            de="Öffnen Sie sie auf dem Rechner, auf dem die Umfrage läuft.",
            fr="Ouvrez-la sur la machine qui fait tourner l’enquête.",
            es="Ábrala en el equipo en el que funciona la encuesta.",
            ar="افتحها على الجهاز الذي يعمل عليه الاستبيان.",
        ),
    ),
    404: (
        Word(
            "not_here",
            en="Nothing is here",
            de="Hier ist nichts",
            fr="Il n’y a rien ici",
            es="Aquí no hay nada",
            ar="لا شيء هنا",
        ),
        Word(
            "not_here_more",
            en="Check the link in your message, and copy all of it: the end of a long link is easily lost.",
            de="Prüfen Sie den Link in Ihrer Nachricht und kopieren Sie ihn ganz: Das Ende eines langen Links geht "
            "leicht verloren.",
            fr="Vérifiez le lien de votre message et copiez-le en entier : la fin d’un long lien se perd facilement.",
            es="Compruebe el enlace de su mensaje y cópielo entero: el final de un enlace largo se pierde fácilmente.",
            ar="تحقق من الرابط في رسالتك وانسخه كاملًا: يسهل أن تضيع نهاية الرابط الطويل.",
        ),
    ),
    405: (
        Word(
            "not_done",
            en="This cannot be done here",
            de="Das geht hier nicht",
            fr="Cela ne peut pas se faire ici",
            es="Eso no se puede hacer aquí",
            ar="لا يمكن فعل ذلك هنا",
        ),
        Word(
            "not_done_more",
            en="Go back and use the buttons of the page.",
            de="Gehen Sie zurück und benutzen Sie die Knöpfe der Seite.",
            fr="Revenez en arrière et utilisez les boutons de la page.",
            es="Vuelva atrás y use los botones de la página.",
            ar="ارجع واستخدم أزرار الصفحة.",
        ),
    ),
    413: (
        Word(
            "too_much",
            en="That is too much at once",
            de="Das ist zu viel auf einmal",
            fr="C’est trop à la fois",
            es="Es demasiado de una vez",
            ar="هذا كثير دفعة واحدة",
        ),
        Word(
            "too_much_more",
            en="Go back, shorten what you wrote, and send it once more. Nothing was saved.",
            de="Gehen Sie zurück, kürzen Sie, was Sie geschrieben haben, und senden Sie es noch einmal. Es wurde "
            "nichts gespeichert.",
            fr="Revenez en arrière, raccourcissez ce que vous avez écrit et envoyez-le de nouveau. Rien n’a été "
            "enregistré.",
            es="Vuelva atrás, acorte lo que escribió y envíelo otra vez. No se ha guardado nada.",
            ar="ارجع واختصر ما كتبته وأرسله مرة أخرى. لم يُحفظ شيء.",
        ),
    ),
    500: (
        Word(
            "broken",
            en="Something went wrong on our side",
            de="Bei uns ist etwas schiefgegangen",
            fr="Un incident s’est produit de notre côté",
            es="Algo ha fallado por nuestra parte",
            ar="حدث خطأ من جهتنا",
        ),
        Word(
            "broken_more",
            en="Wait a minute and reload the page. What you sent before has been kept.",
            de="Warten Sie eine Minute und laden Sie die Seite neu. Was Sie vorher gesendet haben, ist gespeichert.",
            fr="Attendez une minute et rechargez la page. Ce que vous aviez déjà envoyé a été conservé.",
            es="Espere un minuto y recargue la página. Lo que envió antes se ha guardado.",
            ar="انتظر دقيقة وأعد تحميل الصفحة. ما أرسلته من قبل محفوظ.",
        ),
    ),
    503: (
        Word(
            "not_now",
            en="This survey cannot be opened now",
            de="Diese Umfrage lässt sich gerade nicht öffnen",
            fr="Cette enquête ne peut pas être ouverte pour le moment",
            es="Esta encuesta no se puede abrir ahora",
            ar="لا يمكن فتح هذا الاستبيان الآن",
        ),
        Word(
            "not_now_more",
            en="The fault is ours. Your link stays as it is; try it again later. What you sent before has been kept.",
            de="Der Fehler liegt bei uns. Ihr Link bleibt, wie er ist; versuchen Sie es später noch einmal. Was Sie "
            "vorher gesendet haben, ist gespeichert.",
            fr="La faute est de notre côté. Votre lien reste le même ; réessayez plus tard. Ce que vous aviez déjà "
            "envoyé a été conservé.",
            es="El fallo es nuestro. Su enlace sigue siendo el mismo; pruebe otra vez más tarde. Lo que envió antes "
            "se ha guardado.",
            ar="الخطأ من عندنا. يبقى رابطك كما هو؛ جرّبه لاحقًا. ما أرسلته من قبل محفوظ.",
        ),
    ),
}
"""Code -> heading, and what to do."""
