#!/usr/bin/env python3
"""How much faster `voiced detect` is with two jobs than with one, on 16 recordings of 5 minutes.

    cargo build --release && benches/jobs.py [VOICED [OPTION OF DETECT]...]

One and two jobs take turns, and each waits until nothing else runs. Where others kept more than
0.05 cores busy nonetheless, the pair of turns does not count: two jobs had no two cores. For Linux.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

PAIRS = 11  # quiet ones that are wanted
PATIENCE = 300  # seconds, after which no further pair is begun
QUIET = 0.05  # cores that others may keep busy
RECORDINGS = 16
COPIES = 10  # of 30 s of speech, in each recording
ROOT = Path(__file__).resolve().parent.parent


def busy() -> float:
    """Seconds for which the machine's cores were busy so far, or lent to another machine."""
    ticks = [int(field) for field in Path("/proc/stat").read_text().split()[1:9]]
    user, nice, system, _idle, _wait, hard, soft, stolen = ticks
    return (user + nice + system + hard + soft + stolen) / 100


def own() -> float:
    """Seconds of processor time that this script and the commands that it called took so far."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def watched(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that `work` took, and the cores that others kept busy meanwhile."""
    others, begun = busy() - own(), time.monotonic()
    work()
    took = time.monotonic() - begun
    return took, max(0.0, busy() - own() - others) / took


def main() -> None:
    """Prints each pair of turns, then the medians and their ratio."""
    command, *options = sys.argv[1:] or [str(ROOT / "target/release/voiced")]
    outputs = set()
    quiet: list[list[float]] = []  # of each quiet pair: seconds with one job, and with two
    pairs = 0
    with wave.open(str(ROOT / "tests/data/speech_16k.wav")) as speech:
        layout, samples = speech.getparams(), speech.readframes(speech.getnframes())
    with tempfile.TemporaryDirectory() as folder:
        for number in range(RECORDINGS):
            with wave.open(f"{folder}/{number:02}.wav", "wb") as recording:
                recording.setparams(layout)
                recording.writeframes(samples * COPIES)

        def detect(jobs: int) -> None:
            arguments = ["--quiet", "--format", "json", "--jobs", str(jobs), *options, folder]
            done = subprocess.run([command, "detect", *arguments], capture_output=True, check=True)
            outputs.add(done.stdout)

        detect(1)  # so that the files are in memory
        end = time.monotonic() + PATIENCE
        while len(quiet) < PAIRS and time.monotonic() < end:
            pair = {}
            for jobs in (1, 2) if pairs % 2 == 0 else (2, 1):
                while watched(lambda: time.sleep(0.2))[1] > QUIET and time.monotonic() < end:
                    pass
                pair[jobs] = watched(lambda jobs=jobs: detect(jobs))
            pairs += 1
            (one, beside_one), (two, beside_two) = pair[1], pair[2]
            if max(beside_one, beside_two) <= QUIET:
                quiet.append([one, two])
            print(f"{one:.3f} s (others {beside_one:.2f}), {two:.3f} s (others {beside_two:.2f})")
    if len(outputs) != 1:
        sys.exit("the output depends on the number of jobs")
    if not quiet:
        sys.exit("this machine was never quiet")
    one, two = (statistics.median(column) for column in zip(*quiet, strict=True))
    print(f"medians of {len(quiet)} quiet pairs of {pairs}: {one:.3f} s with one job, {two:.3f} s")
    print(f"with two, which are {one / two:.2f} times as fast")


if __name__ == "__main__":
    main()
