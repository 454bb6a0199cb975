"""Cases of scores and labels, one a step of 10 ms, with what scikit-learn makes of them."""

import random
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn import metrics

from splitmix import draws

MISS_COST, FALSE_ALARM_COST = 0.75, 0.25
THRESHOLD = 0.5
REPLICAS, SEED, LEVEL = 60, 7, 0.9
TIE = 1e-12
"""Rates of a few hundred steps that differ by less are the same."""

Numbers = np.ndarray


@dataclass
class Case:
    """Recordings, each with a score and a label for each step."""

    name: str
    scores: list[list[float]]
    labels: list[list[int]]

    def pooled(self, weights: Numbers | None = None) -> tuple[Numbers, Numbers, Numbers]:
        """Labels, scores and weights of all steps whose recording weighs anything."""
        weights = np.ones(len(self.scores)) if weights is None else weights
        repeated = np.concatenate(
            [np.full(len(s), w) for s, w in zip(self.scores, weights, strict=True)] or [[]]
        )
        labels = np.concatenate([*self.labels, []])[repeated > 0]
        return labels, np.concatenate([*self.scores, []])[repeated > 0], repeated[repeated > 0]


def equal_error_rate(labels: Numbers, scores: Numbers, weights: Numbers) -> float:
    """Where the ROC curve's miss rate equals its false-alarm rate."""
    rates = metrics.roc_curve(labels, scores, sample_weight=weights, drop_intermediate=False)
    along = np.arange(len(rates[0]))
    false_alarm, hit = (interp1d(along, rate) for rate in rates[:2])
    met = brentq(lambda at: false_alarm(at) - (1 - hit(at)), 0, along[-1], xtol=1e-14)
    return float(false_alarm(met))


def minimum_dcf(labels: Numbers, scores: Numbers, weights: Numbers) -> tuple[float, float | None]:
    """The least detection cost, and the highest threshold that has it; None for infinity."""
    false_alarm, hit, thresholds = metrics.roc_curve(
        labels, scores, sample_weight=weights, drop_intermediate=False
    )
    costs = MISS_COST * (1 - hit) + FALSE_ALARM_COST * false_alarm
    threshold = thresholds[costs < costs.min() + TIE].max()
    return float(costs.min()), None if np.isinf(threshold) else float(threshold)


def best_f1(labels: Numbers, scores: Numbers, weights: Numbers) -> tuple[float, float]:
    """The highest F1, and the highest threshold that has it."""
    precision, recall, thresholds = metrics.precision_recall_curve(
        labels, scores, sample_weight=weights
    )
    f1 = 2 * precision * recall / np.maximum(precision + recall, TIE)
    f1 = f1[:-1]  # the last point has no threshold
    return float(f1.max()), float(thresholds[f1 > f1.max() - TIE].max())


def measures(case: Case, weights: Numbers | None = None) -> dict[str, float | None]:
    """Everything about the order of the scores; None where a class is missing."""
    labels, scores, weights = case.pooled(weights)
    speech, both = bool((labels == 1).any()), len(set(labels)) == 2
    all_of_it = labels, scores, weights
    f1, f1_at = best_f1(*all_of_it) if speech else (None, None)
    cost, cost_at = minimum_dcf(*all_of_it) if both else (None, None)
    keywords = {"sample_weight": weights}
    return {
        "auc": float(metrics.roc_auc_score(labels, scores, **keywords)) if both else None,
        "average_precision": (
            float(metrics.average_precision_score(labels, scores, **keywords)) if speech else None
        ),
        "equal_error_rate": equal_error_rate(*all_of_it) if both else None,
        "best_f1": f1,
        "best_f1_threshold": f1_at,
        "min_dcf": cost,
        "min_dcf_threshold": cost_at,
    }


def decisions(case: Case, threshold: float) -> dict[str, float | None]:
    """The rates at one threshold; None where their divisor is 0."""
    labels, scores, _ = case.pooled()
    found = (scores >= threshold).astype(int)
    speech, non_speech = (labels == 1).any(), (labels == 0).any()
    recall = metrics.recall_score(labels, found) if speech else None
    false_alarm = 1 - metrics.recall_score(labels, found, pos_label=0) if non_speech else None
    both = recall is not None and false_alarm is not None
    return {
        "miss_rate": None if recall is None else 1 - recall,
        "false_alarm_rate": false_alarm,
        "recall": recall,
        "precision": metrics.precision_score(labels, found) if found.any() else None,
        "f1": metrics.f1_score(labels, found) if speech else None,
        "dcf": MISS_COST * (1 - recall) + FALSE_ALARM_COST * false_alarm if both else None,
    }


