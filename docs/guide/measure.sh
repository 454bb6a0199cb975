#!/bin/sh
# Measures all detectors on the development recordings and writes the tables of src/results.md.
#
#     docs/guide/measure.sh DEV
#
# DEV is the folder that holds manifest_dev.csv. Takes a minute, after building. `voiced eval` runs
# twice: over the human recordings alone, for the intervals, and over all of them by set.
set -eu

[ $# -eq 1 ] && [ -f "$1/manifest_dev.csv" ] || { echo "usage: $0 DEV, with DEV/manifest_dev.csv" >&2; exit 2; }
guide=$(cd "$(dirname "$0")" && pwd)
dev=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$guide/../.."
cargo build --release --quiet -p voiced-cli
voiced=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/voiced

python3 "$guide/results.py" manifests "$dev" "$work"
for part in human all; do
    "$voiced" eval --quiet --manifest "$work/$part.csv" --group-by set --json -o "$work/$part.json"
done
python3 "$guide/results.py" tables "$work"
