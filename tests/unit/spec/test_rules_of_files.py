"""Single faults: what is checked, where the fault is placed, and what is fine."""

from __future__ import annotations

import pytest

from surveylab.design.instrument import RESERVED_PAGES
from surveylab.settings import Settings
from surveylab.web import create_app

DATA = """\
data:
  source: counts.csv
  factors: {wording: form}
  strata: [topic]
  outcomes: {share: {family: binary, count: yes, among: asked}}
"""


def _one(files, place, code, start):
    """The only fault has this code and stands before this text."""
    faults = files.faults()
    assert [each.code for each in faults] == [code], faults
    assert place(faults[0], files).startswith(start)


@pytest.mark.parametrize(
    "mistake",
    [
        ("title: Wording", "title: 5", "SL103", "5"),
        ("title: Wording", "title: [a]", "SL103", "[a]"),
        ("n: 10", "n: ten", "SL103", "ten"),
        ("n: 10", "n: 10.5", "SL103", "10.5"),
        ("n: 10", "n: true", "SL103", "true"),
        ("n: 10", "n: 0", "SL106", "0"),
        (", n: 10", "", "SL102", "{scheme: srs}"),
        ("{scheme: srs, n: 10}", "5", "SL103", "5"),
        ("contacts: 4", "contacts: many", "SL103", "many"),
        ("format: 1\ntitle: Wording", "format: one\ntitle: Wording", "SL104", "one"),
        ("scheme: complete", "scheme: complete\n  design: half", "SL431", "half"),
        ("[P3D]", "[P3D, 3]", "SL108", "3]"),
        ("[P3D]", "P3D", "SL103", "P3D"),
        ("[new, old]", "[new]", "SL105", "[new]"),
        ("[new, old]", "[new, old, old]", "SL105", "[new, old, old]"),
        ("{wording: [new, old]}", "{}", "SL413", "{}"),
        ("item: rating, ", "", "SL415", "score"),
        ("item: rating, ", "item: ratin, ", "SL420", "ratin"),
        ("item: rating, ", "item: why, ", "SL415", "why"),
        ("[new, old]}", "[new, old]}, scale: risk_ratio", "SL419", "risk_ratio"),
        ("[new, old]}", "[new, old]}, scale: bigger", "SL104", "bigger"),
        ("[new, old]}", "[new, old]}, by: region", "SL418", "region"),
        ("{instrument: survey}", "{instrument: survey, language: fr}", "SL423", "fr"),
        ("{instrument: survey}", "{instrument: survey, outcomes: [speeding]}", "SL414", "speeding"),
        ("{instrument: survey}", "{instrument: survey, outcomes: [{outcome: nps, itm: x}]}", "SL103", "{outcome"),
        ("{instrument: survey}", "{instrument: survey, outcomes: [{outcome: nps, item: why}]}", "SL415", "why"),
        ("contact: {", "contact: {channel: pigeon, ", "SL110", "pigeon"),
        ("{link|}", "{links|}", "SL205", "{links|}"),
        ("{link|}", "{rating|}", "SL205", "{rating|}"),
        ("P(effect > 0) >= 0.95", "P(effect > 0 >= 0.95", "SL201", ">= 0.95"),
        ("P(effect > 0) >= 0.95", "P(P(effect > 0) > 0) >= 0.95", "SL203", "P(P"),
        ("P(effect > 0) >= 0.95", "P(1 > 0) >= 0.95", "SL203", "P(1"),
        ("P(effect > 0) >= 0.95", "[effect]", "SL103", "[effect]"),
        ("frame: {source: customers}\n", "", "SL424", "sampling"),
        ("contacts: 4", "contacts: 0", "SL106", "0"),
        ("{instrument: survey}", "{instrument: survey, complete_from: 1.5}", "SL106", "1.5"),
        ("decision:", "estimators: {effect: {priors: {main: 0}}}\ndecision:", "SL106", "0"),
        (
            "decision:",
            "estimators: {effect: {priors: {effects: {wording: {nw: {mean: 0, sd: 1}}}}}}\ndecision:",
            "SL412",
            "nw",
        ),
        ("decision:", "estimators: {effect: {model: continous}}\ndecision:", "SL110", "continous"),
        ("sampling: {scheme: srs, n: 10}\n", "", "SL102", "format"),
        ("measurement: {instrument: survey}\n", "", "SL102", "format"),
        ("measurement: {instrument: survey}", "measurement:", "SL102", "format"),
        ("languages: [en]", "languages: []", "SL105", "[]"),
        ("languages: [en]", "languages: [en, en]", "SL301", "en]"),
        ("id: two", "id: page two", "SL109", "page two"),
        ("id: two", "id: stop", "SL304", "stop"),
        ("id: two", "id: thanks", "SL304", "thanks"),
        (
            "{scheme: srs, n: 10}",
            "{scheme: stratified, strata: [region], n: 10, allocation: neyman}",
            "SL106",
            "neyman",
        ),
        ("{scheme: srs, n: 10}", "{scheme: stratified, strata: [region], n: {region=a: 5}}", "SL106", "{region=a"),
        ("{scheme: srs, n: 10}", "{scheme: stratified, strata: [region], n: 5, allocation: fixed}", "SL106", "5"),
        ("{scheme: srs, n: 10}", "{scheme: stratified, strata: [region], n: 5, sd: income}", "SL106", "income"),
        ("{id: one, items: [rating]}", "{id: two, items: [rating]}", "SL301", "two"),
        ("[why, sources]", "[why, why, sources]", "SL303", "why, sources"),
        ("exclusive: [none]", "exclusive: [non]", "SL106", "[non]"),
        ("high: 10", "high: 0", "SL106", "0"),
        ("rating <= 6", "rating <= 6 and", "SL201", "}"),
        ("rating <= 6", "P(rating) > 6", "SL203", "P(rating)"),
        ("rating <= 6", "'\"none\" in source'", "SL202", "source'"),
        ("rating <= 6", "unit.age > 6", None, ""),
        ("rating <= 6", "answered(unit.email)", "SL207", "unit.email"),
        ("{rating|that}", "{unit.name|that}", None, ""),
        ("text: Where from?", "text: [Where]", "SL103", "[Where]"),
        ("text: Where from?", "text: {en: 5}", "SL103", "5"),
        ("1: Paper", "1: 5", "SL103", "5"),
    ],
)
def test_one_mistake_is_one_fault_at_its_place(files, place, mistake):
    """A single mistake gives a single fault, which stands where the mistake is; what is right gives none."""
    old, new, code, start = mistake
    files.change(old, new)
    if code is None:
        assert files.read()
    else:
        _one(files, place, code, start)


