#!/usr/bin/env python3
"""Makes the training recordings: clean speech, labelled by its own energy, mixed with noise.

    python3 mix.py TRAIN DEST [--files 400] [--seed 1]

TRAIN holds `speech/` and `noise/` as `train_speech.tar` and `train_noise.tar` unpack them. DEST
gets `NAME.wav` (16 kHz, 30 s), `NAME.lab` (one 0/1/9 byte for each 10 ms; 9: uncertain, leave out)
and `manifest.csv` (name, snr, noise).

The labels see the clean speech only: 20 ms frames every 10 ms, above 80 Hz and above 2.5 kHz,
speech where the level is within 30 dB of the utterance's 95th percentile and 9 dB over its floor;
pauses below 200 ms are closed, islands below 80 ms dropped. Frames on which a stricter and a looser
threshold differ are uncertain. Then come, at random: a start in mid-speech, a room, a tilt of the
spectrum, a telephone's band, a noise bed of any level. Labels stay those of the dry speech, as a
person would set them.
"""

import argparse
import csv
import pathlib

import numpy as np
import scipy.signal as sps
import soundfile as sf

RATE = 16_000
HOP = 160
SECONDS = 30
SNRS = [None, None, None, 20, 10, 5, 0, -5]


def levels(samples: np.ndarray, cutoff: float) -> np.ndarray:
    """Level in dB of 20 ms frames every 10 ms, above `cutoff` Hz."""
    high = sps.sosfilt(sps.butter(4, cutoff, "high", fs=RATE, output="sos"), samples)
    power = np.add.reduceat(high**2, np.arange(0, len(high), HOP)) / HOP
    return 10 * np.log10((power + np.append(power[1:], power[-1])) / 2 + 1e-12)


def runs(flags: np.ndarray) -> list[tuple[int, int, bool]]:
    """Start, end and value of each run of equal flags."""
    edges = np.flatnonzero(np.diff(flags.astype(int))) + 1
    bounds = [0, *edges.tolist(), len(flags)]
    return [(a, b, bool(flags[a])) for a, b in zip(bounds, bounds[1:], strict=False)]


def speech_frames(samples: np.ndarray, below_peak: float, high_below_peak: float) -> np.ndarray:
    """Which frames of a clean utterance are speech."""
    low, high = levels(samples, 80.0), levels(samples, 2500.0)
    peak, floor = np.percentile(low, [95, 3])
    high_peak, high_floor = np.percentile(high, [95, 3])
    flags = low > max(floor + 9, peak - below_peak)
    flags |= high > max(high_floor + 9, high_peak - high_below_peak)
    for a, b, value in runs(flags):
        if not value and a > 0 and b < len(flags) and b - a < 20:
            flags[a:b] = True
    for a, b, value in runs(flags):
        if value and b - a < 8:
            flags[a:b] = False
    return flags


def dynamic_range(samples: np.ndarray) -> float:
    """How far an utterance's loud frames stand above its quiet ones, in dB."""
    level = levels(samples, 80.0)
    return float(np.percentile(level, 95) - np.percentile(level, 3))


