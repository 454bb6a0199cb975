"""Cases of labels and found segments, with what pyannote.metrics makes of them."""

import random

from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.detection import DetectionErrorRate, DetectionPrecision, DetectionRecall

Pairs = list[list[int]]


def timeline(segments: Pairs, rate: int) -> Timeline:
    """Segments in samples as pyannote has them, in seconds."""
    return Timeline([Segment(start / rate, end / rate) for start, end in segments if start < end])


def annotation(segments: Timeline) -> Annotation:
    """The union of some segments as an annotation, which is what the engine makes of labels."""
    made = Annotation()
    for segment in segments.support():
        made[segment] = "speech"
    return made


def expected(case: dict[str, object]) -> dict[str, float | None]:
    """The components, in seconds, and rates; None where pyannote fills in 0 or 1 for 0 / 0."""
    rate, length = case["rate"], case["length"]
    half = rate * case["collar_ms"] // 2000  # whole samples
    reference = annotation(timeline(case["speech"], rate))
    found = annotation(timeline(case["found"], rate))
    whole = Timeline([Segment(0, length / rate)] if length else [])
    uem = timeline(case["ignored"], rate).gaps(support=whole)
    made = {}
    for metric in (DetectionErrorRate, DetectionPrecision, DetectionRecall):
        measured = metric(collar=2 * half / rate)(reference, found, uem=uem, detailed=True)
        made |= {name: float(value) for name, value in measured.items()}
    return {
        "miss": made["miss"],
        "false_alarm": made["false alarm"],
        "speech": made["total"],
        "error_rate": made["detection error rate"] if made["total"] else None,
        "precision": made["detection precision"] if made["retrieved"] else None,
        "recall": made["detection recall"] if made["relevant"] else None,
    }


def hand_made() -> list[dict[str, object]]:
    """What is easy to get wrong; 1 s at 1,000 Hz unless said."""

    def case(name: str, speech: Pairs, found: Pairs, **other) -> dict[str, object]:  # noqa: ANN003
        defaults = {"rate": 1000, "length": 1000, "ignored": [], "collar_ms": 0}
        return {"name": name, "speech": speech, "found": found} | defaults | other

    one, two = [[200, 600]], [[100, 300], [500, 900]]
    return [
        case("all right", two, two),
        case("all wrong", two, [[0, 100], [300, 500], [900, 1000]]),
        case("nothing found", two, []),
        case("no speech", [], one),
        case("neither", [], []),
        case("empty recording", [], [], length=0),
        case("all is speech", [[0, 1000]], [[0, 1000]]),
        case("all is speech, with a collar", [[0, 1000]], [[100, 1000]], collar_ms=100),
        case("adjacent speech", [[200, 400], [400, 600]], [[200, 400]], collar_ms=100),
        case("adjacent found", one, [[150, 400], [400, 650]]),
        case("overlapping speech", [[200, 500], [300, 600]], [[250, 700]], collar_ms=50),
        case("overlapping found", one, [[250, 500], [300, 700]]),
        case("edges within the collar", one, [[180, 620]], collar_ms=40),
        case("edges one beyond the collar", one, [[179, 621]], collar_ms=40),
        case("collar of an odd width", one, [[170, 630]], collar_ms=33),
        case("collar longer than the speech", [[400, 450]], [[300, 700]], collar_ms=200),
        case("collar longer than the pause", [[200, 400], [420, 600]], [[200, 600]], collar_ms=60),
        case("collars that meet", [[200, 400], [420, 600]], [[200, 500]], collar_ms=20),
        case("collar longer than all", one, [[0, 1000]], collar_ms=3000),
        case("scored in the middle only", two, one, ignored=[[0, 250], [550, 1000]]),
        case("scored nowhere", two, one, ignored=[[0, 1000]]),
        case("ignored speech", two, one, ignored=[[100, 300]], collar_ms=10),
        case("ignored to the collar's edge", one, [[100, 700]], ignored=[[0, 180]], collar_ms=40),
        case("overlapping ignored", two, one, ignored=[[250, 450], [400, 600]]),
        case("beyond the end", [[200, 1020]], [[300, 1032]], ignored=[[0, 250]]),
    ]


def random_pairs(rng: random.Random, length: int, grid: int, most: int) -> Pairs:
    """Random segments on a grid, on which edges often coincide."""
    points = range(0, length + 1, grid)
    return [sorted(rng.sample(points, 2)) for _ in range(rng.randint(0, most))]


def random_case(rng: random.Random, name: str) -> dict[str, object]:
    """Labels and segments at any rate, with overlaps and a collar of any size."""
    rate = rng.choice([8000, 16000, 44100, 48000])
    length = rate * rng.randint(1, 5) + rng.randint(0, rate)
    grid = rng.choice([1, rate // 100, rate // 8])
    return {
        "name": name,
        "speech": random_pairs(rng, length, grid, 5),
        "found": random_pairs(rng, length, grid, 5),
        "rate": rate,
        "length": length,
        "ignored": random_pairs(rng, length, grid, rng.choice([0, 2])),
        "collar_ms": rng.choice([0, 1, 20, 100, 250, 500]),
    }


def golden() -> list[dict[str, object]]:
    """The cases with all that is expected of them."""
    rng = random.Random(4)
    cases = hand_made() + [random_case(rng, f"random {index}") for index in range(80)]
    return [case | {"expected": expected(case)} for case in cases]
