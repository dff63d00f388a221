"""The privacy page: what is stored and what is not, exactly as the survey is set."""

from __future__ import annotations

import re

import pytest

from .test_arrive import EXPERIMENT as EXPERIMENT_OPEN
from .test_arrive import INSTRUMENT as OPEN_INSTRUMENT
from .test_arrive import WORDING
from .test_paradata import EXPERIMENT, INSTRUMENT

EVERYWHERE = ("Who asks", "What is stored", "What is not stored", "How long", "How to stop", "Your network address")


def words(page):
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


@pytest.fixture
def trial(field):
    """The row of an experiment whose arms differ in their paradata."""
    return field.written(EXPERIMENT, INSTRUMENT, region="north")


def notice(browser, field, trial, arm):
    """The words of the privacy page of a case in an arm."""
    return words(browser.get(f"/r/{field.tokens(trial, f=arm)[0]}/privacy"))


def test_it_tells_what_the_scripts_of_this_arm_tell(browser, field, trial):
    """Described where they are switched on, and denied where they are not."""
    full, times = (notice(browser, field, trial, arm) for arm in ("full", "times"))
    for text in (full, times):
        assert all(each in text for each in EVERYWHERE)
        assert "help@example.org" in text
        assert "region" in text
        assert "23 March 2026" in text
        assert "sets no cookies" in text
    assert "how often you changed the answer" in full
    assert "the times of whole pages only" not in full
    assert "how often you changed the answer" not in times
    assert "the times of whole pages only" in times


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "With which chance you were chosen from that list, and when each message"),
        ("de", "Mit welcher Wahrscheinlichkeit Sie aus dieser Liste ausgewählt wurden, und wann jede Nachricht"),
        ("fr", "Avec quelle probabilité vous avez été choisi dans cette liste, et quand chaque message"),
        ("es", "Con qué probabilidad se le eligió de esa lista, y cuándo se entregó cada mensaje"),
        ("ar", "احتمال اختيارك من تلك القائمة، ومتى سُلِّمت كل رسالة"),
    ],
)
def test_who_is_listed_is_told_of_messages_and_of_the_draw(browser, field, language, said):
    """That it is kept when a message was handed over, and by which chance the person was chosen; in every language."""
    asked = INSTRUMENT.replace("languages: [en]", f"languages: [{language}]")
    trial = field.written(EXPERIMENT.replace("language: en", f"language: {language}"), asked)
    assert said in notice(browser, field, trial, "full")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "If you came by an answer that you pressed in a message"),
        ("de", "Wenn Sie über eine Antwort gekommen sind"),
        ("fr", "Si vous êtes venu par une réponse sur laquelle vous avez appuyé"),
        ("es", "Si llegó por una respuesta que pulsó en un mensaje"),
        ("ar", "إذا أتيت عبر إجابة ضغطت عليها في رسالة"),
    ],
)
def test_who_is_offered_answers_in_a_message_is_told_what_a_press_keeps(browser, field, language, said):
    """Where a message offers some, and nowhere else; in every language."""
    asked = INSTRUMENT.replace("languages: [en]", f"languages: [{language}]").replace(
        "a, type: short_text", "a, type: thumbs"
    )
    trial = EXPERIMENT.replace("language: en", f"language: {language}")
    offering = trial + 'messages: {invitation: {subject: Hello, body: "{answers.a|}"}}\n'
    assert said in notice(browser, field, field.written(offering, asked), "full")
    assert said not in notice(browser, field, field.written(trial, asked, slug="plain"), "full")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("On 21 June 2026 your name", "On 23 March 2027 what you have written", "Everything else")),
        ("de", ("Am 21. Juni 2026 werden Ihr Name", "Am 23. März 2027 wird gelöscht", "Alles andere")),
        ("fr", ("Le 21 juin 2026, votre nom", "Le 23 mars 2027, ce que vous", "Tout le reste")),
        ("es", ("El 21 de junio de 2026 se borran", "El 23 de marzo de 2027 se borra", "Todo lo demás")),
        ("ar", ("يُمحى اسمك وعناوينك", "يُمحى ما كتبته بكلماتك", "يبقى كل ما عدا ذلك")),
    ],
)
def test_it_tells_how_long_what_is_kept(browser, field, language, said):
    """By the dates that follow from the experiment's retention and its close; in every language."""
    asked = INSTRUMENT.replace("languages: [en]", f"languages: [{language}]")
    trial = EXPERIMENT.replace("language: en", f"language: {language}")
    _, texts, rest = said
    both = field.written(trial + "retention: {addresses: P90D, texts: P1Y}\n", asked)
    told = notice(browser, field, both, "full")
    assert all(each in told for each in said)
    only = notice(browser, field, field.written(trial + "retention: {texts: P1Y}\n", asked, slug="only"), "full")
    assert [each for each in said if each in only] == [texts, rest]
    neither = notice(browser, field, field.written(trial, asked, slug="neither"), "full")
    assert not [each for each in said if each in neither]


