//! WAV files as libsndfile writes and reads them: the expected numbers are its own.
#![cfg(feature = "wav")]

use serde_json::Value;
use voiced::audio::wav::{Format, Reader, Writer};

/// Where we read what libsndfile does not: all five samples.
const READ_BY_US: [&str; 5] = [
    "samples of size 0 from a pipe",
    "no padding before the samples",
    "no padding before the format",
    "two chunks of samples",
    "two format chunks that are alike",
];

fn cases() -> Vec<Value> {
    let golden: Value = serde_json::from_str(include_str!("data/wav.json")).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

fn file(case: &Value) -> Vec<u8> {
    let digits = case["file"].as_str().unwrap().as_bytes().as_chunks::<2>().0;
    digits.iter().map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 16).unwrap()).collect()
}

fn samples(case: &Value) -> Vec<f32> {
    let numbers = case["samples"].as_array().unwrap().iter();
    numbers.map(|number| number.as_f64().unwrap() as f32).collect()
}

/// Rate, channels and all samples.
fn read(bytes: &[u8]) -> Result<(u32, usize, Vec<f32>), voiced::Error> {
    let mut reader = Reader::new(bytes)?;
    let mut block = [0.0; 6];
    let mut samples = Vec::new();
    loop {
        match reader.read(&mut block)? {
            0 => return Ok((reader.rate(), reader.channels(), samples)),
            count => samples.extend(&block[..count]),
        }
    }
}

#[test]
fn samples_are_those_that_libsndfile_reads() {
    let cases = cases();
    let plain = samples(cases.iter().find(|case| case["name"] == "a fact chunk").unwrap());
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let expected = if READ_BY_US.contains(&name) {
            (11_025, 1, plain.clone())
        } else {
            let number = |key: &str| case[key].as_u64().unwrap();
            (number("rate") as u32, number("channels") as usize, samples(case))
        };
        assert_eq!(read(&file(case)).unwrap(), expected, "{name}");
    }
    assert_eq!(cases.len(), 52);
}

#[test]
fn what_we_write_has_the_samples_that_libsndfile_wrote() {
    for (name, format) in [("WAV PCM_16 2", Format::I16), ("WAV FLOAT 2", Format::F32)] {
        let case = cases().into_iter().find(|case| case["name"] == name).unwrap();
        let theirs = read(&file(&case)).unwrap();
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut writer = Writer::new(&mut bytes, theirs.0, theirs.1, format).unwrap();
        writer.write(&theirs.2).unwrap();
        writer.finish().unwrap();
        assert_eq!(read(bytes.get_ref()).unwrap(), theirs, "{name}");
    }
}
