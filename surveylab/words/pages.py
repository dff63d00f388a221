"""What the pages themselves say around an instrument: frame, landing page, ways on and back, and the ends."""

from __future__ import annotations

from surveylab.words.word import Word

LANGUAGE = Word("language", en="Language", de="Sprache", fr="Langue", es="Idioma", ar="اللغة")
LANGUAGE_NAME = Word("language_name", en="English", de="Deutsch", fr="Français", es="Español", ar="العربية")
"""The name of each language in itself."""
SKIP = Word(
    "skip",
    en="Skip to the page’s content",
    de="Zum Inhalt der Seite springen",
    fr="Aller au contenu de la page",
    es="Ir al contenido de la página",
    ar="انتقل إلى محتوى الصفحة",
)
SURVEY = Word("survey", en="Survey", de="Umfrage", fr="Enquête", es="Encuesta", ar="استبيان")
ASK = Word(
    "ask",
    en="Questions about this survey? Ask {contact}.",
    de="Fragen zu dieser Umfrage? Hier bekommen Sie Antwort: {contact}.",
    fr="Une question sur cette enquête ? Adressez-vous à : {contact}.",
    es="¿Preguntas sobre esta encuesta? Diríjase a: {contact}.",
    ar="هل لديك أسئلة عن هذا الاستبيان؟ اسأل: {contact}.",
)
STOP = Word(
    "stop",
    en="Stop taking part",
    de="Nicht mehr teilnehmen",
    fr="Ne plus participer",
    es="Dejar de participar",
    ar="إيقاف المشاركة",
)

START = Word("start", en="Start", de="Beginnen", fr="Commencer", es="Empezar", ar="ابدأ")
RESUME = Word(
    "resume",
    en="Continue where you left off",
    de="Dort weitermachen, wo Sie aufgehört haben",
    fr="Reprendre où vous vous êtes arrêté",
    es="Continuar donde lo dejó",
    ar="المتابعة من حيث توقفت",
)
MAY_LEAVE_BLANK = Word(
    "may_leave_blank",
    en="You may leave any question blank.",
    de="Sie können jede Frage offen lassen.",
    fr="Vous pouvez laisser sans réponse toute question.",
    es="Puede dejar en blanco cualquier pregunta.",
    ar="يمكنك ترك أي سؤال بلا إجابة.",
)
KEPT = Word(
    "kept",
    en="Your earlier answers have been kept.",
    de="Ihre bisherigen Antworten sind gespeichert.",
    fr="Vos réponses précédentes ont été conservées.",
    es="Sus respuestas anteriores se han guardado.",
    ar="إجاباتك السابقة محفوظة.",
)

MINUTE = Word(
    "minute",
    en="Half of the people who finished it needed {minutes} minute or less.",
    de="Die Hälfte derer, die fertig wurden, brauchte höchstens {minutes} Minute.",
    fr="La moitié des personnes qui l’ont terminée ont mis {minutes} minute ou moins.",
    es="La mitad de quienes la terminaron necesitó {minutes} minuto o menos.",
    ar="نصف من أكملوه احتاجوا إلى دقيقة واحدة ({minutes}) أو أقل.",
)
MINUTES = Word(
    "minutes",
    en="Half of the people who finished it needed {minutes} minutes or less.",
    de="Die Hälfte derer, die fertig wurden, brauchte höchstens {minutes} Minuten.",
    fr="La moitié des personnes qui l’ont terminée ont mis {minutes} minutes ou moins.",
    es="La mitad de quienes la terminaron necesitó {minutes} minutos o menos.",
    ar="نصف من أكملوه لم تزد مدتهم على هذا العدد من الدقائق: {minutes}.",
)

NOTHING_SAVED = Word(
    "nothing_saved",
    en="Nothing is saved before you press the button below.",
    de="Bevor Sie unten auf den Knopf drücken, wird nichts gespeichert.",
    fr="Rien n’est enregistré avant que vous appuyiez sur le bouton ci-dessous.",
    es="No se guarda nada antes de que pulse el botón de abajo.",
    ar="لا يُحفظ شيء قبل أن تضغط الزر أدناه.",
)
CLOSE = Word("close", en="Close", de="Schließen", fr="Fermer", es="Cerrar", ar="إغلاق")
DECLINE = Word("decline", en="No, thank you", de="Nein, danke", fr="Non, merci", es="No, gracias", ar="لا، شكرًا")

