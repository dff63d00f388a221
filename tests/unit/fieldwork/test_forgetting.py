"""Forgetting somebody, and retention: who a person is goes and does not come back, and every count stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text

from surveylab import spec
from surveylab.analysis.measure import measure_all
from surveylab.design.cases import Answer
from surveylab.design.experiment import Study
from surveylab.design.terms import Missing
from surveylab.errors import DataError, SurveylabError
from surveylab.fieldwork import monitor, recruit, retention
from surveylab.fieldwork.forgetting import Forgotten, Whom, forget
from surveylab.fieldwork.frames import load_frame
from surveylab.fieldwork.identity import fields_needed, identifying_columns
from surveylab.fieldwork.response_rates import outcomes
from surveylab.store import (
    cases,
    datasets,
    erasure,
    experiments,
    frames,
    log,
    people,
    responses,
    snapshots,
    suppressions,
)
from surveylab.store.erasure import ERASED
from surveylab.store.ledger import Connection, Ledger
from surveylab.store.steps import Paradata, Sent
from surveylab.store.tables import measure, measured

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLOSED = NOW + timedelta(days=21)
EXPERIMENT = """
format: 1
title: A trial
frame: {source: people, eligible: age >= 18}
sampling: {scheme: stratified, strata: [region], allocation: proportional, n: 20}
assignment:
  scheme: blocked
  blocks: [region]
  factors: {f: {varies: items.rate.text, levels: {a: One, b: Two}}}
measurement: {instrument: questions, language: en, outcomes: [item_nonresponse]}
inquiries: {rated: {outcome: top_box, item: rate, contrast: {f: [b, a]}}}
"""
INSTRUMENT = """
format: 1
title: A trial
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
pages: [{id: one, items: [rate, where, why, mail, tel]}]
items:
  - {id: rate, type: scale, text: How?, low: 1, high: 5}
  - {id: where, type: single, text: Where?, options: {shop: Shop, web: Web}, other: {else: Elsewhere}}
  - {id: why, type: long_text, text: Why?, applicable_if: unit.plan == "gold"}
  - {id: mail, type: email, text: Your address?}
  - {id: tel, type: phone, text: Your number?}
