#!/usr/bin/env python3
"""Adds white noise to a recording, at an SNR over the whole of it, and turns it up or down.

    python3 docs/guide/noisy.py IN.wav OUT.wav SNR_DB [GAIN_DB]

IN is a 16-bit mono WAV file; an SNR of `inf` adds nothing. The same command gives the same samples:
the seed is fixed. Needs Python alone.
"""

import array
import random
import sys
import wave


def main() -> None:
    """Writes the file."""
    source, target, snr_db, gain_db = (*sys.argv[1:], "0")[:4]
    with wave.open(source) as file:
        parameters = file.getparams()
        samples = array.array("h", file.readframes(file.getnframes()))
    if (parameters.nchannels, parameters.sampwidth) != (1, 2):
        sys.exit(f"{source}: must be 16-bit mono")
    power = sum(x * x for x in samples) / len(samples)
    deviation = (power / 10 ** (float(snr_db) / 10)) ** 0.5
    gain = 10 ** (float(gain_db) / 20)
    chance = random.Random(1)
    noisy = (round(gain * (x + chance.gauss(0, deviation))) for x in samples)
    clipped = array.array("h", (max(-32768, min(32767, x)) for x in noisy))
    with wave.open(target, "w") as file:
        file.setparams(parameters)
        file.writeframes(clipped.tobytes())


if __name__ == "__main__":
    main()
