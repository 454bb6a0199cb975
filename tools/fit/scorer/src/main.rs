//! Prints what the classic detectors measure in recordings, for `tools/fit`.
//!
//! `scorer WHAT DETECTOR RATE < paths > numbers`: WHAT is `score`, `measure` or `evidence`. For each path on a line of
//! its own, little-endian: frames and width as u32, then frames x width numbers as f32.

use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};

use voiced::Detector;
use voiced::detector::{combined, energy, entropy, flatness, ltsd, sohn, zcr};
use voiced::dsp::resample::Resampler;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Appends what is asked for about one frame.
type Measurer = Box<dyn FnMut(&[f32], &mut Vec<f32>)>;

/// The frame, hop and measurer of a detector.
fn measurer(what: &str, name: &str, rate: u32) -> Outcome<(usize, usize, Measurer)> {
    macro_rules! classic {
        ($detector:ty, $config:ty) => {{
            let mut detector = <$detector>::new(rate, <$config>::default())?;
            let spec = detector.spec();
            let measurer: Measurer = match what {
                "score" => Box::new(move |frame, out| out.push(detector.score(frame))),
                "measure" => Box::new(move |frame, out| out.push(detector.measure(frame))),
                _ => return Err("WHAT is score, measure or evidence, the last for combined only".into()),
            };
            (spec.frame, spec.hop, measurer)
        }};
    }
    Ok(match (name, what) {
        ("combined", "evidence") => {
            let mut detector = combined::Combined::new(rate, combined::CombinedConfig::default())?;
            let spec = detector.spec();
            (spec.frame, spec.hop, Box::new(move |frame, out| out.extend_from_slice(detector.evidence(frame))))
        }
        ("combined", _) => classic!(combined::Combined, combined::CombinedConfig),
        ("energy", _) => classic!(energy::Energy, energy::EnergyConfig),
        ("entropy", _) => classic!(entropy::Entropy, entropy::EntropyConfig),
        ("flatness", _) => classic!(flatness::Flatness, flatness::FlatnessConfig),
        ("ltsd", _) => classic!(ltsd::Ltsd, ltsd::LtsdConfig),
        ("sohn", _) => classic!(sohn::Sohn, sohn::SohnConfig),
        ("zcr", _) => classic!(zcr::Zcr, zcr::ZcrConfig),
        _ => return Err(format!("no detector {name}").into()),
    })
}

/// The samples of a mono 16-bit WAV file, resampled to `rate`.
fn read(path: &str, rate: u32) -> Outcome<Vec<f32>> {
    let mut reader = hound::WavReader::open(path)?;
    let samples: Vec<i16> = reader.samples().collect::<Result<_, _>>()?;
    let from = reader.spec().sample_rate;
    if from == rate {
        return Ok(samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect());
    }
    let mut resampler = Resampler::new(from, rate)?;
    let mut resampled = vec![0.0; samples.len() * rate as usize / from as usize + 4096];
    let mut packet = &samples[..];
    let mut written = resampler.push(&mut packet, &mut resampled);
    written += resampler.finish(&mut resampled[written..]);
    resampled.truncate(written);
    Ok(resampled)
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, name, rate] = &arguments[..] else {
        return Err("usage: scorer score|measure|evidence DETECTOR 8000|16000 < paths > numbers".into());
    };
    let rate = rate.parse()?;
    let mut out = stdout().lock();
    for path in stdin().lock().lines() {
        let samples = read(&path?, rate)?;
        let (frame, hop, mut measure) = measurer(what, name, rate)?;
        let mut numbers = Vec::new();
        let starts = (0..samples.len()).step_by(hop);
        let frames = starts.len();
        for start in starts {
            measure(&samples[start..samples.len().min(start + frame)], &mut numbers);
        }
        out.write_all(&(frames as u32).to_le_bytes())?;
        out.write_all(&(numbers.len().checked_div(frames).unwrap_or(0) as u32).to_le_bytes())?;
        out.write_all(&numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>())?;
    }
    Ok(())
}
