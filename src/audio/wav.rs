//! WAV files, through `hound`.
