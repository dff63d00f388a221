"""The prompt in an app: who is asked, when a case is written, and what may be framed by whom."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest

from surveylab import randomness, spec
from surveylab.design.cases import IN_APP, CaseRecord
from surveylab.design.dispositions import disposition
from surveylab.errors import SurveylabError
from surveylab.fieldwork import recruit
from surveylab.fieldwork.reach import Line
from surveylab.sampling import bernoulli
from surveylab.settings import from_environment
from surveylab.store import cases, experiments, histories

from .conftest import BEGIN, ROOT, SECRET, Settings

SITE = "https://shop.example.org"
EXPERIMENT = """
format: 1
title: A trial
sampling: {{scheme: bernoulli, p: 0.5}}
assignment: {{scheme: hashed, factors: {{f: {{varies: {varies}, levels: {levels}}}}}}}
contact: {{channel: in_app, cap: {{contacts: {contacts}, per: P30D}}, closes: P60D}}
measurement: {{instrument: questions, language: en}}
inquiries: {{f_on_response: {{outcome: response, contrast: {{f: [x, y]}}}}}}
{reach}
"""
INSTRUMENT = """
format: 1
title: {en: A trial, de: Ein Versuch}
version: "1"
languages: [en, de]
contact: help@example.org
introduction: {en: Welcome., de: Willkommen.}
thanks: {en: Saved., de: Gespeichert.}
pages: [{id: one, items: [a]}, {id: two, items: [b]}]
items:
  - {id: a, type: nps, text: {en: "How likely?", de: "Wie wahrscheinlich?"}}
  - {id: b, type: short_text, text: {en: "Why?", de: "Warum?"}}
