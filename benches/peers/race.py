"""Runs every engine in a process of its own, in turns, and prints how they compare.

`./run` fetches and builds all parts and then calls this; README.md tells what is measured.
"""

import argparse
import array
import json
import math
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import report
from contests import Racer, contests

HERE = Path(__file__).resolve().parent
PACKAGES = Path(sysconfig.get_paths()["purelib"])
MODELS = PACKAGES / "silero_vad/data"

TOLERANCE = 1e-5
"""Largest difference between two engines' scores for the same network: the engine's own promise."""
PATIENCE = 120
"""Seconds after which a process is given up."""


class Failure(Exception):
    """Why an engine does not take part."""


def binaries() -> Path:
    """Returns the folder of the peers' programs."""
    command = ["cargo", "metadata", "--format-version=1", "--no-deps", "--offline"]
    metadata = subprocess.run(command, cwd=HERE, check=True, capture_output=True).stdout
    return Path(json.loads(metadata)["target_directory"]) / "release"


def library() -> Path:
    """Returns the path of ONNX Runtime's shared library in the installed package."""
    folder = PACKAGES / "onnxruntime/capi"
    found = [*folder.glob("libonnxruntime.so*"), *folder.glob("libonnxruntime*.dylib")]
    if not found:
        sys.exit(
            f"race.py: no libonnxruntime in {folder}: {HERE}/run installs it and starts the race"
        )
    return found[0]


class Track:
    """Where processes run: their programs, environment and core."""

    def __init__(self, core: int | None, least: float) -> None:
        """core: what processes are pinned to, None for nowhere. least: measured time in seconds."""
        self._binaries = binaries()
        self._common = ["--least", str(least)] + ([] if core is None else ["--core", str(core)])
        threads = {"RTEN_NUM_THREADS": "1"}
        self._environment = os.environ | threads | {"ORT_DYLIB_PATH": str(library())}

    def run(self, racer: Racer, *more: str) -> str:
        """Returns what the racer's process printed. Raises Failure where it failed."""
        package = f"peer-{racer.peer}"
        program = self._binaries / package
        if not program.exists():
            raise Failure(f"{program} is missing: cargo build --release --package {package}")
        command = [program, *racer.arguments(), *self._common, *more]
        if racer.model:
            command += ["--model", MODELS / racer.model]
        try:
            done = subprocess.run(
                command, env=self._environment, capture_output=True, text=True, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired:
            raise Failure(f"no answer in {PATIENCE} s") from None
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            raise Failure(lines[-1].removeprefix(f"{MODELS}/"))
        return done.stdout

    def scores(self, racer: Racer) -> array.array:
        """Returns the racer's scores of one pass over the recording."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "scores.f32"
            self.run(racer, "--scores", str(path))
            scores = array.array("f")
            scores.frombytes(path.read_bytes())
        if sys.byteorder == "big":
            scores.byteswap()
        return scores

    def time(self, racer: Racer) -> report.Timing:
        """Returns what one process of the racer measured."""
        line = json.loads(self.run(racer))
        return report.Timing(line["frames"], line["nanoseconds"], line["cpu_nanoseconds"])


def check(
    racers: list[Racer], track: Track
) -> tuple[dict[Racer, float], dict[Racer, str], list[Racer]]:
    """Compares scores: each racer's largest difference, why others do not race, who is wrong."""
    scores, differences, failures, wrong = {}, {}, {}, []
    for racer in racers:
        try:
            scores[racer] = track.scores(racer)
        except Failure as failure:
            failures[racer] = str(failure)
    for racer in (racer for racer in racers if racer in scores and racer.held_to):
        mine, right = scores[racer], scores.get(racer.held_to)
        if right is None:
            failures[racer] = f"{racer.held_to.label} does not run, whose scores it must have"
            continue
        difference = max((abs(a - b) for a, b in zip(mine, right, strict=False)), default=math.inf)
        differences[racer] = difference
        # Said so that a NaN is wrong too.
        if len(mine) != len(right) or not difference <= (0 if racer.exactly else TOLERANCE):
            counts = f"{len(mine)} scores and {len(right)}"
            failures[racer] = f"not the scores of {racer.held_to.label}: {counts}, {difference:.1e}"
            wrong.append(racer)
    return differences, failures, wrong


def race(racers: list[Racer], track: Track, rounds: int) -> dict[Racer, list[report.Timing]]:
    """Runs the racers in turns, and returns each one's timings, one a round."""
    timings = {racer: [] for racer in racers}
    start = time.monotonic()
    for i in range(rounds):
        for racer in racers:
            try:
                timings[racer].append(track.time(racer))
            except Failure as failure:
                raise Failure(f"{racer.label}, in round {i + 1}: {failure}") from None
        spent = time.monotonic() - start
        print(f"round {i + 1} of {rounds}, {spent:.0f} s", file=sys.stderr)
    return timings


def arguments() -> argparse.Namespace:
    """Returns the command line's options."""
    parser = argparse.ArgumentParser(prog="run", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="turns of all engines (default 15)")
    keys = list(dict.fromkeys(contest.key for contest in contests([])))
    parser.add_argument("--only", nargs="+", choices=keys, default=keys, help="contests to run")
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    parser.add_argument(
        "--core",
        type=int,
        default=cores[-1] if cores else None,
        help="core that all stay on (default the last)",
    )
    parser.add_argument(
        "--least",
        type=float,
        default=0.1,
        help="seconds that a process measures at least (default 0.1)",
    )
    parser.add_argument(
        "--clock",
        choices=["cpu", "wall"],
        default="cpu",
        help="which time counts (default cpu: all threads' time)",
    )
    parser.add_argument(
        "--scalar", action="store_true", help="race the scalar reference too (slow)"
    )
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    return options


def main() -> int:
    """Races and prints. Returns 1 where scores are not what they must be, else 0."""
    options = arguments()
    track = Track(options.core, options.least)
    kernels = track.run(Racer("", "voiced", "kernels")).split()
    kernels = [name for name in kernels if options.scalar or name != "scalar"]
    chosen = [contest for contest in contests(kernels) if contest.key in options.only]
    racers = list(dict.fromkeys(racer for contest in chosen for racer in contest.racers))
    references = [racer.held_to for racer in racers if racer.held_to]
    differences, failures, wrong = check(list(dict.fromkeys([*references, *racers])), track)
    fit = [racer for racer in racers if racer not in failures]
    if not fit:
        raise Failure(f"no engine runs\n{report.absent(failures)}")
    timings = race(fit, track, options.rounds)
    print(report.heading(timings, options))
    for contest in chosen:
        print(report.table(contest, timings, differences, options.clock))
    print(report.absent(failures))
    return int(bool(wrong))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"race.py: {failure}")
