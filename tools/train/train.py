"""Trains the network.

    python train.py PREPARED -o RUN

Makes the clips first, where they are missing. A run that was interrupted goes on from its last
checkpoint when the same command is given again.
"""

import argparse
import json
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from tqdm import tqdm

from clips import shards
from features import above_mean
from labels import SPEECH, UNSURE
from network import Parameters, initial, logits

VALIDATION_SHARDS = 8
CHECK_EVERY = 250
"""Steps from one checkpoint to the next."""


def auc(scores: np.ndarray, labels: np.ndarray) -> float:
    """The area under the ROC curve, over all that is sure; shapes alike."""
    scores, speech = scores[labels != UNSURE], labels[labels != UNSURE] == SPEECH
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    positive = int(speech.sum())
    above = ranks[speech].sum() - positive * (positive + 1) / 2
    return float(above / (positive * (len(speech) - positive)))


def loss(parameters: Parameters, bands: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean cross entropy of what is sure; bands (clips, hops, bands), labels (clips, hops)."""
    each = optax.sigmoid_binary_cross_entropy(logits(parameters, bands), labels == SPEECH)
    sure = labels != UNSURE
    return jnp.sum(each * sure) / jnp.sum(sure)


def main() -> None:
    """Trains, and writes `parameters.npz` and `log.jsonl`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("prepared", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shards", type=int, default=480, help="of 64 clips of 12 s")
    parser.add_argument("--steps", type=int, default=9000, help="of a shard each")
    parser.add_argument("--channels", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=40)
    parser.add_argument("--rate", type=float, default=4e-3, help="the highest learning rate")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    settings = {name: value for name, value in vars(args).items() if isinstance(value, int | float)}
    (args.output / "settings.json").write_text(json.dumps(settings) + "\n")

    validation = shards(args.prepared, VALIDATION_SHARDS, args.seed, validation=True)
    training = shards(args.prepared, args.shards, args.seed, validation=False)
    sample = np.concatenate([above_mean(training(n)[0]) for n in range(min(4, args.shards))])
    deviation = sample.std((0, 1))

    schedule = optax.warmup_cosine_decay_schedule(0, args.rate, 100, args.steps, args.rate / 100)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(schedule))
    parameters = initial(args.seed, len(deviation), args.channels, args.hidden)
    state, first = optimizer.init(parameters), 0
    checkpoint = args.output / "checkpoint.npz"
    if checkpoint.exists():
        (parameters, state), first = _restore(checkpoint, (parameters, state))

    @jax.jit
    def step(parameters: Parameters, state: tuple, bands: jax.Array, labels: jax.Array) -> tuple:
        cost, slope = jax.value_and_grad(loss)(parameters, bands, labels)
        change, state = optimizer.update(slope, state)
        return optax.apply_updates(parameters, change), state, cost

    predict = jax.jit(logits)

    def check(step: int, cost: float, started: float) -> None:
        read = [validation(number) for number in range(VALIDATION_SHARDS)]
        labels = np.concatenate([labels for _, labels in read])
        quieter = [np.log1p(np.expm1(bands.astype(np.float32)) / 100) for bands, _ in read]
        areas = [
            auc(
                np.concatenate([predict(parameters, above_mean(b) / deviation) for b in each]),
                labels,
            )
            for each in ([bands for bands, _ in read], quieter)
        ]
        entry = {"step": step, "loss": cost, "auc": areas[0], "auc_20dB_quieter": areas[1]}
        with (args.output / "log.jsonl").open("a") as log:
            log.write(json.dumps(entry | {"seconds": round(time.time() - started)}) + "\n")

    started, costs = time.time(), []
    progress = tqdm(range(first, args.steps), initial=first, total=args.steps, unit=" steps")
    for number in progress:
        epoch, place = divmod(number, args.shards)
        order = np.random.default_rng([args.seed, epoch]).permutation(args.shards)
        bands, labels = training(int(order[place]))
        parameters, state, cost = step(parameters, state, above_mean(bands) / deviation, labels)
        costs.append(float(cost))
        progress.set_postfix(loss=f"{np.mean(costs[-50:]):.4f}")
        if (number + 1) % CHECK_EVERY == 0 or number + 1 == args.steps:
            check(number + 1, float(np.mean(costs[-CHECK_EVERY:])), started)
            _save(checkpoint, (parameters, state), number + 1)
            kept = {name: np.asarray(value) for name, value in parameters.items()}
            np.savez(args.output / "parameters.npz", deviation=deviation, **kept)


def _save(path: Path, tree: tuple, step: int) -> None:
    """Writes what training goes on from."""
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]
    np.savez(path.with_suffix(".part.npz"), *leaves, step=step)
    path.with_suffix(".part.npz").rename(path)


def _restore(path: Path, like: tuple) -> tuple[tuple, int]:
    """Reads what `_save` wrote, and the step."""
    kept = np.load(path)
    leaves = [jnp.asarray(kept[f"arr_{n}"]) for n in range(len(kept.files) - 1)]
    return jax.tree.unflatten(jax.tree.structure(like), leaves), int(kept["step"])


if __name__ == "__main__":
    main()