"""
TEXTS = {"where.other": "at Ann's", "why": "I am Ann", "mail": "ann@example.org", "tel": "+442079460000"}
PLAIN = {"rate": 5, "where": "else"}


def study(more: str = "", slug: str = "trial") -> Study:
    """The experiment under a name, with more said of it."""
    return spec.read_documents({f"{slug}.yaml": EXPERIMENT + more, "questions.yaml": INSTRUMENT}, f"{slug}.yaml")


def fields(number: int) -> dict[str, Any]:
    """What the frame knows of a person."""
    region, plan = ("north", "south")[number % 2], ("gold", "tin")[number // 2 % 2]
    return {"age": 20 + number, "region": region, "plan": plan, "hobby": f"hobby {number}"}


def everybody(n: int = 40) -> Iterator[snapshots.Unit]:
    """People who all have a name, an email and a phone."""
    for number in range(n):
        known = {"email": f"P{number}@example.org", "phone": f"+4915100000{number:02}", "first_name": f"Name{number}"}
        yield f"u{number:02}", fields(number), known


@dataclass
class Field:
    """A ledger with a drawn experiment in which everybody has answered everything."""

    ledger: Ledger
    row: int
    study: Study

    def cases(self) -> dict[str, cases.Case]:
        """Unit -> case."""
        with self.ledger.read() as conn:
            return {case.unit: case for case in cases.tokens(conn, self.row)}

    def answers(self, unit: str) -> dict[str, Any]:
        """Column -> answer of the case of a unit."""
        with self.ledger.read() as conn:
            return dict(responses.interview_state(conn, self.cases()[unit].id).answers)

    def counted(self) -> list[Any]:
        """Measures computed anew, dispositions and rates, leaks, and what the audit says."""
        with self.ledger.write() as conn:
            conn.execute(delete(measure))
            conn.execute(delete(measured))
        measure_all(self.ledger, self.study, self.row)
        with self.ledger.read() as conn:
            names = ("top_box(rate)", "item_nonresponse", "response")
            found: list[Any] = [datasets.cells(conn, self.row, name).to_dict("records") for name in names]
            found += [datasets.data_hash(conn, self.row), monitor.leaks_of(conn, self.study, self.row)]
            found.append(outcomes(conn, self.study, experiments.experiment_by_id(conn, self.row)))
        audited = recruit.audit(self.ledger, "trial")
        assert audited.differences == ()
        return [*found, audited]

    def forget(self, **whom: str) -> Forgotten:
        """Forget somebody now."""
        return forget(self.ledger, Whom(**whom), NOW)

    def on(self, sql: str) -> list[Any]:
        """The rows of a query."""
        with self.ledger.read() as conn:
            return [tuple(row) for row in conn.execute(text(sql))]


Send = Callable[[Connection, int, Sent, datetime], None]


def answered(ledger: Ledger, given: Study, send: Send) -> Field:
    """Draw an experiment from the frame; everybody answers everything, but for one who left a text blank."""
    recruit.draw(ledger, given, NOW)
    with ledger.write() as conn:
        stored = experiments.experiment(conn, given.experiment.slug)
        assert stored is not None
        for place, case in enumerate(cases.tokens(conn, stored.id)):
            said = {**PLAIN, **TEXTS, **({"why": Missing.NO_ANSWER} if place == 3 else {})}
            columns = [Answer(column.partition(".")[0], column, value, 1) for column, value in said.items()]
            responses.append_event(conn, case.id, NOW, "started", key=f"{case.id}:started")
            send(conn, case.id, Sent("one", f"v{case.id}", columns, Paradata(NOW), "i"), NOW + timedelta(seconds=9))
            responses.append_event(conn, case.id, NOW + timedelta(seconds=9), "submitted", key=f"{case.id}:submitted")
    return Field(ledger, stored.id, given)


@pytest.fixture
def field(ledger: Ledger, send: Send) -> Field:
    """The experiment in the field."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "people", "x", everybody(), NOW)
    return answered(ledger, study(), send)


def test_what_identifies_is_declared_by_the_question_types() -> None:
    """Texts, addresses, and what the other option means; and the fields that anything is derived from."""
    assert identifying_columns(study()) == set(TEXTS)
    assert fields_needed(study()) == {"age", "region", "plan"}


def test_every_count_is_the_same_and_nothing_identifies_the_person(field: Field) -> None:
    """Measures, rates, dispositions, leaks and audit are what they were; names, texts, codes and link are gone."""
    unit, case = next(iter(field.cases().items()))
    before, stored = field.counted(), field.answers(unit)
    assert {column: stored[column] for column in TEXTS} == TEXTS
    told = field.forget(frame="people", unit=unit)
    assert field.counted() == before
    assert {**field.answers(unit)} == {**stored, **dict.fromkeys(TEXTS, ERASED)}
    assert (told.people, told.answers, told.links, told.remembered) == (1, 4, 1, 3)
    assert told.units[0].known == ("email", "phone", "first_name")
    now = field.cases()[unit]
    assert now.fields == {name: value for name, value in case.fields.items() if name != "hobby"}
    assert now.token != case.token
    with field.ledger.read() as conn:
        source = frames.frame(conn, "people")
        assert source is not None
        assert unit not in people.people(conn, source.id, [unit])
        assert frames.unit_fields(conn, source, [unit])[unit] == now.fields
    others = [each for each in field.cases() if each != unit]
    assert all(field.answers(each)["mail"] == "ann@example.org" for each in others)