@pytest.mark.parametrize(
    ("factors", "code", "start"),
    [
        ("wording: {varies: items.rating.text, levels: {old: a, new: 5}}\n", "SL103", "5"),
        ("wording: {varies: items.rating.txt, levels: {old: a, new: b}}\n", "SL402", "items.rating.txt"),
        ("wording: {varies: items.ratin.text, levels: {old: a, new: b}}\n", "SL402", "items.ratin"),
        ("wording: {varies: inquiries.effect.outcome, levels: {old: a, new: b}}\n", "SL402", "inquiries"),
        ("wording: {varies: items.rating.settings, levels: {old: 1, new: 2}}\n", "SL402", "items.rating"),
        ("wording: {varies: items.rating.text.en, levels: {old: a, new: b}}\n", "SL402", "items.rating"),
        ("wording: {varies: contact.quiet_hours.0, levels: {old: a, new: b}}\n", "SL402", "contact"),
        ("wording: {varies: [], levels: {old: a, new: b}}\n", "SL405", "[]"),
        ("wording: {varies: 5, levels: {old: a, new: b}}\n", "SL103", "5"),
        ("wording: {levels: {old: , new: }}\n", "SL406", "{levels"),
        ("wording: {varies: items.rating.text, levels: [old, new]}\n", "SL405", "[old"),
        ("wording: {varies: items.rating.low, levels: {old: 0, new: 10}}\n", "SL106", "10"),
        ("wording: {varies: sampling.n, levels: {old: 5, new: 6.5}}\n", "SL103", "6.5"),
        ("wording: {varies: contact.message, levels: {old: first, new: frst}}\n", "SL422", "frst"),
        ("wording: {varies: measurement.instrument, levels: {old: survey, new: surveys}}\n", "SL421", "surveys"),
        ("wording: {varies: pages.two.items, levels: {old: [why], new: [wy]}}\n", "SL302", "wy"),
        ("wording: {varies: pages.one.items, levels: {old: [rating], new: []}}\n", "SL416", "rating, contrast"),
        ("wording: {varies: pages.one.items, levels: {old: [rating], new: [rating, why]}}\n", "SL303", "[rating, why]"),
        ('wording: {varies: items.why.applicable_if, levels: {old: rating < 3, new: "rating <"}}\n', "SL201", '"}}'),
        ("wording: {varies: items.why.applicable_if, levels: {old: rating < 3, new: ratng < 3}}\n", "SL202", "ratng"),
        ('wording: {varies: items.rating.text, levels: {old: a, new: "{unit.x}"}}\n', "SL204", '"{unit'),
        (
            "wording: {varies: items.sources, levels: {old: {type: note, text: a}, new: {type: note}}}\n",
            "SL102",
            "{type: note}",
        ),
        ("wording: {varies: items.rating.type, levels: {old: scale, new: scal}}\n", "SL110", "scal}"),
        (
            "wording: {varies: items.why, levels: {old: {id: y, type: note, text: a}, new: {type: note, text: b}}}\n",
            "SL302",
            "{id: y",
        ),
        ("wording: {varies: [contact.channel, contact.message], levels: {old: link, new: {}}}\n", None, "link"),
        (
            "wording: {varies: items.rating.text, levels: {old: a, new: b}, weights: {old: 1/3, new: 0.6667}}\n",
            "SL401",
            "{old: 1/3",
        ),
        ("wording: {varies: items.rating.text, levels: {old: a, new: b}, weights: {old: 1}}\n", "SL401", "{old: 1}"),
        ("wording: {varies: items.rating.text, levels: {old: a, new: b}, weights: {old: 1, new: 0}}\n", "SL401", "0}"),
        (
            "wording: {varies: items.rating.text, levels: {old: a, new: b}, weights: {old: 1/0, new: 1/2}}\n",
            "SL401",
            "1/0",
        ),
        ("wording: {varies: items.rating.text, levels: {old: a, new: b}, weights: [0.5, 0.5]}\n", "SL103", "[0.5"),
        ("wording: {varies: items.rating.text, levels: {old: a, new: b}, weight: {old: 1}}\n", "SL101", "weight"),
    ],
)
def test_a_fault_of_a_factor_stands_at_the_factor_or_the_level(files, place, factors, code, start):
    """Levels obey the type of the field that they replace; the fault stands at the level's own place."""
    faults = files.factors(factors).faults()
    if code is not None:
        assert {each.code for each in faults} == {code}, faults
    assert any(place(each, files).startswith(start) for each in faults), faults
    assert {each.file for each in faults} == {"wording.yaml"}