BACK = Word("back", en="Back", de="Zurück", fr="Retour", es="Atrás", ar="رجوع")
CONTINUE = Word("continue", en="Continue", de="Weiter", fr="Continuer", es="Continuar", ar="متابعة")
SUBMIT = Word("submit", en="Submit", de="Absenden", fr="Envoyer", es="Enviar", ar="إرسال")
PAGE_OF = Word(
    "page_of",
    en="Page {page} of {pages}",
    de="Seite {page} von {pages}",
    fr="Page {page} sur {pages}",
    es="Página {page} de {pages}",
    ar="الصفحة {page} من {pages}",
)
PAGE_OF_AT_MOST = Word(
    "page_of_at_most",
    en="Page {page} of at most {pages}",
    de="Seite {page} von höchstens {pages}",
    fr="Page {page} sur {pages} au plus",
    es="Página {page} de {pages} como máximo",
    ar="الصفحة {page} من {pages} على الأكثر",
)
SHARE_DONE = Word(
    "share_done",
    en="{share} % done",
    de="{share} % geschafft",
    fr="{share} % faits",
    es="{share} % hecho",
    ar="أُنجز {share} ٪",
)
LEAVE_EMPTY = Word(
    "leave_empty",
    en="Leave this field empty",
    de="Lassen Sie dieses Feld leer",
    fr="Laissez ce champ vide",
    es="Deje este campo vacío",
    ar="اترك هذا الحقل فارغًا",
)
PROBLEM = Word(
    "problem",
    en="There is a problem",
    de="Es gibt ein Problem",
    fr="Il y a un problème",
    es="Hay un problema",
    ar="هناك مشكلة",
)
FORGED = Word(
    "forged",
    en="This page was open for a long time or was changed on its way, so nothing was saved. "
    "Check what stands below and press the button once more.",
    de="Diese Seite war lange offen oder wurde unterwegs verändert, deshalb wurde nichts gespeichert. "
    "Prüfen Sie, was unten steht, und drücken Sie den Knopf noch einmal.",
    fr="Cette page est restée longtemps ouverte ou a été modifiée en route, rien n’a donc été enregistré. "
    "Vérifiez ce qui figure ci-dessous et appuyez de nouveau sur le bouton.",
    es="Esta página estuvo abierta mucho tiempo o se modificó por el camino, por eso no se guardó nada. "
    "Compruebe lo que aparece abajo y pulse el botón otra vez.",
    ar="ظلت هذه الصفحة مفتوحة مدة طويلة أو تغيّرت في الطريق، فلم يُحفظ شيء. راجع ما يظهر أدناه واضغط الزر مرة أخرى.",
)

ANSWERED_TITLE = Word(
    "answered_title",
    en="Already answered",
    de="Schon beantwortet",
    fr="Déjà rempli",
    es="Ya respondida",
    ar="سبقت الإجابة",
)
ANSWERED = Word(
    "answered",
    en="You have already answered",
    de="Sie haben schon geantwortet",
    fr="Vous avez déjà répondu",
    es="Ya ha respondido",
    ar="لقد أجبت من قبل",
)
ANSWERED_MORE = Word(
    "answered_more",
    en="Your answers to this survey were saved. There is nothing more to do.",
    de="Ihre Antworten auf diese Umfrage sind gespeichert. Es bleibt nichts mehr zu tun.",
    fr="Vos réponses à cette enquête ont été enregistrées. Il n’y a plus rien à faire.",
    es="Sus respuestas a esta encuesta se guardaron. No queda nada por hacer.",
    ar="حُفظت إجاباتك عن هذا الاستبيان. ليس عليك فعل شيء آخر.",
)
CLOSED_TITLE = Word("closed_title", en="Closed", de="Beendet", fr="Terminée", es="Cerrada", ar="مغلق")
CLOSED = Word(
    "closed",
    en="This survey has closed",
    de="Diese Umfrage ist beendet",
    fr="Cette enquête est terminée",
    es="Esta encuesta se ha cerrado",
    ar="أُغلق هذا الاستبيان",
)
CLOSED_MORE = Word(
    "closed_more",
    en="Answers are no longer taken.",
    de="Es werden keine Antworten mehr angenommen.",
    fr="Les réponses ne sont plus acceptées.",
    es="Ya no se aceptan respuestas.",
    ar="لم تعد الإجابات تُقبل.",
)
CLOSED_KEPT = Word(
    "closed_kept",
    en="What you answered before it closed has been kept.",
    de="Was Sie vorher geantwortet haben, ist gespeichert.",
    fr="Ce que vous avez répondu avant la fin a été conservé.",
    es="Lo que respondió antes del cierre se ha guardado.",
    ar="حُفظ ما أجبت عنه قبل الإغلاق.",
)
CLOSED_THANKS = Word(
    "closed_thanks",
    en="Thank you for your time.",
    de="Danke für Ihre Zeit.",
    fr="Merci de votre temps.",
    es="Gracias por su tiempo.",
    ar="شكرًا على وقتك.",
)

