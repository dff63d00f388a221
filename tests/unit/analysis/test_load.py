"""Data of others: what is added up, and every fault of a file at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from surveylab import spec
from surveylab.analysis.load import ensure_loaded, load_data
from surveylab.design.experiment import Study
from surveylab.errors import DataError, SurveylabError
from surveylab.store import datasets, experiments
from surveylab.store.ledger import Ledger

CELLS = """
format: 1
title: Counts
data:
  source: counts.csv
  factors: {wording: form}
  strata: [topic]
  outcomes: {yes: {family: binary, count: yes, among: asked}}
inquiries: {effect: {outcome: yes, contrast: {wording: [b, a]}, scale: risk_difference, by: topic}}
assignment: {scheme: complete, factors: {wording: {levels: [a, b]}}}
"""
CASES = """
format: 1
title: Cases
data:
  source: cases.csv
  factors: {arm: arm}
  cluster: site
  weight: w
  outcomes:
    score: {family: continuous, value: score}
    seconds: {family: duration, value: seconds}
    said: {family: binary, value: said}
inquiries: {effect: {outcome: score, contrast: {arm: [b, a]}, scale: difference}}
assignment: {scheme: complete, factors: {arm: {levels: [a, b]}}}
"""
GOOD = "form,topic,asked,yes\na,x,100,40\nb,x,110,60\na,y,90,10\nb,y,95,12\n"


def study(text: str, folder: Path) -> Study:
    """A study from its text, in a folder."""
    path = folder / "other.yaml"
    path.write_text(text, encoding="utf-8")
    return spec.read(path)


def written(folder: Path, content: str | bytes, name: str = "data.csv") -> Path:
    """A data file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def faults(ledger: Ledger, text: str, folder: Path, content: str | bytes) -> list[tuple[int, str]]:
    """Line and code of every fault that loading tells."""
    with pytest.raises(DataError) as caught:
        load_data(ledger, study(text, folder), written(folder, content))
    return [(fault.line, fault.code) for fault in caught.value.faults]


def cells(ledger: Ledger, measure: str, logged: bool = False) -> pd.DataFrame:
    """The stored cells of a measure."""
    with ledger.read() as conn:
        row = experiments.experiment(conn, "other")
        assert row is not None
        return datasets.cells(conn, row.id, measure, logged)


def test_counts_become_cells(tmp_path: Path, ledger: Ledger) -> None:
    """One row per cell: n is the cases asked, total the count, and strata carry their field."""
    loaded = load_data(ledger, study(CELLS, tmp_path), written(tmp_path, GOOD))
    assert (loaded.rows, loaded.cases, loaded.cells) == (4, 395, 4)
    table = cells(ledger, "yes").set_index(["wording", "stratum"])
    assert table.loc[("b", "topic=x"), ["cases", "n", "total", "squares"]].tolist() == [110, 110, 60, 60]


