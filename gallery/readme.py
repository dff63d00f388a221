"""Take the picture of the README again: ``python -m gallery.readme``, into docs/pictures/pages.png."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from gallery.chromium import chromium, served
from gallery.stage import ROOT, Stage
from gallery.walk import fill, walk
from surveylab.design.experiment import Study
from surveylab.settings import Settings
from surveylab.store.ledger import open_ledger

FILE = ROOT / "docs" / "pictures" / "pages.png"
SHOWN = {"landing": {}, "recommendation": {"recommend": ["9"]}, "contacts": {"channels": ["email", "branch"]}}
"""The pages of the shipped instrument that stand beside each other, with what is answered on them."""
SHARPNESS = 2
"""Points of the picture for each of the page."""
SIZE = {"width": 375, "height": 700}
SHEET = """<!doctype html>
<style>body { display: flex; gap: 28px; width: max-content; margin: 0; padding: 14px; background: #d9dce1 }</style>
"""


def pages(page: Page, base: str, study: Study) -> Iterator[bytes]:
    """Pictures of the pages, as a phone shows their tops."""
    for place in walk(page, base, study):
        if place.name in SHOWN:
            fill(page, SHOWN[place.name])
            yield page.screenshot(animations="disabled")


def beside(browser: Browser, pictures: Iterator[bytes]) -> bytes:
    """Pictures beside each other, as one."""
    shown = (
        f'<img width="{SIZE["width"]}" src="data:image/png;base64,{base64.b64encode(each).decode()}">'
        for each in pictures
    )
    sheet = browser.new_page(viewport={"width": 1300, "height": 800}, device_scale_factor=SHARPNESS)
    sheet.set_content(SHEET + "".join(shown))
    return sheet.locator("body").screenshot()


def main() -> None:
    """The picture, from an instrument as it is shipped."""
    with tempfile.TemporaryDirectory(prefix="gallery-") as workspace:
        address = f"sqlite:///{Path(workspace) / 'gallery.db'}"
        ledger = open_ledger(address)
        try:
            stage = Stage(ledger, Settings(ROOT, address, None, "https://survey.example.org"))
            study = stage.shipped("relationship_nps")
            with served(stage.app) as base, chromium() as browser:
                page = browser.new_page(
                    viewport=SIZE, device_scale_factor=SHARPNESS, reduced_motion="reduce", locale="en"
                )
                FILE.write_bytes(beside(browser, pages(page, base, study)))
        finally:
            ledger.close()


if __name__ == "__main__":
    main()