FULL_TITLE = Word(
    "full_title",
    en="Enough answers",
    de="Genug Antworten",
    fr="Assez de réponses",
    es="Suficientes respuestas",
    ar="اكتملت الإجابات",
)
FULL = Word(
    "full",
    en="We have enough answers",
    de="Wir haben genug Antworten",
    fr="Nous avons assez de réponses",
    es="Ya tenemos suficientes respuestas",
    ar="لدينا ما يكفي من الإجابات",
)
FULL_MORE = Word(
    "full_more",
    en="Thank you for wanting to take part. We have as many answers as we need, so there are no more "
    "questions for you.",
    de="Danke, dass Sie teilnehmen wollten. Wir haben so viele Antworten, wie wir brauchen, deshalb gibt es keine "
    "weiteren Fragen an Sie.",
    fr="Merci d’avoir voulu participer. Nous avons autant de réponses qu’il nous en faut, il n’y a donc plus de "
    "questions pour vous.",
    es="Gracias por querer participar. Tenemos tantas respuestas como necesitamos, así que no hay más preguntas para "
    "usted.",
    ar="شكرًا على رغبتك في المشاركة. لدينا من الإجابات ما نحتاج إليه، فلا أسئلة أخرى لك.",
)
SCREENED_TITLE = Word(
    "screened_title",
    en="No more questions",
    de="Keine weiteren Fragen",
    fr="Plus de questions",
    es="No hay más preguntas",
    ar="لا مزيد من الأسئلة",
)
SCREENED = Word(
    "screened",
    en="We have no more questions for you",
    de="Wir haben keine weiteren Fragen an Sie",
    fr="Nous n’avons plus de questions pour vous",
    es="No tenemos más preguntas para usted",
    ar="ليس لدينا مزيد من الأسئلة لك",
)
SCREENED_MORE = Word(
    "screened_more",
    en="Thank you for your answers. The other questions of this survey are for some people only, and by what you "
    "answered they are not for you.",
    de="Danke für Ihre Antworten. Die übrigen Fragen dieser Umfrage richten sich nur an einen Teil der Befragten, und "
    "nach Ihren Antworten gehören Sie nicht dazu.",
    fr="Merci de vos réponses. Les autres questions de cette enquête ne s’adressent qu’à certaines personnes, et "
    "d’après vos réponses elles ne vous concernent pas.",
    es="Gracias por sus respuestas. Las demás preguntas de esta encuesta son solo para algunas personas y, según lo "
    "que respondió, no se dirigen a usted.",
    ar="شكرًا على إجاباتك. الأسئلة الأخرى في هذا الاستبيان موجهة إلى بعض الناس فقط، وحسب إجاباتك فهي غير موجهة إليك.",
)
KEPT_SO_FAR = Word(
    "kept_so_far",
    en="What you answered so far has been kept.",
    de="Was Sie bisher geantwortet haben, ist gespeichert.",
    fr="Ce que vous avez répondu jusqu’ici a été conservé.",
    es="Lo que ha respondido hasta ahora se ha guardado.",
    ar="حُفظ ما أجبت عنه حتى الآن.",
)
NOTHING_MORE = Word(
    "nothing_more",
    en="There is nothing more to do: you may close this page now.",
    de="Es bleibt nichts mehr zu tun: Sie können diese Seite jetzt schließen.",
    fr="Il n’y a plus rien à faire : vous pouvez maintenant fermer cette page.",
    es="No queda nada por hacer: ya puede cerrar esta página.",
    ar="ليس عليك فعل شيء آخر: يمكنك إغلاق هذه الصفحة الآن.",
)
PAUSED_TITLE = Word("paused_title", en="Paused", de="Pause", fr="En pause", es="En pausa", ar="متوقف مؤقتًا")
PAUSED = Word(
    "paused",
    en="This survey is paused",
    de="Diese Umfrage macht Pause",
    fr="Cette enquête est en pause",
    es="Esta encuesta está en pausa",
    ar="هذا الاستبيان متوقف مؤقتًا",
)
PAUSED_MORE = Word(
    "paused_more",
    en="We have stopped it for a short time.",
    de="Wir haben sie für kurze Zeit angehalten.",
    fr="Nous l’avons arrêtée pour un court moment.",
    es="La hemos detenido por poco tiempo.",
    ar="أوقفناه مدة قصيرة.",
)
PAUSED_RESUME = Word(
    "paused_resume",
    en="Your link stays as it is: open it again later, and it brings you back to where you were.",
    de="Ihr Link bleibt, wie er ist: Öffnen Sie ihn später wieder, und er bringt Sie dorthin zurück, wo Sie waren.",
    fr="Votre lien reste le même : rouvrez-le plus tard, et il vous ramènera où vous en étiez.",
    es="Su enlace sigue siendo el mismo: ábralo más tarde y le devolverá a donde estaba.",
    ar="يبقى رابطك كما هو: افتحه لاحقًا فيعيدك إلى حيث كنت.",
)
PAUSED_START = Word(
    "paused_start",
    en="Your link stays as it is: open it again later, and it lets you begin.",
    de="Ihr Link bleibt, wie er ist: Öffnen Sie ihn später wieder, dann können Sie beginnen.",
    fr="Votre lien reste le même : rouvrez-le plus tard, et vous pourrez commencer.",
    es="Su enlace sigue siendo el mismo: ábralo más tarde y podrá empezar.",
    ar="يبقى رابطك كما هو: افتحه لاحقًا فتتمكن من البدء.",
)

