#!/usr/bin/env python3
"""What `measure.sh` needs beside `voiced eval`: its manifests, and the tables made of its JSON.

    python3 results.py manifests DEV WORK    writes WORK/human.csv and WORK/all.csv
    python3 results.py tables WORK           writes tables of WORK/human.json and WORK/all.json

Needs Python alone.
"""

import csv
import json
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "src/results.md"
BEGIN, END = "<!-- eval -->\n", "<!-- end of eval -->\n"
SETS = {"b_sppas": "human", "b_emodb": "human", "b_misc": "human", "b_ami": "meeting"}
SETS |= {"c_env": "environment", "c_music": "music", "c_vocal": "vocal", "d_clean": "clean"}
VOICES = ("babble", "crowd")


def set_of(row: dict[str, str]) -> str:
    """The set that a recording of the manifest belongs to."""
    if row["kind"] in SETS:
        return SETS[row["kind"]]
    what = "voices" if row["noise_kind"] in VOICES else "noise"
    return f"{row['kind'].removeprefix('d_snr')} dB, {what}"


def manifests(dev: Path, work: Path) -> None:
    """The recordings with their sets: all of them, and the human ones alone."""
    with (dev / "manifest_dev.csv").open() as file:
        recordings = list(csv.DictReader(file))
    for part in ("human", "all"):
        with (work / f"{part}.csv").open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["wav", "labels", "ignore", "set"])
            for row in recordings:
                if part in ("all", set_of(row)):
                    paths = [str(dev / row[key]) if row[key] else "" for key in ("wav", "labels")]
                    ignored = (dev / row["wav"]).with_suffix(".ign")
                    paths.append(str(ignored) if ignored.exists() else "")
                    table.writerow([*paths, set_of(row)])


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines) + "\n"


def number(value: float | None, digits: int, factor: float = 1) -> str:
    """A number, or a dash where it is undefined."""
    return "–" if value is None else f"{value * factor:.{digits}f}"


class Results:
    """What one run of `voiced eval` measured."""

    def __init__(self, path: Path) -> None:
        """Reads its JSON."""
        self.document = json.loads(path.read_text())
        if self.document["format"] != 1 or not self.document["complete"]:
            sys.exit(f"{path}: not a complete result of format 1")
        self.systems = {system["name"]: system for system in self.document["systems"]}
        results = self.document["results"]
        self.cells = {(cell["system"], cell["group"]): cell for cell in results}

    def scores(self, system: str, group: str) -> dict:
        """What the order of its scores is worth."""
        return self.cells[system, group]["scores"]

    def shipped(self, system: str, group: str) -> dict:
        """What it does with the default settings."""
        return self.cells[system, group]["settings"][0]


def ranking(human: Results, everything: Results) -> str:
    """ROC-AUC: no threshold."""
    noisy = [f"{snr} dB, {what}" for what in ("noise", "voices") for snr in (10, 0)]
    groups = ["meeting", "clean", *noisy]
    rows = []
    for name, system in human.systems.items():
        scores = human.scores(name, "all")
        low, high = scores["auc_interval"]
        row = [f"`{name}`", number(scores["auc"], 3), f"{low:.3f}\u00a0to\u00a0{high:.3f}"]
        row += [number(system["lag_ms"], 0), number(system["auc_without_lag"], 3)]
        row += [number(everything.scores(name, group)["auc"], 3) for group in groups]
        rows.append(row)
    return table(["", "human", "95 %", "lag, ms", "without lag", *groups], rows)


def shipped(human: Results, everything: Results) -> str:
    """Segments with the default settings."""
    spoken = ["human", "clean", "10 dB, noise", "0 dB, noise"]
    silent = ["environment", "music", "vocal"]
    rows = []
    for name in human.systems:
        row = [f"`{name}`"]
        for group in spoken:
            time = everything.shipped(name, group)["segments"]
            misses = number(time["miss_rate"], 0, 100)
            row.append(f"{misses}\u00a0/\u00a0{number(time['false_alarm_rate'], 0, 100)}")
        for group in silent:
            time = everything.shipped(name, group)["segments"]
            row.append(number(time["false_alarm_rate"], 0, 100))
        for edge in ("onset_latency_s", "offset_latency_s"):
            row.append(number(human.shipped(name, "all")[edge]["median"], 0, 1000))
        rows.append(row)
    return table(["", *spoken, *silent, "onset, ms", "offset, ms"], rows)


def cost(everything: Results) -> str:
    """Time and memory."""
    rows = []
    for name, system in everything.systems.items():
        row = [f"`{name}`", number(system["us_per_frame"], 2), number(system["hop_ms"], 0)]
        row += [number(system["real_time_factor"], 6), number(system["latency_ms"], 0)]
        row += [f"{system['state_bytes']:,}", f"{system['weight_bytes']:,}"]
        rows.append(row)
    head = ["", "µs a frame", "hop, ms", "real-time factor", "latency, ms", "state, bytes"]
    return table([*head, "weights, bytes"], rows)


def tables(work: Path) -> None:
    """Writes the tables into the page."""
    human, everything = Results(work / "human.json"), Results(work / "all.json")
    text = "\n## Ranking: ROC-AUC\n\n" + ranking(human, everything)
    text += "## As shipped: segments with the default settings\n\n" + shipped(human, everything)
    text += "## Cost\n\n" + cost(everything)
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + text + END + rest.split(END)[1])


if __name__ == "__main__":
    if sys.argv[1] == "manifests":
        manifests(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        tables(Path(sys.argv[2]))
