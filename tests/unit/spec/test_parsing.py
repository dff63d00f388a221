"""The file itself: what is not YAML, not UTF-8, not bounded, and where everything stands."""

from __future__ import annotations

import pytest

from surveylab.errors import Fault
from surveylab.spec.document import at, core_value, plain
from surveylab.spec.parsing import DEEPEST, LONGEST, parse, text_of_file

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "SL007", 1, 1),
        ("# nothing but a remark\n", "SL007", 1, 1),
        ("---\n...\n", "SL007", 1, 1),
        ("- format: 1\n", "SL008", 1, 1),
        ("text\n", "SL008", 1, 1),
        ("\ufeffformat: 1\n", "SL003", 1, 1),
        ("a: 1\nb:\n\tc: 2\n", "SL005", 3, 1),
        ("a: 1\na: 2\n", "SL006", 2, 1),
        ("a: [1, 2\nb: 3\n", "SL004", 2, 2),
        ("a: b: c\n", "SL004", 1, 5),
        ("a: *nowhere\n", "SL004", 1, 4),
        ("a: &a [*a]\n", "SL004", 1, 8),
        ("a: 1\n---\nb: 2\n", "SL010", 2, 1),
        ("a: !!python/object:os.system x\n", "SL010", 1, 4),
        ("? [1, 2]\n: 3\n", "SL010", 1, 3),
        ("a: 1\n~: 3\n", "SL010", 2, 1),
        ("a: 1\nb: x\x00y\n", "SL011", 2, 5),
        ('a: 1\nb: "x\\ud800"\n', "SL011", 2, 4),
        ('a: "\\UFFFFFFFF"\n', "SL004", 1, 1),
        ("a: " + "[" * 2000, "SL009", 1, 3 + DEEPEST),
        (BOMB, "SL009", 6, 4),
        ("a: " + "x" * LONGEST, "SL009", 1, 1),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_broken_file_is_one_clear_fault(text, code, line, column):
    """Each way in which a file is unusable gives one fault, with its code and its place."""
    _, faults = parse(text, "x.yaml")
    assert [(each.code, each.line, each.column) for each in faults] == [(code, line, column)]
    assert faults[0].what.endswith(".")
    assert faults[0].remedy.endswith((".", "`."))


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [(b"a: 1\nb: Gr\xfc\xdfe\n", "SL002", 2, 6), (b"\xff\xfea\x00:\x00", "SL002", 1, 1)],
)
def test_bytes_that_are_not_utf8_are_named_with_their_place(tmp_path, data, code, line, column):
    """Latin-1 and UTF-16 files are refused where the first byte is wrong."""
    file = tmp_path / "x.yaml"
    file.write_bytes(data)
    found = text_of_file(file)
    assert isinstance(found, Fault)
    assert (found.code, found.line, found.column) == (code, line, column)


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    """A missing file and a folder are faults and not exceptions."""
    for path in (tmp_path / "none.yaml", tmp_path):
        found = text_of_file(path)
        assert isinstance(found, Fault)
        assert found.code == "SL001"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("09:00", "09:00"),
        ("2024-01-01", "2024-01-01"),
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("-1.5e3", -1500.0),
        (".5", 0.5),
        ("1_000", "1_000"),
        (".nan", ".nan"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_scalars_follow_the_core_schema(text, value):
    """YAML 1.2: no sexagesimal hours, no yes for true, and no number that takes long to compute."""
    found = core_value(text)
    assert found == value
    assert type(found) is type(value)


def test_what_is_quoted_is_a_text_and_keys_are_texts_as_written():
    """Quotes make a text of anything; a code keeps its zeros."""
    node, faults = parse("01: \"5\"\n1: 'true'\n1.0: 5\ntrue: x\n", "x.yaml")
    assert not faults
    assert node is not None
    assert plain(node) == {"01": "5", "1": "true", "1.0": 5, "true": "x"}


@pytest.mark.parametrize(
    ("text", "word", "line", "column"),
    [
        ("a: one two three\n", "two", 1, 8),
        ("a: 'one two three'\n", "two", 1, 9),
        ('a: "one two three"\n', "two", 1, 9),
        ("a: |\n  one\n  two three\n", "two", 3, 3),
        ("a: >-\n  one\n\n  two three\n", "three", 4, 7),
        ("a: one\n  two three\n", "three", 2, 7),
        ("a: &x one two\n", "two", 1, 11),
        ('a: "\\x6fne two"\n', "two", 1, 4),
    ],
)
def test_a_place_inside_a_text_is_found_in_the_file(text, word, line, column):
    """Character positions map to line and column in every style; with escapes it is the start."""
    node, _ = parse(text, "x.yaml")
    scalar = at(node, "a")
    assert scalar is not None
    assert scalar.position(scalar.text.index(word)) == (line, column)


def test_lines_end_with_line_feeds_whatever_comes_before():
    """Windows line ends do not move a fault."""
    _, faults = parse("a: 1\r\nb: 2\r\na: 3\r\n", "x.yaml")
    assert [(each.line, each.column) for each in faults] == [(3, 1)]


def test_every_duplicate_key_is_reported():
    """Duplicate keys do not hide one another."""
    _, faults = parse("a: 1\na: 2\nb: {c: 1, c: 2}\n", "x.yaml")
    assert [(each.code, each.line, each.column) for each in faults] == [("SL006", 2, 1), ("SL006", 3, 11)]
