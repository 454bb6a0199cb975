#!/usr/bin/env python3
"""The numbers of the chapter on measuring: what labels, pooling, thresholds and collars do.

    python3 docs/guide/experiments.py DEV VOICED

DEV is the folder of the development recordings, with `manifest_dev.csv` (columns `wav`, `kind`,
`group`), labels `start end` beside each in `.lab` and what to leave out in `.ign`; VOICED is the
command's path. Needs numpy; takes a minute. Steps are 10 ms, the score is that of the hop that the
step's middle lies in.
"""

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HUMAN = ("b_sppas", "b_emodb", "b_misc")
DETECTORS = ("energy", "sohn", "combined", "webrtc", "silero")


@dataclass
class Recording:
    """A recording; arrays have a value for each step."""

    kind: str
    group: str
    speech: np.ndarray
    counted: np.ndarray
    scores: dict[str, np.ndarray]  # by detector, one a hop
    hops: dict[str, float]  # seconds

    def at(self, detector: str, later: float = 0.0) -> np.ndarray:
        """The score of each step, read `later` seconds after it."""
        scores = self.scores[detector]
        middles = (np.arange(len(self.speech)) + 0.5) * 0.01 + later
        return scores[np.clip((middles / self.hops[detector]).astype(int), 0, len(scores) - 1)]


def inside(path: Path, steps: int) -> np.ndarray:
    """Which steps have their middle in one of the stretches of a file."""
    found = np.zeros(steps, bool)
    middles = (np.arange(steps) + 0.5) * 0.01
    for line in path.read_text().splitlines() if path.exists() else []:
        start, end = map(float, line.split()[:2])
        found |= (middles >= start) & (middles < end)
    return found


def load(dev: Path, voiced: str) -> list[Recording]:
    """All recordings, scored."""
    with (dev / "manifest_dev.csv").open() as file:
        rows = list(csv.DictReader(file))
    paths = [dev / row["wav"] for row in rows]
    recordings = []
    for row, path in zip(rows, paths, strict=True):
        steps = int(np.ceil(float(row["dur_s"]) * 100))
        counted = ~inside(path.with_suffix(".ign"), steps)
        speech = inside(path.with_suffix(".lab"), steps)
        recordings.append(Recording(row["kind"], row["group"], speech, counted, {}, {}))
    for detector in DETECTORS:
        command = [voiced, "scores", "-q", "-d", detector, "--format", "json", *map(str, paths)]
        lines = subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout.splitlines()
        for recording, line in zip(recordings, lines, strict=True):
            told = json.loads(line)
            recording.scores[detector] = np.array([frame[2] for frame in told["frames"]])
            recording.hops[detector] = told["hop"] / told["sample_rate"]
    return recordings


