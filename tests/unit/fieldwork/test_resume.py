"""Resume codes: long enough that nobody counts tries, and read as people type them."""

from __future__ import annotations

import math

import pytest

from surveylab.fieldwork import resume


def test_a_code_has_sixty_bits() -> None:
    """Twelve signs of 32; each sign occurs, and no code comes twice."""
    codes = [resume.draw() for _ in range(1_000)]
    assert resume.LENGTH * math.log2(len(set(resume.ALPHABET))) == 60
    assert set("".join(codes)) == set(resume.ALPHABET)
    assert len(set(codes)) == 1_000


def test_no_two_signs_look_alike() -> None:
    """I, L, O and U are not used: taken for 1, 1, 0 and V."""
    assert not set("ILOU") & set(resume.ALPHABET)


def test_what_is_shown_is_what_is_typed() -> None:
    """In groups of four, and back."""
    code = resume.draw()
    assert [len(group) for group in resume.shown(code).split("-")] == [4, 4, 4]
    assert resume.typed(resume.shown(code)) == code


@pytest.mark.parametrize(
    "text",
    ["7QK0-2X1T-91DC", "7qk0-2x1t-91dc", "7QKO2XIT9LDC", " 7qko 2xlt 9idc ", "7QK0–2X1T—91DC", "7 Q K 0.2x1t_91dc\t"],
)
def test_small_letters_hyphens_and_look_alikes_make_no_difference(text: str) -> None:
    """O is 0, I and L are 1."""
    assert resume.typed(text) == "7QK02X1T91DC"


@pytest.mark.parametrize(
    "text", ["", "7QK0-2X1T-91D", "7QK0-2X1T-91DCC", "7QK0-2X1T-91DU", "7QK0-2X1T-91Dé", "\0" * 12]
)
def test_what_can_be_no_code_is_none(text: str) -> None:
    """Too short, too long, or with a sign that no code has."""
    assert resume.typed(text) is None