@pytest.mark.parametrize(
    "second",
    ["items.rating.text", "items.rating", "items.rating.type", "items.rating.text.en"],
)
def test_two_factors_may_not_reach_into_the_same_field(files, second):
    """The same path, a path inside another, and a type that replaces the whole item."""
    files.change("languages: [en]", "languages: [en]")
    files.factors(
        "wording: {varies: items.rating.text, levels: {old: a, new: b}}\n"
        f"other: {{varies: {second}, levels: {{x: a, y: b}}}}\n"
    )
    assert "SL403" in files.codes()


def test_a_factor_may_set_a_type_with_its_settings(files):
    """The whole item is set, with the settings of the new type."""
    files.factors("""\
        wording:
          varies: [items.sources.type, items.sources.exclusive]
          levels:
            old: {items.sources.type: multiple, items.sources.exclusive: [none]}
            new: {items.sources.type: multiple, items.sources.exclusive: []}
        """)
    study = files.read()
    ((path, item),) = study.experiment.factor("wording").level("new").sets
    assert (path, item.type, item.settings.exclusive) == ("items.sources", "multiple", ())


def test_fields_that_make_sense_together_only_are_set_together(files):
    """Both ends of a scale move at once, in one level and over two factors."""
    files.factors("""\
        wording:
          varies: [items.rating.low, items.rating.high]
          levels:
            old: {items.rating.low: 0, items.rating.high: 10}
            new: {items.rating.low: 20, items.rating.high: 30}
        """)
    study = files.read()
    settings = study.plan(study.experiment.arms[1]).instrument.item("rating").settings
    assert (settings.low, settings.high) == (20, 30)


def test_a_whole_item_takes_the_id_of_its_path(files):
    """A level that gives an item need not repeat its id."""
    files.factors("wording: {varies: items.why, levels: {old: {type: note, text: a}, new: {type: number, text: b}}}\n")
    study = files.read()
    kinds = [study.plan(arm).instrument.item("why").type for arm in study.experiment.arms]
    assert kinds == ["note", "number"]


