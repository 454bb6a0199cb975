"""Recordings and hops at any rate, with the steps of the 10 ms grid that follow, one by one."""

import random
from fractions import Fraction

from sklearn import metrics

STEP = Fraction(1, 100)


def inside(time: Fraction, rate: int, segments: list[list[int]]) -> bool:
    """Whether a time in seconds is in one of some segments."""
    return any(start <= time * rate < end for start, end in segments)


def steps(case: dict[str, object]) -> list[tuple[float, bool]]:
    """The score and label of each step that counts."""
    rate, found, index = case["rate"], [], 0
    while (middle := (index + Fraction(1, 2)) * STEP) * rate < case["length"]:
        index += 1
        if not inside(middle, rate, case["ignored"]):
            hop = int(middle * case["score_rate"] // case["hop"])
            score = case["scores"][min(hop, len(case["scores"]) - 1)]
            found.append((score, inside(middle, rate, case["speech"])))
    return found


def segments(rng: random.Random, length: int, most: int) -> list[list[int]]:
    """Random segments, which may overlap."""
    points = [[rng.randint(0, length) for _ in range(2)] for _ in range(rng.randint(0, most))]
    return [sorted(point) for point in points]


def random_case(rng: random.Random) -> dict[str, object]:
    """A recording, a detector's rate and hop, and one score a hop, or one more or fewer."""
    rate = rng.choice([8000, 11025, 16000, 22050, 44100, 48000])
    score_rate, hop = rng.choice(
        [(16000, 512), (8000, 256), (rate, rate // 100), (16000, 80), (7, 1)]
    )
    length = rng.randint(rate // 4, rate)
    hops = -(-length * score_rate // (rate * hop))
    hops = max(hops + rng.choice([0, 0, 0, 1, -1]), 1)
    return {
        "rate": rate,
        "length": length,
        "speech": segments(rng, length, 4),
        "ignored": segments(rng, length, 2),
        "score_rate": score_rate,
        "hop": hop,
        "scores": [rng.randint(0, 8) / 8 for _ in range(hops)],
    }


def golden() -> list[dict[str, object]]:
    """Cases, with the number of steps by label and score, and the AUC where there is one."""
    rng = random.Random(3)
    found = []
    for _ in range(40):
        case = random_case(rng)
        on_grid = steps(case)
        labels = [speech for _, speech in on_grid]
        auc = (
            metrics.roc_auc_score(labels, [s for s, _ in on_grid])
            if len(set(labels)) == 2
            else None
        )
        count = {
            what: sum(speech == label and (score >= 0.5) == hit for score, speech in on_grid)
            for what, label, hit in [
                ("hit", True, True),
                ("miss", True, False),
                ("false_alarm", False, True),
                ("rejected", False, False),
            ]
        }
        found.append(case | {"steps": count, "auc": auc})
    return found
