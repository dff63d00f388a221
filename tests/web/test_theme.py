"""A survey's own look: its stylesheet, its logo, and the same on all of its pages."""

from __future__ import annotations

import re
from base64 import b64decode
from html import unescape

import pytest

from surveylab import spec
from surveylab.design.theme import Theme
from surveylab.web import assets, preview

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40" fill="#7b2cbf"/></svg>'
)
INSTRUMENT = """
format: 1
title: A visit
version: "1"
languages: [en]
contact: help@example.org
introduction: Welcome.
thanks: Saved.
theme: {theme}
pages: [{{id: one, items: [a]}}, {{id: two, items: [b]}}]
items:
  - {{id: a, type: single, text: First?, options: {{1: "Yes", 2: "No"}}}}
  - {{id: b, type: short_text, text: Second?}}
"""
EXPERIMENT = """
format: 1
title: A trial
assignment: {{scheme: complete, factors: {{f: {{varies: {varies}, levels: {levels}}}}}}}
measurement: {{instrument: questions, language: en}}
inquiries: {{f_on_response: {{outcome: response, contrast: {{f: [x, y]}}}}}}
sampling: {{scheme: srs, n: 10}}
frame: {{source: people}}
"""
COLOURED = EXPERIMENT.format(varies="instrument.theme.colour", levels='{x: "#7b2cbf", y: "#0d5c63"}')


def fielded(field, theme, experiment=COLOURED, **pictures):
    """A study with a theme in the field: its row."""
    documents = {"trial.yaml": experiment, "questions.yaml": INSTRUMENT.format(theme=theme)}
    pictures = {f"{name}.svg": text for name, text in pictures.items()}
    return field.run(spec.read_documents({**documents, **pictures}, "trial.yaml"))


def style(page):
    """The address of a page's stylesheet."""
    (found,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page.text)
    return found


def test_all_pages_of_a_survey_have_its_look(browser, field):
    """From the landing page to the thanks: one stylesheet, with the colours for light and for dark screens."""
    (token,) = field.tokens(fielded(field, "{corners: square, type: serif}"), f="x")
    pages = [browser.get(f"/r/{token}"), browser.get(f"/r/{token}/stop"), browser.start(token)]
    pages.append(browser.post(pages[-1], {"a": "3"}))
    pages += [browser.answer(pages[2]), browser.answer(browser.get(f"/r/{token}/two")), browser.get(f"/r/{token}")]
    assert [page.status_code for page in pages] == [200, 200, 200, 422, 200, 200, 200]
    (address,) = {style(page) for page in pages}
    sheet = browser.get(address)
    assert sheet.status_code == 200
    assert sheet.mimetype == "text/css"
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    dark = Theme(colour="#7b2cbf").accent_dark
    assert sheet.text.endswith(
        ":root { --accent: #7b2cbf; --radius: var(--square); --font: var(--serif); }\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; }} }}"
    )
    assert sheet.text.startswith(browser.get(style(browser.get("/r/nobody"))).text)
    framed = browser.get(f"/assets/{assets._themed_name('framed', Theme(colour='#7b2cbf').key)}")
    assert (framed.status_code, "--accent: #7b2cbf;" in framed.text) == (200, True)


def test_arms_differ_in_their_look_and_meet_it_on_the_landing_page(browser, field):
    """The factor is the theme's colour; its exposure is written when the link is opened."""
    row = fielded(field, "{}")
    looks = {level: style(browser.get(f"/r/{field.tokens(row, f=level)[0]}")) for level in "xy"}
    assert ".7b2cbf-" in looks["x"]
    assert looks["y"] == assets.addresses().style, "the default look is the stylesheet without more"
    assert sorted((each.factor, each.page) for each in field.rows("exposure")) == [("f", "")] * 2


