"""Sounds that are no speech, made from random numbers: hums, beeps, chords, clicks, fading noise.

They stand in for recordings where a folder of noise is thin. Each function returns f32 (n,) at
16 kHz, of any level.
"""

import numpy as np
from scipy.signal import lfilter

from room import filtered

RATE = 16000


def sound(rng: np.random.Generator, n: int) -> np.ndarray:
    """One of the sounds below, by chance."""
    makers = (hum, beeps, music, music, clicks, fading_noise, fading_noise, sweep, cries)
    made = makers[rng.integers(len(makers))](rng, n)
    return made.astype(np.float32)


def hum(rng: np.random.Generator, n: int) -> np.ndarray:
    """Harmonics of the mains or of a motor, whose pitch and level drift."""
    pitch = rng.choice([50.0, 60.0, 100.0, rng.uniform(30, 400)])
    phase = 2 * np.pi * np.cumsum(pitch * (1 + _drift(rng, n, rng.uniform(0, 0.02)))) / RATE
    orders = np.arange(1, rng.integers(2, 25))
    heights = rng.exponential(1, len(orders)) / orders ** rng.uniform(0, 1.5)
    total = sum(
        height * np.sin(order * phase + rng.uniform(0, 6.3))
        for order, height in zip(orders, heights, strict=True)
        if order * pitch < RATE / 2
    )
    return (total if np.ndim(total) else np.sin(phase)) * (1 + _drift(rng, n, 0.3))


def beeps(rng: np.random.Generator, n: int) -> np.ndarray:
    """Tones that go on and off at a steady beat, one or two at a time as a telephone's keys."""
    on, off = rng.uniform(0.03, 0.6), rng.uniform(0.03, 1.0)
    time = np.arange(n) / RATE
    place = time + rng.uniform(0, 2)
    turn = (place / (on + off)).astype(int)
    gate = (place % (on + off) < on).astype(np.float64)
    edge = max(int(rng.uniform(0.001, 0.02) * RATE), 1)
    gate = np.convolve(gate, np.ones(edge) / edge, "same")
    total = np.zeros(n)
    for _ in range(rng.integers(1, 3)):
        pitches = rng.uniform(200, 4000, rng.integers(1, 9))
        total += np.sin(2 * np.pi * np.cumsum(pitches[turn % len(pitches)]) / RATE)
    return gate * total


def music(rng: np.random.Generator, n: int) -> np.ndarray:
    """Notes of a scale on one to four instruments, and a beat of noise."""
    beat = rng.uniform(0.12, 0.6)
    scale = np.array([0, 2, 4, 5, 7, 9, 11]) if rng.random() < 0.5 else np.array([0, 3, 5, 7, 10])
    root = 55 * 2 ** rng.uniform(0, 2)
    total = np.zeros(n)
    for _ in range(rng.integers(1, 5)):
        harmonics = rng.integers(1, 12)
        heights = rng.exponential(1, harmonics) / np.arange(1, harmonics + 1) ** rng.uniform(0.3, 2)
        decay, attack = rng.uniform(0.05, 3), rng.uniform(0.002, 0.1)
        vibrato = rng.choice([0.0, rng.uniform(0, 0.015)])
        octave, chord = 2.0 ** rng.integers(0, 4), rng.integers(1, 4)
        start = rng.uniform(-beat, beat)
        while start * RATE < n:
            length = beat * rng.choice([0.5, 1, 1, 2, 4])
            for _ in range(chord if rng.random() < 0.9 else 0):
                pitch = root * octave * 2 ** (rng.choice(scale) / 12)
                _add_note(total, start, length, pitch, heights, (attack, decay, vibrato))
            start += length
    if rng.random() < 0.5:
        every = max(int(beat * RATE), 1)
        drum = np.exp(-np.arange(every) / RATE / rng.uniform(0.01, 0.1)) * rng.normal(0, 1, every)
        drums = np.resize(lfilter([1], [1, rng.uniform(-0.95, 0.5)], drum), n)
        total += rng.uniform(0.1, 0.7) * drums * (np.std(total) + 1e-3) / (np.std(drums) + 1e-9)
    return total


