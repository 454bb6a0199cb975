"""Where clean speech is, each 10 ms: by its energy, confirmed by Silero's scores.

Silero's scores alone lag the speech by about 35 ms and are blunt at its ends; energy alone takes
breaths and clicks for speech.
"""

import numpy as np
from scipy.ndimage import maximum_filter1d
from scipy.signal import butter, sosfilt

RATE = 16000
STEP = 160
"""Samples of a label: 10 ms."""
SILERO_FRAME = 512
SILERO_LAG = 560
"""Samples by which Silero's scores come later than the speech: 35 ms."""

SILENCE, SPEECH, UNSURE = 0, 1, 255

LEAST_RANGE_DB = 25.0
"""Where loud and quiet moments of a recording lie closer together, its energy decides nothing."""
ABOVE_FLOOR_DB = 9.0
BELOW_PEAK_DB = {"all": 30.0, "high": 22.0}
LONGEST_PAUSE = 20
"""Steps: a shorter silence inside of speech is speech."""
SHORTEST_ISLAND = 8
"""Steps: a shorter sound is no sure speech."""

_HIGH_PASS = {
    "all": butter(2, 80, "highpass", fs=RATE, output="sos"),
    "high": butter(4, 2500, "highpass", fs=RATE, output="sos"),
}


def on_grid(scores: np.ndarray, steps: int) -> np.ndarray:
    """Silero's scores, (frames,), without their lag: the score for each 10 ms, (steps,)."""
    centres = np.arange(steps) * STEP + STEP // 2
    return scores[np.minimum((centres + SILERO_LAG) // SILERO_FRAME, len(scores) - 1)]


def speech_labels(samples: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Labels u8 (steps,) of a clean recording: SILENCE, SPEECH or UNSURE.

    samples: f32 (160 * steps,). scores: those of `on_grid`, (steps,).
    """
    active, usable = _active(samples)
    if usable:
        confirmed = maximum_filter1d(scores, 9)
        speech = active & (confirmed >= 0.4)
        silence = ~_closed(active, LONGEST_PAUSE) & (scores < 0.6) | (confirmed < 0.15)
    else:
        speech, silence = scores >= 0.7, scores < 0.2
    labels = np.full(len(scores), UNSURE, np.uint8)
    labels[silence] = SILENCE
    labels[_closed(speech, LONGEST_PAUSE)] = SPEECH
    for start, end in _runs(labels == SPEECH):
        if end - start < SHORTEST_ISLAND:
            labels[start:end] = UNSURE
    return labels


def _active(samples: np.ndarray) -> tuple[np.ndarray, bool]:
    """Steps with energy, bool (steps,), and whether the recording is clean enough to say so."""
    found, usable = np.zeros(len(samples) // STEP, bool), False
    for band, below in BELOW_PEAK_DB.items():
        power = sosfilt(_HIGH_PASS[band], samples) ** 2
        around = np.pad(power, STEP // 2)  # 20 ms around each step
        sums = np.concatenate([[0.0], np.cumsum(around, dtype=np.float64)])
        means = (sums[2 * STEP :: STEP] - sums[: -2 * STEP : STEP]) / (2 * STEP)
        level = 10 * np.log10(np.maximum(means, 1e-12))
        floor, peak = np.percentile(level, [3, 95])
        usable |= band == "all" and peak - floor >= LEAST_RANGE_DB
        found |= level >= max(floor + ABOVE_FLOOR_DB, peak - below)
    return found, usable


def _closed(found: np.ndarray, longest: int) -> np.ndarray:
    """The same with the gaps between two runs filled that are shorter than `longest` steps."""
    closed = found.copy()
    runs = _runs(found)
    for (_, end), (start, _) in zip(runs, runs[1:], strict=False):
        if start - end < longest:
            closed[end:start] = True
    return closed


def _runs(found: np.ndarray) -> list[tuple[int, int]]:
    """The runs of true steps, as (start, end), half-open."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], found.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