"""
WORDING = {"varies": "items.a.text", "levels": '{x: {en: "What?", de: "Was?"}, y: {en: "Which?", de: "Welche?"}}'}
LANGUAGE = {"varies": "measurement.language", "levels": "{x: en, y: de}"}


@pytest.fixture
def settings(ledger_url):
    """Of a survey that one site may show."""
    return Settings(ROOT, ledger_url, SECRET, "http://127.0.0.1:8000", embed_origins=(SITE,))


def study(slug="trial", contacts=1, reach="", **factor):
    """A study in an app."""
    text = EXPERIMENT.format(contacts=contacts, reach=reach, **(factor or WORDING))
    return spec.read_documents({f"{slug}.yaml": text, "questions.yaml": INSTRUMENT}, f"{slug}.yaml")


@pytest.fixture
def trial(field):
    """The study, opened: its row."""
    return opened(field, study())


def opened(field, given):
    """Open a study; its row."""
    recruit.draw(field.ledger, given, BEGIN)
    with field.ledger.read() as conn:
        return experiments.experiment(conn, given.experiment.slug).id


def people(*slugs, sampled=True, n=3):
    """Ids of people who are in the samples of all these studies, or in none of them."""
    choosers = [bernoulli.chooser(bernoulli.Settings(0.5), randomness.stream(slug, "sampling")) for slug in slugs]
    units = (f"app-{number:032x}" for number in range(1_000))
    return [unit for unit in units if all(choose(unit) == sampled for choose in choosers)][:n]


def offered(browser, unit, slug="trial"):
    """The offer to a person."""
    return browser.get(f"/w/{slug}?person={unit}")


def displayed(browser, page):
    """Tell that an offer is displayed."""
    unit = re.search(r'data-offer="([^"]+)"', page.text)[1]
    return browser.send(browser.action(page), {**browser.hidden(page), "person": unit})


def started(browser, link):
    """Press Start on an offer that was displayed; the first page."""
    return browser.follow(browser.send(link["address"], {name: link[name] for name in ("_visit", "_signature")}))


def code(field, token):
    """The disposition of a case."""
    case = field.case(token)
    with field.ledger.read() as conn:
        (history,) = [
            each for some in histories.case_records(conn, case.experiment) for each in some if each.id == case.id
        ]
    arms = study().experiment
    arm = arms.arm_of(case.levels)
    instrument = study().plan(arm).instrument
    return disposition(CaseRecord(case.id, arm, instrument, history.events, history.answers, {}, {}, 0.8, 0.5)).code


def test_who_is_displayed_the_prompt_is_a_case_and_answers_in_the_frame(browser, field, trial):
    """The case has its inclusion probability, the arm of the seed, and the event of its display."""
    (unit, *_) = people("trial")
    page = offered(browser, unit)
    assert "Welcome." in page.text
    assert "No, thank you" in page.text
    assert field.rows("sampled_case") == []
    link = displayed(browser, page).json
    (row,) = field.rows("sampled_case")
    assert (row.unit, row.inclusion_probability, row.token) == (unit, 0.5, link["token"])
    assert [(event.kind, event.detail) for event in field.rows("event")] == [("selected", ""), ("sent", IN_APP)]
    page = started(browser, link)
    assert page.request.path == f"/w/r/{row.token}/one"
    outside = re.findall(r'(?:href|action)="(/r/[^"]*)"', page.text)
    assert outside == [f"/r/{row.token}/privacy"], "only the privacy page opens outside of the frame"
    page = browser.answer(browser.answer(page, {"a": "9"}), {"b": "this"})
    assert page.request.path == f"/w/r/{row.token}/thanks"
    assert field.kinds(row.token) == ["sent", "opened", "started", "page", "page", "submitted"]
    assert code(field, row.token) == "1.1"
    assert recruit.audit(field.ledger, "trial") == recruit.Audited(1, 1, ())


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nobody_becomes_a_case_by_looking(browser, field, trial, method):
    """A scanner that follows every address leaves no trace."""
    for path in ("/w/trial.js", *(f"/w/trial?person={unit}" for unit in people("trial"))):
        assert browser.client.open(path, method=method).status_code == 200
    assert field.rows("sampled_case") == field.rows("event") == []


def test_who_is_not_in_the_sample_is_not_asked(browser, field, trial):
    """No offer, and a form that was signed for somebody else is of no use."""
    page = offered(browser, people("trial")[0])
    for unit in [*people("trial", sampled=False), "", "app-1", "somebody", f"app-{'g' * 32}", "app-" + "٣" * 32]:
        assert offered(browser, unit).status_code == 204
        assert browser.send("/w/trial", {**browser.hidden(page), "person": unit}).status_code == 400
    assert field.rows("sampled_case") == []


def test_everybody_is_asked_once(app, browser, field, trial):
    """Two pages that display the offer at once: one gets the link, and so nobody who knows an id gets it later."""
    (unit, *_) = people("trial")
    pages = [offered(browser, unit) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda page: displayed(type(browser)(app.test_client()), page), pages))
    assert sorted(answer.status_code for answer in answers) == [200, *[204] * 5]
    assert offered(browser, unit).status_code == 204
    assert [event.kind for event in field.rows("event")] == ["selected", "sent"]


@pytest.mark.parametrize("case", [(1, 29, False), (1, 31, True), (2, 1, True)])
def test_the_cap_counts_over_experiments(browser, field, clock, case):
    """Not more than so many prompts to one person in the window, whichever experiment they are of."""
    contacts, days, asked = case
    for slug in ("trial", "other"):
        opened(field, study(slug, contacts))
    (unit, *_) = people("trial", "other")
    displayed(browser, offered(browser, unit))
    clock.advance(days=days)
    assert (offered(browser, unit, "other").status_code == 200) == asked
    assert offered(browser, unit).status_code == 204


def test_who_is_out_of_reach_is_not_asked(browser, field):
    """Behind a ramp nobody gets an offer; of the others whoever was asked elsewhere rests."""
    inside = Line("ramp", "trial", Fraction(0), Fraction(1, 2))
    units = people("trial", "other", n=40)
    kept = dict(zip(units, inside.kept(units).tolist(), strict=True))
    assert set(kept.values()) == {True, False}
    opened(field, study(contacts=9, reach="ramp: 0.5\nrest: P7D"))
    opened(field, study("other", contacts=9))
    assert {unit: offered(browser, unit).status_code == 200 for unit in units} == kept
    one = next(unit for unit in units if kept[unit])
    displayed(browser, offered(browser, one, "other"))
    assert offered(browser, one).status_code == 204


def test_the_cap_is_looked_at_again_when_the_prompt_is_displayed(browser, field):
    """Two experiments on one page: the second offer was made before the first was displayed."""
    for slug in ("trial", "other"):
        opened(field, study(slug))
    (unit, *_) = people("trial", "other")
    one, two = offered(browser, unit), offered(browser, unit, "other")
    assert [displayed(browser, page).status_code for page in (one, two)] == [200, 204]
    assert len(field.rows("sampled_case")) == 1


def test_an_opt_out_counts_in_all_experiments(browser, field):
    """Who asked to be left alone is not asked by another experiment."""
    for slug in ("trial", "other"):
        opened(field, study(slug, contacts=9))
    (unit, *_) = people("trial", "other")
    link = displayed(browser, offered(browser, unit)).json
    stop = browser.get(f"{link['address']}/stop")
    assert browser.follow(browser.post(stop)).status_code == 410
    assert code(field, link["token"]) == "2.11"
    assert offered(browser, unit, "other").status_code == 204


def test_to_decline_is_a_refusal_and_to_leave_an_implicit_one(browser, field, trial):
    """2.112 by the button; 2.113 for whom nothing more was heard of; once, and not any more after a start."""
    links = [displayed(browser, offered(browser, unit)).json for unit in people("trial")]
    decline = [{name: link[name] for name in ("token", "_visit", "_signature")} for link in links]
    started(browser, links[2])
    for form in (decline[0], decline[0], decline[2]):
        assert browser.send("/w/trial", form).status_code == 204
    assert [code(field, link["token"]) for link in links] == ["2.112", "2.113", "2.112"]
    kinds = [field.kinds(link["token"]) for link in links]
    assert kinds == [["sent", "dismissed"], ["sent"], ["sent", "opened", "started"]]
    assert browser.send("/w/trial", {**decline[1], "_signature": "0" * 64}).status_code == 400
    assert field.kinds(links[1]["token"]) == ["sent"]


def test_what_is_met_on_the_landing_page_is_met_in_the_offer(browser, field):
    """The offer is in the arm's language from the start, and exposure is written when it is displayed."""
    row = opened(field, study(**LANGUAGE))
    shown = {}
    for unit in people("trial", n=8):
        page = offered(browser, unit)
        link = displayed(browser, page).json
        shown[field.case(link["token"]).levels["f"]] = "Willkommen." in page.text
    assert shown == {"x": False, "y": True}
    assert {each.factor for each in field.rows("exposure")} == {"f"}
    assert len(field.rows("exposure")) == len(field.tokens(row)) == 8


