"""Runs every engine in a process of its own, in turns, and prints how they compare.

`./run` fetches and builds all parts and then calls this; README.md tells what is measured.
"""

import argparse
import array
import json
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
        sys.exit(f"race.py: no libonnxruntime in {folder}: start the race with {HERE}/run, which installs it")
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
        """Returns what the racer's process printed. Raises Failure with its error where it fails."""
        program = self._binaries / racer.binary
        if not program.exists():
            message = f"{program} is missing: cargo build --release --package {racer.binary}"
            raise Failure(message)
        command = [program, *racer.arguments, *self._common, *more]
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


def check(racers: list[Racer], track: Track) -> tuple[dict[str, float], dict[str, str]]:
    """Compares scores, and returns each racer's largest difference, and why others do not race."""
    scores, differences, failures = {}, {}, {}
    for racer in racers:
        try:
            scores[racer.key] = track.scores(racer)
        except Failure as failure:
            failures[racer.key] = str(failure)
    for racer in racers:
        if racer.key in failures or racer.held_to is None:
            continue
        if racer.held_to not in scores:
            failures[racer.key] = f"nothing to compare its scores with: {racer.held_to} does not run"
            continue
        mine, right = scores[racer.key], scores[racer.held_to]
        if len(mine) != len(right):
            failures[racer.key] = f"WRONG: {len(mine)} scores, not {len(right)}"
            continue
        difference = max(abs(a - b) for a, b in zip(mine, right, strict=True))
        if not difference <= (0.0 if racer.exactly else TOLERANCE):
            failures[racer.key] = f"WRONG: a score differs by {difference:.2g}"
        differences[racer.key] = difference
    return differences, failures


def race(racers: list[Racer], track: Track, rounds: int) -> dict[str, list[report.Timing]]:
    """Runs the racers in turns, and returns each one's timings, one a round."""
    timings = {racer.key: [] for racer in racers}
    start = time.monotonic()
    for i in range(rounds):
        for racer in racers:
            timings[racer.key].append(track.time(racer))
        spent = time.monotonic() - start
        print(f"round {i + 1} of {rounds}, {spent:.0f} s", end="\r", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return timings


def arguments() -> argparse.Namespace:
    """Returns the command line's options."""
    parser = argparse.ArgumentParser(prog="run", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="turns of all engines (default 15)")
    keys = list(dict.fromkeys(contest.key for contest in contests([])))
    parser.add_argument("--only", nargs="+", choices=keys, default=keys, help="contests to run")
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    parser.add_argument(
        "--core", type=int, default=cores[-1] if cores else None, help="core that all stay on (default the last)"
    )
    parser.add_argument(
        "--least", type=float, default=0.1, help="seconds that a process measures at least (default 0.1)"
    )
    parser.add_argument(
        "--clock", choices=["cpu", "wall"], default="cpu", help="which time counts (default cpu: all threads' time)"
    )
    parser.add_argument("--scalar", action="store_true", help="race the scalar reference too (slow)")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    return options


def main() -> int:
    """Races and prints. Returns 1 where scores are not what they must be, else 0."""
    options = arguments()
    track = Track(options.core, options.least)
    kernels = track.run(Racer("kernels", "", "peer-voiced", ("kernels",))).split()
    kernels = [name for name in kernels if options.scalar or name != "scalar"]
    chosen = [contest for contest in contests(kernels) if contest.key in options.only]
    racers = {racer.key: racer for contest in chosen for racer in contest.racers}
    needed = {racer.key: racer for contest in contests(kernels) for racer in contest.racers}
    references = {racer.held_to: needed[racer.held_to] for racer in racers.values() if racer.held_to}
    differences, failures = check([*(references | racers).values()], track)
    fit = [racer for racer in racers.values() if racer.key not in failures]
    timings = race(fit, track, options.rounds)
    print(report.heading(timings, options))
    for contest in chosen:
        print(report.table(contest, timings, differences, options.clock))
    print(report.absent(racers, failures))
    return int(any(failure.startswith("WRONG") for failure in failures.values()))


if __name__ == "__main__":
    sys.exit(main())
