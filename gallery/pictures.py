"""Pictures of pages at the widths of a phone and a desk, light and dark, and the page that shows them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import Browser, Page

from gallery.stage import KIOSK, SHIPPED, Stage
from gallery.walk import STATES, forged, touch, visit, walk

WIDTHS = {"phone": 375, "desk": 1280}
SCHEMES = ("light", "dark")
HEIGHT = 740
LABELS = {
    "types": (
        "Question types",
        "Each type as its documentation shows it, and in every look that its settings give it.",
    ),
    "arabic": ("From right to left", "Each question type in Arabic."),
    "pages": ("Pages of a survey", "What stands at a link before, beside and behind the questions, and in its stead."),
    "errors": ("Problems", "What belongs to no survey."),
    "console": ("Console", "For the people who run a survey."),
    "instruments": ("Shipped instruments", "Every page, answered by a synthetic respondent."),
}
"""Section -> its heading and what it is."""


@dataclass(frozen=True)
class Picture:
    """One picture: its file beside the index, the width and the scheme."""

    file: str
    width: str
    scheme: str


@dataclass(frozen=True)
class Exhibit:
    """One page in one state: where it belongs, what it is called, its title, and its pictures."""

    section: str
    name: str
    state: str
    title: str
    pictures: tuple[Picture, ...]


class Gallery:
    """A folder of pictures. What was in it before is removed.

    Raises:
        FileExistsError: the folder holds something else than a gallery.
    """

    def __init__(self, folder: Path) -> None:
        if folder.exists() and any(folder.iterdir()) and not (folder / "index.html").is_file():
            raise FileExistsError(f"{folder} holds something else than a gallery; name another folder.")
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "pictures").mkdir(parents=True)
        self.folder = folder
        self.exhibits: list[Exhibit] = []

    def hang(self, page: Page, section: str, name: str, state: str = "", schemes: tuple[str, ...] = SCHEMES) -> Exhibit:
        """Take the pictures of the page that is open."""
        stem = re.sub(r"\W+", "-", f"{len(self.exhibits):03}-{name}-{state}").strip("-")
        pictures = [
            Picture(f"pictures/{stem}-{width}-{scheme}.png", width, scheme) for scheme in schemes for width in WIDTHS
        ]
        for picture in pictures:
            page.emulate_media(color_scheme="dark" if picture.scheme == "dark" else "light")
            page.set_viewport_size({"width": WIDTHS[picture.width], "height": HEIGHT})
            page.screenshot(path=self.folder / picture.file, full_page=True, animations="disabled")
        self.exhibits.append(Exhibit(section, name, state, page.title(), tuple(pictures)))
        return self.exhibits[-1]

    def write_index(self) -> Path:
        """The page that shows the pictures, by section and name."""
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        sections = [
            (key, *LABELS[key], [(name, list(states)) for name, states in groupby(found, lambda each: each.name)])
            for key in LABELS
            if (found := [each for each in self.exhibits if each.section == key])
        ]
        index = self.folder / "index.html"
        index.write_text(environment.get_template("index.html").render(sections=sections), encoding="utf-8")
        return index


def take(gallery: Gallery, browser: Browser, base: str, stage: Stage) -> Iterator[Exhibit]:
    """Hang everything that the stage has, and say what was hung."""
    page = browser.new_page(viewport={"width": WIDTHS["phone"], "height": HEIGHT}, reduced_motion="reduce")
    looks = stage.every_look()
    for place in walk(page, base, looks, STATES):
        if place.name not in ("landing", "thanks"):
            yield gallery.hang(page, "types", place.name.replace("_", " "), place.state)
        elif place.name == "thanks":
            yield gallery.hang(page, "pages", "thanks")
    arabic = browser.new_page(
        viewport={"width": WIDTHS["phone"], "height": HEIGHT}, locale="ar", reduced_motion="reduce"
    )
    for place in walk(arabic, base, stage.right_to_left(), ("filled", "error")):
        if place.state != "empty" or place.name in ("landing", "thanks"):
            yield gallery.hang(arabic, "arabic", place.name.replace("_", " "), place.state)
    for name in visit(page, base, stage.addresses(looks)):
        part, _, rest = name.partition(".")
        section = {"problem": "errors", "console": "console"}.get(part, "pages")
        yield gallery.hang(page, section, f"{part} {rest}".replace("_", " "))
    for name in forged(page, f"{base}/r/{stage.arrive(looks)}"):
        yield gallery.hang(page, "pages", f"forged {name}")
    for name in touch(page, f"{base}/k/{KIOSK}"):
        yield gallery.hang(page, "pages", name)
    for name in SHIPPED:
        for place in walk(page, base, stage.shipped(name), ("filled",)):
            if place.state == "filled" or place.name in ("landing", "thanks"):
                yield gallery.hang(page, "instruments", name, place.name, schemes=("light",))
