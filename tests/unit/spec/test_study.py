"""What a study is once it has been read: types, defaults, texts, digest, and the shipped files."""

from __future__ import annotations

import re
from datetime import time, timedelta
from fractions import Fraction
from pathlib import Path, PurePath

import pytest

from surveylab.design.experiment import Contact, Effect, Reminder
from surveylab.design.rules import Rule
from surveylab.design.terms import Scale
from surveylab.digests import digest
from surveylab.errors import SpecError
from surveylab.spec import check, read, read_documents

ROOT = Path(__file__).parents[3]


def test_an_experiment_becomes_the_values_of_the_grammar(files):
    """Types are those of design, and what the file leaves out takes the defaults of the dataclasses."""
    experiment = files.change("score,", "nps,").read().experiment
    assert experiment.slug == experiment.seed == "wording"
    assert experiment.contact.reminders == (Reminder(timedelta(days=3)),)
    assert experiment.contact.quiet_hours == (time(21), time(8)) == Contact().quiet_hours
    assert experiment.contact.cap is not None
    assert experiment.contact.cap.per == timedelta(days=30)
    assert experiment.inquiry("effect").scale is Scale.DIFFERENCE
    assert experiment.inquiry("effect").contrast == ("new", "old")
    assert isinstance(experiment.decision.adopt_if, Rule)
    assert experiment.sampling.settings.n == 10
    assert [level.weight for level in experiment.factor("wording").levels] == [Fraction(1, 2), Fraction(1, 2)]


def test_a_level_keeps_the_typed_value_of_the_field_it_replaces(files):
    """A text level is a text in every language, a duration a timedelta, a list a tuple."""
    study = files.factors("wording: {varies: contact.reminders, levels: {old: [], new: [PT12H, P3D]}}\n").read()
    (level,) = study.experiment.factor("wording").level("new").sets
    assert level == ("contact.reminders", (Reminder(timedelta(hours=12)), Reminder(timedelta(days=3))))
    assert study.plan(study.experiment.arms[0]).contact.reminders == ()


def test_inquiries_take_the_scale_of_their_outcome_unless_they_say_one(files):
    """A score is told as a difference; a scale that the file gives stands."""
    assert files.read().experiment.inquiry("effect").scale is Scale.DIFFERENCE
    files.change("[new, old]}}", "[new, old]}, scale: ratio}")
    assert files.read().experiment.inquiry("effect").scale is Scale.RATIO


def test_measured_outcomes_name_their_item_in_brackets(files):
    """A name, or a name with an item, both kept as text."""
    files.change("{instrument: survey}", "{instrument: survey, outcomes: [break_off, {outcome: score, item: rating}]}")
    assert files.read().experiment.measurement.outcomes == ("break_off", "score(rating)")


def test_priors_are_read_into_their_dataclasses(files):
    """Partial priors keep the defaults of the others."""
    text = "estimators: {effect: {model: continuous, priors: {main: 1, effects: {wording: {new: {mean: 0, sd: 2}}}}}}\n"
    files.change("decision:", text + "decision:")
    priors = files.read().experiment.estimator("effect").priors
    assert (priors.main, priors.interactions, priors.intercept) == (1.0, 0.25, Effect(0.0, 1.5))
    assert priors.effects["wording"]["new"] == Effect(0.0, 2.0)


def test_codes_may_be_numbers_and_become_texts(files):
    """{1: Paper} has the code "1"."""
    item = files.read().instruments["survey"].item("sources")
    assert item.settings.option_order() == ("1", "2", "none")


def test_texts_come_in_all_languages_of_the_instrument(files):
    """A plain text is the default language; with two languages every text must be a mapping of both."""
    assert files.read().instruments["survey"].title == {"en": "Survey"}
    files.change("languages: [en]", "languages: [en, de]").change("title: Survey", "title: {de: Umfrage, en: Survey}")
    faults = files.faults()
    assert {each.code for each in faults} == {"SL206"}
    # introduction, thanks, three items, three options, and the two levels
    assert len(faults) == 10


def test_the_digest_is_of_names_and_texts_only(files, tmp_path):
    """Frozen texts give the digest of the files that they were read from, in any folder."""
    for folder in ("experiments", "instruments"):
        (tmp_path / folder).mkdir()
    (tmp_path / "experiments" / "wording.yaml").write_text(files.documents["wording.yaml"])
    (tmp_path / "instruments" / "survey.yaml").write_text(files.documents["survey.yaml"])
    study = read(tmp_path / "experiments" / "wording.yaml")
    frozen = read_documents(study.documents, "wording.yaml", folder=study.folder)
    assert frozen == study
    assert study.folder == tmp_path / "experiments"
    fields = [field for name in ("survey.yaml", "wording.yaml") for field in (name, files.documents[name])]
    assert study.digest == digest(*fields).hex()
    assert files.change("title: Wording", "title: Words").read().digest != study.digest


