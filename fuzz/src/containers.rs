//! Any bytes as a recording, in a file and in a pipe: an error, or audio of one shape.
//!
//! What panics inside of a decoder that we did not write is let pass, for the command makes an error of it; such decoders
//! must take neither all memory nor forever.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tempfile::NamedTempFile;
use voiced_cli::fuzzing::{Audio, decode, decode_pipe};

/// Samples after which it is enough.
const MOST: usize = 1 << 20;

/// Makes the fuzzer, which takes any panic for a find, deaf to those of decoders.
pub fn let_decoders_panic() {
    let crash = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_none_or(|location| !location.file().contains("/registry/src/")) {
            crash(panic);
        }
    }));
}

pub fn fuzz(bytes: &[u8]) {
    let mut file = NamedTempFile::new().expect("a temporary folder");
    file.write_all(bytes).expect("room for a few bytes");
    let from_file = checked(|| decode(file.path(), MOST));
    let from_pipe = checked(|| decode_pipe(bytes.to_vec(), MOST));
    if bytes.get(8..12) == Some(b"WAVE")
        && let (Some(file), Some(pipe)) = (from_file, from_pipe)
    {
        let bits = |audio: &Audio| audio.samples.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>();
        assert_eq!((file.rate, file.channels, bits(&file)), (pipe.rate, pipe.channels, bits(&pipe)));
    }
}

fn checked(decode: impl FnOnce() -> Result<Audio, String>) -> Option<Audio> {
    let audio = catch_unwind(AssertUnwindSafe(decode)).ok()?.ok()?;
    assert!(audio.rate > 0 && audio.channels > 0);
    assert_eq!(audio.samples.len() % audio.channels, 0);
    Some(audio)
}