def test_a_blank_stays_a_blank(field: Field) -> None:
    """Item nonresponse is what it was: only what was answered is erased."""
    unit = list(field.cases())[3]
    field.forget(frame="people", unit=unit)
    assert field.answers(unit)["why"] is Missing.NO_ANSWER


def test_nothing_of_the_person_is_left_in_the_database_file(field: Field, tmp_path: Path) -> None:
    """On SQLite: neither in a row nor in the pages and the log from which rows were deleted."""
    if field.ledger.url.get_backend_name() != "sqlite":
        pytest.skip("a server keeps its files to itself")
    number = int(next(iter(field.cases()))[1:])
    signs = (f"P{number}@example.org", f'Name{number}"', f'hobby {number}"')

    def held() -> set[str]:
        whole = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.db*"))
        return {sign for sign in signs if sign.encode() in whole}

    assert held() == set(signs)
    field.forget(frame="people", unit=f"u{number:02}")
    assert held() == set()


def test_a_rehearsal_tells_the_same_and_changes_nothing(field: Field) -> None:
    """Also nothing of the log and of the list."""
    unit = next(iter(field.cases()))
    before = field.answers(unit), field.cases()[unit]
    rehearsed = forget(field.ledger, Whom("people", unit), NOW, rehearsal=True)
    assert (field.answers(unit), field.cases()[unit]) == before
    with field.ledger.read() as conn:
        assert suppressions.counts(conn) == ()
        assert [entry.action for entry in log.entries(conn)] == ["draw"]
    assert field.forget(frame="people", unit=unit) == replace(rehearsed, rehearsal=False)
    again = field.forget(frame="people", unit=unit)
    assert (again.people, again.answers, again.fields) == (0, 0, 0)


def test_an_address_stands_for_a_unit_on_every_frame(field: Field) -> None:
    """In any capitals; a load of any frame leaves the person out, under whatever id."""
    unit = next(iter(field.cases()))
    mail = f"p{int(unit[1:])}@EXAMPLE.org"
    with field.ledger.write() as conn:
        snapshots.replace_frame(conn, "others", "x", [("x1", {}, {"email": mail}), ("x2", {}, None)], NOW)
    assert {(each.frame, each.unit) for each in field.forget(email=mail).units} == {("people", unit), ("others", "x1")}
    renamed = [("new" if each == unit else each, *rest) for each, *rest in everybody()]
    with field.ledger.write() as conn:
        for units in (everybody(), renamed):
            loaded = snapshots.replace_frame(conn, "people", "x", units, NOW)  # type: ignore[arg-type]
            assert (loaded.units, unit in frames.units(conn, loaded, ())[0].tolist()) == (39, False)
        assert not set(suppressions.on_frame(conn, loaded)) & {"new"}


def test_a_forgotten_unit_without_an_address_does_not_come_back(field: Field, tmp_path: Path) -> None:
    """By its id on its frame, and on no other; the load says how many it left out."""
    file = tmp_path / "list.csv"
    file.write_text("id,age\na,20\nb,30\n", encoding="utf-8")
    for name in ("list", "other"):
        load_frame(field.ledger, name, file, NOW)
    field.forget(frame="list", unit="a")
    with field.ledger.read() as conn:
        both = [frames.frame(conn, name) for name in ("list", "other")]
        assert [suppressions.on_frame(conn, each) for each in both if each] == [{"a"}, set()]
    assert load_frame(field.ledger, "list", file, NOW).forgotten == 1
    assert load_frame(field.ledger, "other", file, NOW).forgotten == 0
    assert field.on("SELECT count(*) FROM suppression WHERE value LIKE '%a' AND length(value) < 10") == [(0,)]


