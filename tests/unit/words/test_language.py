"""Languages: which text is taken, which language suits, and what direction does to values."""

from __future__ import annotations

import pytest

from surveylab.words import Language, Word, best, direction, places

HELLO = {"en": "Hello", "de": "Hallo"}
AT_MOST = Word("at_most", en="At most {n}", de="Höchstens {n}", fr="Au plus {n}", es="Máximo {n}", ar="{n} على الأكثر")


def test_a_language_falls_back() -> None:
    """A regional tag takes its base language; one that is not there takes the fallback, or the first."""
    assert Language("de-AT").choose(HELLO) == "Hallo"
    assert Language("ar").choose(HELLO) == "Hello"
    assert Language("ar", fallback="de").choose(HELLO) == "Hallo"
    assert Language("en").choose({"ar": "مرحبا"}) == "مرحبا"


def test_an_instrument_says_a_word_in_its_own_way() -> None:
    """By its key; other words stay as they are."""
    dutch = Language("nl", own={"at_most": {"nl": "Hoogstens {n}"}})
    assert dutch.say(AT_MOST, n=3) == "Hoogstens 3"
    assert Language("de", own={"other": {"de": "?"}}).say(AT_MOST, n=3) == "Höchstens 3"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("HE", "rtl"),
        ("az", "ltr"),
        ("az-Arab", "rtl"),
        ("ks-Deva", "ltr"),
    ],
)
def test_direction_follows_the_script_where_the_tag_names_one(tag: str, expected: str) -> None:
    """Else the language."""
    assert direction(tag) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["fr", "de"], "de"),
        (["de-AT"], "de"),
        (["PT"], "pt-BR"),
        (["pt-PT"], "pt-BR"),
        (["pt-br", "de"], "pt-BR"),
        (["*"], None),
        (["it", "fr-CA"], None),
        ([], None),
    ],
)
def test_the_best_language_is_looked_up(wanted: list[str], expected: str | None) -> None:
    """The first wanted one that is there, without its region, or with another one of the same language."""
    assert best(wanted, ("en", "de", "pt-BR")) == expected


def test_values_keep_their_direction() -> None:
    """Nothing that is put into a sentence turns what stands around it, or is turned by it.

    In Arabic a negative number would be read backwards; in English a Hebrew name, or an override in
    it, would turn what stands behind it.
    """
    assert Language("ar").say(AT_MOST, n=-5) == "\u2068-5\u2069 على الأكثر"
    assert Language("en").say(AT_MOST, n=-5) == "At most -5"
    assert Language("en").say(AT_MOST, n="שלום") == "At most \u2068שלום\u2069"
    assert Language("en").say(AT_MOST, n="a\u202eb") == "At most \u2068a\u202eb\u2069"
    assert Language("de").say(AT_MOST, n="März") == "Höchstens März"


def test_places_are_read_as_they_are_written() -> None:
    """What Python could do with a value beyond putting it in is told apart, and refused when a file is read."""
    assert places("Enter {low} to {high}, {low}") == ("high", "low")
    assert places("{low.__class__} {high!r} {high:>9}") == ("high!r", "high:>9", "low.__class__")
    assert places("{{low}}") == ()
    with pytest.raises(ValueError, match="Single '}'"):
        places("a } b")