def cross_validated(case: Case, folds: int) -> dict[str, object] | None:
    """F1 at the thresholds that are best for the other folds."""
    folds = min(folds, len(case.scores))
    fold_of = np.arange(len(case.scores)) % max(folds, 1)
    if folds < 2:
        return None
    thresholds, labels, found = [], [], []
    for fold in range(folds):
        others = case.pooled((fold_of != fold).astype(float))
        if not (others[0] == 1).any():
            return None
        thresholds.append(best_f1(*others)[1])
        own_labels, own_scores, _ = case.pooled((fold_of == fold).astype(float))
        labels.append(own_labels)
        found.append((own_scores >= thresholds[-1]).astype(int))
    labels = np.concatenate(labels)
    f1 = float(metrics.f1_score(labels, np.concatenate(found))) if labels.any() else None
    return {"folds": folds, "thresholds": thresholds, "f1": f1}


def intervals(case: Case) -> dict[str, list[float] | None]:
    """The percentile bootstrap over recordings; None where most replicas are undefined."""
    replicas = [measures(case, w) for w in draws(SEED, len(case.scores), REPLICAS)]
    ends = [(1 - LEVEL) / 2, 1 - (1 - LEVEL) / 2]
    found = {}
    for name in ("auc", "average_precision", "equal_error_rate", "best_f1", "min_dcf"):
        values = [replica[name] for replica in replicas if replica[name] is not None]
        enough = len(case.scores) >= 2 and 2 * len(values) >= REPLICAS
        found[name] = np.quantile(values, ends).tolist() if enough else None
    return found


def curves(case: Case) -> dict[str, list[list[float]]]:
    """ROC as (false-alarm rate, recall), precision over recall as (recall, precision)."""
    labels, scores, _ = case.pooled()
    roc = metrics.roc_curve(labels, scores, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(labels, scores)
    return {
        "roc": np.transpose(roc[:2]).tolist(),
        "precision_recall": np.transpose([recall, precision])[::-1].tolist(),
    }


def random_case(rng: random.Random, name: str, recordings: int, levels: int, skill: float) -> Case:
    """Random labels in runs, and scores that know them more or less; few levels give ties."""
    scores, labels = [], []
    for _ in range(recordings):
        own = []
        while len(own) < 25:
            own += [rng.randint(0, 1)] * rng.randint(1, 9)
        labels.append(own)
        noisy = [min(max(0.5 + skill * (x - 0.5) + rng.gauss(0, 0.25), 0), 1) for x in own]
        scores.append([round(score * levels) / levels for score in noisy])
    return Case(name, scores, labels)


def cases() -> list[Case]:
    """Hand-made cases for what is easy to get wrong, then random ones."""
    rng = random.Random(1)
    alternating = [[0, 1] * 6]
    made = [
        Case("one step of each", [[0.25, 0.75]], [[0, 1]]),
        Case("all right", [[0.125] * 5 + [0.875] * 5], [[0] * 5 + [1] * 5]),
        Case("all wrong", [[0.125] * 5 + [0.875] * 5], [[1] * 5 + [0] * 5]),
        Case("one score for all", [[0.5] * 12], alternating),
        Case("at the threshold and below", [[0.5, 0.49999997, 0.5, 0.49999997]], [[1, 1, 0, 0]]),
        Case("only speech", [[0.25, 0.5, 0.75], [0.5]], [[1, 1, 1], [1]]),
        Case("only non-speech", [[0.25, 0.5, 0.75], [0.5]], [[0, 0, 0], [0]]),
        Case("empty", [], []),
        Case("scores 0 and 1", [[0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]], [[0, 1, 1, 1, 0, 0, 1]]),
        Case("beyond 0 and 1", [[-3.5, 12.0, -0.5, 0.0, 8.25, 0.0]], [[0, 1, 0, 1, 0, 0]]),
        Case("speech in one of three", [[0.5, 0.75], [0.25, 0.5], [0.5]], [[0, 1], [0, 0], [0]]),
    ]
    for levels, skill, recordings in [(8, 0.3, 3), (8, 0.7, 6), (64, 0.5, 4), (1024, 0.4, 7)]:
        name = f"{recordings} recordings, {levels} levels, skill {skill}"
        made.append(random_case(rng, name, recordings, levels, skill))
    return made


def golden() -> list[dict[str, object]]:
    """The cases with all that is expected of them."""
    rng = random.Random(2)
    found = []
    for case in cases():
        for scores in case.scores:
            scores[:] = [float(np.float32(score)) for score in scores]
        weights = [rng.randint(0, 3) for _ in case.scores]
        both = len({label for labels in case.labels for label in labels}) == 2
        found.append(
            {
                "name": case.name,
                "scores": case.scores,
                "labels": ["".join(map(str, labels)) for labels in case.labels],
                "measures": measures(case),
                "weights": weights,
                "weighted": measures(case, np.array(weights, float)),
                "decisions": decisions(case, THRESHOLD),
                "cross_validated": [cross_validated(case, folds) for folds in (2, 5)],
                "intervals": intervals(case),
                "curves": curves(case) if both else None,
            }
        )
    return found
