#!/usr/bin/env bash
# Makes the guide's figures, src/figures/NAME.png: each is a piece of a page of `voiced explain`, drawn by its own code and
# photographed by Chromium.
#
#   docs/guide/figures.sh [NAME...]        all figures, or these
#
# Environment: VOICED, the command (a build of this checkout where it is not set); CHROMIUM, the browser.
# Needs python3 for the recording, which it makes of tests/data/speech_16k.wav: two stretches of speech, pauses between
# them with a steady hiss at -52 dBFS, and in one pause a knock.
#
# A page shows a figure when its address has one after the #, with these words, joined by &:
#   figure=waveform,energy   what to show, in the page's order: waveform, spectrogram, detectors by name
#   from=1.5  to=4           the time that is seen, in seconds
#   at=2.3                   a cursor, and in words why each detector decides as it does there
#   width=900                of the figure, in pixels
#   theme=light              or dark
#   legend                   what the colours mean, below
# A page's data-height attribute on its html element says how high the figure is.
set -euo pipefail
cd "$(dirname "$0")"
root=../..
figures=src/figures
width=900

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${VOICED:-}" ]; then
    cargo build --quiet --manifest-path $root/Cargo.toml --package voiced-cli
    VOICED=$(cargo metadata --manifest-path $root/Cargo.toml --format-version 1 --no-deps |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/voiced
fi
for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then browser=$(command -v "$name") && break; fi
done
[ -n "${browser:-}" ] || { echo "figures.sh: there is no Chromium: install it, or name it in CHROMIUM" >&2; exit 1; }

python3 - "$root/tests/data/speech_16k.wav" "$work/talk.wav" <<'PYTHON'
import array, math, random, sys, wave

with wave.open(sys.argv[1]) as file:
    rate = file.getframerate()
    speech = array.array("h", file.readframes(file.getnframes()))
chance = random.Random(1)
cut = lambda start, end: list(speech[int(start * rate):int(end * rate)])
pause = lambda seconds: [0] * int(seconds * rate)
knock = [9000 * math.exp(-n / 250) * chance.gauss(0, 1) for n in range(int(0.07 * rate))]
talk = pause(1.2) + cut(2.7, 4.55) + pause(0.6) + knock + pause(0.9) + cut(5.0, 6.85) + pause(1.2)
noisy = (round(sample + chance.gauss(0, 82)) for sample in talk)
talk = array.array("h", (max(-32768, min(32767, sample)) for sample in noisy))
with wave.open(sys.argv[2], "wb") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(rate)
    file.writeframes(talk.tobytes())
PYTHON

"$VOICED" explain -q "$work/talk.wav" -o "$work/talk.html"
"$VOICED" explain -q "$work/talk.wav" -o "$work/segmenter.html" -d webrtc --min-silence-ms 200 --speech-pad-ms 80

photograph() { "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" "$@" 2>/dev/null; }

# figure NAME PAGE WORDS: a page's figure as src/figures/NAME.png, two pixels for one.
figure() {
    local page="file://$work/$2.html#$3&width=$width&theme=light" height
    height=$(photograph --dump-dom "$page" | grep -o '<html[^>]*>' | sed -n 's/.*data-height="\([0-9]*\)".*/\1/p')
    [ -n "$height" ] || { echo "figures.sh: the page of $1 has no figure" >&2; exit 1; }
    photograph --window-size="$width,$height" --force-device-scale-factor=2 --screenshot="$work/$1.png" "$page"
    mv "$work/$1.png" "$figures/$1.png"
    echo "$figures/$1.png"
}

mkdir -p $figures
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(energy zcr entropy flatness ltsd sohn combined webrtc silero gru segmenter)
for name in "${names[@]}"; do
    case $name in
        segmenter) figure segmenter segmenter "figure=webrtc&from=2.8&to=4.65&at=3.04&legend" ;;
        *) figure "$name" talk "figure=waveform,$name&at=3.0" ;;
    esac
done
