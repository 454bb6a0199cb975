"""The race's result as Markdown."""

import argparse
import datetime
import os
import platform
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from contests import Contest, Racer

HERE = Path(__file__).resolve().parent
PEERS = ("ort", "tract-onnx", "rten", "earshot", "webrtc-vad")
"""Crates whose versions the heading tells."""


@dataclass(frozen=True)
class Timing:
    """What one process measured: frames, and the wall and CPU time they took, in nanoseconds."""

    frames: int
    wall: int
    cpu: int

    def microseconds(self, clock: str) -> float:
        """Returns microseconds a frame. clock: `cpu` or `wall`."""
        return (self.cpu if clock == "cpu" else self.wall) / self.frames / 1000


def heading(timings: dict[Racer, list[Timing]], options: argparse.Namespace) -> str:
    """Returns what ran where, how, and how undisturbed it was."""
    shares = [timing.cpu / timing.wall for all_rounds in timings.values() for timing in all_rounds]
    pinned = "not pinned to a core" if options.core is None else f"pinned to core {options.core}"
    clock = {"cpu": "CPU", "wall": "wall-clock"}[options.clock]
    system = f"{platform.system()} {platform.machine()}"
    today = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
    lines = [
        f"Machine: {_processor()}, {os.cpu_count()} cores, {system}; {today}.",
        f"Versions: {_versions()}.",
        f"Recording: speech, 60 s. {options.rounds} rounds, each engine in a process of its own, "
        f"in turns, one thread, {pinned}; {clock} time.",
        f"A process had its core for {median(shares):.1%} of the time that it measured (median; "
        f"{min(shares):.1%} at the least).",
    ]
    return "\n".join(lines)


def table(
    contest: Contest,
    timings: dict[Racer, list[Timing]],
    differences: dict[Racer, float],
    clock: str,
) -> str:
    """Returns a contest's table: the first racer that ran is what the others are compared with."""
    ran = [racer for racer in contest.racers if racer in timings]
    if not ran:
        return f"\n### {contest.title}\n\nNothing ran."
    base = _costs(ran[0], contest, timings, clock)
    unit = "a second" if contest.per_second else "a frame"
    lines = [
        f"\n### {contest.title}\n",
        f"| engine | µs {unit}, median | minimum | times as fast as {ran[0].label} "
        "| by round, median | by round, minimum | scores differ by at most |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for racer in ran:
        costs = _costs(racer, contest, timings, clock)
        by_round = [a / b for a, b in zip(base, costs, strict=True)]
        lines.append(
            f"| {racer.label} | {_figure(median(costs))} | {_figure(min(costs))} "
            f"| {median(base) / median(costs):.2f} | {median(by_round):.2f} | {min(by_round):.2f} "
            f"| {_difference(racer, differences)} |"
        )
    return "\n".join(lines)


def absent(failures: dict[Racer, str]) -> str:
    """Returns which racers did not take part, and why."""
    lines = [f"- {racer.label}: {failure}" for racer, failure in failures.items()]
    return "\n".join(["\nDid not take part:\n", *lines]) if lines else ""


def _costs(
    racer: Racer, contest: Contest, timings: dict[Racer, list[Timing]], clock: str
) -> list[float]:
    """Returns microseconds a frame, or a second of audio, by round."""
    frames = 1 / racer.frame if contest.per_second else 1
    return [timing.microseconds(clock) * frames for timing in timings[racer]]


def _figure(microseconds: float) -> str:
    decimals = next((n for least, n in ((100, 0), (10, 1), (1, 2)) if microseconds >= least), 3)
    return f"{microseconds:,.{decimals}f}"


def _difference(racer: Racer, differences: dict[Racer, float]) -> str:
    if racer.held_to is None:
        return ""
    difference = differences[racer]
    return "equal" if difference == 0 else f"{difference:.1e}"


def _processor() -> str:
    """Returns the processor's name, with what tells apart those that hypervisors call alike."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor() or "unknown processor"
    lines = [line.split(":", 1) for line in cpuinfo.read_text().splitlines() if ":" in line]
    fields = {key.strip(): value.strip() for key, value in reversed(lines)}
    name = fields.get("model name", "unknown processor")
    return f"{name} (family {fields.get('cpu family', '?')}, model {fields.get('model', '?')})"


def _versions() -> str:
    locked = tomllib.loads((HERE / "Cargo.lock").read_text())["package"]
    crates = {package["name"]: package["version"] for package in locked}
    pins = [line.split()[0].split("==") for line in _lines("requirements.txt") if "==" in line]
    named = [f"voiced {_output('git', 'describe', '--always', '--dirty')}"]
    named += [f"{name} {version}" for name, version in pins]
    named += [f"{name} {crates[name]}" for name in PEERS]
    return ", ".join([*named, _output("rustc", "--version")])


def _lines(name: str) -> list[str]:
    return (HERE / name).read_text().splitlines()


def _output(*command: str) -> str:
    try:
        return subprocess.run(
            command, cwd=HERE, check=True, capture_output=True, text=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return f"({command[0]} does not tell its version)"
