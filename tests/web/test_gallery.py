"""The gallery shows what there is, and nothing has to be told to it."""

from __future__ import annotations

import re

import pytest

from gallery.pictures import SCHEMES, WIDTHS, Gallery
from gallery.stage import LOOKS, items
from gallery.walk import STATES, forged, visit, walk
from surveylab import registry, templating
from surveylab.fieldwork.pages import Standing
from surveylab.words.problems import PROBLEMS

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)]


@pytest.fixture
def app(stage):
    """The application with everything in the field."""
    return stage.app


@pytest.fixture
def rendered(monkeypatch):
    """The names of all templates that were asked for."""
    environment, names = templating.environment(), set()
    get = environment.get_template

    def note(name, *how, **more):
        names.add(name)
        return get(name, *how, **more)

    monkeypatch.setattr(environment, "get_template", note)
    return names


def test_every_template_of_a_page_is_met(chromium, base, stage, rendered):
    """A new page, question type or part of one is in the gallery, and before axe, as soon as it is in templates/."""
    page, study = chromium(1280), stage.types_together()
    for _ in walk(page, base, study, STATES):
        pass
    for _ in visit(page, base, stage.addresses(study)):
        pass
    for _ in forged(page, f"{base}/r/{stage.arrive(study)}"):
        pass
    folder = templating.folder()
    no_pages = ("channels", "report")  # messages and documents
    files = {str(path.relative_to(folder)) for path in folder.glob("*/[!_]*.html") if path.parent.name not in no_pages}
    assert files <= rendered


def test_everything_has_its_place(stage):
    """Every question type in more than one look, where it has more; every standing with a page; every error."""
    shown = [item["id"] for item in items()]
    assert len(shown) == len(set(shown)) > len(registry.names("questions"))
    assert set(registry.names("questions")) <= set(shown)
    assert {"single", "single_row", "single_dropdown", "grid", "grid_items"} <= set(shown)
    found = stage.addresses(stage.every_look())
    assert {f"standing.{each}" for each in Standing} - found.keys() <= {"standing.not_found"}
    assert {f"problem.{code}" for code in PROBLEMS} <= found.keys()
    assert {"console.experiments", "console.experiment", "respond.stop"} <= found.keys()
    assert found["arrive.landing"] == f"/o/{LOOKS}"


def test_the_index_shows_each_picture_and_needs_nothing_else(chromium, base, stage, tmp_path):
    """Pictures at both widths and in both schemes, every one of them there; no address but those in the folder.

    A folder that holds something else is left alone.
    """
    gallery, page = Gallery(tmp_path / "gallery"), chromium(375)
    for place in walk(page, base, stage.types_together(), ("empty", "filled")):
        gallery.hang(page, "types", place.name, place.state)
    index = gallery.write_index()
    text = index.read_text(encoding="utf-8")
    sources = re.findall(r'src="([^"]+)"', text)
    assert len(sources) == len(set(sources)) == 4 * len(WIDTHS) * len(SCHEMES)
    assert all((index.parent / source).stat().st_size > 1_000 for source in sources)
    assert "//" not in re.sub(r"<style>.*</style>", "", text, flags=re.DOTALL).replace("<!doctype html>", "")
    with pytest.raises(FileExistsError, match="name another folder"):
        Gallery(index.parent / "pictures")
    light, dark = (index.parent / f"pictures/001-all-empty-phone-{scheme}.png" for scheme in SCHEMES)
    assert light.read_bytes() != dark.read_bytes()