def test_windows_line_ends_survive_in_the_documents(files, tmp_path):
    """What is frozen is what was read, byte for byte."""
    (tmp_path / "experiments").mkdir()
    (tmp_path / "instruments").mkdir()
    data = files.documents["wording.yaml"].replace("\n", "\r\n").encode()
    (tmp_path / "experiments" / "wording.yaml").write_bytes(data)
    (tmp_path / "instruments" / "survey.yaml").write_text(files.documents["survey.yaml"])
    assert read(tmp_path / "experiments" / "wording.yaml").documents["wording.yaml"].encode() == data


def test_a_missing_instrument_gets_the_nearest_file(files, tmp_path):
    """The instruments that stand in the folder are what a misspelt name is compared with."""
    (tmp_path / "experiments").mkdir()
    (tmp_path / "instruments").mkdir()
    file = tmp_path / "experiments" / "wording.yaml"
    file.write_text(files.documents["wording.yaml"].replace("instrument: survey", "instrument: survy"))
    (tmp_path / "instruments" / "survey.yaml").write_text(files.documents["survey.yaml"])
    (fault,) = check([file])
    assert (fault.code, fault.line, fault.column) == ("SL421", 8, 27)
    assert "'survey'" in fault.remedy


@pytest.mark.parametrize("name", ["../instruments/survey", "../secret", "a/b", ""])
def test_an_instrument_is_a_name_and_never_a_path(files, tmp_path, name):
    """No file outside the folder of instruments is opened, and none inside it by a way around."""
    (tmp_path / "experiments").mkdir()
    (tmp_path / "instruments").mkdir()
    for file in ("instruments/survey.yaml", "secret.yaml"):
        (tmp_path / file).write_text(files.documents["survey.yaml"])
    files.change("{instrument: survey}", f'{{instrument: "{name}"}}')
    main = tmp_path / "experiments" / "wording.yaml"
    main.write_text(files.documents["wording.yaml"])
    assert [each.code for each in check([main])] == ["SL421"]


def test_both_files_may_not_have_the_same_name(files):
    """Frozen texts are told apart by the names of their files."""
    files.change("{instrument: survey}", "{instrument: wording}")
    assert files.codes() == ["SL012"]


def test_check_takes_experiments_and_instruments_and_tells_each_fault_once():
    """The shipped files have no faults; an instrument may be checked by itself."""
    files = [*(ROOT / "experiments").glob("*.yaml"), *(ROOT / "instruments").glob("*.yaml")]
    assert len(files) >= 3
    assert check(files) == []


def test_check_goes_on_behind_a_file_with_faults(files, tmp_path):
    """Faults of all files come in one list, in order."""
    (tmp_path / "b.yaml").write_text("- 1\n")
    (tmp_path / "a.yaml").write_text(files.documents["survey.yaml"].replace("low: 0", "low: none"))
    found = check([tmp_path / "b.yaml", tmp_path / "a.yaml", tmp_path / "none.yaml"])
    assert [(PurePath(each.file).name, each.code) for each in found] == [
        ("a.yaml", "SL103"),
        ("b.yaml", "SL008"),
        ("none.yaml", "SL001"),
    ]


def test_a_fault_prints_as_file_line_column_code_what_remedy(files):
    """One line for each, as editors and people read it."""
    files.change("title: Wording", "titel: Wording")
    with pytest.raises(SpecError) as caught:
        files.read()
    assert str(caught.value) == "wording.yaml:2:1 SL101 unknown key 'titel'. Did you mean 'title'?"


def test_the_shipped_experiments_plan_every_arm():
    """Each arm of the NPS experiment gets its wording and its pages."""
    study = read(ROOT / "experiments" / "nps_wording_length.yaml")
    plans = {arm.key: study.plan(arm) for arm in study.experiment.arms}
    assert len(plans) == 4
    short = plans["wording=experience·length=short"].instrument
    assert re.match("Thinking of", short.item("recommend").text["en"])
    assert short.page("service").items == ()
    assert plans["wording=standard·length=long"].instrument == study.instruments["relationship_nps"]


def test_data_fielded_elsewhere_need_no_fieldwork_here():
    """The GSS experiment has neither frame nor measurement, and its levels are names."""
    experiment = read(ROOT / "experiments" / "gss_spending_2024.yaml").experiment
    assert experiment.frame is experiment.sampling is experiment.measurement is None
    assert experiment.data.outcomes[0].family == "binary"
    assert experiment.data.factors == {"wording": "wording"}
    assert experiment.factor("wording").level("first").sets == ()


def test_a_model_is_of_the_family_of_its_outcome(files):
    """Times are added up as logarithms; a model of plain values would tell logarithms as seconds."""
    files.change("outcome: score, item: rating", "outcome: completion_time")
    files.change("decision:", "estimators: {effect: {model: continuous}}\ndecision:")
    assert [(fault.code, fault.remedy) for fault in files.faults()] == [
        ("SL419", "Use duration, or leave the model out.")
    ]
