"""What holds for every page: its frame, its headers, its words, its weight."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from surveylab.web.assets import SHEETS, assets
from surveylab.web.compression import packed
from surveylab.web.forms import TRAP

BUDGET = 30_000
"""Bytes over the wire of a page with its stylesheet and its script."""
STYLE_BUDGET = 6_200
"""Bytes over the wire of the stylesheet."""
BLAME = re.compile(r"\b(invalid|illegal|forbidden|please|forgot|oops|sorry)\b", re.IGNORECASE)
VOID = {"meta", "link", "input", "br", "img", "wbr"}


class Dom(HTMLParser):
    """The tags of a page as (tag, attributes, tags around it)."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.around = [], []
        self.feed(text)
        assert self.around == [], "every tag is closed"

    def handle_starttag(self, tag, attrs):
        """Note a tag and what is around it."""
        self.tags.append((tag, dict(attrs), tuple(self.around)))
        if tag not in VOID:
            self.around.append(tag)

    def handle_endtag(self, tag):
        """Nothing closes but what was opened last."""
        assert self.around.pop() == tag, f"{tag} closes what it did not open"

    def all(self, tag):
        """The attributes of every tag of that name."""
        return [attributes for name, attributes, _ in self.tags if name == tag]


@pytest.fixture
def every_page(browser, field, nps, clock):
    """Each kind of page that a respondent can meet: name -> response."""
    (finished,) = field.tokens(nps, length="long", wording="standard")
    (gone,) = field.tokens(nps, length="long", wording="experience")
    (late, forger) = field.tokens(nps, length="short")
    pages = {"landing": browser.get(f"/r/{finished}"), "stop": browser.get(f"/r/{finished}/stop")}
    page = browser.start(finished)
    pages["error"] = browser.post(page, {"recommend": "11"})
    for answers in ({"recommend": "9"}, {"why": "x"}, {}, {}, {"tenure": "7"}):
        pages[page.request.path.rpartition("/")[2]] = page
        page = browser.answer(page, answers)
    pages["thanks"] = page
    pages["answered"] = browser.get(f"/r/{finished}")
    pages["opted out"] = _out(browser, gone)
    pages["forged start"] = browser.send(f"/r/{forger}", {})
    pages["forged page"] = browser.send(browser.start(forger).request.path, {})
    pages["continue"] = browser.get(f"/r/{forger}")
    pages["not found"] = browser.get("/r/nobody")
    pages["not allowed"] = browser.client.put(f"/r/{late}")
    pages["too much"] = browser.send(f"/r/{late}", {"x": "x" * 1_000_001})
    clock.advance(days=30)
    pages["closed"] = browser.get(f"/r/{late}")
    return pages


def _out(browser, token):
    browser.post(browser.get(f"/r/{token}/stop"))
    return browser.get(f"/r/{token}")


def test_every_page_has_the_frame(every_page):
    """Well-formed; one h1, one main, a language, a skip link to main, a title; no page twice the same title."""
    titles = {}
    for name, page in every_page.items():
        dom = Dom(page.text)
        assert len(dom.all("h1")) == 1, name
        assert [main["id"] for main in dom.all("main")] == ["main"], name
        assert dom.all("html") == [{"lang": "en", "dir": "ltr"}], name
        assert dom.all("a")[0] == {"class": "skip", "href": "#main"}, name
        titles[name] = re.search(r"<title>(.*?)</title>", page.text)[1]
        assert ("Error: " in titles[name]) == (name in ("error", "forged page", "forged start")), name
    shared = {"landing", "continue"}
    assert len(set(titles.values())) == len(titles) - len(shared) + 1, titles


def test_forms_are_validated_on_the_server_only(every_page):
    """novalidate, and none of the attributes by which a browser would judge."""
    for name, page in every_page.items():
        dom = Dom(page.text)
        for form in dom.all("form"):
            assert "novalidate" in form, name
            assert form["method"] == "post", name
        for control in dom.all("input") + dom.all("textarea"):
            assert not {
                "required",
                "pattern",
                "min",
                "max",
                "minlength",
                "maxlength",
                "placeholder",
                "disabled",
                "autofocus",
            } & set(control), name
            assert control.get("type") != "number", name
        assert all("disabled" not in button for button in dom.all("button")), name


