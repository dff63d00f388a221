"""The report in real Chromium, on a phone and on a desk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from surveylab import registry, spec
from surveylab.design.results import Analysis, Decision, Diagnostics, Estimate, SampleRatio, Summary

ROOT = Path(__file__).parents[3]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report with long names, many estimates and a flow, as a file."""
    study = spec.read(ROOT / "experiments" / "nps_wording_length.yaml")
    estimates = tuple(
        Estimate(
            inquiry="wording_of_the_first_question_on_response",
            outcome="response",
            scale="risk_difference",
            mean=0.01 * number,
            sd=0.01,
            interval=(0.01 * number - 0.02, 0.01 * number + 0.02),
            level=0.95,
            p_positive=0.9,
            p_above={},
            levels={"standard": Summary(0.4, 0.01, (0.38, 0.42)), "experience": Summary(0.41, 0.01, (0.39, 0.43))},
            expected_loss={"standard": 0.01, "experience": 0.0},
            p_best={"standard": 0.1, "experience": 0.9},
            engine="nuts",
            diagnostics=Diagnostics(1.0, 4000.0, 0),
            n={"standard": 1000, "experience": 1000},
            within={"region": f"region number {number}"} if number else {},
        )
        for number in range(8)
    )
    analysis = Analysis(
        experiment=study.experiment.slug,
        title=study.experiment.title,
        design_hash="d" * 64,
        data_hash="e" * 64,
        code_version="0",
        at="2026-03-02T09:00:00+00:00",
        n={"sampled": 2000, "arms": {}},
        sample_ratio=SampleRatio({}, {}, 0.4, mismatch=False),
        estimates=estimates,
        refused={},
        decision=Decision("adopt", "adopt_if holds: P(length_on_response > 0.02) >= 0.95 (…)", {}, {}),
    )
    flow = [{"arm": "standard, long", "sampled": 500, "sent": 500, "opened": 250, "started": 250, "submitted": 200}]
    page = registry.load("reports", "experiment").render({"study": study, "analysis": analysis, "flow": flow})
    path = tmp_path / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_fits_and_fetches_nothing(report: Path, width: int, scheme: str) -> None:
    """No sideways scrolling of the page, no message on the console, no request but the file itself."""
    chromium = shutil.which("chromium")
    assert chromium, "the browser tests need Chromium on the PATH"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        requests: list[str] = []
        messages: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: messages.append(message.text))
        page.goto(report.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        marks = page.locator("svg .mean")
        assert marks.count() == 8
        for mark in marks.all():
            box = mark.bounding_box()
            assert box
            assert 0 <= box["x"] <= width
        browser.close()
    assert requests == [report.as_uri()]
    assert messages == []
