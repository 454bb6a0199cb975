//! A whole recording at hand.

use std::path::Path;

use voiced::audio::mix_down;

use crate::fault::Fault;
use crate::input::Recording;

/// What a recording sounds like, its channels mixed.
pub(super) struct Audio {
    pub(super) samples: Vec<f32>,
    /// Hz.
    pub(super) rate: u32,
    /// What is wrong with it though it was read.
    pub(super) warning: Option<Fault>,
}

pub(super) fn read(path: &Path) -> Result<Audio, Fault> {
    let mut recording = Recording::open(path)?;
    let (mut block, mut samples) = (Vec::new(), Vec::new());
    loop {
        recording.next(&mut block)?;
        if block.is_empty() {
            break;
        }
        mix_down(&block, recording.channels, &mut samples);
    }
    Ok(Audio { samples, rate: recording.rate, warning: recording.warning() })
}