@pytest.mark.parametrize(
    "key",
    [
        "7b2cbf-cda6ff-round",
        "7b2cbf-cda6ff-round-sans-more",
        "7B2CBF-cda6ff-round-sans",
        "7b2cb-cda6ff-round-sans",
        "7b2cbf-cda6ff-oval-sans",
        "7b2cbf-cda6ff-round-sans;}",
        "٧b2cbf-cda6ff-round-sans",
        "7b2cbf-cda6ff-round-sans%0a",
        "</style>",
        "",
    ],
)
def test_a_theme_that_is_none_is_not_found(browser, key):
    """Whatever stands in the address reaches the stylesheet only as colours and two words."""
    name = assets._themed_name("survey", "7b2cbf-cda6ff-round-sans")
    assert browser.get(f"/assets/{name}").status_code == 200
    assert browser.get(f"/assets/{name.partition('.')[0]}.{key}.css").status_code == 404


def test_a_stylesheet_of_another_version_is_not_found(browser):
    """The hash is that of the whole content, theme included."""
    one, other = (assets._themed_name("survey", f"{colour}-cda6ff-round-sans") for colour in ("7b2cbf", "0d5c63"))
    assert one.partition(".")[0] != other.partition(".")[0]
    assert browser.get(f"/assets/{one.partition('.')[0]}.{other.partition('.')[2]}").status_code == 404


def test_a_process_keeps_a_bounded_number_of_themes(browser):
    """Whoever asks for every colour there is fills no memory."""
    for number in range(assets.MOST_THEMES + 20):
        name = assets._themed_name("survey", f"{number:06x}-cda6ff-round-sans")
        assert browser.get(f"/assets/{name}").status_code == 200
    assert assets._themed.cache_info().currsize <= assets.MOST_THEMES
    assert assets._themed_name.cache_info().currsize <= assets.MOST_THEMES


def test_a_logo_stands_at_the_head_of_all_pages(browser, field):
    """An image with the name as its alternative, as large as its room; served unchanged, and alone."""
    (token,) = field.tokens(fielded(field, "{name: Town hall, logo: hall.svg}", hall=LOGO), f="x")
    pages = [browser.get(f"/r/{token}"), browser.start(token), browser.answer(browser.get(f"/r/{token}/one"))]
    pages.append(browser.answer(pages[-1]))
    found = {re.search(r"<img[^>]*>", page.text)[0] for page in pages}
    (image,) = found
    assert 'alt="Town hall" width="120" height="40"' in image
    picture = browser.get(re.search(r'src="([^"]+)"', image)[1])
    assert (picture.status_code, picture.mimetype, picture.text) == (200, "image/svg+xml", LOGO)
    assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"


def test_logos_are_found_under_their_own_address_only(browser, field):
    """No other study, digest, ending or number leads to one, and none to an error of ours."""
    row = fielded(field, "{name: Town hall, logo: hall.svg}", hall=LOGO)
    page = browser.get(f"/r/{field.tokens(row, f='x')[0]}")
    name = re.search(rf'src="/assets/{row}/([^"]+)"', page.text)[1]
    digest = name.partition(".")[0]
    for place in (
        f"{row + 1}/{name}",
        f"{row}/{digest}.png",
        f"{row}/{'0' * 16}.svg",
        f"{row}/{digest}",
        f"{row}/questions.yaml",
        f"{row}/hall.svg",
        f"-1/{name}",
        f"{2**31}/{name}",
        f"{10**30}/{name}",
        f"{row}/..%2f{name}",
        f"{row}/%00",
    ):
        assert browser.get(f"/assets/{place}").status_code == 404, place
    assert browser.get(f"/assets/{row}/{name}").status_code == 200


def test_a_running_survey_keeps_its_logo(browser, field):
    """A new version of the study has the new one; who was drawn before sees what was frozen."""
    before = fielded(field, "{name: Town hall, logo: hall.svg}", hall=LOGO)
    after = fielded(field, "{name: Town hall, logo: hall.svg}", hall=LOGO.replace("#7b2cbf", "#000000"))
    fills = []
    for row in (before, after):
        page = browser.get(f"/r/{field.tokens(row, f='x')[0]}")
        fills.append(browser.get(re.search(r'<img[^>]*src="([^"]+)"', page.text)[1]).text)
    assert ["#7b2cbf" in fill for fill in fills] == [True, False]