def test_who_is_forgotten_is_not_drawn_again(field: Field) -> None:
    """Before the frame is loaded anew, too; the fields that are gone disturb no scheme."""
    unit = next(iter(field.cases()))
    field.forget(frame="people", unit=unit)
    more = EXPERIMENT.replace("n: 20", "n: 39").replace("strata: [region], allocation: proportional, ", "")
    by_size = more.replace("scheme: stratified, ", "scheme: pps, size: age, ").replace("n: 39", "n: 10")
    plain = more.replace("scheme: stratified", "scheme: srs")
    for slug, text_of in (("second", plain), ("third", by_size)):
        documents = {f"{slug}.yaml": text_of, "questions.yaml": INSTRUMENT}
        recruit.draw(field.ledger, spec.read_documents(documents, f"{slug}.yaml"), NOW)
        assert recruit.audit(field.ledger, slug).differences == ()
        with field.ledger.read() as conn:
            row = experiments.experiment(conn, slug)
            assert row is not None
            assert unit not in {case.unit for case in cases.tokens(conn, row.id)}


def test_an_address_that_others_have_is_not_remembered(field: Field) -> None:
    """Who shares a telephone is told of, and not left out of the next load."""
    family = [("m1", {}, {"phone": "+4915199999999"}), ("m2", {}, {"phone": "+4915199999999"})]
    with field.ledger.write() as conn:
        snapshots.replace_frame(conn, "family", "x", family, NOW)
    assert field.forget(frame="family", unit="m1").shared == ("family: m2",)
    with field.ledger.write() as conn:
        assert snapshots.replace_frame(conn, "family", "x", family, NOW).units == 1


def test_who_is_on_no_frame_is_remembered_and_a_wrong_id_is_refused(field: Field) -> None:
    """An address may come with the next file; an id, a frame or a code that is not there is a slip."""
    assert field.forget(email="nobody@example.org").remembered == 1
    with field.ledger.write() as conn:
        units = [("z", {}, {"email": "Nobody@example.org"}), ("y", {}, None)]
        assert snapshots.replace_frame(conn, "late", "x", units, NOW).units == 1
    with pytest.raises(SurveylabError, match="has no unit 'u999'"):
        field.forget(frame="people", unit="u999")
    with pytest.raises(SurveylabError, match="Did you mean 'people'"):
        field.forget(frame="peple", unit="u01")
    with pytest.raises(SurveylabError, match="Nobody has that resume code"):
        field.forget(code="7QKM-2XWT-9BDC")
    with pytest.raises(DataError, match="FR24"):
        field.forget(email="nobody")


def test_who_arrived_unlisted_is_forgotten_by_the_code(field: Field) -> None:
    """Texts and code go."""
    unit, case = next(iter(field.cases().items()))
    with field.ledger.write() as conn:
        cases.give_resume_code(conn, case.id, "7QKM2XWT9BDC")
    told = field.forget(code="7qkm-2xwt-9bdc")
    assert (told.answers, told.resume_codes, told.links, told.units) == (4, 1, 1, ())
    assert field.answers(unit)["mail"] == ERASED
    assert field.on("SELECT * FROM resume_code") == []


def test_the_log_names_nobody(field: Field) -> None:
    """It says that somebody was forgotten, by whom and what went; the person is a keyed hash."""
    unit = next(iter(field.cases()))
    field.forget(frame="people", unit=unit)
    with field.ledger.read() as conn:
        entry = log.entries(conn)[-1]
    assert (entry.action, entry.detail["people"], entry.detail["answers"]) == ("forget", 1, 4)
    assert all(len(who) == 32 for who in entry.detail["who"])
    assert not {unit, f"p{int(unit[1:])}@example.org"} & {str(each).lower() for each in entry.detail.values()}


# Retention.


def kept(ledger: Ledger, now: datetime, *, rehearsal: bool = False) -> dict[tuple[str, str], tuple[bool, int]]:
    """Experiment and what it keeps -> whether that is over, and what was erased."""
    found = retention.carry_out(ledger, now, rehearsal=rehearsal)
    return {(each.experiment, each.what): (each.due, each.erased) for each in found}


