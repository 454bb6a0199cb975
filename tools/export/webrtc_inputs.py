"""Inputs for the WebRTC detector that `tests/webrtc.rs` makes again to the bit: integers only."""

from collections.abc import Iterator

import numpy as np

AMPLITUDES = (1, 3, 10, 100, 1000, 6000, 20000, 32767)


def upsample(samples: np.ndarray, factor: int) -> np.ndarray:
    """Puts `factor - 1` samples on the line between each and the next, rounded down; i16 (n,).

    The last sample is repeated.
    """
    here = samples.astype(np.int32)
    there = np.append(here[1:], here[-1])
    between = [(here * (factor - k) + there * k) // factor for k in range(factor)]
    return np.stack(between, axis=1).reshape(-1).astype(np.int16)


def amplify(samples: np.ndarray, factor: int) -> np.ndarray:
    """Multiplies i16 (n,) and clips."""
    return np.clip(samples.astype(np.int32) * factor, -32768, 32767).astype(np.int16)


class Generator:
    """A 32-bit linear congruential generator with the constants of Numerical Recipes."""

    def __init__(self, seed: int) -> None:
        """Starts from a seed below 2^32."""
        self.state = seed

    def below(self, limit: int) -> int:
        """Returns the next number from 0 to limit - 1; limit is at most 2^16."""
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 16) * limit >> 16


def stretch(generator: Generator) -> Iterator[int]:
    """Yields 200 to 4199 samples of one kind: what is hard for fixed-point arithmetic."""
    kind = generator.below(9)
    length = 200 + generator.below(4000)
    amplitude = AMPLITUDES[generator.below(len(AMPLITUDES))]
    period = 2 + generator.below(400)
    for n in range(length):
        phase = n % period
        match kind:
            case 0:  # silence
                yield 0
            case 1:  # a square wave
                yield amplitude if phase < period // 2 else -amplitude
            case 2:  # white noise
                yield generator.below(2 * amplitude + 1) - amplitude
            case 3:  # impulses
                yield amplitude if phase == 0 else 0
            case 4:  # the lowest sample there is, whose magnitude is none
                yield -32768
            case 5:  # both ends of the scale at random
                yield 32767 if generator.below(2) else -32768
            case 6:  # a sawtooth
                yield 2 * amplitude * phase // period - amplitude
            case 7:  # noise that swells
                yield (generator.below(2 * amplitude + 1) - amplitude) * n // length
            case _:  # noise with clipped peaks
                value = 2 * (generator.below(2 * amplitude + 1) - amplitude)
                yield max(-32768, min(32767, value))


def hard(seed: int, count: int) -> np.ndarray:
    """Returns `count` samples, i16 (count,), of stretches in a row."""
    generator = Generator(seed)
    samples = []
    while len(samples) < count:
        samples.extend(stretch(generator))
    return np.array(samples[:count], np.int16)


def hum(seed: int, count: int) -> np.ndarray:
    """Returns low noise, i16 (count,), whose level changes every 600 samples."""
    generator = Generator(seed)
    samples = np.empty(count, np.int16)
    amplitude = low = 0
    for n in range(count):
        if n % 600 == 0:
            amplitude = 32 << generator.below(11)
        low += (generator.below(2 * amplitude) - amplitude - low) >> 3
        samples[n] = low
    return samples
