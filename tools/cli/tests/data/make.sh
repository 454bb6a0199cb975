#!/bin/sh
# Makes the recordings in this folder from the bundled ones, with ffmpeg (5.1 was used; other versions encode other bytes).
set -eu
cd "$(dirname "$0")"
source=../../../../tests/data
encode() { # NAME START SECONDS RATE OPTIONS...
    name=$1 start=$2 seconds=$3 rate=$4
    shift 4
    ffmpeg -v error -y -ss "$start" -t "$seconds" -i "$source/speech_${rate}k.wav" -map_metadata -1 \
        -fflags +bitexact -flags:a +bitexact "$@" "$name"
}
encode speech_8k.flac 0 1.4 8 -c:a flac -compression_level 12 -metadata_header_padding 0
encode speech.mp3 1 2 16 -c:a libmp3lame -b:a 40k
encode speech.ogg 1 2 16 -c:a libvorbis -q:a 3
encode speech.opus 1 2 16 -c:a libopus -application voip -ar 48000 -cutoff 20000 -b:a 24k
encode speech_stereo.opus 1 2 16 -c:a libopus -application voip -b:a 20k -ac 2
encode speech.m4a 1 2 16 -c:a aac -b:a 40k
encode speech.webm 1 2 16 -c:a libopus -application lowdelay -b:a 40k
encode surround.opus 1 1 16 -af "pan=5.1|FC=c0|BL=c0|BR=-0.5*c0" -c:a libopus -b:a 64k
