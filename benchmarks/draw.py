"""Draws and assignments of a million cases against the NumPy minimum, and one hashed unit beside two peers.

All run in turn in one process; the table shows the best time of each and its ratio to the minimum.
The minimum is what no assignment in NumPy can do without: a random key per case, one lexsort
by block and key, and an integer arm per place. The goals: ratio at most 3, one unit under 5 µs.

The peers, PlanOut and the Python SDK of GrowthBook, hash the same ids into as many equal arms, each in an
environment of its own that is made in a temporary folder for the run; where that cannot be made, the table
says so in place of a figure.
"""

from __future__ import annotations

import argparse
import subprocess
import venv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from surveylab.assignment import CaseView, blocked, complete, hashed
from surveylab.design.factors import Arm
from surveylab.randomness import stream
from surveylab.sampling import FrameView, stratified

SEED = "benchmark"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1_000_000, help="cases to draw and assign")
    parser.add_argument("--frame", type=int, default=1_250_000, help="units in the frame")
    parser.add_argument("--strata", type=int, default=20)
    parser.add_argument("--arms", type=int, default=12)
    parser.add_argument("--households", type=int, default=100_000, help="blocks of 2 or 3 cases")
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    arms = equal_arms(chosen.arms)
    frame = a_frame(chosen.frame, chosen.strata)
    cases, households = draw(frame, chosen.cases), some_households(chosen.households)
    minimum, drawing, completing, assigning, by_household, hashing = best_in_turn(
        [
            lambda: numpy_minimum(chosen.cases, chosen.strata, chosen.arms),
            lambda: draw(frame, chosen.cases),
            lambda: complete.assign(cases, arms, complete.Settings(), stream(SEED, "assignment"), SEED),
            lambda: assign(cases, arms),
            lambda: assign(households, arms),
            lambda: choose_all(cases.ids, arms),
        ],
        chosen.repeats,
    )
    print(f"{'what':<58} {'seconds':>9} {'ratio':>7}")
    for what, seconds in (
        (f"NumPy minimum, {chosen.cases:,} cases", minimum),
        (f"draw {chosen.cases:,} of {chosen.frame:,} in {chosen.strata} strata", drawing),
        (f"complete assignment, {chosen.arms} arms", completing),
        (f"blocked assignment, {chosen.strata} blocks x {chosen.arms} arms", assigning),
        ("draw and assignment together", drawing + assigning),
        (f"blocked assignment of {len(households.ids):,} in {chosen.households:,} blocks", by_household),
    ):
        print(f"{what:<58} {seconds:>9.3f} {seconds / minimum:>7.2f}")
    mine = hashing / chosen.cases * 1e6
    print(f"{'one hashed unit, microseconds':<58} {mine:>9.2f}")
    for peer, script in PEERS.items():
        seconds = peer_seconds(peer, script, chosen.arms)
        each = seconds if isinstance(seconds, str) else seconds / PEER_UNITS * 1e6
        told = each if isinstance(each, str) else f"{each:>9.2f} {each / mine:>7.2f}"
        print(f"{f'one unit by {peer}, microseconds':<58} {told}")


PEER_UNITS = 20_000
PEERS = {
    "planout": """
import collections, collections.abc
collections.MutableMapping = collections.abc.MutableMapping  # where it was when this package was released
from planout.ops.random import UniformChoice
from planout.assignment import Assignment
arms = list(range(ARMS))
def choose(unit):
    assignment = Assignment("benchmark")
    assignment.arm = UniformChoice(choices=arms, unit=unit)
    return assignment.arm
""",
    "growthbook": """
from growthbook import Experiment, GrowthBook
experiment = Experiment(key="benchmark", variations=list(range(ARMS)))
def choose(unit):
    return GrowthBook(attributes={"id": unit}).run(experiment).value
""",
}
"""Package -> a script that defines ``choose(unit)`` by its own documentation, with ARMS equal arms."""
UNDECLARED = {"planout": ("six",)}
"""What a package imports and does not ask for."""
_TIMED = """
import time
units = [f"{n:08}" for n in range(UNITS)]
rounds = []
for _ in range(3):
    start = time.perf_counter()
    arms_of = [choose(unit) for unit in units]
    rounds.append(time.perf_counter() - start)
assert len(set(arms_of)) == ARMS, "not all arms were chosen"
print(min(rounds))
"""


def peer_seconds(package: str, script: str, arms: int) -> float | str:
    """The best seconds of three rounds over the units, or why there are none."""
    with TemporaryDirectory(prefix="peer-") as folder:
        try:
            venv.create(folder, with_pip=True)
            python = Path(folder) / "bin" / "python"
            install = [python, "-m", "pip", "install", "--quiet", package, *UNDECLARED.get(package, ())]
            subprocess.run(install, check=True, capture_output=True, timeout=180)
            code = f"ARMS, UNITS = {arms}, {PEER_UNITS}{script}{_TIMED}"
            timed = [python, "-W", "ignore", "-c", code]
            done = subprocess.run(timed, check=True, capture_output=True, text=True, timeout=180)
        except subprocess.CalledProcessError as error:
            said = error.stderr if isinstance(error.stderr, str) else (error.stderr or b"").decode()
            return f"not run: {(said.strip().splitlines() or [str(error)])[-1]}"
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"not run: {error}"
    return float(done.stdout)


def best_in_turn(runs: list[Callable[[], object]], repeats: int) -> list[float]:
    """The least seconds of each run; the runs take turns, so that a busy machine slows them alike."""
    rounds = []
    for _ in range(repeats):
        rounds.append([])
        for run in runs:
            start = perf_counter()
            run()
            rounds[-1].append(perf_counter() - start)
    return [min(times) for times in zip(*rounds, strict=True)]


def numpy_minimum(n: int, strata: int, arms: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    block = np.arange(n) % strata
    order = np.lexsort((rng.integers(0, 2**63, n), block))
    arm = np.empty(n, dtype=np.int64)
    arm[order] = np.arange(n) % arms
    return arm


def equal_arms(count: int) -> list[Arm]:
    return [Arm((("arm", str(number)),), Fraction(1, count)) for number in range(count)]


def a_frame(size: int, strata: int) -> FrameView:
    ids = np.char.zfill(np.arange(size).astype(str), 8)
    names = np.array([f"region {number:02}" for number in range(strata)])
    return FrameView(ids, {"region": names[np.random.default_rng(2).integers(0, strata, size)]})


def some_households(count: int) -> CaseView:
    household = np.repeat(np.arange(count), np.random.default_rng(3).integers(2, 4, count))
    return CaseView(np.char.zfill(np.arange(len(household)).astype(str), 8), {"household": household})


def draw(frame: FrameView, n: int) -> CaseView:
    sample = stratified.draw(frame, stratified.Settings(("region",), n), stream(SEED, "sample"))
    return CaseView(frame.ids[sample.positions], {"region": frame.fields["region"][sample.positions]})


def assign(cases: CaseView, arms: list[Arm]) -> object:
    by = blocked.Settings(tuple(cases.fields))
    return blocked.assign(cases, arms, by, stream(SEED, "assignment"), SEED)


def choose_all(ids: np.ndarray, arms: list[Arm]) -> list[int]:
    return list(map(hashed.chooser(arms, SEED), ids.tolist()))


if __name__ == "__main__":
    main()
