"""Addresses and preferences: one spelling each, and what cannot be used is a fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveylab.design.frames import Column, FrameReading
from surveylab.fieldwork.frames import addresses, prepared
from surveylab.fieldwork.frames.addresses import UnusableError

from .test_frame_files import codes, faults, file, units


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("ann@example.org", "ann@example.org"),
        ("Ann.O'Neil+news@Example.ORG", "Ann.O'Neil+news@example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@bu\u0308cher.example", "ann@xn--bcher-kva.example"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@例え。テスト", "ann@xn--r8jz45g.xn--zckzah"),
        ("用户@example.org", "用户@example.org"),
    ],
)
def test_an_email_has_its_domain_in_ascii(written: str, stored: str) -> None:
    """Small letters and punycode (RFC 3492); ß is a letter of its own, as registries have it (RFC 5892)."""
    assert addresses.email(written) == stored
    assert addresses.email(stored) == stored


@pytest.mark.parametrize(
    "written",
    [
        "ann",
        "ann@",
        "@example.org",
        "ann@example",
        "ann@@example.org",
        "ann smith@example.org",
        "ann.@example.org",
        ".ann@example.org",
        "a..b@example.org",
        "ann@-example.org",
        "ann@exam_ple.org",
        "ann@example..org",
        "ann@1.2.3.4",
        "ann@ex☃.org",
        "ann,bob@example.org",
        "ann@example.org,bob@example.org",
        "Ann <ann@example.org>",
        "a" * 65 + "@example.org",
        "ann@" + "a" * 64 + ".org",
        "ann@" + "a." * 130 + "org",
    ],
)
def test_what_is_no_email_is_refused(written: str) -> None:
    """Also two in one, and one with a name around it."""
    with pytest.raises(UnusableError):
        addresses.email(written)


@given(st.text(max_size=40))
def test_no_email_that_is_taken_breaks_a_header(text: str) -> None:
    """Whatever stands around the @: what is taken is one printable word without what sets addresses apart."""
    for written in (text, f"{text}@example.org", f"ann@{text}.org"):
        try:
            taken = addresses.email(written)
        except UnusableError:
            continue
        assert taken.count("@") == 1
        assert not set(taken) & set(' \t\r\n\0<>,;:"()[]\\\x85\u2028')


@pytest.mark.parametrize(
    ("written", "region", "stored"),
    [
        ("+49 151 23456789", None, "+4915123456789"),
        ("0049 151 23456789", "DE", "+4915123456789"),
        ("0151/234567-89", "DE", "+4915123456789"),
        ("+49 (0) 151 23456789", None, "+4915123456789"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("06 698 12345", "IT", "+390669812345"),
    ],
)
def test_a_phone_number_is_stored_as_e_164(written: str, region: str | None, stored: str) -> None:
    """With its country code, or that of the region (ITU-T E.164)."""
    assert addresses.phone(written, region) == stored
    assert addresses.phone(stored, None) == stored


@pytest.mark.parametrize(
    "written", ["1", "+49 1", "+999 123456", "call me", "+4915123456789012345", "+49 151 23456789 ext. 5"]
)
def test_a_number_that_cannot_be_is_refused(written: str) -> None:
    """Too short, too long, no country, no number, or one behind a switchboard."""
    with pytest.raises(UnusableError):
        addresses.phone(written, "DE")


def test_time_zones_and_languages_have_one_spelling() -> None:
    """Names of the IANA database, tags of BCP 47."""
    assert addresses.time_zone("europe/berlin") == "Europe/Berlin"
    assert addresses.time_zone("America/new york") == "America/New_York"
    assert [addresses.language(tag) for tag in ("DE", "de_at", "AZ-arab", "es-419")] == [
        "de",
        "de-AT",
        "az-Arab",
        "es-419",
    ]
    for wrong in ("Berlin", "CEST", "Europe/Bonn", "+01:00", "", "../../etc/passwd"):
        with pytest.raises(UnusableError):
            addresses.time_zone(wrong)
    for wrong in ("German", "d", "de-", "de at", "12"):
        with pytest.raises(UnusableError):
            addresses.language(wrong)


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("email", "nobody", "FR24"),
        ("phone", "0151 23456789", "FR25"),
        ("time_zone", "CET/CEST", "FR26"),
        ("language", "German", "FR27"),
        ("consent", "maybe", "FR28"),
        ("consent_date", "yesterday", "FR28"),
        ("email", '"a@example.org\r\nBcc: b@example.org"', "FR29"),
        ("first_name", '"Ann\nSubject: x"', "FR29"),
        ("first_name", "Ann\u2028Subject: x", "FR29"),
        ("app_id", "x\x1b[2J", "FR29"),
    ],
)
def test_each_is_a_fault_at_its_line_and_column(tmp_path: Path, header: str, value: str, code: str) -> None:
    """The others of the file are told in the same run."""
    path = file(tmp_path, f"id,age,{header}\nu1,5,\nu2,6,{value}\n,7,\n")
    found = faults(path)
    assert next((each.line, each.code) for each in found) == (3, code)
    assert (found[0].column, len(found)) == (3, 2)
    assert f"'{header}'" in found[0].what


def test_a_region_reads_numbers_without_a_country(tmp_path: Path) -> None:
    """Said once for the file; without it, that is what the fault says."""
    path = file(tmp_path, "id,phone\nu1,0151 23456789\n")
    assert units(path, region="DE") == [("u1", {}, {"phone": "+4915123456789"})]
    assert "--region" in faults(path)[0].what


def test_a_name_may_be_written_in_any_script(tmp_path: Path) -> None:
    """What no header can be made of is taken as it stands, joiners included."""
    name = "علی‌رضا نوری"
    assert units(file(tmp_path, f"id,name\nu1,{name}\n")) == [("u1", {}, {"name": name})]


def test_what_says_how_to_ask_is_a_field_too(tmp_path: Path) -> None:
    """Rules and strata read time zone, language and consent under the names of their columns; the rest is apart."""
    path = file(
        tmp_path,
        "id,Sprache,time_zone,Consented,consent_date,consent_basis\nu1,de-at,europe/vienna,yes,31.1.2026,contract\n",
    )
    ((_, fields, person),) = units(path, columns={"Sprache": Column("language")})
    assert fields == {"language": "de-AT", "time_zone": "Europe/Vienna", "Consented": True}
    assert person == {
        "time_zone": "Europe/Vienna",
        "language": "de-AT",
        "consent": True,
        "consent_date": "2026-01-31",
        "consent_basis": "contract",
    }


PEOPLE = (
    "id,email,phone\n"
    "u1,a@example.org,\n"
    "u2,b@example.org,+4915123456789\n"
    "u3,A@Example.org,+49 151 23456700\n"
    "u4,,+49 151 23456700\n"
    "u5,c@example.org,\n"
    "u6,B@example.org,\n"
)


def test_units_of_one_person_are_refused(tmp_path: Path) -> None:
    """By email, whatever its capitals, by phone, and through a third: u1, u3, u4 are one, and u2, u6."""
    found = faults(file(tmp_path, PEOPLE))
    assert [(each.line, each.code) for each in found] == [(4, "FR30"), (5, "FR30"), (7, "FR30")]
    assert "'u4' has the email or phone of 'u1', line 2" in found[1].what


@pytest.mark.parametrize(
    ("option", "kept", "merged"),
    [
        ("first", ["u1", "u2", "u5"], [("u1", ("u3", "u4")), ("u2", ("u6",))]),
        ("last", ["u4", "u5", "u6"], [("u4", ("u1", "u3")), ("u6", ("u2",))]),
        ("allow", ["u1", "u2", "u3", "u4", "u5", "u6"], []),
    ],
)
def test_units_of_one_person_are_merged_or_allowed(tmp_path: Path, option: str, kept: list[str], merged: list) -> None:
    """Which stays is said beforehand, and which went is told."""
    with prepared(file(tmp_path, PEOPLE), FrameReading(same_person=option)) as ready:  # type: ignore[arg-type]
        assert [unit for unit, _, _ in ready.units] == kept
        assert [(each.kept, each.dropped) for each in ready.merged] == merged
    assert codes(file(tmp_path, PEOPLE + "u5,,\n"), same_person="first") == [(8, "FR12")]
