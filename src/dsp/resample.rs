//! Placeholder while the resampler is being written.
use crate::audio::Sample;
use crate::error::Error;
/// x
#[derive(Clone, Debug)]
pub struct Resampler;
impl Resampler {
    /// x
    pub fn new(given: u32, _to: u32) -> Result<Self, Error> {
        Err(Error::Rate { given, lowest: 4000, highest: 384_000 })
    }
    /// x
    pub fn push<S: Sample>(&mut self, _input: &mut &[S], _output: &mut [f32]) -> usize {
        0
    }
    /// x
    pub fn finish(&mut self, _output: &mut [f32]) -> usize {
        0
    }
    /// x
    pub fn reset(&mut self) {}
}
