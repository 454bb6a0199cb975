//! A whole recording at another sample rate.

use voiced::Resampler;

/// Samples at `to` Hz: those that a stream's resampler gives, to the bit.
///
/// # Errors
/// [`voiced::Error::Rate`] where a rate cannot be resampled.
pub(crate) fn resampled(samples: &[f32], from: u32, to: u32) -> Result<Vec<f32>, voiced::Error> {
    if from == to {
        return Ok(samples.to_vec());
    }
    let mut resampler = Resampler::new(from, to)?;
    let room = samples.len() as u64 * u64::from(to) / u64::from(from) + u64::from(to);
    let mut heard = vec![0.0; usize::try_from(room).unwrap_or(samples.len())];
    let mut written = resampler.push(&mut &samples[..], &mut heard);
    written += resampler.finish(&mut heard[written..]);
    heard.truncate(written);
    Ok(heard)
}
