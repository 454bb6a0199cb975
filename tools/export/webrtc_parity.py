"""Compares the WebRTC detector with `webrtcvad` over hours of audio: all rates, lengths and modes.

    python webrtc_parity.py WORK speech=FOLDER noise=FOLDER ... --minutes 30

Each NAME=FOLDER is a kind of recordings: 16-bit mono WAV files at 16 kHz, anywhere below it. Of
each kind the first so many minutes, in the order of their paths, become one long input, which is
restarted at every tenth recording, and brought to each rate by plain integer means. Every fourth
recording is made eight times as loud and clipped, every fourth sixteen times as quiet. Two made
inputs of that length join them: `hard` (`webrtc_inputs.py`), and silence with single ones.

Inputs and official decisions go to WORK, 13 MB a minute of each; the ignored test
`any_length_of_audio` of `tests/webrtc.rs` compares. The exit status is the test's. An hour of two
kinds and of the made inputs takes ten minutes. See `webrtc_official.py` for the environment.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

import wav
import webrtc_inputs as inputs
from webrtc_official import RATES, cases

REPOSITORY = Path(__file__).parents[2]
RECORDED = 16000  # Hz
RECORDINGS_PER_RESTART = 10
HARD_SAMPLES = 400_000
"""How much of `hard` is made with one seed; each such piece begins with a restart."""


def at_level(nth: int, samples: np.ndarray) -> np.ndarray:
    """Returns the nth recording louder, quieter, or as it is."""
    match nth % 4:
        case 1:
            return inputs.amplify(samples, 8)
        case 3:
            return samples // 16
    return samples


def recordings(folder: Path, minutes: float) -> list[np.ndarray]:
    """Returns so many minutes of the folder's recordings, or all, i16 (n,) between restarts."""
    pieces, left = [], int(minutes * 60 * RECORDED)
    for nth, path in enumerate(sorted(folder.rglob("*.wav"))):
        if left <= 0:
            break
        samples, rate = wav.read(path)
        if rate != RECORDED:
            raise ValueError(f"{path}: {rate} Hz, wanted {RECORDED}")
        pieces.append(at_level(nth, samples[:left]))
        left -= len(samples)
    starts = range(0, len(pieces), RECORDINGS_PER_RESTART)
    return [np.concatenate(pieces[at : at + RECORDINGS_PER_RESTART]) for at in starts]


def at_rate(samples: np.ndarray, rate: int) -> np.ndarray:
    """Brings samples at 16 kHz to a rate: means of pairs at 8 kHz, lines between samples above.

    Above 16 kHz, noise of a few steps fills the upper part of the spectrum.
    """
    if rate < RECORDED:
        pairs = samples[: len(samples) // 2 * 2].astype(np.int32).reshape(-1, 2)
        return (pairs.sum(axis=1) >> 1).astype(np.int16)
    if rate == RECORDED:
        return samples
    line = inputs.upsample(samples, rate // RECORDED).astype(np.int32)
    noise = np.random.default_rng(rate).integers(-20, 21, len(line))
    return np.clip(line + noise, -32768, 32767).astype(np.int16)


def write(work: Path, name: str, pieces: list[np.ndarray], rate: int) -> None:
    """Writes an input of pieces in a row, each a restart, with what the oracle says to it."""
    samples = np.concatenate(pieces)
    restarts = [int(at) for at in np.cumsum([len(piece) for piece in pieces])[:-1]]
    stem = f"{name}_{rate}"
    (work / f"{stem}.s16").write_bytes(samples.astype("<i2").tobytes())
    result = {"cases": list(cases(stem, samples, rate, restarts))}
    (work / f"{stem}.json").write_text(json.dumps(result))
    print(f"{stem}: {len(samples) / rate / 60:.1f} minutes, {len(restarts)} restarts", flush=True)


def main() -> None:
    """Writes all inputs, runs the comparison and exits with its status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("kinds", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    for kind in options.kinds:
        name, _, folder = kind.partition("=")
        pieces = recordings(Path(folder), options.minutes)
        for rate in RATES:
            write(options.work, name, [at_rate(piece, rate) for piece in pieces], rate)
    count = int(options.minutes * 60 * RECORDED / HARD_SAMPLES) + 1
    pieces = [inputs.hard(seed, HARD_SAMPLES) for seed in range(2, 2 + count)]
    silence = np.zeros(int(options.minutes * 60 * RECORDED), np.int16)
    silence[::9973] = 1
    for rate in RATES:
        write(options.work, "hard", pieces, rate)
        write(options.work, "silence", [silence], rate)
    command = "cargo test --release --test webrtc any_length -- --ignored --nocapture"
    environment = os.environ | {"VOICED_WEBRTC_PARITY": str(options.work.resolve())}
    sys.exit(subprocess.run(command.split(), cwd=REPOSITORY, env=environment).returncode)


if __name__ == "__main__":
    main()
