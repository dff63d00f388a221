"""What the process that serves pages loads: never a sampler, never data frames."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SERVE_ONE = """
import sys
from surveylab import settings
from surveylab.web import create_app
client = create_app(settings.from_environment()).test_client()
token = sys.argv[1]
landing = client.get(f"/r/{token}")
import re
ticket = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', landing.text))
page = client.post(f"/r/{token}", data=ticket, follow_redirects=True)
assert "How likely are you to recommend us" in page.text, page.text
ticket = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
assert client.post(page.request.path, data={**ticket, "recommend": "9"}).status_code == 303
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_serving_a_page_loads_neither_a_sampler_nor_data_frames(ledger_url, field, long_token):
    """In a fresh interpreter, after a landing page, a start and an answer."""
    field.close(long_token, in_days=30)
    environment = {**os.environ, "SURVEYLAB_DATABASE_URL": ledger_url, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", SERVE_ONE, long_token], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"flask", "wtforms", "surveylab"} <= loaded
    assert loaded.isdisjoint({"pymc", "pytensor", "arviz", "nutpie", "pandas", "scipy", "matplotlib", "xarray"})
