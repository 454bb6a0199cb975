"""Golden segments: official `get_speech_timestamps_from_probs` output for many parameter sets.

Every line of the official function that decides anything is run by some case; this is measured.
"""

import json
import math
import random
from collections import Counter
from pathlib import Path

import numpy as np

from golden_sequences import THRESHOLDS, Sequence, sequences
from line_coverage import LineCoverage
from official import FRAME, VERSION, Official

CASES = 1600
"""Enough that each change to a rule of the official function changes some case's segments."""

DEFAULTS = {
    "sampling_rate": 16000,
    "threshold": 0.5,
    "neg_threshold": None,
    "min_speech_duration_ms": 250,
    "max_speech_duration_s": None,
    "min_silence_duration_ms": 100,
    "speech_pad_ms": 30,
    "min_silence_at_max_speech": 98,
    "use_max_poss_sil_at_max_speech": True,
    "audio_length_samples": None,
}
"""The official defaults, with null for an infinite maximum speech length."""

HAND_PICKED = [
    {"sampling_rate": 8000},
    {"min_speech_duration_ms": 0, "min_silence_duration_ms": 0, "speech_pad_ms": 0},
    {"speech_pad_ms": 2000},
    {"neg_threshold": 0.0},
    {"neg_threshold": 0.6},
    {"neg_threshold": 0.5, "min_silence_duration_ms": 32},
    {"max_speech_duration_s": 1.0},
    {"max_speech_duration_s": 1.0, "use_max_poss_sil_at_max_speech": False},
    {"max_speech_duration_s": 0.05, "min_speech_duration_ms": 0},
    {"max_speech_duration_s": 0.05, "use_max_poss_sil_at_max_speech": False},
]
"""Each is tried, over the defaults, on sequences in turn."""

EXPECTED_UNREACHED = [
    # After the cut at the longest silence. There `next_start` is where speech came back after
    # that silence, so `next_start <= cur_sample < prev_end + cur_sample`, as `prev_end > 0`.
    "triggered = False",
    # Output in seconds and of decimated audio, and the plot: never asked for here.
    "audio_length_seconds = audio_length_samples / sampling_rate",
    "for speech_dict in speeches:",
    "speech_dict['start'] = max(round(speech_dict['start'] / sampling_rate, time_resolution), 0)",
    "speech_dict['end'] = min(round(speech_dict['end'] / sampling_rate, time_resolution),"
    " audio_length_seconds)",
    "for speech_dict in speeches:",
    "speech_dict['start'] *= step",
    "speech_dict['end'] *= step",
    "make_visualization(speech_probs, window_size_samples / sampling_rate)",
]
"""The lines from the loop to the return that no case can run, in order, and why."""

RULES = {
    "ended by silence": ("current_speech['end'] = temp_end", 0),
    "ended by the end of the audio": ("current_speech['end'] = audio_length_samples", 0),
    "cut at the longest silence": ("prev_end, dur = max(", 0),
    "cut at the last silence, speech is back": ("current_speech['start'] = next_start", 1),
    "cut at the last silence, still silent": ("triggered = False", 2),
    "cut with no silence": ("current_speech['end'] = cur_sample", 0),
    "pads that meet": ("speech['end'] += int(silence_duration // 2)", 0),
    "pads that do not meet": (
        "speech['end'] = int(min(audio_length_samples, speech['end'] + speech_pad_samples))",
        0,
    ),
}
"""Rules to count cases for, each by a line of the official function that only it runs."""


def audio_length(rng: random.Random, frames: int, rate: int) -> int | None:
    """Returns a length in samples that gives so many frames, or None for whole frames."""
    if frames == 0 or rng.random() < 0.4:
        return None
    in_last_frame = rng.choice([1, FRAME[rate], rng.randint(1, FRAME[rate])])
    return (frames - 1) * FRAME[rate] + in_last_frame


def neg_threshold(rng: random.Random, threshold: float) -> float | None:
    """Returns an offset threshold: mostly the default, else below, at, or above the onset's."""
    anywhere = round(rng.random(), 2)
    above = min(round(threshold + 0.1, 3), 1.0)
    return rng.choice(
        [None, None, None, round(threshold * 0.6, 3), threshold, above, 0.0, anywhere]
    )


def max_speech(rng: random.Random) -> float:
    """Returns a maximum speech length in seconds; a tiny one leaves less than no speech."""
    tiny = rng.choice([0.01, 0.1])
    return rng.choice([tiny, 0.5, 1.0, 1.7, 2.0, 3.0, 4.0, round(rng.uniform(0.3, 6), 3)])


def fraction(rng: random.Random) -> float:
    """Returns milliseconds that mostly make no whole number of samples."""
    return rng.choice([0.03, 31.97, 32.01, 99.99, round(rng.uniform(0, 300), rng.choice([1, 2, 5]))])


