"""Take the pictures and write the index: ``python -m gallery`` (``make gallery``), into results/gallery."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from gallery.chromium import chromium, served
from gallery.pictures import Gallery, take
from gallery.stage import ROOT, Stage
from surveylab.settings import Settings
from surveylab.store.ledger import open_ledger


def main(folder: Path) -> None:
    """Everything there is to see, as pictures with an index."""
    with tempfile.TemporaryDirectory(prefix="gallery-") as workspace:
        address = f"sqlite:///{Path(workspace) / 'gallery.db'}"
        ledger = open_ledger(address)
        try:
            stage = Stage(ledger, Settings(ROOT, address, None, "http://127.0.0.1"))
            gallery = Gallery(folder)
            with served(stage.app) as base, chromium() as browser:
                for exhibit in take(gallery, browser, base, stage):
                    print(f"{exhibit.section}: {exhibit.name}, {exhibit.state}")
            index = gallery.write_index()
        finally:
            ledger.close()
    print(f"{sum(len(each.pictures) for each in gallery.exhibits)} pictures: {index}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "results" / "gallery")