def test_a_survey_that_has_closed_or_pauses_asks_nobody(browser, field, trial, clock):
    """The script is gone, and an offer that was open comes to nothing."""
    page = offered(browser, people("trial")[0])
    clock.advance(days=60)
    assert browser.get("/w/trial.js").status_code == 404
    assert displayed(browser, page).status_code == 204
    assert field.rows("sampled_case") == []


def test_a_survey_that_has_enough_asks_nobody(browser, field):
    """Once the last place of a quota over everybody is confirmed; an offer that was open comes to nothing."""
    opened(field, study(reach="quotas: {all: {most: 1}}"))
    first, second, _ = people("trial")
    late = offered(browser, second)
    page = started(browser, displayed(browser, offered(browser, first)).json)
    assert offered(browser, second).status_code == 200, "the place may become free"
    browser.answer(browser.answer(page, {"a": "9"}), {"b": "this"})
    assert browser.get("/w/trial.js").status_code == 404
    assert (offered(browser, second).status_code, displayed(browser, late).status_code) == (204, 204)
    assert len(field.rows("sampled_case")) == 1


@pytest.mark.parametrize("slug", ["nobody", "nps_wording_length", "%00"])
def test_only_experiments_in_an_app_have_a_prompt(browser, nps, trial, slug):
    """Not a listed sample; and what is sampled has no open link."""
    assert browser.get(f"/w/{slug}.js").status_code == 404
    assert browser.get(f"/w/{slug}?person={people(slug)[0]}").status_code == 204
    assert browser.get("/o/trial").status_code == 404


def test_an_audit_finds_who_was_not_in_the_sample(field, trial):
    """A case that the seed does not draw, and one with another probability, are told."""
    given = study()
    arms = given.experiment.arms
    algorithm = f"hashed {randomness.ALGORITHM}"
    arrival = cases.Arrival(people("trial", sampled=False)[0], {}, arms[0], probability=0.5)
    with field.ledger.write() as conn:
        cases.insert_arrival(conn, trial, arrival, arms, algorithm=algorithm, at=BEGIN)
    assert recruit.audit(field.ledger, "trial").differences == ("other units were drawn",)


