"""The theme of an instrument: colours that can be read, and logos that are pictures and nothing else."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest

from surveylab import spec
from surveylab.design.theme import Logo, Theme
from surveylab.errors import SpecError
from surveylab.spec.logos import LARGEST, logo_of, text_of_picture

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40" fill="#0d5c63"/></svg>'
)


def chunk(kind, data):
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=6, height=2):
    """A PNG of one colour."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x0d\x5c\x63" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def themed(files, theme):
    """The files with a theme in the instrument."""
    files.change("contact: survey@example.org\n", f"contact: survey@example.org\ntheme: {theme}\n")
    return files


def test_without_a_theme_there_is_the_default(files):
    """No name, no logo, and the colour of the style sheet."""
    assert files.read().instruments["survey"].theme == Theme()


def test_a_theme_is_read(files):
    """Colours in small letters, the name in the languages of the instrument."""
    files = themed(files, '{name: Town hall, colour: "#7B2CBF", corners: square, type: serif}')
    theme = files.read().instruments["survey"].theme
    assert theme == Theme({"en": "Town hall"}, None, "#7b2cbf", None, "square", "serif")
    assert theme.key == f"7b2cbf-{theme.accent_dark[1:]}-square-serif"


@pytest.mark.parametrize(
    ("theme", "code", "at"),
    [
        ("{colour: '#ffd400'}", "SL322", "'#ffd400'"),
        ("{colour_dark: '#0d5c63'}", "SL322", "'#0d5c63'"),
        ("{colour: teal}", "SL321", "teal"),
        ("{colour: '#fff'}", "SL321", "'#fff'"),
        ("{colour: '#0d5c63; } body { display: none'}", "SL321", "'#0d5c63;"),
        ("{colour: }", "SL321", ""),
        ("{colour_dark: null}", "SL321", "null"),
        ("{colour: 123456}", "SL321", "123456"),
        ("{corners: rounded}", "SL104", "rounded"),
        ("{type: Comic Sans}", "SL104", "Comic"),
        ("{name: [a]}", "SL103", "[a]"),
        ("{nmae: Town hall}", "SL101", "nmae"),
        ("{logo: 3}", "SL103", "3"),
        ("{name: a, logo: ../logo.svg}", "SL323", "../logo.svg"),
        ("{name: a, logo: /etc/passwd}", "SL323", "/etc/passwd"),
        ("{name: a, logo: logo.gif}", "SL323", "logo.gif"),
        ("{name: a, logo: logo.svg}", "SL323", "logo.svg"),
    ],
)
def test_what_is_wrong_in_a_theme_is_told_at_its_place(files, place, theme, code, at):
    """One fault each; no text of a theme gets any further."""
    (fault,) = themed(files, theme).faults()
    assert fault.code == code
    assert place(fault, files).startswith(at)


def test_too_little_contrast_is_measured_and_mended(files):
    """The fault says the ratio, where, what is wanted, and the nearest colour that passes; that one does."""
    (fault,) = themed(files, '{colour: "#ffd400"}').faults()
    assert "1.34 : 1 on a light screen as a link on the page (#faf8f4); 4.5 : 1 is wanted" in fault.what
    assert fault.remedy == 'The nearest that has enough everywhere is "#887000".'
    assert files.change("#ffd400", "#887000").read().instruments["survey"].theme.colour == "#887000"


def test_a_factor_may_vary_the_theme(files):
    """A level obeys the rules of the field, and the arm gets it."""
    files.factors('look: {varies: instrument.theme.colour, levels: {teal: "#0d5c63", yellow: "#ffd400"}}\n')
    files.change("contrast: {wording: [new, old]}", "contrast: {look: [yellow, teal]}")
    assert files.codes() == ["SL322"]
    files.change("#ffd400", "#887000")
    study = files.read()
    assert [study.plan(arm).instrument.theme.colour for arm in study.experiment.arms] == ["#0d5c63", "#887000"]


def test_a_logo_is_frozen_with_the_study(files):
    """The text is among the documents, in the hash of the study, and gives the same picture back."""
    files = themed(files, "{name: Town hall, logo: hall.svg}")
    files.documents["hall.svg"] = SVG
    study = files.read()
    logo = study.instruments["survey"].theme.logo
    assert (logo.kind, logo.content, logo.width, logo.height) == ("svg", SVG.encode(), 120, 40)
    assert set(study.documents) == {"wording.yaml", "survey.yaml", "hall.svg"}
    files.documents["hall.svg"] = SVG.replace("#0d5c63", "#000000")
    assert files.read().digest != study.digest