def random_parameters(rng: random.Random, sequence: Sequence) -> dict[str, object]:
    """Returns one random case's parameters, which suit what the sequence is there for."""
    rate = rng.choice([16000, 8000])
    if sequence.threshold is not None and rng.random() < 0.7:
        threshold = sequence.threshold
    else:
        edges = [0.0, 1.0, 0.01, 0.99, round(rng.random(), 3)]
        threshold = rng.choice([0.5, 0.5, rng.choice(THRESHOLDS), rng.choice(edges)])
    limited = sequence.long_speech or rng.random() < 0.6
    parameters = {
        "sampling_rate": rate,
        "threshold": threshold,
        "neg_threshold": neg_threshold(rng, threshold),
        "min_speech_duration_ms": rng.choice(
            [0, 0, 1, 32, 64, 250, 250, rng.randint(0, 1000), fraction(rng)]
        ),
        "max_speech_duration_s": max_speech(rng) if limited else None,
        "min_silence_duration_ms": rng.choice(
            [0, 32, 64, 100, 100, 500, rng.randint(0, 400), fraction(rng)]
        ),
        "speech_pad_ms": rng.choice(
            [0, 1, 15, 30, 30, 31, 100, 500, 5000, rng.randint(0, 300), fraction(rng), fraction(rng)]
        ),
        "min_silence_at_max_speech": rng.choice(
            [0, 32, 64, 98, 98, 200, rng.randint(0, 300), fraction(rng)]
        ),
        "use_max_poss_sil_at_max_speech": rng.random() < 0.5,
        "audio_length_samples": audio_length(rng, len(sequence.scores), rate),
    }
    if limited and rng.random() < 0.75:  # silences that end no speech, but may be cut at
        parameters["max_speech_duration_s"] = round(rng.uniform(0.6, 4), rng.choice([0, 1, 3]))
        parameters["min_silence_duration_ms"] = rng.choice([160, 200, 250, 300, 500, 5000])
        parameters["min_silence_at_max_speech"] = rng.choice([0, 31, 32, 33, 64, 98])
        parameters["speech_pad_ms"] = rng.choice([0, 1, 15, 30, 50, 100, 2000])
    return parameters


def parameter_sets(known: list[Sequence]) -> list[tuple[int, dict[str, object]]]:
    """Returns the cases: the index of a sequence, and the official function's parameters."""
    rng = random.Random(2)
    cases: list[tuple[int, dict[str, object]]] = []
    for index, sequence in enumerate(known):
        cases.append((index, DEFAULTS))
        for step in range(3):
            picked = HAND_PICKED[(index + 3 * step) % len(HAND_PICKED)]
            cases.append((index, DEFAULTS | picked))
        if sequence.name in ("speech_16k", "speech_8k"):  # the whole call, as a user makes it
            rate = 16000 if sequence.name == "speech_16k" else 8000
            whole = {"sampling_rate": rate, "audio_length_samples": 30 * rate}
            cases.append((index, DEFAULTS | whole))
    brief = [index for index, sequence in enumerate(known) if len(sequence.scores) < 400]
    long_speech = [index for index in brief if known[index].long_speech]
    while len(cases) < CASES:
        index = rng.choice(brief + 2 * long_speech)
        cases.append((index, random_parameters(rng, known[index])))
    return cases


def score_text(score: np.float32) -> str:
    """Returns the shortest decimal that gives the f32 back, also by way of an f64."""
    text = np.format_float_positional(score, unique=True, trim="-")
    if np.float32(float(text)) != score:
        raise ValueError(f"{score!r} does not come back from {text}")
    return text


def check_coverage(coverage: LineCoverage, hit: set[int]) -> None:
    """Raises ValueError unless just the expected lines, from the loop to the return, are left."""
    first, last = coverage.find("for i, speech_prob in"), coverage.find("return speeches")
    wanted = {line for line in coverage.executable if first <= line <= last}
    unreached = [coverage.text[line] for line in sorted(wanted - hit)]
    print(f"official function, loop to return: {len(wanted & hit)} of {len(wanted)} lines run")
    if unreached != EXPECTED_UNREACHED:
        raise ValueError(f"not run: {unreached}")


def write(official: Official, scores: dict[str, np.ndarray], folder: Path) -> None:
    """Writes `segments.json` and prints what its cases exercise. scores: official, by name."""
    known = sequences(scores)
    probabilities = [sequence.scores.astype(float).tolist() for sequence in known]
    coverage = LineCoverage(official.utils_vad.get_speech_timestamps_from_probs)
    hit_by_any: set[int] = set()
    counts: Counter[str] = Counter()
    lines = []
    for index, parameters in parameter_sets(known):
        arguments = dict(parameters)
        if arguments["max_speech_duration_s"] is None:
            arguments["max_speech_duration_s"] = math.inf
        segments, hit = coverage.lines_of(
            lambda i=index, a=arguments: official.segments_from_probs(probabilities[i], **a)
        )
        hit_by_any |= hit
        counts["two segments or more"] += len(segments) >= 2
        counts["no segment"] += not segments
        for rule, (text, occurrence) in RULES.items():
            counts[rule] += coverage.find(text, occurrence) in hit
        case = {"sequence": index} | parameters | {"segments": segments}
        lines.append(json.dumps(case, separators=(",", ":")))

    check_coverage(coverage, hit_by_any)
    print(f"{len(lines)} cases over {len(known)} sequences")
    for rule, count in counts.items():
        print(f"{count:5} cases: {rule}")
    sequence_lines = [
        f'{{"name":{json.dumps(s.name)},"scores":[{",".join(map(score_text, s.scores))}]}}'
        for s in known
    ]
    source = f"silero-vad {VERSION}, get_speech_timestamps_from_probs"
    text = f'{{"source":{json.dumps(source)},\n"sequences":[\n' + ",\n".join(sequence_lines)
    text += '\n],\n"cases":[\n' + ",\n".join(lines) + "\n]}\n"
    (folder / "segments.json").write_text(text)
