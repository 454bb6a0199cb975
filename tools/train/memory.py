"""Measures how long the mean of the bands should be taken, which the clips are too short to tell.

    python memory.py PREPARED RUN

Mixes recordings of two minutes from the validation split, in which speakers pause for up to a
minute, and prints the ROC-AUC of a trained network for some lengths.
"""

import argparse
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from tqdm import tqdm

import features
from features import HOP, RATE, above_mean, log_bands
from mix import Corpus, clip
from network import logits
from train import auc

SECONDS = [3, 5, 10, 20, 40, 120]
RECORDINGS = 40
HOPS = 120 * RATE // HOP
LONGEST_PAUSE = 60.0
"""Seconds."""


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("prepared", type=Path)
    parser.add_argument("run", type=Path)
    args = parser.parse_args()
    kept = dict(np.load(args.run / "parameters.npz"))
    deviation = kept.pop("deviation")
    parameters = {name: jnp.asarray(value) for name, value in kept.items()}

    corpora = [Corpus(args.prepared / f"{name}.npz", True) for name in ("speech", "noise")]
    clips = [
        clip(*corpora, 1, number, HOPS, LONGEST_PAUSE)
        for number in tqdm(range(RECORDINGS), unit=" clips")
    ]
    bands = np.stack([log_bands(samples)[:HOPS] for samples, _ in clips])
    labels = np.stack([labels for _, labels in clips])
    predict = jax.jit(logits)
    print("| memory, s | AUC |\n|---|---|")
    for seconds in SECONDS:
        features.MEMORY = seconds * RATE // HOP
        print(
            f"| {seconds} | {auc(predict(parameters, above_mean(bands) / deviation), labels):.4f} |"
        )


if __name__ == "__main__":
    main()
