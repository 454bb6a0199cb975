"""Compares our segmenter with the official function on random scores and parameters.

    python segments_parity.py --cases 10000 --seed 1

Each case has scores and parameters of its own; the official segments of all go into one file,
which the ignored test `any_scores_and_parameters` of `tests/segments.rs` reads and compares. The
exit status is the test's.
"""

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

import golden_sequences as made
from golden_segments import random_parameters
from golden_sequences import THRESHOLDS, Sequence
from official import DEFAULT_CACHE, Official
from weights import REPOSITORY


def any_sequence(rng: random.Random) -> Sequence:
    """Returns one of the golden kinds of sequences, made anew, or a stretch of it."""
    threshold = rng.choice([*THRESHOLDS, round(rng.random(), 3)])
    limited = False
    match rng.choice(["noise", "walk", "blocks", "around", "exactly", "dips", "dips", "pauses"]):
        case "noise":
            scores = [rng.random() for _ in range(100)]
        case "walk":
            scores = made.walk(rng)
        case "blocks":
            scores = made.blocks(rng, 250, rng.choice([4, 12, 40]))
        case "around":
            scores = made.around(rng, threshold)
        case "exactly":
            scores = made.exactly(rng, threshold)
        case "dips":
            lengths = rng.sample([1, 2, 3, 4, 5, 6, 8, 12], rng.randint(1, 8))
            scores, limited = made.dips(rng, lengths, [0.02, 0.2, rng.random()]), True
        case _:
            scores, limited = made.dips_and_pauses(rng), True
    if rng.random() < 0.5:
        start = rng.randrange(len(scores))
        scores = scores[start : start + rng.randint(0, 120)]
    return Sequence("", np.array(scores, np.float32), threshold, long_speech=limited)


def write(official: Official, cases: int, seed: int, path: Path) -> Counter[str]:
    """Writes random cases and their official segments to `path`; returns what they have."""
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    sequences, results = [], []
    for index in range(cases):
        sequence = any_sequence(rng)
        scores = sequence.scores.astype(float).tolist()
        parameters = random_parameters(rng, sequence)
        limit = parameters["max_speech_duration_s"] or math.inf
        segments = official.segments_from_probs(
            scores, **parameters | {"max_speech_duration_s": limit}
        )
        sequences.append({"scores": scores})
        results.append({"sequence": index, "segments": segments} | parameters)
        counts["frames"] += len(scores)
        counts["segments"] += len(segments)
        counts["cases without a segment"] += not segments
        counts["cases with a limit"] += limit < math.inf
    path.write_text(json.dumps({"sequences": sequences, "cases": results}))
    return counts


def main() -> None:
    """Writes the cases, runs the comparison and exits with its status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="folder for downloads")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.json"
        counts = write(Official(options.cache), options.cases, options.seed, path)
        print(", ".join(f"{count} {what}" for what, count in counts.items()), flush=True)
        command = "cargo test --package voiced --test segments any_scores -- --ignored --nocapture"
        environment = os.environ | {"VOICED_SEGMENTS_PARITY": str(path)}
        sys.exit(subprocess.run(command.split(), cwd=REPOSITORY, env=environment).returncode)


if __name__ == "__main__":
    main()
