"""The privacy page: what is stored and what not, how long, and how to stop."""

from __future__ import annotations

from surveylab.words.word import Word

PRIVACY = Word(
    "privacy",
    en="Privacy",
    de="Datenschutz",
    fr="Vie privée",
    es="Privacidad",
    ar="الخصوصية",
)
PRIVACY_LINK = Word(
    "privacy_link",
    en="Privacy (opens in a new tab)",
    de="Datenschutz (öffnet sich in einem neuen Tab)",
    fr="Vie privée (s’ouvre dans un nouvel onglet)",
    es="Privacidad (se abre en una pestaña nueva)",
    ar="الخصوصية (تفتح في تبويب جديد)",
)
PRIVACY_TITLE = Word(
    "privacy_title",
    en="What this survey stores about you",
    de="Was diese Umfrage über Sie speichert",
    fr="Ce que cette enquête enregistre sur vous",
    es="Lo que esta encuesta guarda sobre usted",
    ar="ما يحفظه هذا الاستبيان عنك",
)
PRIVACY_WHO = Word("privacy_who", en="Who asks", de="Wer fragt", fr="Qui demande", es="Quién pregunta", ar="من يسأل")
PRIVACY_WHO_MORE = Word(
    "privacy_who_more",
    en="This survey is asked by: {contact}. Ask there what is stored about you, how long it is kept, and to have it "
    "corrected or deleted.",
    de="Diese Umfrage stellt: {contact}. Fragen Sie dort, was über Sie gespeichert ist und wie lange, und lassen Sie "
    "es dort berichtigen oder löschen.",
    fr="Cette enquête est posée par : {contact}. Demandez-y ce qui est enregistré sur vous et pour combien de temps, "
    "et faites-le corriger ou effacer.",
    es="Esta encuesta la hace: {contact}. Pregunte ahí qué se guarda sobre usted y por cuánto tiempo, y pida que se "
    "corrija o se borre.",
    ar="صاحب هذا الاستبيان: {contact}. اسأله عما حُفظ عنك ومدة حفظه، واطلب منه تصحيحه أو حذفه.",
)
STORED = Word(
    "stored",
    en="What is stored",
    de="Was gespeichert wird",
    fr="Ce qui est enregistré",
    es="Qué se guarda",
    ar="ما يُحفظ",
)
STORED_ANSWERS = Word(
    "stored_answers",
    en="Your answers, page by page, each time you press the button of a page. What you type and do not send is not "
    "stored.",
    de="Ihre Antworten, Seite für Seite, jedes Mal, wenn Sie den Knopf einer Seite drücken. Was Sie eingeben und nicht "
    "absenden, wird nicht gespeichert.",
    fr="Vos réponses, page par page, chaque fois que vous appuyez sur le bouton d’une page. Ce que vous saisissez sans "
    "l’envoyer n’est pas enregistré.",
    es="Sus respuestas, página por página, cada vez que pulsa el botón de una página. Lo que escribe y no envía no se "
    "guarda.",
    ar="إجاباتك، صفحة بعد صفحة، كلما ضغطت زر الصفحة. ما تكتبه ولا ترسله لا يُحفظ.",
)
STORED_SHOWN = Word(
    "stored_shown",
    en="Which questions you were shown, in which words, order and language. Chance may decide between several wordings "
    "and orders; which ones you got, and how probable that was, is stored too.",
    de="Welche Fragen Ihnen gezeigt wurden, in welchen Worten, welcher Reihenfolge und welcher Sprache. Der Zufall "
    "kann zwischen mehreren Formulierungen und Reihenfolgen entscheiden; welche Sie bekamen und wie wahrscheinlich "
    "das war, wird auch gespeichert.",
    fr="Les questions qui vous ont été montrées, dans quels termes, quel ordre et quelle langue. Le hasard peut "
    "choisir entre plusieurs formulations et plusieurs ordres ; ceux que vous avez reçus et leur probabilité sont "
    "enregistrés aussi.",
    es="Qué preguntas se le mostraron, con qué palabras, en qué orden y en qué idioma. El azar puede decidir entre "
    "varias redacciones y varios órdenes; también se guarda cuáles le tocaron y qué probabilidad tenían.",
    ar="الأسئلة التي عُرضت عليك، وصياغتها وترتيبها ولغتها. قد تختار الصدفة بين عدة صياغات وترتيبات، ويُحفظ أيضًا ما "
    "ظهر لك منها واحتماله.",
)
STORED_TIMES = Word(
    "stored_times",
    en="When you opened the link, chose a language, started and sent each page, and how it ended and when: you "
    "finished, asked to stop, or there were no more questions for you. And when each page was shown, by our clock.",
    de="Wann Sie den Link geöffnet, eine Sprache gewählt, begonnen und jede Seite gesendet haben, und wie und wann es "
    "endete: Sie haben abgeschlossen, um das Ende gebeten, oder es gab keine weiteren Fragen an Sie. Und wann jede "
    "Seite gezeigt wurde, nach unserer Uhr.",
    fr="Quand vous avez ouvert le lien, choisi une langue, commencé et envoyé chaque page, et comment et quand cela "
    "s’est achevé : vous avez terminé, demandé d’arrêter, ou il n’y avait plus de questions pour vous. Et quand "
    "chaque page a été montrée, d’après notre horloge.",
    es="Cuándo abrió el enlace, eligió un idioma, empezó y envió cada página, y cómo y cuándo acabó: terminó, pidió "
    "dejarlo o no había más preguntas para usted. Y cuándo se mostró cada página, según nuestro reloj.",
    ar="متى فتحت الرابط واخترت لغة وبدأت وأرسلت كل صفحة، وكيف انتهى الأمر ومتى: أكملت، أو طلبت التوقف، أو لم تبقَ "
    "أسئلة لك. ومتى عُرضت كل صفحة، بحسب ساعتنا.",
)
STORED_DEVICE = Word(
    "stored_device",
    en="Whether you used a phone, a tablet or a computer, as your browser says.",
    de="Ob Sie ein Telefon, ein Tablet oder einen Computer benutzt haben, wie Ihr Browser es angibt.",
    fr="Si vous avez utilisé un téléphone, une tablette ou un ordinateur, d’après votre navigateur.",
    es="Si usó un teléfono, una tableta o un ordenador, según dice su navegador.",
    ar="هل استخدمت هاتفًا أم جهازًا لوحيًا أم حاسوبًا، كما يذكر متصفحك.",
)
STORED_SCRIPT_PAGE = Word(
    "stored_script_page",
    en="If your browser runs scripts, for each page: how long it was in view and how long it was not, the size of the "
    "window, and whether a finger or a mouse points in it.",
    de="Wenn Ihr Browser Skripte ausführt, für jede Seite: wie lange sie zu sehen war und wie lange nicht, die Größe "
    "des Fensters, und ob darin ein Finger oder eine Maus zeigt.",
    fr="Si votre navigateur exécute des scripts, pour chaque page : combien de temps elle a été visible et combien de "
    "temps elle ne l’a pas été, la taille de la fenêtre, et si l’on y pointe du doigt ou de la souris.",
    es="Si su navegador ejecuta scripts, de cada página: cuánto tiempo estuvo a la vista y cuánto no, el tamaño de la "
    "ventana, y si en ella señala un dedo o un ratón.",
    ar="إذا كان متصفحك يشغّل البرامج النصية، عن كل صفحة: كم بقيت ظاهرة وكم لم تكن، وحجم النافذة، وهل يُشار فيها بالإصبع "
    "أم بالفأرة.",
)
STORED_SCRIPT_QUESTION = Word(
    "stored_script_question",
    en="If your browser runs scripts, for each question: after how many seconds you first went to it and first "
    "answered, how often you changed the answer, and whether text was pasted into it. The text itself is stored only "
    "as the answer that you send.",
    de="Wenn Ihr Browser Skripte ausführt, für jede Frage: nach wie vielen Sekunden Sie sie zuerst aufgesucht und "
    "zuerst beantwortet haben, wie oft Sie die Antwort geändert haben, und ob Text eingefügt wurde. Der Text selbst "
    "wird nur als die Antwort gespeichert, die Sie senden.",
    fr="Si votre navigateur exécute des scripts, pour chaque question : après combien de secondes vous y êtes allé et "
    "y avez répondu pour la première fois, combien de fois vous avez changé la réponse, et si du texte y a été collé. "
    "Le texte lui-même n’est enregistré que comme la réponse que vous envoyez.",
    es="Si su navegador ejecuta scripts, de cada pregunta: a los cuántos segundos llegó a ella y la respondió por "
    "primera vez, cuántas veces cambió la respuesta, y si se pegó texto en ella. El texto mismo se guarda solo como "
    "la respuesta que envía.",
    ar="إذا كان متصفحك يشغّل البرامج النصية، عن كل سؤال: بعد كم ثانية وصلت إليه وأجبت عنه أول مرة، وكم مرة غيّرت "
    "الإجابة، وهل أُلصق فيه نص. لا يُحفظ النص نفسه إلا بوصفه الإجابة التي ترسلها.",
)
STORED_SIGNS = Word(
    "stored_signs",
    en="Signs that a program and not a person answers: a hidden field that was filled in, or a page that came back "
    "faster than anybody can read it. No answer is refused or changed because of them.",
    de="Zeichen dafür, dass ein Programm und kein Mensch antwortet: ein verborgenes Feld, das ausgefüllt wurde, oder "
    "eine Seite, die schneller zurückkam, als jemand sie lesen kann. Keine Antwort wird deshalb "
    "abgelehnt oder geändert.",
    fr="Les signes qu’un programme et non une personne répond : un champ caché qui a été rempli, ou une page revenue "
    "plus vite qu’on ne peut la lire. Aucune réponse n’est refusée ni modifiée à cause d’eux.",
    es="Señales de que responde un programa y no una persona: un campo oculto que se rellenó, o una página que volvió "
    "más rápido de lo que se puede leer. Ninguna respuesta se rechaza ni se cambia por ellas.",
    ar="ما يدل على أن المجيب برنامج لا إنسان: حقل مخفي مُلئ، أو صفحة عادت أسرع مما يمكن قراءتها. لا تُرفض أي إجابة ولا "
    "تُغيَّر بسبب ذلك.",
)
STORED_LISTED = Word(
    "stored_listed",
    en="What the list of people that your link was made from says of you: {fields}.",
    de="Was die Liste von Personen, aus der Ihr Link stammt, über Sie sagt: {fields}.",
    fr="Ce que la liste de personnes d’où vient votre lien dit de vous : {fields}.",
    es="Lo que dice de usted la lista de personas de la que salió su enlace: {fields}.",
    ar="ما تذكره عنك قائمة الأشخاص التي أُنشئ منها رابطك: {fields}.",
)
STORED_APART = Word(
    "stored_apart",
    en="Names and addresses are kept apart from your answers.",
    de="Namen und Adressen werden getrennt von Ihren Antworten aufbewahrt.",
    fr="Les noms et adresses sont conservés à part de vos réponses.",
    es="Los nombres y las direcciones se guardan aparte de sus respuestas.",
    ar="تُحفظ الأسماء والعناوين بمعزل عن إجاباتك.",
)
STORED_SENT = Word(
    "stored_sent",
    en="With which chance you were chosen from that list, and when each message of this survey was handed over to be "
    "sent to you.",
    de="Mit welcher Wahrscheinlichkeit Sie aus dieser Liste ausgewählt wurden, und wann jede Nachricht zu dieser "
    "Umfrage zum Versand an Sie übergeben wurde.",
    fr="Avec quelle probabilité vous avez été choisi dans cette liste, et quand chaque message de cette enquête a été "
    "remis pour vous être envoyé.",
    es="Con qué probabilidad se le eligió de esa lista, y cuándo se entregó cada mensaje de esta encuesta para "
    "enviárselo.",
    ar="احتمال اختيارك من تلك القائمة، ومتى سُلِّمت كل رسالة من رسائل هذا الاستبيان لإرسالها إليك.",
)
STORED_OFFERED = Word(
    "stored_offered",
    en="If you came by an answer that you pressed in a message: which one it was, and whether you changed it before "
    "you sent the page. To press it alone stores nothing.",
    de="Wenn Sie über eine Antwort gekommen sind, die Sie in einer Nachricht gedrückt haben: welche es war und ob Sie "
    "sie vor dem Senden der Seite geändert haben. Der Druck allein speichert nichts.",
    fr="Si vous êtes venu par une réponse sur laquelle vous avez appuyé dans un message : laquelle c’était, et si vous "
    "l’avez changée avant d’envoyer la page. Appuyer dessus n’enregistre rien à soi seul.",
    es="Si llegó por una respuesta que pulsó en un mensaje: cuál era, y si la cambió antes de enviar la página. "
    "Pulsarla por sí solo no guarda nada.",
    ar="إذا أتيت عبر إجابة ضغطت عليها في رسالة: أي إجابة كانت، وهل غيّرتها قبل إرسال الصفحة. الضغط وحده لا يحفظ شيئًا.",
)
STORED_COOKIE = Word(
    "stored_cookie",
    en="As you came through a link that is open to everybody: a random number, in a cookie of this site that stays on "
    "your device for a year, so that who comes back is not asked twice. It holds nothing about you. Beside it a code, "
    "with which you can go on on another device.",
    de="Da Sie über einen Link gekommen sind, der allen offensteht: eine Zufallszahl, in einem Cookie dieser Website, "
    "das ein Jahr auf Ihrem Gerät bleibt, damit niemand zweimal gefragt wird, der wiederkommt. Sie enthält nichts über "
    "Sie. Daneben ein Code, mit dem Sie auf einem anderen Gerät weitermachen können.",
    fr="Comme vous êtes venu par un lien ouvert à tous : un nombre aléatoire, dans un cookie de ce site qui reste un "
    "an sur votre appareil, pour que celui qui revient ne soit pas interrogé deux fois. Il ne contient rien sur vous. "
    "En plus, un code qui permet de continuer sur un autre appareil.",
    es="Como llegó por un enlace abierto a todo el mundo: un número aleatorio, en una cookie de este sitio que "
    "permanece un año en su dispositivo, para que a quien vuelve no se le pregunte dos veces. No contiene nada sobre "
    "usted. Además, un código con el que puede continuar en otro dispositivo.",
    ar="لأنك أتيت عبر رابط مفتوح للجميع: رقم عشوائي في ملف تعريف ارتباط لهذا الموقع يبقى سنة على جهازك، حتى لا يُسأل "
    "العائد مرتين. لا يحمل شيئًا عنك. ومعه رمز يمكنك به المتابعة على جهاز آخر.",
)
STORED_AT_KIOSK = Word(
    "stored_at_kiosk",
    en="Where this screen stands and, if it had no connection, how long your answer waited to be sent. Nothing says "
    "who you are, and nobody is known again here.",
    de="Wo dieser Bildschirm steht und, wenn er keine Verbindung hatte, wie lange Ihre Antwort auf das Senden gewartet "
    "hat. Nichts sagt, wer Sie sind, und niemand wird hier wiedererkannt.",
    fr="Où se trouve cet écran et, s’il n’avait pas de connexion, combien de temps votre réponse a attendu d’être "
    "envoyée. Rien ne dit qui vous êtes, et personne n’est reconnu ici.",
    es="Dónde está esta pantalla y, si no tenía conexión, cuánto tiempo esperó su respuesta a ser enviada. Nada dice "
    "quién es usted, y aquí no se reconoce a nadie.",
    ar="أين توجد هذه الشاشة، وكم انتظرت إجابتك حتى تُرسل إن لم يكن هناك اتصال. لا شيء يدل على هويتك، ولا يُتعرَّف هنا "
    "على أحد.",
)
STORED_PROMPT = Word(
    "stored_prompt",
    en="That you were asked in a page of an app or a site and when, with which chance you were chosen to be asked, and "
    "whether you declined, so that you are not asked twice; and a number that was made from the one by which that page "
    "knows you. It holds no name.",
    de="Dass und wann Sie in einer Seite einer App oder Website gefragt wurden, mit welcher Wahrscheinlichkeit Sie "
    "dafür ausgewählt wurden und ob Sie abgelehnt haben, damit Sie nicht zweimal gefragt werden; und eine Zahl, die "
    "aus der gebildet wurde, unter der jene Seite Sie kennt. Sie enthält keinen Namen.",
    fr="Que l’on vous a posé la question dans une page d’une application ou d’un site et quand, avec quelle "
    "probabilité vous avez été choisi pour cela, et si vous avez refusé, pour ne pas vous la poser deux fois ; et un "
    "nombre tiré de celui sous lequel cette page vous connaît. Il ne contient aucun nom.",
    es="Que se le preguntó en una página de una aplicación o de un sitio y cuándo, con qué probabilidad se le eligió "
    "para ello, y si rehusó, para no preguntarle dos veces; y un número formado a partir del que usa esa página para "
    "conocerle. No contiene ningún nombre.",
    ar="أنك سُئلت في صفحة من تطبيق أو موقع ومتى، واحتمال اختيارك لذلك، وما إذا كنت قد رفضت، كي لا تُسأل مرتين؛ ورقم "
    "مشتق من الرقم الذي تعرفك به تلك الصفحة. لا يتضمن أي اسم.",
)
STORED_BY_SITE = Word(
    "stored_by_site",
    en="In your browser, kept by that page and not by this site: the day on which you were asked and, where the page "
    "does not say who you are, a random number.",
    de="In Ihrem Browser, aufbewahrt von jener Seite und nicht von dieser Website: der Tag, an dem Sie gefragt wurden, "
    "und eine Zufallszahl, wo die Seite nicht sagt, wer Sie sind.",
    fr="Dans votre navigateur, conservés par cette page et non par ce site : le jour où l’on vous a posé la question "
    "et, si la page ne dit pas qui vous êtes, un nombre aléatoire.",
    es="En su navegador, guardados por esa página y no por este sitio: el día en que se le preguntó y, si la página no "
    "dice quién es usted, un número aleatorio.",
    ar="في متصفحك، تحتفظ به تلك الصفحة وليس هذا الموقع: اليوم الذي سُئلت فيه، ورقم عشوائي إذا لم تذكر الصفحة من أنت.",
)
NOT_STORED = Word(
    "not_stored",
    en="What is not stored",
    de="Was nicht gespeichert wird",
    fr="Ce qui n’est pas enregistré",
    es="Qué no se guarda",
    ar="ما لا يُحفظ",
)
NOT_STORED_PLACE = Word(
    "not_stored_place",
    en="Your network address (IP), your place, and the exact kind of your browser.",
    de="Ihre Netzwerkadresse (IP), Ihr Ort und die genaue Art Ihres Browsers.",
    fr="Votre adresse réseau (IP), le lieu où vous êtes et le type exact de votre navigateur.",
    es="Su dirección de red (IP), su lugar y el tipo exacto de su navegador.",
    ar="عنوانك على الشبكة (IP)، ومكانك، ونوع متصفحك بدقة.",
)
NOT_STORED_KEYS = Word(
    "not_stored_keys",
    en="Single keystrokes, movements of the mouse, and answers that you took back before you sent a page.",
    de="Einzelne Tastenanschläge, Bewegungen der Maus und Antworten, die Sie vor dem Senden einer Seite zurückgenommen "
    "haben.",
    fr="Les frappes de touches, les mouvements de la souris et les réponses retirées avant l’envoi d’une page.",
    es="Las pulsaciones de teclas, los movimientos del ratón y las respuestas que retiró antes de enviar una página.",
    ar="ضغطات المفاتيح، وحركات الفأرة، والإجابات التي تراجعت عنها قبل إرسال الصفحة.",
)
NOT_STORED_OTHERS = Word(
    "not_stored_others",
    en="Anything at other companies: this site loads nothing from elsewhere, and tells nothing to elsewhere.",
    de="Irgendetwas bei anderen Firmen: Diese Website lädt nichts von anderswo und meldet nichts anderswohin.",
    fr="Quoi que ce soit chez d’autres entreprises : ce site ne charge rien d’ailleurs et ne communique rien ailleurs.",
    es="Nada en otras empresas: este sitio no carga nada de otra parte ni comunica nada a otra parte.",
    ar="أي شيء لدى شركات أخرى: لا يحمّل هذا الموقع شيئًا من مكان آخر ولا يبلّغ مكانًا آخر بشيء.",
)
NOT_STORED_DEVICE = Word(
    "not_stored_device",
    en="Anything on your device: this site sets no cookies.",
    de="Irgendetwas auf Ihrem Gerät: Diese Website setzt keine Cookies.",
    fr="Quoi que ce soit sur votre appareil : ce site ne dépose pas de cookies.",
    es="Nada en su dispositivo: este sitio no usa cookies.",
    ar="أي شيء على جهازك: لا يضع هذا الموقع ملفات تعريف ارتباط.",
)
NOT_STORED_DEVICE_BUT = Word(
    "not_stored_device_but",
    en="Anything else on your device: this site sets no cookies.",
    de="Irgendetwas anderes auf Ihrem Gerät: Diese Website setzt keine Cookies.",
    fr="Quoi que ce soit d’autre sur votre appareil : ce site ne dépose pas de cookies.",
    es="Nada más en su dispositivo: este sitio no usa cookies.",
    ar="أي شيء آخر على جهازك: لا يضع هذا الموقع ملفات تعريف ارتباط.",
)
NOT_STORED_MOVES = Word(
    "not_stored_moves",
    en="How you move about in a page: this survey looks at the times of whole pages only.",
    de="Wie Sie sich in einer Seite bewegen: Diese Umfrage sieht nur auf die Zeiten ganzer Seiten.",
    fr="Comment vous parcourez une page : cette enquête ne regarde que les temps de pages entières.",
    es="Cómo se mueve dentro de una página: esta encuesta solo mira los tiempos de páginas enteras.",
    ar="كيف تتنقل داخل الصفحة: لا ينظر هذا الاستبيان إلا إلى أوقات الصفحات كاملة.",
)
HOW_LONG = Word(
    "how_long", en="How long", de="Wie lange", fr="Pour combien de temps", es="Cuánto tiempo", ar="كم المدة"
)
HOW_LONG_UNTIL = Word(
    "how_long_until",
    en="Answers are taken until {date}.",
    de="Antworten werden bis zum {date} angenommen.",
    fr="Les réponses sont acceptées jusqu’au {date}.",
    es="Se aceptan respuestas hasta el {date}.",
    ar="تُقبل الإجابات حتى {date}.",
)
HOW_LONG_MORE = Word(
    "how_long_more",
    en="What is stored stays until those who ask the survey delete it.",
    de="Was gespeichert ist, bleibt, bis diejenigen es löschen, die die Umfrage stellen.",
    fr="Ce qui est enregistré reste jusqu’à ce que ceux qui posent l’enquête l’effacent.",
    es="Lo que se guarda permanece hasta que lo borren quienes hacen la encuesta.",
    ar="يبقى المحفوظ إلى أن يحذفه أصحاب الاستبيان.",
)
HOW_LONG_ADDRESSES = Word(
    "how_long_addresses",
    en="On {date} your name and addresses are erased, unless another survey that you were chosen for still needs them.",
    de="Am {date} werden Ihr Name und Ihre Adressen gelöscht, wenn nicht eine andere Umfrage, für die Sie ausgewählt "
    "wurden, sie noch braucht.",
    fr="Le {date}, votre nom et vos adresses sont effacés, sauf si une autre enquête pour laquelle vous avez été "
    "choisi en a encore besoin.",
    es="El {date} se borran su nombre y sus direcciones, salvo que los necesite todavía otra encuesta para la que se "
    "le eligió.",
    ar="في {date} يُمحى اسمك وعناوينك، إلا إذا كان استبيان آخر اختِرت له لا يزال يحتاج إليها.",
)
HOW_LONG_TEXTS = Word(
    "how_long_texts",
    en="On {date} what you have written in your own words, and addresses that you have given as answers, are erased.",
    de="Am {date} wird gelöscht, was Sie in eigenen Worten geschrieben haben, und Adressen, die Sie als Antwort "
    "angegeben haben.",
    fr="Le {date}, ce que vous avez écrit avec vos propres mots et les adresses données comme réponses sont effacés.",
    es="El {date} se borra lo que ha escrito con sus propias palabras y las direcciones que ha dado como respuesta.",
    ar="في {date} يُمحى ما كتبته بكلماتك، والعناوين التي أعطيتها كإجابات.",
)
HOW_LONG_REST = Word(
    "how_long_rest",
    en="Everything else that is stored stays until those who ask the survey delete it.",
    de="Alles andere, was gespeichert ist, bleibt, bis diejenigen es löschen, die die Umfrage stellen.",
    fr="Tout le reste de ce qui est enregistré reste jusqu’à ce que ceux qui posent l’enquête l’effacent.",
    es="Todo lo demás que se guarda permanece hasta que lo borren quienes hacen la encuesta.",
    ar="يبقى كل ما عدا ذلك من المحفوظ إلى أن يحذفه أصحاب الاستبيان.",
)
HOW_TO_STOP = Word(
    "how_to_stop", en="How to stop", de="Wie Sie aufhören", fr="Comment arrêter", es="Cómo dejarlo", ar="كيف تتوقف"
)
VOLUNTARY = Word(
    "voluntary",
    en="Taking part is your choice.",
    de="Sie entscheiden, ob Sie teilnehmen.",
    fr="Participer est votre choix.",
    es="Participar es decisión suya.",
    ar="المشاركة قرارك.",
)
STOP_ANY_TIME = Word(
    "stop_any_time",
    en="You can stop at any time: then no more of this survey’s messages are sent to you, and nothing more is stored. "
    "Pages that you sent before stay, unless you ask for their deletion.",
    de="Sie können jederzeit aufhören: Dann bekommen Sie keine Nachrichten dieser Umfrage mehr, und es wird nichts "
    "weiter gespeichert. Seiten, die Sie vorher gesendet haben, bleiben, wenn Sie nicht um ihre Löschung bitten.",
    fr="Vous pouvez arrêter à tout moment : plus aucun message de cette enquête ne vous est alors envoyé, et plus rien "
    "n’est enregistré. Les pages déjà envoyées restent, sauf si vous demandez leur effacement.",
    es="Puede dejarlo en cualquier momento: entonces no recibirá más mensajes de esta encuesta y no se guardará nada "
    "más. Las páginas que ya envió permanecen, salvo que pida que se borren.",
    ar="يمكنك التوقف في أي وقت: عندها لا تصلك رسائل أخرى من هذا الاستبيان ولا يُحفظ شيء آخر. تبقى الصفحات التي أرسلتها "
    "من قبل إلا إذا طلبت حذفها.",
)
STOP_LATER = Word(
    "stop_later",
    en="Nothing is stored before you press Start. After that, a link on every page lets you stop.",
    de="Bevor Sie auf Beginnen drücken, wird nichts gespeichert. Danach können Sie über einen Link auf jeder Seite "
    "aufhören.",
    fr="Rien n’est enregistré avant que vous appuyiez sur Commencer. Ensuite, un lien sur chaque page permet "
    "d’arrêter.",
    es="No se guarda nada antes de que pulse Empezar. Después, un enlace en cada página le permite dejarlo.",
    ar="لا يُحفظ شيء قبل أن تضغط «ابدأ». بعد ذلك يتيح لك رابط في كل صفحة أن تتوقف.",
)
STOP_IN_APP = Word(
    "stop_in_app",
    en="You can decline. Once you have started, a link on every page lets you stop.",
    de="Sie können ablehnen. Wenn Sie begonnen haben, können Sie über einen Link auf jeder Seite aufhören.",
    fr="Vous pouvez refuser. Une fois que vous avez commencé, un lien sur chaque page permet d’arrêter.",
    es="Puede rehusar. Una vez que haya empezado, un enlace en cada página le permite dejarlo.",
    ar="يمكنك الرفض. بعد أن تبدأ يتيح لك رابط في كل صفحة أن تتوقف.",
)
STOP_AT_KIOSK = Word(
    "stop_at_kiosk",
    en="Nothing is stored before you touch the screen to begin. After that, a button below every page stops and clears "
    "the screen. Pages that you sent before stay: nobody can tell which were yours.",
    de="Bevor Sie zum Beginnen den Bildschirm berühren, wird nichts gespeichert. Danach beendet ein Knopf unter jeder "
    "Seite die Umfrage und leert den Bildschirm. Seiten, die Sie vorher gesendet haben, bleiben: Niemand kann sagen, "
    "welche von Ihnen waren.",
    fr="Rien n’est enregistré avant que vous touchiez l’écran pour commencer. Ensuite, un bouton sous chaque page "
    "arrête et efface l’écran. Les pages déjà envoyées restent : personne ne peut dire lesquelles étaient les vôtres.",
    es="No se guarda nada antes de que toque la pantalla para empezar. Después, un botón debajo de cada página "
    "termina y borra la pantalla. Las páginas que ya envió permanecen: nadie puede saber cuáles eran suyas.",
    ar="لا يُحفظ شيء قبل أن تلمس الشاشة للبدء. بعد ذلك يوقف زر أسفل كل صفحة الاستبيان ويمسح الشاشة. تبقى الصفحات التي "
    "أرسلتها من قبل: لا يمكن لأحد أن يعرف أيها كانت لك.",
)
TO_SURVEY = Word(
    "to_survey",
    en="Go to the survey",
    de="Zur Umfrage",
    fr="Aller à l’enquête",
    es="Ir a la encuesta",
    ar="إلى الاستبيان",
)
