"""One experiment and one instrument with every kind of mistake; each is found at its line and column."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from surveylab.errors import SpecError
from surveylab.spec import read_documents

# Each fault is marked behind its line: «code:column remedy-word ...», several apart by commas.
EXPERIMENT = """\
format: 1
title: Twelve faults and more
frame: {source: customers, unit: person, eligible: age >= and consented}      # «SL201:59»
colour: blue                                                                 # «SL101:1»
assumptions:
  response: {base: 0.2, length.shrt: 0.3, lenght.short: 0.1}  # «SL412:25 'length.short', SL411:43 'length.short'»
  respons: {base: 0.2}                                                       # «SL414:3 'response'»
inquiries:
  length_on_response: {outcome: response, contrast: {length: [shrt, long]}}   # «SL412:63 'short'»
  length_on_why: {outcome: nps, item: why, contrast: {length: [short, long]}} # «SL415:39»
  length_on_speed: {outcome: velocity, contrast: {lenght: [short, long]}}     # «SL414:30, SL411:51 'length'»
  length_by_area: {outcome: response, contrast: {length: [short, long]}, by: regoin} # «SL418:78 'region'»
  no_contrast: {outcome: response, contrast: {length: [short, short]}}        # «SL413:55»
sampling: {scheme: stratifed, strata: [region], n: 2000}                      # «SL110:20 'stratified'»
assignment:
  scheme: blocked
  blocks: []                                                                 # «SL106:11»
  factors:
    length:
      varies: [pages.service.items, pages.contact.items]                     # «SL402:37 'contacts'»
      levels:
        long: {pages.service.items: [drivers], pages.contact.items: [effort]}
        short: {pages.service.items: [driver], pages.contact.items: []}       # «SL302:39 'drivers'»
      weights: {long: 0.3, short: 0.69999999999999999999}                    # «SL401:16»
    hour: {varies: contact.send_at, levels: {early: "09:00", late: "25:00"}}  # «SL107:68»
    again: {varies: contact.send_at, levels: {a: "09:00", b: "10:00"}}        # «SL403:21»
    single: {varies: contact.channel, levels: {link: link}}                   # «SL404:47»
    range: {varies: items.recommend.high, levels: {ten: 10, five: "5"}}       # «SL103:67»
contact:
  {channle: link, quiet_hours: ["9pm", "08:00"], closes: 3 weeks, message: invite}
# «SL101:4 'channel', SL107:33, SL108:58, SL422:76 'invitation'» of the line above
messages:
  invitation: {subject: Hello, body: "Dear {unit.first_name}"}   # «SL204:44»
measurement: {instrument: survey, language: de, outcomes: [item_nonrespons]}  # «SL423:45, SL414:60 'item_nonresponse'»
estimators:
  length_on_response: {model: duration, adjust: [regions], priors: {main: wide}} # «SL419:31, SL418:50, SL103:75»
  length_on_respons: {model: binary}                                         # «SL417:3 'length_on_response'»
decision:
  adopt_if: P(length_on_respons > 0.01) >= 0.95                              # «SL417:15 'length_on_response'»
  drop_if: length_on_response > 0.1                                          # «SL203:12»
  looks: 7                                                                   # «SL108:10»
"""

INSTRUMENT = """\
format: 2                                                                    # «SL104:9»
title: Your experience
version: 1                                                                   # «SL103:10»
languages: [en]
introduction: Welcome.
thanks: {en: Thank you., de: Danke.}                                         # «SL206:26»
contact: survey@example.org
pages:
  - {id: start, items: [recommend, why]}
  - {id: service, items: [drivers, driver]}                                  # «SL302:36 'drivers'»
  - {id: contacts, items: [effort, why]}                                     # «SL303:36»
items:
  - {id: recommend, type: scale, text: How likely?, low: 0, high: 10, required: "yes"} # «SL103:81»
  - {id: why, type: long_text, text: Why?, applicable_if: answered(recomend)} # «SL202:68 'recommend'»
  - {id: drivers, type: grid, text: How satisfied?, options: {1: Lo, 2: Hi}, row: {a: Quality}} # «SL101:78 'rows'»
  - {id: effort, type: singel, text: How easy?, options: {1: Easy, 2: Hard}}  # «SL110:24 'single'»
  - {id: why, type: short_text, text: "{tenur|}?"}                           # «SL301:10, SL205:39»
  - {id: tenure, type: number, text: How long?, hnt: 1}                     # «SL101:49 'hint'»
  - {type: note, text: Thanks}                                               # «SL102:5»
"""


def _marks(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Line, column, code and word of the remedy of every mark."""
    for number, line in enumerate(text.splitlines(), start=1):
        inside = line.partition("«")[2].partition("»")[0]
        for mark in filter(None, inside.split(", ")):
            where, _, word = mark.partition(" ")
            code, _, column = where.partition(":")
            yield number - line.endswith("of the line above"), int(column), code, word


def _marked(text: str, file: str) -> set[tuple[str, int, int, str]]:
    return {(file, line, column, code) for line, column, code, _ in _marks(text)}


@pytest.fixture(scope="module")
def faults():
    """The faults of both files."""
    with pytest.raises(SpecError) as caught:
        read_documents({"all_faults.yaml": EXPERIMENT, "survey.yaml": INSTRUMENT}, "all_faults.yaml")
    return caught.value.faults


def test_every_fault_is_reported_at_its_place_and_no_other(faults):
    """All faults of both files are found in one run, each at its line and column, and nothing else is."""
    expected = _marked(EXPERIMENT, "all_faults.yaml") | _marked(INSTRUMENT, "survey.yaml")
    assert {(each.file, each.line, each.column, each.code) for each in faults} == expected


@pytest.mark.parametrize(("text", "file"), [(EXPERIMENT, "all_faults.yaml"), (INSTRUMENT, "survey.yaml")])
def test_a_misspelt_name_gets_the_nearest_one_that_exists(faults, text, file):
    """Keys, factors, levels, inquiries, items, schemes, types, outcomes and steps: the remedy names the nearest."""
    for line, column, code, word in _marks(text):
        place = (file, line, column, code)
        remedies = [each.remedy for each in faults if (each.file, each.line, each.column, each.code) == place]
        assert any(word in remedy for remedy in remedies), (place, word, remedies)