@pytest.fixture
def limited(ledger: Ledger, send: Send) -> Field:
    """The experiment in the field, which keeps addresses for 90 days and texts for a year."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "people", "x", everybody(), NOW)
    return answered(ledger, study("retention: {addresses: P90D, texts: P1Y}\n"), send)


def test_what_is_over_goes_once_and_counts_stay(limited: Field) -> None:
    """Not a moment before; people who are no case keep what they have; the second time nothing goes."""
    before = limited.counted()
    due = CLOSED + timedelta(days=90)
    early = {("trial", "addresses"): (False, 0), ("trial", "texts"): (False, 0)}
    assert kept(limited.ledger, due - timedelta(seconds=1)) == early
    assert kept(limited.ledger, due, rehearsal=True)["trial", "addresses"] == (True, 20)
    assert kept(limited.ledger, due) == {**early, ("trial", "addresses"): (True, 20)}
    assert kept(limited.ledger, due)["trial", "addresses"] == (True, 0)
    assert limited.on("SELECT count(*) FROM person") == [(20,)]
    assert kept(limited.ledger, CLOSED + timedelta(days=365))["trial", "texts"] == (True, 79)
    assert kept(limited.ledger, CLOSED + timedelta(days=366))["trial", "texts"] == (True, 0)
    assert all(limited.answers(unit)["mail"] == ERASED for unit in limited.cases())
    assert limited.counted() == before
    with limited.ledger.read() as conn:
        told = [entry.detail for entry in log.entries(conn) if entry.action == "retention"]
    assert told == [
        {"experiment": "trial", "version": 1, "addresses": 20},
        {"experiment": "trial", "version": 1, "texts": 79},
    ]


def test_addresses_stay_while_another_experiment_needs_them(limited: Field, send: Send) -> None:
    """One that says nothing keeps them for good; one that is over frees them."""
    answered(limited.ledger, study("retention: {addresses: P200D}\n", "second"), send)
    assert kept(limited.ledger, CLOSED + timedelta(days=90))["trial", "addresses"][0]
    shared = set(limited.cases()) & {row[0] for row in limited.on("SELECT unit FROM person")}
    assert shared == set(limited.cases()) & {
        row[0]
        for row in limited.on(
            "SELECT unit FROM sampled_case JOIN experiment e ON e.id = experiment_id WHERE slug = 'second'"
        )
    }
    assert shared
    kept(limited.ledger, CLOSED + timedelta(days=200))
    assert not set(limited.cases()) & {row[0] for row in limited.on("SELECT unit FROM person")}


def test_an_opt_out_outlives_the_address(limited: Field) -> None:
    """Whoever comes with that address later is left alone still."""
    unit, case = next(iter(limited.cases().items()))
    with limited.ledger.write() as conn:
        responses.append_event(conn, case.id, NOW, "opted_out", key="out")
    kept(limited.ledger, CLOSED + timedelta(days=90))
    with limited.ledger.write() as conn:
        units = [("x", {}, {"email": f"p{int(unit[1:])}@example.org"}), ("y", {}, {"email": "y@example.org"})]
        later = snapshots.replace_frame(conn, "later", "x", units, NOW)
        assert suppressions.on_frame(conn, later) == {"x"}


def test_addresses_are_looked_up_by_an_index(ledger: Ledger) -> None:
    """On both engines, by email in any capitals and by phone."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "people", "x", everybody(), NOW)
        sqlite = conn.dialect.name == "sqlite"
        if not sqlite:
            conn.execute(text("SET LOCAL enable_seqscan = off"))
        for where, index in (("lower(email) = 'p1@example.org'", "email"), ("phone = '+491510000001'", "phone")):
            plan = conn.execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}SELECT unit FROM person WHERE {where}"))
            assert f"ix_person_{index}" in " ".join(str(row) for row in plan)
        assert [each.id for each in erasure.units_at(conn, ("email", "P1@EXAMPLE.ORG"))] == ["u01"]
