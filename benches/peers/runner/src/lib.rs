//! What every peer's process does: read its arguments, pin itself to a core, make the recording, warm up, time itself,
//! and print one line of JSON.
//!
//! A process measures one engine in one mode and nothing else, because engines disturb each other within a process: wide
//! vector registers left dirty slow down another engine's narrow instructions, and so do warm caches and allocators.

mod audio;
mod options;
mod race;

pub use audio::{CONTEXT, FRAME, pieces, with_context};
pub use options::Options;
pub use race::{main, race};

/// What can go wrong in a peer's process: anything that says what it is.
pub type Error = Box<dyn std::error::Error>;