STOP_ASK = Word(
    "stop_ask",
    en="Stop taking part?",
    de="Nicht mehr teilnehmen?",
    fr="Ne plus participer ?",
    es="¿Dejar de participar?",
    ar="هل تريد إيقاف المشاركة؟",
)
STOP_MORE = Word(
    "stop_more",
    en="If you stop, no more of this survey’s messages are sent to you, and this link no longer opens it.",
    de="Wenn Sie aufhören, bekommen Sie keine Nachrichten dieser Umfrage mehr, und dieser Link öffnet sie nicht mehr.",
    fr="Si vous arrêtez, plus aucun message de cette enquête ne vous est envoyé, et ce lien ne l’ouvre plus.",
    es="Si lo deja, no recibirá más mensajes de esta encuesta y este enlace ya no la abrirá.",
    ar="إذا أوقفت المشاركة فلن تصلك رسائل أخرى من هذا الاستبيان، ولن يفتحه هذا الرابط بعد ذلك.",
)
STOP_BREAK = Word(
    "stop_break",
    en="If you only want a break, leave this page: your link brings you back to where you were.",
    de="Wenn Sie nur eine Pause möchten, verlassen Sie diese Seite: Ihr Link bringt Sie dorthin zurück, wo Sie waren.",
    fr="Si vous voulez seulement faire une pause, quittez cette page : votre lien vous ramène où vous en étiez.",
    es="Si solo quiere hacer una pausa, salga de esta página: su enlace le devuelve a donde estaba.",
    ar="إذا أردت استراحة فقط فاترك هذه الصفحة: يعيدك الرابط إلى حيث كنت.",
)
STOP_NOT = Word(
    "stop_not",
    en="Keep taking part",
    de="Weiter teilnehmen",
    fr="Continuer à participer",
    es="Seguir participando",
    ar="مواصلة المشاركة",
)
STOPPED = Word(
    "stopped",
    en="You no longer take part",
    de="Sie nehmen nicht mehr teil",
    fr="Vous ne participez plus",
    es="Ya no participa",
    ar="لم تعد مشاركًا",
)
STOPPED_MORE = Word(
    "stopped_more",
    en="You asked us to stop, and we have: no more of this survey’s messages are sent to you.",
    de="Sie wollten aufhören, und dabei bleibt es: Sie bekommen keine Nachrichten dieser Umfrage mehr.",
    fr="Vous avez demandé d’arrêter, c’est fait : plus aucun message de cette enquête ne vous est envoyé.",
    es="Pidió dejarlo, y así es: no recibirá más mensajes de esta encuesta.",
    ar="طلبت التوقف وتم ذلك: لن تصلك رسائل أخرى من هذا الاستبيان.",
)

FINISHED_TITLE = Word("finished_title", en="Finished", de="Fertig", fr="Fini", es="Terminado", ar="انتهيت")
FINISHED = Word(
    "finished",
    en="You have finished the survey",
    de="Sie haben die Umfrage abgeschlossen",
    fr="Vous avez terminé l’enquête",
    es="Ha terminado la encuesta",
    ar="لقد أكملت الاستبيان",
)
FINISHED_MORE = Word(
    "finished_more",
    en="You may close this page now.",
    de="Sie können diese Seite jetzt schließen.",
    fr="Vous pouvez maintenant fermer cette page.",
    es="Ya puede cerrar esta página.",
    ar="يمكنك إغلاق هذه الصفحة الآن.",
)
