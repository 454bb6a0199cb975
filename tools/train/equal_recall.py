"""False alarms of several systems where all find as much speech, by folder of recordings.

    python equal_recall.py RECORDINGS --voiced PATH silero gru [NAME=SCORES ...]

RECORDINGS holds `.wav` files with their speech beside them (`.lab`, "start end" in seconds) and
what is left out (`.ign`, the same). A system is a detector of the command `voiced`, or another's
name with a folder that has a CSV file for each recording, as `voiced scores` prints them. The first
one's threshold is 0.5; each other one gets the threshold at which it finds the same share of the
speech.
"""

import argparse
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

STEP = 0.01
"""Seconds: everything is read at the middles of steps."""


def within(path: Path, steps: int) -> np.ndarray:
    """Which steps (steps,) lie in the intervals that a file lists; none where it is missing."""
    found = np.zeros(steps, bool)
    if path.exists():
        for line in path.read_text().splitlines():
            start, end = (round(float(word) / STEP) for word in line.split()[:2])
            found[start:end] = True
    return found


Scores = Callable[[Path], tuple[np.ndarray, np.ndarray]]
"""From a recording to where its scores begin, in seconds, and the scores."""


def detector(voiced: str, name: str, recordings: Path) -> Scores:
    """The scores of one of our detectors."""
    command = [voiced, "scores", "--quiet", "--format", "json", "-d", name, recordings]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    found = {Path(each["file"]): each for each in map(json.loads, lines)}

    def of(path: Path) -> tuple[np.ndarray, np.ndarray]:
        starts, _, scores = np.array(found[path]["frames"]).T
        return starts, scores

    return of


def folder(place: Path, recordings: Path) -> Scores:
    """The scores of another system."""

    def of(path: Path) -> tuple[np.ndarray, np.ndarray]:
        table = (place / path.relative_to(recordings)).with_suffix(".csv")
        starts, _, scores = np.loadtxt(table, delimiter=",", skiprows=1, ndmin=2).T
        return starts, scores

    return of


def on_grid(starts: np.ndarray, scores: np.ndarray, steps: int) -> np.ndarray:
    """The scores, (steps,)."""
    middles = (np.arange(steps) + 0.5) * STEP
    return scores[np.maximum(np.searchsorted(starts, middles, side="right") - 1, 0)]


def main() -> None:
    """Prints a table: thresholds, and % of the time without speech at or above them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recordings", type=Path)
    parser.add_argument("systems", nargs="+", metavar="NAME or NAME=SCORES")
    parser.add_argument("--voiced", default="voiced", help="the command")
    args = parser.parse_args()
    systems = {}
    for given in args.systems:
        name, _, place = given.partition("=")
        systems[name] = (
            folder(Path(place), args.recordings)
            if place
            else detector(args.voiced, name, args.recordings)
        )
    scores = {name: [] for name in systems}
    speech, folders = [], []
    for path in sorted(args.recordings.rglob("*.wav")):
        info = soundfile.info(path)
        steps = int(info.duration / STEP)
        counts = ~within(path.with_suffix(".ign"), steps)
        speech.append(within(path.with_suffix(".lab"), steps)[counts])
        folders.append(np.full(counts.sum(), path.parent.name))
        for name, of in systems.items():
            scores[name].append(on_grid(*of(path), steps)[counts])
    spoken, folder_of = np.concatenate(speech), np.concatenate(folders)
    pooled = {name: np.concatenate(each) for name, each in scores.items()}
    recall = np.mean(next(iter(pooled.values()))[spoken] >= 0.5)
    names = sorted(set(folder_of))
    print(f"recall {100 * recall:.1f} %\n")
    print("| system | threshold | " + " | ".join(names) + " |")
    print("|---|--:|" + "--:|" * len(names))
    for number, (name, each) in enumerate(pooled.items()):
        threshold = 0.5 if number == 0 else np.quantile(each[spoken], 1 - recall)
        shares = [100 * np.mean(each[~spoken & (folder_of == kind)] >= threshold) for kind in names]
        print(f"| {name} | {threshold:.3f} | " + " | ".join(f"{x:.1f}" for x in shares) + " |")


if __name__ == "__main__":
    main()