def auc(scores: np.ndarray, speech: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The share of pairs in the right order, ties counting half; with a weight for each step."""
    weights = np.ones(len(scores)) if weights is None else weights
    values, place = np.unique(scores, return_inverse=True)
    positive = np.bincount(place[speech], weights[speech], len(values))
    negative = np.bincount(place[~speech], weights[~speech], len(values))
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / positive.sum() / negative.sum())


def pooled(
    recordings: list[Recording], detector: str, later: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Scores and labels of all counted steps."""
    scores = np.concatenate([r.at(detector, later)[r.counted] for r in recordings])
    return scores, np.concatenate([r.speech[r.counted] for r in recordings])


def cost(scores: np.ndarray, speech: np.ndarray, threshold: float) -> float:
    """0.75 misses + 0.25 false alarms, as shares."""
    return 0.75 * np.mean(scores[speech] < threshold) + 0.25 * np.mean(scores[~speech] >= threshold)


def best(scores: np.ndarray, speech: np.ndarray) -> float:
    """The threshold of the least cost, among 1,000 quantiles."""
    candidates = np.unique(np.quantile(scores, np.linspace(0, 1, 1001)))
    return float(candidates[np.argmin([cost(scores, speech, t) for t in candidates])])


def lag(human: list[Recording]) -> None:
    """AUC with the scores read later and earlier."""
    print("\nlag: pooled AUC of the human recordings, scores read so many ms later")
    shifts = range(-60, 121, 20)
    print("          " + "".join(f"{s:7}" for s in shifts) + "   best")
    for detector in DETECTORS:
        areas = {s: auc(*pooled(human, detector, s / 1000)) for s in range(-100, 201, 10)}
        print(
            f"{detector:10}"
            + "".join(f"{areas[s]:7.3f}" for s in shifts)
            + f"{max(areas, key=areas.get):7}"
        )


def intervals(human: list[Recording]) -> None:
    """95 % bootstrap intervals over steps and over groups of recordings."""
    groups = {group: i for i, group in enumerate(sorted({r.group for r in human}))}
    print(f"\nintervals: pooled AUC, 95 %; {len(human)} recordings of {len(groups)} groups")
    chance = np.random.default_rng(1)
    of_step = np.concatenate([np.full(r.counted.sum(), groups[r.group]) for r in human])
    for detector in DETECTORS:
        scores, speech = pooled(human, detector)
        of_steps, of_groups = [], []
        for _ in range(500):
            drawn = np.bincount(
                chance.integers(len(scores), size=len(scores)), minlength=len(scores)
            )
            of_steps.append(auc(scores, speech, drawn.astype(float)))
            drawn = np.bincount(
                chance.integers(len(groups), size=len(groups)), minlength=len(groups)
            )
            of_groups.append(auc(scores, speech, drawn[of_step].astype(float)))
        a, b = np.percentile(of_steps, [2.5, 97.5]), np.percentile(of_groups, [2.5, 97.5])
        shown = f"steps {a[0]:.3f} to {a[1]:.3f}   groups {b[0]:.3f} to {b[1]:.3f}"
        print(f"{detector:10}{auc(scores, speech):7.3f}   {shown}")


def pooling(recordings: list[Recording]) -> None:
    """The AUC of all steps together, and the mean of each recording's."""
    print("\npooling: AUC of all steps together, and the mean over recordings of their own")
    for kind in ("human", "d_clean", "d_snr10", "d_snr0"):
        members = [r for r in recordings if r.kind == kind or (kind == "human" and r.kind in HUMAN)]
        line = f"{kind:9}"
        for detector in DETECTORS:
            own = np.mean([auc(*pooled([r], detector)) for r in members])
            line += f"  {detector} {auc(*pooled(members, detector)):.3f} {own:.3f}"
        print(line)


def thresholds(recordings: list[Recording]) -> None:
    """The cost at thresholds from different places."""
    print(
        "\nthresholds: mean cost at 10 dB in %, with the threshold that is best on each recording,"
    )
    print("on all of these, on those of other groups, on the clean ones, and with 0.5")
    clean = [r for r in recordings if r.kind == "d_clean"]
    noisy = [r for r in recordings if r.kind == "d_snr10"]
    for detector in DETECTORS:
        own, other = [], []
        for recording in noisy:
            scores, speech = pooled([recording], detector)
            own.append(cost(scores, speech, best(scores, speech)))
            rest = [r for r in noisy if r.group != recording.group]
            other.append(cost(scores, speech, best(*pooled(rest, detector))))
        same = best(*pooled(noisy, detector))
        quiet = best(*pooled(clean, detector))
        each = [
            np.mean([cost(*pooled([r], detector), t) for r in noisy]) for t in (same, quiet, 0.5)
        ]
        columns = [np.mean(own), each[0], np.mean(other), each[1], each[2]]
        print(f"{detector:10}" + "".join(f"{100 * c:8.1f}" for c in columns))


def collars(human: list[Recording]) -> None:
    """Errors at 0.5, as a share of the counted steps, with those near a label's edge left out."""
    print("\ncollars: wrong steps at 0.5 in %, so many ms on each side of edges left out")
    print("          " + "".join(f"{c:7}" for c in (0, 50, 100, 250, 500)))
    for detector in DETECTORS:
        shares = []
        for collar in (0, 5, 10, 25, 50):
            wrong = total = 0
            for r in human:
                edges = np.flatnonzero(np.diff(r.speech)) + 1
                far = np.ones(len(r.speech), bool)
                for edge in edges:
                    far[max(0, edge - collar) : edge + collar] = False
                kept = far & r.counted
                wrong += ((r.at(detector) >= 0.5) != r.speech)[kept].sum()
                total += kept.sum()
            shares.append(wrong / total)
        print(f"{detector:10}" + "".join(f"{100 * s:7.1f}" for s in shares))


def main() -> None:
    """Prints all of them."""
    recordings = load(Path(sys.argv[1]), sys.argv[2])
    human = [r for r in recordings if r.kind in HUMAN]
    lag(human)
    pooling(recordings)
    collars(human)
    thresholds(recordings)
    intervals(human)


if __name__ == "__main__":
    main()
