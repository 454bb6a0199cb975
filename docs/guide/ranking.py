#!/usr/bin/env python3
"""Measures one detector's scores of one recording against labels, by the definitions.

    python3 docs/guide/ranking.py LABELS.csv SCORES.csv

LABELS is what `voiced detect --format csv` printed, or any CSV with the columns start and end in
seconds; SCORES what `voiced scores` printed. Prints the ROC-AUC, and misses and false alarms at 0.5
and at the best threshold. Needs Python alone. `voiced::metrics` has these figures, and many more.
"""

import bisect
import csv
import sys


def grid(labels: str, scores: str) -> tuple[list[float], list[float]]:
    """The scores of speech and of the rest, one each 10 ms: of the hop around its middle."""
    with open(labels) as file:
        speech = [(float(row["start"]), float(row["end"])) for row in csv.DictReader(file)]
    with open(scores) as file:
        hops = [
            [float(row[key]) for key in ("start", "end", "score")] for row in csv.DictReader(file)
        ]
    hop = hops[1][0] - hops[0][0]
    inside, outside = [], []
    for step in range(int(hops[-1][1] * 100)):
        middle = (step + 0.5) * 0.01
        score = hops[min(int(middle / hop), len(hops) - 1)][2]
        (inside if any(start <= middle < end for start, end in speech) else outside).append(score)
    return sorted(inside), sorted(outside)


# ANCHOR: auc
def auc(speech: list[float], rest: list[float]) -> float:
    """The share of pairs in which speech has the higher score than the rest; ties count half."""
    pairs = sum((bisect.bisect_left(rest, s) + bisect.bisect_right(rest, s)) / 2 for s in speech)
    return pairs / (len(speech) * len(rest))
    # ANCHOR_END: auc


def errors(speech: list[float], rest: list[float], threshold: float) -> tuple[float, float]:
    """Misses, as a share of speech, and false alarms, as a share of the rest."""
    misses = bisect.bisect_left(speech, threshold) / len(speech)
    return misses, 1 - bisect.bisect_left(rest, threshold) / len(rest)


def cost(misses: float, false_alarms: float) -> float:
    """NIST's detection cost function with its usual weights: a miss is three times as bad."""
    return 0.75 * misses + 0.25 * false_alarms


def main() -> None:
    """Prints one line."""
    speech, rest = grid(sys.argv[1], sys.argv[2])
    candidates = sorted(set(speech + rest))
    best = min(candidates, key=lambda threshold: cost(*errors(speech, rest, threshold)))
    parts = [f"AUC {auc(speech, rest):.3f}"]
    for threshold in (0.5, best):
        misses, false_alarms = errors(speech, rest, threshold)
        shares = f"misses {100 * misses:.0f} %, false alarms {100 * false_alarms:.0f} %"
        parts.append(f"at {threshold:.3f} {shares}")
    print("; ".join(parts))


if __name__ == "__main__":
    main()