class Mixer:
    """Draws utterances and noises."""

    def __init__(self, train: pathlib.Path, seed: int) -> None:
        """Reads both manifests under `train`."""
        self.train = train
        self.rng = np.random.default_rng(seed)
        with (train / "speech/manifest.csv").open() as file:
            rows = list(csv.DictReader(file))
        self.speech: dict[str, list[str]] = {}
        for row in rows:
            self.speech.setdefault(row["file"].split("/")[1], []).append(row["file"])
        with (train / "noise/manifest.csv").open() as file:
            self.noise: dict[str, list[str]] = {}
            for row in csv.DictReader(file):
                self.noise.setdefault(row["file"].split("/")[1], []).append(row["file"])

    def utterance(self) -> np.ndarray:
        """A clean utterance of a corpus drawn at random, at most 8 s."""
        while True:
            corpus = self.rng.choice(sorted(self.speech))
            samples, rate = sf.read(self.train / self.rng.choice(self.speech[corpus]))
            assert rate == RATE
            samples = samples[: 8 * RATE]
            if len(samples) > RATE // 2 and dynamic_range(samples) > 38:
                return samples

    def speech_track(self) -> tuple[np.ndarray, np.ndarray]:
        """30 s of utterances and silences, with its labels."""
        track = np.zeros(SECONDS * RATE)
        labels = np.zeros(SECONDS * 100, np.uint8)
        at = self.silence() if self.rng.random() < 0.8 else 0
        while at < SECONDS * 100 - 50:
            samples = self.utterance()
            strict = speech_frames(samples, 25, 18)
            normal = speech_frames(samples, 30, 22)
            loose = speech_frames(samples, 36, 28)
            if not normal.any():
                continue
            first = max(np.flatnonzero(normal)[0] - 8, 0)
            last = min(np.flatnonzero(normal)[-1] + 9, len(normal))
            length = min(last - first, SECONDS * 100 - at)
            piece = samples[first * HOP : (first + length) * HOP].copy()
            fade = np.linspace(0, 1, HOP)
            piece[:HOP] *= fade
            piece[-HOP:] *= fade[::-1]
            power = np.mean(samples.reshape(-1)[: len(normal) * HOP] ** 2) + 1e-12
            piece *= 10 ** (self.rng.uniform(-31, -22) / 20) / np.sqrt(power)
            frames = slice(first, first + length)
            uncertain = strict[frames] != loose[frames]
            labels[at : at + length] = np.where(uncertain, 9, normal[frames])
            track[at * HOP : at * HOP + len(piece)] += piece
            at += length + self.silence()
        if self.rng.random() < 0.4:
            track = self.room(track)
        bed = sps.lfilter(
            [1], [1, -self.rng.uniform(0, 0.95)], self.rng.standard_normal(len(track))
        )
        bed *= 10 ** (self.rng.uniform(-90, -55) / 20) / np.std(bed)
        return track + bed, labels

    def silence(self) -> int:
        """Frames between two utterances: 0.25 to 4 s, log-uniform."""
        return int(np.exp(self.rng.uniform(np.log(0.25), np.log(4))) * 100)

    def room(self, samples: np.ndarray) -> np.ndarray:
        """The samples in a room: decaying noise after the direct sound (Polack 1988)."""
        decay = self.rng.uniform(0.15, 0.8)  # seconds to -60 dB
        time = np.arange(int(decay * RATE)) / RATE
        tail = self.rng.standard_normal(len(time)) * 10 ** (-3 * time / decay)
        tail *= 10 ** (-self.rng.uniform(0, 15) / 20) / np.sqrt(np.sum(tail**2))
        tail[0] += 1
        return sps.fftconvolve(samples, tail)[: len(samples)]

    def channel(self, samples: np.ndarray) -> np.ndarray:
        """The samples through a recording chain: a spectral tilt, and now and then a telephone."""
        tilt = self.rng.uniform(-0.5, 0.5)
        samples = sps.lfilter([1, -tilt], [1], samples)
        if self.rng.random() < 0.15:
            samples = sps.sosfilt(
                sps.butter(3, [300, 3400], "band", fs=RATE, output="sos"), samples
            )
        return samples

    def noise_track(self) -> tuple[np.ndarray, str]:
        """30 s of noise of one kind: a corpus's clips in a row, or babble of six voices."""
        kind = self.rng.choice([*sorted(self.noise), "moodist", "esc-10", "babble"])
        if kind == "babble":
            voices = [self.speech_track()[0] for _ in range(6)]
            return np.sum(voices, axis=0), "babble"
        pieces, total = [], 0
        while total < SECONDS * RATE:
            samples, _ = sf.read(self.train / self.rng.choice(self.noise[kind]))
            start = self.rng.integers(max(len(samples) - SECONDS * RATE, 0) + 1)
            samples = samples[start : start + SECONDS * RATE]
            power = np.mean(samples**2)
            if power < 1e-9:
                continue
            pieces.append(samples / np.sqrt(power))
            total += len(samples)
        return np.concatenate(pieces)[: SECONDS * RATE], str(kind)


def main() -> None:
    """Writes the recordings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=pathlib.Path)
    parser.add_argument("dest", type=pathlib.Path)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.dest.mkdir(parents=True, exist_ok=True)
    mixer = Mixer(args.train, args.seed)
    with (args.dest / "manifest.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["name", "snr", "noise"])
        for index in range(args.files):
            speech, labels = mixer.speech_track()
            snr, kind = SNRS[index % len(SNRS)], ""
            if snr is not None:
                noise, kind = mixer.noise_track()
                voiced = np.repeat(labels == 1, HOP)
                gain = np.mean(speech[voiced] ** 2) / np.mean(noise**2) / 10 ** (snr / 10)
                speech = speech + noise * np.sqrt(gain)
            speech = mixer.channel(speech)
            speech *= min(1.0, 0.98 / np.abs(speech).max())
            name = f"{index:04}"
            sf.write(args.dest / f"{name}.wav", speech, RATE, subtype="PCM_16")
            (args.dest / f"{name}.lab").write_bytes(labels.tobytes())
            out.writerow([name, "clean" if snr is None else snr, kind])


if __name__ == "__main__":
    main()
