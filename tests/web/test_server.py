"""The production server, as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from surveylab.web import serve

RUN = """
import sys
from surveylab import settings, web
web.serve(settings.from_environment(), port=int(sys.argv[1]), workers=2, synthetic=sys.argv[2] == "synthetic")
"""


@pytest.fixture
def start(ledger_url):
    """Starts a server on a free port; stops those that are still running."""
    running = []

    def begin(kind):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        environment = {**os.environ, "SURVEYLAB_DATABASE_URL": ledger_url, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen([sys.executable, "-c", RUN, str(port), kind], env=environment)
        running.append(process)
        return process, f"http://127.0.0.1:{port}"

    yield begin
    for process in running:
        process.terminate()  # and not kill: its workers would live on
        process.wait(30)


def fetch(address, headers=None):
    """Code and text of an address, once there is a server."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {}), timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(address)


def test_the_server_serves_and_stops_when_it_is_told(start, field, long_token):
    """Two workers, each with a ledger of its own; SIGTERM ends them, and the exit is clean."""
    field.close(long_token, in_days=30)
    process, base = start("real")
    assert fetch(f"{base}/r/{long_token}")[0] == 200
    assert fetch(f"{base}/console")[0] == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{base}/r/{long_token}", timeout=5)


@pytest.mark.parametrize(("kind", "code"), [("real", 200), ("synthetic", 410)])
def test_only_a_server_for_synthetic_respondents_reads_their_clock(start, field, long_token, kind, code):
    """People cannot move the closing date."""
    field.close(long_token, in_days=30)
    _, base = start(kind)
    assert fetch(f"{base}/r/{long_token}", {"X-Surveylab-Clock": "2100-01-01T00:00:00+00:00"})[0] == code
    assert fetch(f"{base}/r/{long_token}", {"X-Surveylab-Clock": "soon"})[0] == (200 if kind == "real" else 400)


def test_synthetic_respondents_are_served_on_loopback_only(settings):
    """Whoever reaches such a server sets its clock."""
    with pytest.raises(ValueError, match="loopback"):
        serve(settings, "0.0.0.0", synthetic=True)
