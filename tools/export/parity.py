"""Measures how far a `voiced` binary is from the official package, over a folder of recordings.

Scores: the largest absolute difference over every frame. Segments: the number of files whose
segments differ, with the default and with random parameters. Exit status 1 if a score differs
by more than 1e-5 or if any segments differ that the scores do not explain.

Segments that differ are explained if the official function gives ours from our scores, and an
official score lies within 1e-5 of a threshold: they are reported apart, with that distance.
"""

import argparse
import hashlib
import json
import math
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import wav
from official import DEFAULT_CACHE, FRAME, Official

SCORE_TOLERANCE = 1e-5
"""The project's contract for every kernel set."""
FILES_PER_CALL = 100


@dataclass(frozen=True)
class Recording:
    """A WAV file and what the official package says of it."""

    path: Path
    rate: int
    """In Hz: 8000 or 16000."""
    length: int
    """In samples."""
    scores: np.ndarray
    """Official scores, f32 (frames,)."""


@dataclass(frozen=True)
class Parameters:
    """Parameters under their official names; the defaults are the official ones."""

    threshold: float = 0.5
    neg_threshold: float | None = None
    min_speech_duration_ms: int = 250
    max_speech_duration_s: float = math.inf
    min_silence_duration_ms: int = 100
    speech_pad_ms: int = 30
    min_silence_at_max_speech: int = 98
    use_max_poss_sil_at_max_speech: bool = True

    def arguments(self) -> list[str]:
        """Returns the command-line arguments that say the same to `voiced`."""
        given = {
            "--threshold": self.threshold,
            "--min-speech-ms": self.min_speech_duration_ms,
            "--min-silence-ms": self.min_silence_duration_ms,
            "--speech-pad-ms": self.speech_pad_ms,
            "--min-silence-at-max-speech-ms": self.min_silence_at_max_speech,
        }
        if self.neg_threshold is not None:
            given["--neg-threshold"] = self.neg_threshold
        if math.isfinite(self.max_speech_duration_s):
            given["--max-speech-s"] = self.max_speech_duration_s
        cut = "longest-silence" if self.use_max_poss_sil_at_max_speech else "last-silence"
        return [text for name, value in given.items() for text in (name, repr(value))] + [
            "--cut",
            cut,
        ]

    def segments(self, official: Official, scores: np.ndarray, recording: Recording) -> list:
        """Returns the official segments, `[start, end]` in samples, of some scores, (frames,)."""
        return official.segments_from_probs(
            scores.astype(float).tolist(),
            sampling_rate=recording.rate,
            audio_length_samples=recording.length,
            **vars(self),
        )

    def margin(self, scores: np.ndarray) -> float:
        """Returns the least distance of a score from either threshold."""
        offset = self.neg_threshold
        if offset is None:
            offset = max(self.threshold - 0.15, 0.01)
        wide = scores.astype(float)
        return min(np.abs(wide - level).min(initial=1) for level in (self.threshold, offset))


def random_parameters(rng: random.Random) -> Parameters:
    """Returns parameters over the ranges that people use, and somewhat beyond."""
    threshold = round(rng.uniform(0.05, 0.95), 3)
    some_offset = round(rng.uniform(0.0, threshold), 3)
    some_limit = round(rng.uniform(0.3, 20), 2)
    return Parameters(
        threshold=threshold,
        neg_threshold=rng.choice([None, some_offset]),
        min_speech_duration_ms=rng.choice([0, rng.randint(0, 1000)]),
        max_speech_duration_s=rng.choice([math.inf, some_limit]),
        min_silence_duration_ms=rng.choice([0, rng.randint(0, 300), rng.randint(300, 3000)]),
        speech_pad_ms=rng.choice([0, rng.randint(0, 100), rng.randint(100, 2000)]),
        min_silence_at_max_speech=rng.choice([0, 98, rng.randint(0, 400)]),
        use_max_poss_sil_at_max_speech=rng.random() < 0.5,
    )


@dataclass
class Tally:
    """What has been found so far."""

    worst_score: float = 0.0
    bad_files: int = 0
    """Files whose frames are not those of the official package, or not where it has them."""
    compared: int = 0
    """Files times parameter sets."""
    mismatches: int = 0
    explained: int = 0
    ours: dict[Path, np.ndarray] = field(default_factory=dict)
    """Scores of the binary under test, f64 (frames,)."""

    def passed(self) -> bool:
        """Whether all is within the contract."""
        return self.worst_score <= SCORE_TOLERANCE and not self.bad_files and not self.mismatches


def load(official: Official, path: Path, cache: Path) -> Recording:
    """Reads a recording and its official scores, which are kept in `cache` by content.

    Raises ValueError unless it is 16-bit mono at 8 or 16 kHz.
    """
    samples, rate = wav.read(path)
    if rate not in FRAME:
        raise ValueError(f"{path}: {rate} Hz, wanted 8000 or 16000")
    stored = cache / f"{hashlib.sha256(path.read_bytes()).hexdigest()}.npy"
    if stored.exists():
        scores = np.load(stored)
    else:
        scores = official.scores(wav.to_f32(samples), rate)
        np.save(stored, scores)
    return Recording(path, rate, len(samples), scores)