def test_cases_are_added_up_by_weight(tmp_path: Path, ledger: Ledger) -> None:
    """The n is Kish's effective number; total over n is the weighted mean; blanks are outside."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "arm": rng.choice(["a", "b"], 300),
            "site": rng.choice(["s1", "s2"], 300),
            "w": rng.uniform(0.5, 2, 300),
            "score": rng.normal(3, 1, 300),
            "seconds": rng.lognormal(4, 0.5, 300),
            "said": rng.integers(0, 2, 300),
        }
    )
    table.loc[:9, "score"] = np.nan
    path = tmp_path / "cases.csv"
    table.to_csv(path, index=False)
    load_data(ledger, study(CASES, tmp_path), path)
    for name, logged in (("score", False), ("seconds", True)):
        found = cells(ledger, name, logged).set_index(["arm", "cluster"])
        for place, group in table.dropna(subset=[name]).groupby(["arm", "site"]):
            y = np.log(group[name]) if logged else group[name]
            w = group["w"]
            n = w.sum() ** 2 / (w**2).sum()
            expected = [len(group), n, n * np.average(y, weights=w), n * np.average(y**2, weights=w)]
            assert found.loc[place, ["cases", "n", "total", "squares"]].tolist() == pytest.approx(expected)


def test_every_fault_of_counts_is_told(tmp_path: Path, ledger: Ledger) -> None:
    """An arm that is none, negative and fractional counts, more successes than trials, words for numbers."""
    content = "form,topic,asked,yes\nc,x,100,40\na,x,100,-1\nb,x,10,11\na,y,x,1\nb,y,9.5,2\n"
    assert faults(ledger, CELLS, tmp_path, content) == [
        (2, "LD10"),
        (3, "LD12"),
        (4, "LD13"),
        (5, "LD11"),
        (6, "LD16"),
    ]


def test_every_fault_of_cases_is_told(tmp_path: Path, ledger: Ledger) -> None:
    """A duration of zero, a share that is not 0 or 1, a negative weight."""
    content = "arm,site,w,score,seconds,said\na,s,1,1,0,1\na,s,1,2,5,2\nb,s,-1,3,4,0\n"
    assert faults(ledger, CASES, tmp_path, content) == [(2, "LD14"), (3, "LD15"), (4, "LD12")]


def test_lines_are_those_of_the_file(tmp_path: Path, ledger: Ledger) -> None:
    """A quoted value over three lines and an empty line move the rows behind them, and the faults with them."""
    content = 'form,topic,asked,yes\na,"x\ny\nz",100,40\n\nc,x,100,40\nb,x,10,11\n'
    assert faults(ledger, CELLS, tmp_path, content) == [(6, "LD10"), (7, "LD13")]


def test_blanks_are_told_where_they_have_no_meaning(tmp_path: Path, ledger: Ledger) -> None:
    """A blank level, stratum or count, a row that ends early; a blank cluster or weight."""
    content = "form,topic,asked,yes\n,x,1,1\na,,1,1\na,x,,1\na,x,1\n"
    assert faults(ledger, CELLS, tmp_path, content) == [(2, "LD10"), (3, "LD17"), (4, "LD11"), (5, "LD11")]
    content = "arm,site,w,score,seconds,said\na,,1,1,5,1\nb,s,,3,4,0\n"
    assert faults(ledger, CASES, tmp_path, content) == [(2, "LD17"), (3, "LD11")]


@pytest.mark.parametrize("number", ["inf", "nan", "1e101", "-1e101", "NA"])
def test_a_number_whose_square_is_beyond_a_double_is_none(tmp_path: Path, ledger: Ledger, number: str) -> None:
    """No sum of a file can be infinite or not a number."""
    content = f"arm,site,w,score,seconds,said\na,s,1,{number},5,1\nb,s,1,1e100,5,1\n"
    assert faults(ledger, CASES, tmp_path, content) == [(2, "LD11")]


def test_a_count_is_one_that_can_be_held(tmp_path: Path, ledger: Ledger) -> None:
    """A count with thirty digits is no count of people."""
    assert faults(ledger, CELLS, tmp_path, f"form,topic,asked,yes\na,x,1{'0' * 30},1\n") == [(2, "LD11")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("form,topic,asked,yes,yes\na,x,1,1,0\n", "LD06"),
        ("form,topic,asked,yes\na,x,1,0,5\nb,x,1,0,5\n", "LD07"),
        ("form,topic,asked,yes\na,x,1,0\nb,x,1,0,5\n", "LD03"),
    ],
)
def test_a_row_that_does_not_fit_the_header_is_refused(tmp_path: Path, ledger: Ledger, content: str, code: str) -> None:
    """A column that is there twice, a decimal comma in every row or in one: nothing is cut off."""
    assert [each for _, each in faults(ledger, CELLS, tmp_path, content)] == [code]


def test_a_file_of_faults_tells_the_first_and_their_number(tmp_path: Path, ledger: Ledger) -> None:
    """Fifty of two thousand faults in words, and how many there are."""
    with pytest.raises(DataError, match="there are 2,000 faults") as caught:
        load_data(ledger, study(CELLS, tmp_path), written(tmp_path, "form,topic,asked,yes\n" + "z,x,1,1\n" * 2000))
    assert len(caught.value.faults) == 51


def test_strata_stand_for_their_weights(tmp_path: Path, ledger: Ledger) -> None:
    """An oversampled stratum, 90 of 100 cases, is a tenth of the population that its weights say."""
    text = CASES.replace("cluster: site", "strata: [site]")
    rows = "".join(
        f"{arm},s{place},{w},1,5,1\n" for arm in "ab" for place, w, n in ((1, 1, 45), (2, 81, 5)) for _ in range(n)
    )
    written(tmp_path, "arm,site,w,score,seconds,said\n" + rows, "cases.csv")
    run = ensure_loaded(ledger, study(text, tmp_path))
    assert run.result["shares"] == {"stratum": pytest.approx({"site=s1": 0.1, "site=s2": 0.9})}


def test_a_source_named_anew_takes_the_place_of_the_old(tmp_path: Path, ledger: Ledger) -> None:
    """The file that the study names is the one that is analysed, also after an edit of the name."""
    written(tmp_path, GOOD, "counts.csv")
    ensure_loaded(ledger, study(CELLS, tmp_path))
    written(tmp_path, GOOD.replace("100,40", "200,40"), "later.csv")
    ensure_loaded(ledger, study(CELLS.replace("counts.csv", "later.csv"), tmp_path))
    assert cells(ledger, "yes")["cases"].sum() == 495


def test_a_file_given_by_hand_stays(tmp_path: Path, ledger: Ledger) -> None:
    """What ``surveylab load`` was given is not replaced by the source that the study named all along."""
    written(tmp_path, GOOD, "counts.csv")
    load_data(ledger, study(CELLS, tmp_path), written(tmp_path, GOOD.replace("100,40", "200,40"), "mine.csv"))
    ensure_loaded(ledger, study(CELLS.replace("Counts", "Counted"), tmp_path))
    assert cells(ledger, "yes")["cases"].sum() == 495


def test_missing_columns_are_told_with_the_nearest(tmp_path: Path, ledger: Ledger) -> None:
    """All columns that are not there, before any row is read."""
    with pytest.raises(DataError, match="Did you mean 'topics'") as caught:
        load_data(ledger, study(CELLS, tmp_path), written(tmp_path, "forms,topics,yes\na,x,1\n"))
    assert [fault.code for fault in caught.value.faults] == ["LD05"] * 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "LD03"),
        (b"form,topic,asked,yes\n", "LD04"),
        ("form,topic,asked,yes\na,K\xf6ln,1,1\n".encode("latin-1"), "LD02"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, ledger: Ledger, content: bytes, code: str) -> None:
    """An empty file, a header alone, bytes of another encoding."""
    assert [each for _, each in faults(ledger, CELLS, tmp_path, content)] == [code]


def test_a_faulty_file_changes_nothing(tmp_path: Path, ledger: Ledger) -> None:
    """What was loaded before stands after a file with a fault."""
    load_data(ledger, study(CELLS, tmp_path), written(tmp_path, GOOD))
    before = cells(ledger, "yes")
    faults(ledger, CELLS, tmp_path, GOOD + "z,x,1,1\n")
    pd.testing.assert_frame_equal(cells(ledger, "yes"), before)


def test_a_byte_order_mark_and_spaces_do_no_harm(tmp_path: Path, ledger: Ledger) -> None:
    """A file that a spreadsheet wrote loads as it is meant."""
    content = ("\ufeff" + GOOD.replace("a,x", " a ,x ")).encode()
    assert load_data(ledger, study(CELLS, tmp_path), written(tmp_path, content)).cases == 395


def test_data_named_in_the_file_load_by_themselves(tmp_path: Path, ledger: Ledger) -> None:
    """``source`` is loaded on the first look, and again when the file has changed."""
    source = written(tmp_path, GOOD, "counts.csv")
    given = study(CELLS, tmp_path)
    ensure_loaded(ledger, given)
    assert cells(ledger, "yes")["cases"].sum() == 395
    source.write_text(GOOD.replace("100,40", "200,40"), encoding="utf-8")
    ensure_loaded(ledger, given)
    assert cells(ledger, "yes")["cases"].sum() == 495


def test_no_data_says_how_to_give_some(tmp_path: Path, ledger: Ledger) -> None:
    """A study whose source is not there names the command that loads."""
    with pytest.raises(SurveylabError, match="surveylab load"):
        ensure_loaded(ledger, study(CELLS, tmp_path))
