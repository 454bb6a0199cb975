"""Rooms and colours: what lies between a sound and the microphone."""

import numpy as np
import scipy.fft

RATE = 16000


def response(rng: np.random.Generator) -> np.ndarray:
    """A synthetic room's response, f32 (n,): the direct sound, echoes, and noise that decays."""
    time60 = np.exp(rng.uniform(np.log(0.1), np.log(0.9)))
    n = int(time60 * RATE)
    tail = rng.normal(0, 1, n) * 10 ** (-3 * np.arange(n) / n)
    smooth = rng.uniform(0, 0.7)
    tail[1:] = (1 - smooth) * tail[1:] + smooth * tail[:-1]
    tail[: int(rng.uniform(0.001, 0.01) * RATE)] = 0
    for place in rng.integers(10, 800, rng.integers(0, 6)):
        if place < n:
            tail[place] += rng.normal(0, 3)
    direct = 10 ** (rng.uniform(-4, 15) / 20)
    room = tail / np.sqrt(np.sum(tail**2) + 1e-9)
    room[0] = direct
    return (room / np.sqrt(1 + direct**2)).astype(np.float32)


def coloured(
    rng: np.random.Generator, samples: np.ndarray, room: np.ndarray | None = None
) -> np.ndarray:
    """The sound in a room, if any, through a microphone of a smooth random response: f32 (n,)."""
    knots = np.array([0, 150, 500, 1500, 3000, 5000, 8000])
    return filtered(samples, knots, rng.normal(0, 3, len(knots)), room)


def filtered(
    samples: np.ndarray, knots: np.ndarray, decibel: np.ndarray, room: np.ndarray | None = None
) -> np.ndarray:
    """The sound in a room, if any, with gains in dB at some frequencies in Hz: f32 (n,)."""
    length = scipy.fft.next_fast_len(len(samples) + (RATE if room is None else len(room)))
    spectrum = scipy.fft.rfft(samples.astype(np.float32), length)
    gain = 10 ** (np.interp(np.linspace(0, RATE / 2, len(spectrum)), knots, decibel) / 20)
    spectrum *= gain.astype(np.float32)
    if room is not None:
        spectrum *= scipy.fft.rfft(room, length)
    return scipy.fft.irfft(spectrum, length)[: len(samples)]