def test_who_is_not_listed_is_told_of_no_address(browser, field):
    """Nobody has one of who comes by an open link; what was typed goes all the same."""
    kept = WORDING + "retention: {addresses: P90D, texts: P1Y}\n"
    field.written(kept, OPEN_INSTRUMENT, drawn=True, per_arm=0)
    told = words(browser.get("/o/trial/privacy"))
    assert "your name and addresses are erased" not in told
    assert "On 23 March 2027 what you have written" in told


def test_it_tells_how_the_survey_may_end_and_by_which_chance_one_is_asked_how(browser, field, trial):
    """Also that there may be no more questions for somebody, and that a language was chosen."""
    text = notice(browser, field, trial, "full")
    assert "there were no more questions for you" in text
    assert "chose a language" in text
    assert "which ones you got, and how probable that was" in text


def test_the_open_link_has_one_too(browser, field):
    """Before anybody is a case; it tells of the cookie, and where one comes from a list nothing of lists."""
    trial = field.written(WORDING, OPEN_INSTRUMENT, drawn=False)
    page = browser.get("/o/trial/privacy")
    text = words(page)
    assert all(each in text for each in EVERYWHERE)
    assert "a random number, in a cookie" in text
    assert "Nothing is stored before you press Start" in text
    assert "list of people" not in text
    assert "chosen from that list" not in text
    assert "handed over" not in text
    assert 'href="/o/trial"' in page.text
    assert field.tokens(trial) == []


def test_the_open_link_speaks_of_the_arm_that_tells_most(browser, field):
    """Nobody is promised less than what may happen."""
    field.written(EXPERIMENT_OPEN % ("measurement.paradata", "times", "full"), OPEN_INSTRUMENT, drawn=False)
    assert "how often you changed the answer" in words(browser.get("/o/trial/privacy"))


def test_the_instrument_adds_its_own_words(browser, field):
    """Line by line, first, as text."""
    own = INSTRUMENT.replace("thanks: Saved.", "thanks: Saved.\nprivacy: |\n  Kept until 2030.\n  <b>By us.</b>")
    trial = field.written(EXPERIMENT, own)
    page = browser.get(f"/r/{field.tokens(trial, f='full')[0]}/privacy")
    assert page.text.index("<p>Kept until 2030.</p>") < page.text.index("Who asks")
    assert "<p>&lt;b&gt;By us.&lt;/b&gt;</p>" in page.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_it_records_nothing(browser, field, trial, method):
    """Neither an opening nor an exposure, at any time."""
    (token,) = field.tokens(trial, f="full")
    assert browser.client.open(f"/r/{token}/privacy", method=method).status_code == 200
    assert field.kinds(token) == []
    assert field.rows("exposure") == []


def test_it_can_be_read_whatever_has_happened(browser, field, trial, clock):
    """Behind the close, and by who no longer takes part; a link that leads nowhere has none."""
    (token,) = field.tokens(trial, f="full")
    browser.post(browser.get(f"/r/{token}/stop"))
    clock.advance(days=60)
    assert browser.get(f"/r/{token}/privacy").status_code == 200
    for path in ("/r/nobody/privacy", "/o/nobody/privacy", "/o/trial/privacy", "/r/%00/privacy"):
        assert browser.get(path).status_code == 404


def test_every_page_of_a_survey_leads_to_it(browser, field, trial, clock):
    """In the same place in the foot, in a new tab, so that nothing typed is lost."""
    (token,) = field.tokens(trial, f="full")
    link = f'<p><a href="/r/{token}/privacy" target="_blank" rel="noopener">'
    pages = [browser.get(f"/r/{token}"), browser.get(f"/r/{token}/stop"), browser.start(token)]
    pages.append(browser.post(pages[-1], {"b": "many"}))
    pages.append(browser.answer(browser.answer(pages[2], {"a": "x", "b": "1"}), {"c": "y"}))
    pages += [browser.get(f"/r/{token}"), browser.get(f"/r/{token}/privacy")]
    for page in pages:
        foot = page.text.partition("</main>")[2]
        assert foot.count(link) == 1, page.request.path
        assert foot.index(link) > foot.index("Questions about this survey?")
