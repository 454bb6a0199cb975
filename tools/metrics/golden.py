#!/usr/bin/env python3
"""Writes `tests/data/metrics.json`, which the tests of `voiced::metrics` are held to.

The oracles are scikit-learn, numpy and scipy for what scores are worth, and pyannote.metrics for
segments. The random numbers are seeded, and each run gives the same bytes.
"""

import argparse
import json
import random
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.stats import norm

import grids
import rankings
import segments
import splitmix

REPOSITORY = Path(__file__).resolve().parents[2]
ORACLES = ["numpy", "pyannote.metrics", "scikit-learn", "scipy"]
SHARES = [0, 0.05, 0.25, 0.5, 0.95, 1]
PROBITS = [1e-300, 1e-20, 1e-6, 0.001, 0.05, 0.0749, 0.0751, 0.3, 0.5, 0.6, 0.925, 0.9251, 0.9999]


def quantiles() -> list[dict[str, list[float]]]:
    """Values, and their quantiles for each of SHARES."""
    rng = random.Random(5)
    lists = [[rng.randint(-9, 9) / 16 for _ in range(count)] for count in (1, 2, 3, 10, 21)]
    return [{"values": values, "at": np.quantile(values, SHARES).tolist()} for values in lists]


def main() -> None:
    """Writes the file and says how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "tests/data", help="output folder")
    path = parser.parse_args().out / "metrics.json"
    warnings.filterwarnings("error")
    parts = {
        "source": ", ".join(f"{name} {version(name)}" for name in ORACLES),
        "bootstrap": {
            "replicas": rankings.REPLICAS,
            "seed": rankings.SEED,
            "level": rankings.LEVEL,
            "draws": [draw.tolist() for draw in splitmix.draws(rankings.SEED, 5, 12)],
        },
        "shares": SHARES,
        "quantiles": quantiles(),
        "probits": [[share, float(norm.ppf(share))] for share in PROBITS],
        "rankings": rankings.golden(),
        "grids": grids.golden(),
        "segments": segments.golden(),
    }

    def text(part: object) -> str:
        if isinstance(part, list) and part and isinstance(part[0], dict):
            return "[\n" + ",\n".join(map(text, part)) + "\n]"
        return json.dumps(part, separators=(",", ":"), allow_nan=False)

    lines = [f'"{name}":{text(part)}' for name, part in parts.items()]
    path.write_text("{" + ",\n".join(lines) + "}\n")
    print(f"{path.stat().st_size:8} {path.name}")


if __name__ == "__main__":
    main()