def test_every_question_is_labelled(every_page):
    """Choices in a fieldset with a legend, and each in its label; typed answers with a label for them."""
    for name, page in every_page.items():
        dom = Dom(page.text)
        labelled = {label["for"] for label in dom.all("label") if "for" in label}
        ids = [attributes["id"] for _, attributes, _ in dom.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        for tag, attributes, around in dom.tags:
            if tag == "input" and attributes["type"] in ("radio", "checkbox"):
                assert "label" in around, name
                assert "fieldset" in around, name
                assert name == "forged page" or "checked" not in attributes, f"{name}: nothing is chosen beforehand"
            elif tag == "textarea" or (tag == "input" and attributes["type"] == "text"):
                assert attributes["id"] in labelled, name
        for fieldset in dom.all("fieldset"):
            assert set(fieldset.get("aria-describedby", "").split()) <= set(ids), name
        assert len(dom.all("legend")) == len(dom.all("fieldset")), name


def test_the_only_question_of_a_page_is_its_heading(every_page):
    """Its legend, or its label, is the h1."""
    for name, parent in (("recommendation", "legend"), ("service", "legend")):
        (around,) = [around for tag, _, around in Dom(every_page[name].text).tags if tag == "h1"]
        assert around[-1] == parent
    tags = Dom(every_page["reason"].text).tags
    labels = [around[-1] for tag, attributes, around in tags if tag == "label" and attributes["for"] != TRAP]
    assert labels == ["h1"]


def test_help_stands_in_the_same_place_on_all_pages_of_a_survey(every_page):
    """The foot is the same, and behind main."""
    words = "Questions about this survey? Ask the survey team at survey@example.org."
    for name, page in every_page.items():
        if name in ("not found", "not allowed", "too much"):
            continue
        foot = page.text.partition("</main>")[2]
        assert foot.strip().startswith('<footer class="foot"><div class="foot__inner">\n<p>' + words), name


def test_error_pages_begin_with_a_summary_that_leads_to_the_fields(every_page):
    """An alert that can take the focus, before the heading; each link has its target."""
    text = every_page["error"].text
    dom = Dom(text)
    (summary,) = [attributes for tag, attributes, _ in dom.tags if attributes.get("role") == "alert"]
    assert summary["tabindex"] == "-1"
    assert "data-focus" in summary
    assert text.index("There is a problem") < text.index("<h1")
    ids = {attributes["id"] for _, attributes, _ in dom.tags if "id" in attributes}
    assert {link["href"][1:] for link in dom.all("a") if link["href"].startswith("#")} <= ids


def test_nothing_comes_from_elsewhere_and_nothing_stands_in_the_page(every_page):
    """No address but our own; no style and no script in the page itself."""
    for name, page in every_page.items():
        dom = Dom(page.text)
        for _, attributes, _ in dom.tags:
            for key in ("href", "src", "action"):
                assert attributes.get(key, "/").startswith(("/", "#", "data:,")), name
                assert not attributes.get(key, "/").startswith("//"), name
            assert "style" not in attributes, name
            assert not [key for key in attributes if key.startswith("on")], name
        assert dom.all("style") == [], name
        assert all(script.get("src") for script in dom.all("script")), name


def test_every_response_has_the_headers(every_page, browser):
    """Also the errors and the redirects; a page is stored nowhere."""
    redirect = browser.get("/r/nobody/thanks")
    for name, page in {**every_page, "redirect": redirect}.items():
        policy = page.headers["Content-Security-Policy"].split("; ")
        assert policy == [
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "img-src 'self' data:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ], name
        assert page.headers["Referrer-Policy"] == "no-referrer", name
        assert page.headers["X-Content-Type-Options"] == "nosniff", name
        assert page.headers["Cache-Control"] == "no-store", name
        assert "Set-Cookie" not in page.headers, name


def test_assets_are_kept_for_ever_under_the_hash_of_their_content(browser, every_page):
    """Another hash is not found, so that no page mixes two versions."""
    for address in re.findall(r'/assets/[^"]+', every_page["error"].text):
        response = browser.get(address)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert browser.get(address.replace("-", "-0")).status_code == 404
    assert browser.get("/assets/../survey.css").status_code == 404
    assert len(SHEETS) == 2


def test_a_page_is_light(every_page):
    """With stylesheet and script, below the budget."""
    shared = sum(len(asset.packed) for asset in assets())
    heaviest = max(len(packed(page.data)) for page in every_page.values())
    assert shared + heaviest < BUDGET
    assert len(assets()[0].packed) < STYLE_BUDGET


def test_no_page_blames(every_page):
    """Words say what to do, not who is at fault."""
    for name, page in every_page.items():
        assert BLAME.findall(re.sub(r"<[^>]+>", " ", page.text)) == [], name
