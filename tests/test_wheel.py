"""The wheel carries everything that the checkout has beside the package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SERVES = """
from datetime import UTC, datetime
from pathlib import Path

import surveylab
from surveylab import simulate, spec, templating
from surveylab.cli.demo import examples
from surveylab.fieldwork import recruit
from surveylab.settings import from_environment
from surveylab.store import snapshots
from surveylab.store.ledger import open_ledger
from surveylab.web import create_app

here = Path(surveylab.__file__).parent
assert here.parent == Path({target!r}), here
assert templating.folder() == here / "_templates"
settings = from_environment()
ledger = open_ledger(settings.database_url)
study = spec.read(examples() / "experiments" / "nps_wording_length.yaml")
now = datetime.now(UTC)
with ledger.write() as conn:
    snapshots.replace_frame(conn, "customers", "x", simulate.frame(2000, "s"), now)
recruit.draw(ledger, study, now)
token = recruit.invited(ledger, study.experiment.slug)[0].token
client = create_app(settings, ledger=ledger).test_client()
page = client.get(f"/r/{{token}}")
assert page.status_code == 200, page.status_code
assert "Your experience with us" in page.text
ledger.close()
print("served")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this tree, installed into an empty folder."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)], check=True)
    return target


def test_an_installed_wheel_serves_pages(installed: Path, tmp_path: Path) -> None:
    """Templates, migrations and examples travel inside: a page is served far from the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "SURVEYLAB_WORKSPACE": str(tmp_path)}
    environment.pop("SURVEYLAB_DATABASE_URL", None)
    code = SERVES.format(target=str(installed))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "served"