def test_a_logo_of_a_level_is_frozen_too(files):
    """So both arms keep theirs."""
    files = themed(files, "{name: Town hall, logo: hall.svg}")
    files.documents |= {"hall.svg": SVG, "old.svg": SVG.replace("120 40", "40 40")}
    files.factors("look: {varies: instrument.theme.logo, levels: {new: hall.svg, old: old.svg}}\n")
    files.change("contrast: {wording: [new, old]}", "contrast: {look: [old, new]}")
    study = files.read()
    assert {"hall.svg", "old.svg"} <= set(study.documents)
    assert [study.plan(arm).instrument.theme.logo.width for arm in study.experiment.arms] == [120, 40]


def test_a_logo_has_a_name_that_is_read_out(files):
    """Who cannot see it would not know who asks."""
    files = themed(files, "{logo: hall.svg}")
    files.documents["hall.svg"] = SVG
    (fault,) = files.faults()
    assert fault.code == "SL102"
    assert "`name:`" in fault.remedy


@pytest.mark.parametrize("data", [SVG.encode(), b"\xef\xbb\xbf" + SVG.encode(), png()])
def test_a_file_and_what_it_is_frozen_as_are_the_same_picture(tmp_path, data):
    """SVG as it is written, without a byte-order mark, and PNG in base64: texts both."""
    file = tmp_path / "logo.png"
    file.write_bytes(data)
    logo = logo_of("logo.png", text_of_picture(file))
    assert isinstance(logo, Logo)
    assert logo.content == data.removeprefix(b"\xef\xbb\xbf")
    assert logo.kind == ("png" if data.startswith(b"\x89") else "svg")


def test_a_study_of_files_has_its_logo(tmp_path, files):
    """It stands beside the instrument, and what was frozen reads back without the files."""
    themed(files, "{name: Town hall, logo: hall.png}")
    for name, folder in (("wording.yaml", "experiments"), ("survey.yaml", "instruments")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(files.documents[name], encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        spec.read(tmp_path / "experiments" / "wording.yaml")
    assert [each.code for each in caught.value.faults] == ["SL323"]
    (tmp_path / "instruments" / "hall.png").write_bytes(png())
    study = spec.read(tmp_path / "experiments" / "wording.yaml")
    again = spec.read_documents(study.documents, "wording.yaml")
    assert again.instruments["survey"].theme.logo.content == png()
    assert again.digest == study.digest
    assert not spec.check([tmp_path / "instruments" / "survey.yaml"])


def svg(inside="", more=""):
    """An SVG with something in it."""
    return SVG.replace("<rect", f"{inside}<rect").replace(" viewBox", f"{more} viewBox")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "neither an SVG in UTF-8 nor a PNG"),
        ("", "neither an SVG in UTF-8 nor a PNG"),
        (base64.b64encode(b"\xff\xd8\xff\xe0 a JPEG").decode(), "neither an SVG in UTF-8 nor a PNG"),
        ("<svg>", "no well-formed XML"),
        ("<html/>", "XML and no SVG"),
        (SVG.replace(' xmlns="http://www.w3.org/2000/svg"', ""), "XML and no SVG"),
        (SVG.replace(' viewBox="0 0 120 40"', ""), "how large it is"),
        (SVG.replace("0 0 120 40", "0 0 0 40"), "how large it is"),
        (SVG.replace("0 0 120 40", "0 0 nan inf"), "how large it is"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "DOCTYPE"),
        (svg("<script>alert(1)</script>"), "script"),
        (svg("<SCRIPT/>"), "script"),
        (svg("<foreignObject/>"), "script"),
        (svg(more=' onload="alert(1)"'), "script"),
        (svg('<image href="https://example.org/a.png"/>'), "elsewhere"),
        (svg('<a xmlns:x="http://www.w3.org/1999/xlink" x:href="javascript:alert(1)"/>'), "elsewhere"),
        (svg('<g style="fill: url(https://example.org/a)"/>'), "elsewhere"),
        (svg("<style>@import 'a.css';</style>"), "elsewhere"),
        (svg(f"<desc>{'x' * LARGEST}</desc>"), f"more than {LARGEST} bytes"),
        (base64.b64encode(png()[:-1]).decode(), "damaged"),
        (base64.b64encode(png() + b"more").decode(), "damaged"),
        (base64.b64encode(png().replace(b"IDAT", b"IDAX")).decode(), "damaged"),
        (base64.b64encode(png(5000, 1)).decode(), "5000 x 1 pixels"),
    ],
)
def test_what_is_no_small_picture_is_no_logo(text, words):
    """Each reason is said."""
    found = logo_of("logo.svg", text)
    assert not isinstance(found, Logo)
    assert found.code == "SL323"
    assert words in found.what


def test_gradients_of_its_own_and_colours_for_dark_are_allowed():
    """What lies in the file itself may be named."""
    logo = logo_of("logo.svg", svg("<style>@media (prefers-color-scheme: dark) { rect { fill: url(#a) } }</style>"))
    assert isinstance(logo, Logo)
    assert logo.for_dark
