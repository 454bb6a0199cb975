"""False alarms of several systems where all find as much speech, by folder of recordings.

    python equal_recall.py RECORDINGS NAME=SCORES [NAME=SCORES ...]

RECORDINGS holds `.wav` files with their speech beside them (`.lab`, "start end" in seconds) and
what is left out (`.ign`, the same). A folder of scores has a CSV file for each, as `voiced scores`
and `evaluate.py` write them. The first system's threshold is 0.5; each other one gets the threshold
at which it finds the same share of the speech.
"""

import argparse
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


def on_grid(path: Path, steps: int) -> np.ndarray:
    """The scores of a file, (steps,)."""
    starts, _, scores = np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2).T
    middles = (np.arange(steps) + 0.5) * STEP
    return scores[np.maximum(np.searchsorted(starts, middles, side="right") - 1, 0)]


def main() -> None:
    """Prints a table: thresholds, and % of the time without speech at or above them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recordings", type=Path)
    parser.add_argument("systems", nargs="+", metavar="NAME=SCORES")
    args = parser.parse_args()
    systems = {name: Path(at) for name, at in (system.split("=", 1) for system in args.systems)}
    scores = {name: [] for name in systems}
    speech, folders = [], []
    for path in sorted(args.recordings.rglob("*.wav")):
        info = soundfile.info(path)
        steps = int(info.duration / STEP)
        counts = ~within(path.with_suffix(".ign"), steps)
        speech.append(within(path.with_suffix(".lab"), steps)[counts])
        folders.append(np.full(counts.sum(), path.parent.name))
        for name, folder in systems.items():
            place = (folder / path.relative_to(args.recordings)).with_suffix(".csv")
            scores[name].append(on_grid(place, steps)[counts])
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