def test_an_audit_finds_another_probability(browser, field, trial):
    """None is not a half."""
    from surveylab.fieldwork.arrival import placed

    (unit, *_) = people("trial")
    arrival, algorithm = placed(study(), unit)
    arms = study().experiment.arms
    with field.ledger.write() as conn:
        stripped = cases.Arrival(unit, {}, arrival.arm)
        cases.insert_arrival(conn, trial, stripped, arms, algorithm=algorithm, at=BEGIN)
    assert recruit.audit(field.ledger, "trial").differences == ("the inclusion probabilities differ",)


def test_only_the_pages_of_a_prompt_may_be_framed_and_only_by_the_sites_of_the_settings(browser, field, trial, nps):
    """Every other page says none; nothing may be read by another site."""
    link = displayed(browser, offered(browser, people("trial")[0])).json
    token = link["token"]
    framed = [
        "/w/trial.js",
        f"/w/trial?person={people('trial')[1]}",
        link["address"],
        f"/w/r/{token}/nothing",
        "/w/a/b",
    ]
    for path in framed:
        policy = browser.get(path).headers["Content-Security-Policy"]
        assert f"frame-ancestors {SITE};" in f"{policy};", path
    for path in (f"/r/{token}", "/o/trial", "/", "/console", "/w", field.tokens(nps)[0]):
        assert "frame-ancestors 'none'" in browser.get(path).headers["Content-Security-Policy"], path
    for path in framed:
        response = browser.client.get(path, headers={"Origin": SITE})
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in response.headers


def test_without_a_site_there_is_no_prompt(field, ledger, clock, browser, trial):
    """By default nothing is framed and nothing is under /w."""
    from surveylab.web import create_app

    app = create_app(Settings(ROOT, str(ledger.url), SECRET, "http://127.0.0.1:8000"), ledger=ledger, clock=clock)
    client = app.test_client()
    token = displayed(browser, offered(browser, people("trial")[0])).json["token"]
    for path in ("/w/trial.js", f"/w/trial?person={people('trial')[1]}", f"/w/r/{token}"):
        response = client.get(path)
        assert response.status_code == 404
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_the_privacy_page_of_a_prompt_tells_the_truth(browser, field, trial):
    """It opens outside of the frame, before and behind the start, and speaks of no cookie and no open link."""
    page = offered(browser, people("trial")[0])
    link = displayed(browser, page).json
    inside = started(browser, link)
    for place, home in ((page, "/o/trial"), (inside, f"/r/{link['token']}")):
        (address,) = re.findall(r'href="([^"]+/privacy)"', place.text)
        assert address == f"{home}/privacy"
        told = browser.get(address)
        assert told.status_code == 200
        assert "That you were asked in a page of an app or a site" in told.text
        assert "with which chance you were chosen to be asked, and whether you declined" in told.text
        assert "in a cookie of this site" not in told.text
        assert "before you press Start" not in told.text
        assert ('href="/o/trial"' in told.text) is False


def test_the_script_is_small_and_says_what_the_page_needs(browser, field, trial):
    """Under 4 kB as it is; the key is that of the draw, and the seed is not in it; unchanged it is not sent again."""
    response = browser.get("/w/trial.js")
    assert len(response.data) < 4_000
    rules = json.loads(response.text[response.text.rindex("({") + 1 : response.text.rindex(")")])
    key, bound = bernoulli.hashing(bernoulli.Settings(0.5), randomness.stream("trial", "sampling"))
    assert rules == {"slug": "trial", "title": "A trial", "key": key, "bound": str(bound), "origins": [SITE]}
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = browser.client.get("/w/trial.js", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    packed = browser.client.get("/w/trial.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "wrong",
    [
        "*",
        "shop.example.org",
        "https://shop.example.org/",
        "https://*.example.org",
        "javascript:x",
        "https://a;b",
        "'none'",
    ],
)
def test_an_origin_is_written_in_full(wrong):
    """It becomes part of a header: anything else is refused, by its name."""
    with pytest.raises(SurveylabError, match=re.escape(repr(wrong))):
        from_environment({"SURVEYLAB_EMBED_ORIGINS": f"https://fine.example.org {wrong}"})


def test_origins_are_read_from_a_list():
    """Separated by spaces or commas; none by default."""
    given = "https://Shop.example.org, http://127.0.0.1:8080\nhttps://shop.example.org http://[::1]:9"
    found = from_environment({"SURVEYLAB_EMBED_ORIGINS": given}).embed_origins
    assert found == ("https://shop.example.org", "http://127.0.0.1:8080", "http://[::1]:9")
    assert from_environment({}).embed_origins == ()
