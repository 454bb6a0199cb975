use voiced::Detector;

use crate::run::{excerpt, folder, silero, speech, voiced, wav};

/// The engine's own scores.
fn expected(samples: &[i16], rate: u32) -> Vec<f32> {
    let samples: Vec<f32> = samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect();
    let mut detector = silero(rate).detector();
    let mut scores = Vec::new();
    detector.score_all(&samples, &mut scores);
    scores
}

/// Rounding to eight digits, and what `score_all` may differ from frame-by-frame scores.
const TOLERANCE: f64 = 1e-5;

#[test]
fn csv_and_json_have_the_engine_s_scores() {
    for rate in [8000, 16_000] {
        let path = speech(rate);
        let expected = expected(&excerpt(rate, 0.0, 1e3), rate);
        let close = |index: usize, score: f64| (score - f64::from(expected[index])).abs() < TOLERANCE;

        let csv = voiced(["scores", path.to_str().unwrap()]).ok();
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("start,end,score"));
        assert_eq!(lines.clone().count(), expected.len());
        for (index, line) in lines.enumerate() {
            let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            let start = index as f64 * 0.032;
            assert!((fields[0] - start).abs() < 1e-9 && (fields[1] - start - 0.032).abs() < 1e-9, "{line}");
            assert!(close(index, fields[2]), "{line}");
            let digits = line.rsplit(',').next().unwrap().split('e').next().unwrap();
            let significant = digits.trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count();
            assert!(significant >= 7, "{line}");
        }

        let json = &voiced(["scores", "-f", "json", path.to_str().unwrap()]).json()[0];
        assert_eq!((&json["sample_rate"], &json["hop"]), (&rate.into(), &(rate * 32 / 1000).into()));
        assert_eq!((&json["detector"], &json["file"]), (&"silero".into(), &path.to_str().unwrap().into()));
        let frames = json["frames"].as_array().unwrap();
        assert_eq!(frames.len(), expected.len());
        assert!(frames.iter().enumerate().all(|(index, frame)| close(index, frame[2].as_f64().unwrap())));
        assert_eq!((&frames[1][0], &frames[1][1]), (&0.032.into(), &0.064.into()));
    }
}

#[test]
fn json_takes_many_files_and_channels() {
    let speech = excerpt(16_000, 1.0, 1.0);
    let stereo: Vec<i16> = speech.iter().flat_map(|&sample| [0, sample]).collect();
    let folder = folder(&[
        ("a.wav", &wav(1, 16_000, None, &speech)),
        ("b.wav", &wav(2, 16_000, None, &stereo)),
        ("c.wav", &wav(1, 16_000, None, &[])),
    ]);
    let results = voiced(["scores", "-f", "json", "--channel", "each", folder.path().to_str().unwrap()]).json();
    let channels: Vec<_> = results.iter().map(|result| result["channel"].as_u64().unwrap()).collect();
    assert_eq!(channels, [1, 1, 2, 1]);
    assert_eq!(results[0]["frames"], results[2]["frames"]);
    assert_ne!(results[0]["frames"], results[1]["frames"]);
    assert_eq!(results[3]["frames"], serde_json::json!([]));
}

#[test]
fn the_output_file_is_whole_or_absent() {
    let folder = folder(&[("a.wav", &wav(1, 16_000, None, &excerpt(16_000, 1.0, 1.0))), ("bad.wav", b"text")]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let printed = voiced(["scores", &path("a.wav")]).ok();
    voiced(["scores", &path("a.wav"), "-o", &path("a.csv")]).ok();
    assert_eq!(std::fs::read_to_string(path("a.csv")).unwrap(), printed);
    voiced(["scores", &path("bad.wav"), "-o", &path("bad.csv")]).fails(1, &["bad.wav: not a readable"]);
    assert!(!folder.path().join("bad.csv").exists());
}