def _add_note(
    total: np.ndarray,
    start: float,
    length: float,
    pitch: float,
    heights: np.ndarray,
    envelope: tuple[float, float, float],
) -> None:
    """Adds a note to `total`: start and length in s, pitch in Hz, attack, decay and vibrato."""
    attack, decay, vibrato = envelope
    first = max(int(start * RATE), 0)
    last = min(int((start + length) * RATE), len(total))
    if last <= first:
        return
    time = np.arange(last - first) / RATE
    shape = np.minimum(time / attack, 1) * np.exp(-time / decay)
    shape *= np.minimum((time[-1] - time) / 0.01, 1)
    phase = 2 * np.pi * pitch * (time - vibrato / 30 * np.cos(2 * np.pi * 5.5 * time))
    for order, height in enumerate(heights, 1):
        if order * pitch < RATE / 2:
            total[first:last] += height * shape * np.sin(order * phase)


def clicks(rng: np.random.Generator, n: int) -> np.ndarray:
    """Knocks and clicks: impulses through a resonance, at random or steady times."""
    total = np.zeros(n)
    if rng.random() < 0.3:
        total[:: int(rng.uniform(0.1, 1.2) * RATE)] = 1
    else:
        places = rng.integers(0, n, rng.integers(1, 60))
        total[places] = rng.exponential(1, len(places))
    radius, angle = 1 - 10 ** rng.uniform(-3, -0.7), 2 * np.pi * rng.uniform(100, 6000) / RATE
    return lfilter([1], [1, -2 * radius * np.cos(angle), radius**2], total)


def fading_noise(rng: np.random.Generator, n: int) -> np.ndarray:
    """Noise of a random colour whose level swells and fades, slowly or as fast as syllables do."""
    knots = np.array([0, 100, 300, 700, 1500, 3000, 5000, 8000])
    decibel = np.cumsum(rng.normal(0, 6, len(knots))) + rng.choice([0, -5]) * np.arange(len(knots))
    noise = filtered(rng.standard_normal(n, np.float32), knots, decibel)
    rate = rng.choice([0.2, 1.0, 4.0, 8.0])
    points = np.cumsum(np.full(int(n / RATE * rate) + 3, 1 / rate))
    swing = rng.choice([0.0, rng.uniform(0, 15)])
    levels = np.interp(np.arange(n) / RATE, points - points[0], rng.normal(0, swing, len(points)))
    return noise * 10 ** (levels / 20)


def sweep(rng: np.random.Generator, n: int) -> np.ndarray:
    """A siren or a chirp: a tone with some harmonics that glides up and down."""
    low = rng.uniform(150, 1500)
    high = low * rng.uniform(1.1, 4)
    place = np.arange(n) / RATE / rng.uniform(0.15, 4) + rng.uniform()
    triangle = 2 * np.abs(place % 1 - 0.5)
    phase = 2 * np.pi * np.cumsum(low * (high / low) ** triangle) / RATE
    return (
        np.sin(phase)
        + rng.uniform(0, 0.5) * np.sin(2 * phase)
        + rng.uniform(0, 0.3) * np.sin(3 * phase)
    )


def cries(rng: np.random.Generator, n: int) -> np.ndarray:
    """Calls as of an animal or a small child: a high harmonic tone that rises and falls, hoarse."""
    total = np.zeros(n)
    middle, length = rng.uniform(250, 900), rng.uniform(0.2, 1.5)
    pause = rng.uniform(0.1, 2)
    hoarse = rng.uniform(0, 0.5)
    start = rng.uniform(-length, pause)
    while start * RATE < n:
        long = length * rng.uniform(0.7, 1.3)
        first, last = max(int(start * RATE), 0), min(int((start + long) * RATE), n)
        if last > first:
            place = np.clip((np.arange(first, last) / RATE - start) / long, 0, 1)
            pitch = middle * (0.75 + 0.5 * np.sin(np.pi * place)) * rng.uniform(0.9, 1.1)
            phase = 2 * np.pi * np.cumsum(pitch) / RATE
            tone = sum(np.sin(k * phase) / k**0.5 for k in range(1, 9) if k * middle < 6000)
            breath = rng.normal(0, 1, last - first)
            total[first:last] += np.sin(np.pi * place) ** 0.5 * (tone + hoarse * breath)
        start += long + pause * rng.uniform(0.5, 1.5)
    radius, angle = 0.9, 2 * np.pi * rng.uniform(700, 2500) / RATE
    return lfilter([1], [1, -2 * radius * np.cos(angle), radius**2], total)


def _drift(rng: np.random.Generator, n: int, size: float) -> np.ndarray:
    """A slow random wandering about 0, (n,), of about the size given."""
    points = rng.normal(0, size, n // 4000 + 2)
    return np.interp(np.arange(n) / 4000, np.arange(len(points)), points)
