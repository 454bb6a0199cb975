#!/usr/bin/env python3
"""Adds white noise to a recording, at a signal-to-noise ratio over the whole of it.

    python3 docs/guide/noisy.py IN.wav OUT.wav SNR_DB

IN is a 16-bit mono WAV file. The same command gives the same samples: the seed is fixed. Needs Python alone.
"""

import array
import random
import sys
import wave


def main() -> None:
    source, target, snr_db = sys.argv[1], sys.argv[2], float(sys.argv[3])
    with wave.open(source) as file:
        parameters = file.getparams()
        samples = array.array("h", file.readframes(file.getnframes()))
    assert (parameters.nchannels, parameters.sampwidth) == (1, 2), "16-bit mono only"
    power = sum(x * x for x in samples) / len(samples)
    deviation = (power / 10 ** (snr_db / 10)) ** 0.5
    chance = random.Random(1)
    noisy = (round(x + chance.gauss(0, deviation)) for x in samples)
    clipped = array.array("h", (max(-32768, min(32767, x)) for x in noisy))
    with wave.open(target, "w") as file:
        file.setparams(parameters)
        file.writeframes(clipped.tobytes())


if __name__ == "__main__":
    main()
