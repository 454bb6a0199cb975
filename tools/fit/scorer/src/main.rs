//! Prints what the detectors measure in recordings, for `tools/fit`.
//!
//! `scorer WHAT DETECTOR RATE < paths > numbers`: WHAT is `score`, `measure` or `evidence`; DETECTOR is a name as the
//! command line has it, `webrtc` with its mode: `webrtc-2`. For each path on a line of its own, little-endian: steps and
//! width as u32, then steps x width numbers as f32. Steps are 10 ms; each has the numbers of the hop that its middle is in.

use std::error::Error;
use std::io::{BufRead, BufWriter, Write, stdin, stdout};

use voiced::classic::{combined, energy, entropy, flatness, ltsd, sohn, zcr};
use voiced::webrtc::{WebRtc, WebRtcConfig};
use voiced::{Detector, Kind, Resampler};

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
    if let Some(mode) = name.strip_prefix("webrtc-") {
        let mut config = WebRtcConfig::default();
        config.mode = mode.parse()?;
        return scored(WebRtc::new(rate, &config)?, what);
    }
    Ok(match (name, what) {
        ("silero", _) => return scored(Kind::Silero.load(rate)?.detector(), what),
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

/// The frame, hop and measurer of a detector that has scores only.
fn scored(mut detector: impl Detector + 'static, what: &str) -> Outcome<(usize, usize, Measurer)> {
    if what != "score" {
        return Err("this detector has scores only".into());
    }
    let spec = detector.spec();
    Ok((spec.frame, spec.hop, Box::new(move |frame, out| out.push(detector.score(frame)))))
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
    let rate: u32 = rate.parse()?;
    let mut out = BufWriter::new(stdout().lock());
    for path in stdin().lock().lines() {
        let samples = read(&path?, rate)?;
        let (frame, hop, mut measure) = measurer(what, name, rate)?;
        let mut numbers = Vec::new();
        let starts = (0..samples.len()).step_by(hop);
        let frames = starts.len();
        for start in starts {
            measure(&samples[start..samples.len().min(start + frame)], &mut numbers);
        }
        let width = numbers.len().checked_div(frames).unwrap_or(0);
        let step = rate as usize / 100;
        let steps = samples.len().div_ceil(step);
        out.write_all(&(steps as u32).to_le_bytes())?;
        out.write_all(&(width as u32).to_le_bytes())?;
        for middle in (0..steps).map(|index| index * step + step / 2) {
            let at = (middle / hop).min(frames - 1) * width;
            out.write_all(
                &numbers[at..at + width].iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>(),
            )?;
        }
    }
    Ok(())
}
