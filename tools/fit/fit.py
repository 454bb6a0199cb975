#!/usr/bin/env python3
"""Fits the classic detectors' numbers and writes them to `src/detector/classic/fitted/`.

    python3 fit.py combined TRAIN DEV    the curves of `combined`, from recordings that mix.py made
    python3 fit.py mappings DEV          every other detector's curve from measure to score

`combined` is a logistic regression on the evidence that the engine itself computes, each piece bent
at its quartiles. Then each detector's measure is mapped to a score by a logistic regression on the
development recordings: each kind of them counts the same, half as speech and half as none; those
without speech count as one kind more.
"""

import argparse
import pathlib

import numpy as np
from recordings import DETECTORS, Recording, auc, build, development, numbers, training
from scipy.optimize import minimize

FITTED = pathlib.Path(__file__).resolve().parents[2] / "src/detector/classic/fitted"
EVERY = 3  # neighbouring hops tell almost the same
PENALTY = 1e-4  # on standardised weights: for stability, not for selection
QUARTILES = [0.25, 0.5, 0.75]


def logistic_regression(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, penalty: float
) -> np.ndarray:
    """Weights and, last, the bias: shape (width + 1); `x` is standardised."""
    sign = np.where(y, 1.0, -1.0)
    weight = weight / weight.sum()

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ w[:-1] + w[-1])
        slope = -weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        gradient = np.append(slope @ x + 2 * penalty * w[:-1], slope.sum())
        return weight @ np.logaddexp(0, -margin) + penalty * w[:-1] @ w[:-1], gradient

    start = np.zeros(x.shape[1] + 1)
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x


def additive(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Knots (3, width), weights (4, width: slope and bends) and the bias of an additive model."""
    knots = np.quantile(x, QUARTILES, axis=0)
    basis = np.concatenate([x, *(np.maximum(x - knot, 0) for knot in knots)], axis=1)
    mean, spread = basis.mean(0), basis.std(0) + 1e-6
    w = logistic_regression((basis - mean) / spread, y, np.ones(len(y)), PENALTY)
    weights = w[:-1] / spread
    return knots, weights.reshape(4, -1), float(w[-1] - weights @ mean)


def curve(recordings: list[Recording], measures: list[np.ndarray]) -> tuple[float, float]:
    """Centre and width of the logistic curve from a measure to a score."""
    x, y, weight = [], [], []
    for kind in sorted({r.kind[:2] if r.kind[0] == "c" else r.kind for r in recordings}):
        members = [
            (r, m) for r, m in zip(recordings, measures, strict=True) if r.kind.startswith(kind)
        ]
        here = np.concatenate([m[r.counted, 0] for r, m in members])
        speech = np.concatenate([r.speech[r.counted] for r, _ in members])
        share = np.where(speech, 1 / max(speech.sum(), 1), 1 / max((~speech).sum(), 1))
        x.append(here)
        y.append(speech)
        weight.append(share)
    x, y, weight = map(np.concatenate, (x, y, weight))
    slope, bias = logistic_regression(((x - x.mean()) / x.std())[:, None], y, weight, 0.0)
    return float(x.mean() - bias / slope * x.std()), float(x.std() / slope)


def rust(value: float) -> str:
    """A number as rustfmt leaves it, of six digits."""
    return repr(float(f"{value:.6g}"))


def mapping(centre: float, width: float) -> str:
    """A `Logistic` in Rust."""
    return f"Logistic {{ centre: {rust(centre)}, width: {rust(width)} }}"


def write_combined(folder: pathlib.Path, dev: list[Recording]) -> None:
    """Fits and writes the curves of `combined` for both rates."""
    recordings = training(folder)
    text = [
        "//! The additive models of [`combined`](crate::detector::classic::combined).",
        "//!",
        "//! Written by `python3 tools/fit/fit.py combined TRAIN DEV`.",
        "",
        "use super::{Additive, Curve, Logistic};",
    ]
    for rate, name in [(16_000, "COMBINED_16K"), (8000, "COMBINED_8K")]:
        evidence = numbers(recordings, "evidence", "combined", rate)
        x = np.concatenate(
            [e[r.counted][::EVERY] for r, e in zip(recordings, evidence, strict=True)]
        )
        y = np.concatenate([r.speech[r.counted][::EVERY] for r in recordings])
        knots, weights, bias = additive(x.astype(float), y)

        def log_odds(e: np.ndarray, k=knots, w=weights, b=bias) -> np.ndarray:  # noqa: ANN001
            bends = sum(np.maximum(e - k[j], 0) @ w[j + 1] for j in range(3))
            return (e @ w[0] + bends + b)[:, None]

        measures = [log_odds(e) for e in numbers(dev, "evidence", "combined", rate)]
        report(name, dev, measures)
        text += [
            "",
            f"pub(in super::super) const {name}: Additive = Additive {{",
            f"    bias: {rust(bias)},",
            f"    mapping: {mapping(*curve(dev, measures))},",
            "    curves: &[",
        ]
        for i in range(x.shape[1]):
            k, w = ", ".join(map(rust, knots[:, i])), ", ".join(map(rust, weights[1:, i]))
            text += [
                f"        Curve {{ slope: {rust(weights[0, i])}, knots: [{k}], bends: [{w}] }},"
            ]
        text += ["    ],", "};"]
    (FITTED / "combined.rs").write_text("\n".join(text) + "\n")


def write_mappings(dev: list[Recording]) -> None:
    """Fits and writes the other detectors' curves."""
    text = [
        "//! From each detector's measure to its score.",
        "//!",
        "//! Written by `python3 tools/fit/fit.py mappings DEV`.",
        "",
        "use super::Logistic;",
        "",
    ]
    for detector in DETECTORS[:-1]:
        measures = numbers(dev, "measure", detector, 16_000)
        report(detector, dev, measures)
        fitted = mapping(*curve(dev, measures))
        text += [f"pub(in super::super) const {detector.upper()}: Logistic = {fitted};"]
    (FITTED / "curves.rs").write_text("\n".join(text) + "\n")


def report(name: str, dev: list[Recording], measures: list[np.ndarray]) -> None:
    """Prints the AUC of each kind with speech, `b_*` without `b_ami` together."""
    groups: dict[str, list[tuple[Recording, np.ndarray]]] = {}
    for r, m in zip(dev, measures, strict=True):
        if r.kind[0] != "c":
            group = "b" if r.kind[0] == "b" and r.kind != "b_ami" else r.kind
            groups.setdefault(group, []).append((r, m))
    areas = {}
    for group, members in groups.items():
        scores = np.concatenate([m[r.counted, 0] for r, m in members])
        areas[group] = auc(scores, np.concatenate([r.speech[r.counted] for r, _ in members]))
    line = "  ".join(f"{group} {area:.3f}" for group, area in sorted(areas.items()))
    print(f"{name:14}{line}", flush=True)


def main() -> None:
    """Fits what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["combined", "mappings"])
    parser.add_argument("folders", type=pathlib.Path, nargs="+", help="[TRAIN] DEV")
    args = parser.parse_args()
    build()
    dev = development(args.folders[-1])
    if args.what == "combined":
        write_combined(args.folders[0], dev)
    else:
        write_mappings(dev)


if __name__ == "__main__":
    main()