@pytest.mark.parametrize(
    "name", ['<script>alert(1)</script>"', "';} body { display: none }", "https://example.org/?a=1&b=2", "{{ 7 * 7 }}"]
)
@pytest.mark.parametrize("logo", [True, False])
def test_a_name_is_words_and_nothing_else(browser, field, name, logo):
    """Of HTML, styles, addresses and templates nothing is carried out, in the alternative text or on the page."""
    quoted = name.replace("'", "''")
    theme = f"{{name: '{quoted}'{', logo: hall.svg' if logo else ''}}}"
    pictures = {"hall": LOGO} if logo else {}
    (token,) = field.tokens(fielded(field, theme, **pictures), f="x")
    page = browser.get(f"/r/{token}")
    escaped = (
        name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;").replace("'", "&#39;")
    )
    assert escaped in page.text
    assert "<script" not in page.text


def test_without_a_theme_nothing_is_at_the_head_but_the_title(browser, long_token):
    """The shipped look names nobody."""
    page = browser.start(long_token)
    assert "head__name" not in page.text
    assert "<img" not in page.text
    assert style(page) == assets.addresses().style


def test_a_preview_shows_each_arm_in_its_look(field):
    """Before the study is in the field: its stylesheets are carried or named, and its logo is carried."""
    documents = {
        "trial.yaml": COLOURED,
        "questions.yaml": INSTRUMENT.format(theme="{name: Town hall, logo: hall.svg}"),
        "hall.svg": LOGO,
    }
    study = spec.read_documents(documents, "trial.yaml")
    alone = unescape(preview.document(study))
    sheets = {b64decode(found).decode() for found in re.findall(r"data:text/css;base64,([\w+/=]+)", alone)}
    ends = sorted(sheet.splitlines()[-2] for sheet in sheets)
    assert ["#0d5c63" in ends[0], "#7b2cbf" in ends[1], len(ends)] == [True, True, 2]
    logos = set(re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", alone))
    assert {b64decode(found).decode() for found in logos} == {LOGO}
    with_console = unescape(preview.document(study, back="/console"))
    assert assets._themed_name("survey", Theme(colour="#7b2cbf").key) in with_console
    assert assets.addresses().style in with_console


def test_a_kiosk_and_a_frame_have_the_look_too(browser, field):
    """Each under a stylesheet of its own, which ends in the same colours."""
    names = {stem: assets._themed_name(stem, Theme(colour="#7b2cbf").key) for stem in assets.STYLES}
    sheets = {stem: browser.get(f"/assets/{name}").text for stem, name in names.items()}
    assert {"framed", "kiosk"} < set(sheets)
    assert len(set(sheets.values())) == len(sheets)
    assert all("--accent: #7b2cbf;" in sheet.splitlines()[-2] for sheet in sheets.values())
    arrivals = EXPERIMENT.format(varies="items.b.text", levels='{x: "What?", y: "Which?"}')
    for old, new in (
        ("complete", "hashed"),
        ("sampling: {scheme: srs, n: 10}\n", ""),
        ("frame: {source: people}\n", ""),
    ):
        arrivals = arrivals.replace(old, new)
    theme = '{name: Town hall, logo: hall.svg, colour: "#7b2cbf"}'
    documents = {"trial.yaml": arrivals, "questions.yaml": INSTRUMENT.format(theme=theme), "hall.svg": LOGO}
    field.run(spec.read_documents(documents, "trial.yaml"), drawn=False)
    screen = browser.get("/k/trial")
    assert screen.status_code == 200
    assert style(screen) == f"/assets/{names['kiosk']}"
    assert 'alt="Town hall"' in screen.text