def test_a_fault_of_a_combination_is_told_once_with_its_arm(files):
    """An item moved to one page by one factor and to another by a second is asked twice in one arm."""
    files.factors("""\
        wording: {varies: pages.one.items, levels: {old: [rating], new: [rating, sources]}}
        second: {varies: pages.two.items, levels: {with: [why, sources], without: [why]}}
        """)
    # The first factor's level is at fault by itself: page two has the item in the file.
    files.change("items: [why, sources]", "items: [why]")
    faults = files.faults()
    assert [each.code for each in faults] == ["SL303"]
    assert "wording=new·second=with" in faults[0].what


def test_an_outcome_that_fails_in_some_arm_names_it(files):
    """An item that is not asked under one level is a fault of the inquiry that names it."""
    files.factors("wording: {varies: pages.one.items, levels: {old: [rating], new: []}}\n")
    (fault,) = files.faults()
    assert fault.code == "SL416"
    assert "wording=new" in fault.what


def test_another_instrument_may_be_a_level(files):
    """The arm gets the other instrument, and its faults are found too."""
    files.documents["other.yaml"] = files.documents["survey.yaml"].replace("title: Survey", "title: Other")
    files.factors("wording: {varies: measurement.instrument, levels: {old: survey, new: other}}\n")
    study = files.read()
    assert study.plan(study.experiment.arms[1]).instrument.title == {"en": "Other"}
    assert set(study.documents) == {"wording.yaml", "survey.yaml", "other.yaml"}
    files.documents["other.yaml"] += "more: 1\n"
    assert [(each.file, each.code) for each in files.faults()] == [("other.yaml", "SL101")]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("{old: 1/3, new: 2/3}", ["1/3", "2/3"]),
        ("{old: 0.1, new: 0.9}", ["1/10", "9/10"]),
        ('{old: "1/4", new: 0.75}', ["1/4", "3/4"]),
        ("{old: 0.12345678901234567891, new: 0.87654321098765432109}", None),
    ],
)
def test_weights_are_exact_fractions_of_what_is_written(files, weights, expected):
    """Decimals are read as written, not as the nearest double."""
    files.change("new: How probable?}", f"new: How probable?}}, weights: {weights}")
    levels = files.read().experiment.factor("wording").levels
    assert sum(level.weight for level in levels) == 1
    if expected:
        assert [str(level.weight) for level in levels] == expected


def test_people_who_arrive_need_no_frame(files):
    """With an assignment scheme for arrivals, frame and sampling are absent together."""
    files.change("frame: {source: customers}\n", "").change("sampling: {scheme: srs, n: 10}\n", "")
    assert files.codes() == ["SL102"]
    files.change("scheme: complete", "scheme: hashed")
    assert files.read().experiment.frame is None


def in_app(files):
    """The files with people who are sampled as they arrive in an app."""
    files.change("frame: {source: customers}\n", "").change("{scheme: srs, n: 10}", "{scheme: bernoulli, p: 0.2}")
    return files.change("contact: {reminders: [P3D]", "contact: {channel: in_app").change(
        "scheme: complete", "scheme: hashed"
    )


def test_people_are_sampled_as_they_arrive_in_an_app(files):
    """A sampling without a frame decides about them one by one."""
    sampling = in_app(files).read().experiment.sampling
    assert (sampling.scheme, sampling.settings.p) == ("bernoulli", 0.2)


@pytest.mark.parametrize(
    "mistake",
    [
        ("{scheme: bernoulli, p: 0.2}", "{scheme: srs, n: 10}", "SL424", "sampling"),  # needs a list
        ("channel: in_app", "channel: link", "SL424", "sampling"),  # nobody draws who follows a link
        ("title: Wording\nsampling", "title: Wording\nframe: {source: customers}\nsampling", "SL424", "in_app"),
        ("p: 0.2", "p: 1.2", "SL106", "1.2"),
        ("scheme: hashed", "scheme: complete", "SL102", "format"),
    ],
)
def test_what_cannot_be_sampled_in_an_app(files, place, mistake):
    """Schemes that need a list, links that anybody follows, people who are listed already."""
    old, new, code, start = mistake
    _one(in_app(files).change(old, new), place, code, start)