def voiced(
    binary: Path, command: str, recordings: list[Recording], arguments: list[str]
) -> Iterator[tuple[Recording, dict]]:
    """Runs `voiced` over all recordings, many a call; yields each with its JSON object.

    Raises RuntimeError where a call fails or its output is not one line for each file, in order.
    """
    for start in range(0, len(recordings), FILES_PER_CALL):
        batch = recordings[start : start + FILES_PER_CALL]
        call = [str(binary), command, "--detector", "silero", "--format", "json", *arguments]
        call += [str(recording.path) for recording in batch]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        names = [Path(one["file"]) for one in found]
        if done.returncode != 0 or names != [recording.path for recording in batch]:
            raise RuntimeError(
                f"{call[:8]}: status {done.returncode}, {len(found)} files, {done.stderr}"
            )
        yield from zip(batch, found, strict=True)


def compare_scores(
    binary: Path, recordings: list[Recording], arguments: list[str], tally: Tally
) -> None:
    """Compares the scores of all recordings, printing a line for each."""
    for recording, found in voiced(binary, "scores", recordings, arguments):
        hop = FRAME[recording.rate]
        frames = np.array(found["frames"], float).reshape(-1, 3)
        tally.ours[recording.path] = frames[:, 2]
        shape = (found["sample_rate"], found["hop"], len(frames))
        wanted = (recording.rate, hop, len(recording.scores))
        if shape != wanted:
            print(f"{recording.path}: rate, hop, frames are {shape}, wanted {wanted}")
            tally.bad_files += 1
            continue
        starts = np.arange(len(frames)) * hop / recording.rate
        if np.abs(frames[:, 0] - starts).max(initial=0) > 0.5 / recording.rate:
            print(f"{recording.path}: frames start elsewhere")
            tally.bad_files += 1
        if not np.isfinite(frames).all():
            print(f"{recording.path}: a score or a time is not a number")
            tally.bad_files += 1
        worst = np.abs(frames[:, 2] - recording.scores).max(initial=0)
        tally.worst_score = max(tally.worst_score, worst)
        print(f"{recording.path}: {len(frames)} frames, largest difference {worst:.2e}")


def compare_segments(
    official: Official,
    binary: Path,
    recordings: list[Recording],
    arguments: list[str],
    parameters: Parameters,
    tally: Tally,
) -> None:
    """Compares the segments of all recordings for one parameter set, printing what differs."""
    everything = [*arguments, *parameters.arguments()]
    for recording, found in voiced(binary, "detect", recordings, everything):
        tally.compared += 1
        given = [[one["start_sample"], one["end_sample"]] for one in found["segments"]]
        wanted = parameters.segments(official, recording.scores, recording)
        if given == wanted:
            continue
        from_ours = parameters.segments(official, tally.ours[recording.path], recording)
        margin = parameters.margin(recording.scores)
        explained = from_ours == given and margin <= SCORE_TOLERANCE
        tally.explained += explained
        tally.mismatches += not explained
        kind = "explained by a score" if explained else "MISMATCH"
        print(f"{recording.path}: {kind}, {margin:.2e} from a threshold: {parameters}")
        print(f"  given  {given}\n  wanted {wanted}")


def main() -> int:
    """Runs the measurement; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recordings", type=Path, help="folder of WAV files, searched to its depths")
    parser.add_argument("voiced", type=Path, help="the binary under test")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="random parameter sets")
    parser.add_argument("--seed", type=int, default=1, help="of the random parameter sets")
    parser.add_argument("--kernels", nargs="+", default=["auto"], help="kernel sets to measure")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="folder for downloads")
    options = parser.parse_args()

    official = Official(options.cache)
    score_cache = options.cache / "scores"
    score_cache.mkdir(parents=True, exist_ok=True)
    paths = sorted(options.recordings.rglob("*.wav"))
    recordings = [load(official, path, score_cache) for path in paths]
    if not recordings:
        parser.error(f"{options.recordings}: no .wav files")
    frames = sum(len(recording.scores) for recording in recordings)
    hours = sum(recording.length / recording.rate for recording in recordings) / 3600
    rng = random.Random(options.seed)
    sets = [Parameters(), *(random_parameters(rng) for _ in range(options.random))]

    passed = True
    for kernels in options.kernels:
        tally = Tally()
        arguments = ["--kernels", kernels]
        compare_scores(options.voiced, recordings, arguments, tally)
        for parameters in sets:
            compare_segments(official, options.voiced, recordings, arguments, parameters, tally)
        print(
            f"kernels {kernels}: {len(recordings)} files, {frames} frames, {hours:.2f} hours:"
            f" largest score difference {tally.worst_score:.2e},"
            f" {tally.bad_files} files with other frames;"
            f" {tally.mismatches} of {tally.compared} segment lists differ,"
            f" {tally.explained} more for a score within {SCORE_TOLERANCE} of a threshold"
        )
        passed = passed and tally.passed()
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