def test_too_many_arms_are_refused_before_they_are_made(files):
    """Twenty factors of three levels would be three billion arms."""
    more = "".join(f"f{n}: {{varies: messages.first.subject, levels: {{a: x, b: y, c: z}}}}\n" for n in range(20))
    files.factors("wording: {varies: items.rating.text, levels: {old: a, new: b}}\n" + more)
    assert "SL407" in files.codes()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("factors: {wording: form}", "factors: {wordng: form}", {"SL411", "SL424"}),
        ("factors: {wording: form}", "factors: {}", {"SL424"}),
        ("family: binary", "family: binry", {"SL110"}),
        ("family: binary", "family: duration", {"SL424"}),
        ("count: yes, among: asked", "count: yes", {"SL424"}),
        ("count: yes, among: asked", "value: x, count: yes, among: asked", {"SL424"}),
        ("outcome: share", "outcome: shares", {"SL414"}),
        ("outcome: share", "outcome: share, item: rating", {"SL415"}),
        ("outcome: share", "outcome: share, by: topics", {"SL418"}),
        ("levels: [old, new]", "levels: [old, old]", {"SL301", "SL404", "SL412"}),
        ("levels: [old, new]", "levels: {old: 1, new: 2}", {"SL405"}),
        ("scheme: complete", "scheme: blocked\n  blocks: [area]", {"SL418"}),
    ],
)
def test_data_fielded_elsewhere_are_checked(files, old, new, code):
    """Columns, families and strata of loaded data must fit the experiment."""
    files.documents["wording.yaml"] = (
        "format: 1\ntitle: Wording\n" + DATA + "inquiries:\n"
        "  effect: {outcome: share, contrast: {wording: [new, old]}}\n"
        "assignment:\n  scheme: complete\n  factors:\n    wording: {levels: [old, new]}\n"
    )
    assert files.read().experiment.inquiry("effect").scale == "risk_difference"
    found = set(files.change(old, new).codes())
    assert found <= code
    assert found


@pytest.mark.parametrize("name", ["_visit", "_signature", "unit", "not"])
def test_ids_of_items_that_stand_for_something_else_are_refused(files, place, name):
    """A form sends ``_visit`` and ``_signature`` of its own; rules read ``unit.`` and ``not`` otherwise."""
    files.change("items: [why, sources]", f"items: [why, {name}]").change("id: sources", f"id: {name}")
    _one(files, place, "SL304", name)


def test_names_that_rules_cannot_say_are_refused(files):
    """An inquiry and an item are named in rules, so their names are words."""
    files.change("  effect: {outcome", "  an effect: {outcome").change("{id: why,", "{id: why-not,")
    assert files.codes().count("SL109") == 2


@pytest.mark.parametrize("name", ["a=b", "a·b", "a|b", '" a"'])
def test_names_of_levels_leave_the_signs_of_arms_alone(files, name):
    """An arm is written factor=level·factor=level."""
    files.factors(f"wording: {{varies: items.rating.text, levels: {{{name}: x, old: y}}}}\n")
    assert "SL109" in files.codes()


def test_levels_may_be_called_by_numbers(files):
    """A level 5 is the text "5", in its factor and in a contrast."""
    files.factors("wording: {varies: items.rating.text, levels: {5: x, 11: y}}\n").change("[new, old]", "[5, 11]")
    assert files.read().experiment.inquiry("effect").contrast == ("5", "11")


def test_the_reserved_pages_are_those_that_a_link_has_of_its_own(tmp_path):
    """A page of the instrument would be hidden by, or hide, a page under a respondent's link."""
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'ledger.db'}", "secret", "http://127.0.0.1")
    parts = [rule.rule.split("/")[1:] for rule in create_app(settings).url_map.iter_rules()]
    assert {part[2] for part in parts if part[:2] == ["r", "<token>"] and len(part) == 3} - {"<page>"} == RESERVED_PAGES


def test_nobody_who_is_listed_is_asked_at_a_kiosk(files, place):
    """A screen does not prove who stands before it."""
    files.change("contact: {reminders: [P3D]", "contact: {channel: kiosk")
    _one(files, place, "SL424", "kiosk")


def test_who_comes_to_a_kiosk_needs_no_list(files):
    """People are assigned as they touch the screen."""
    files.change("frame: {source: customers}\n", "").change("sampling: {scheme: srs, n: 10}\n", "")
    files.change("scheme: complete", "scheme: hashed").change("contact: {reminders: [P3D]", "contact: {channel: kiosk")
    assert files.read().experiment.contact.channel == "kiosk"
