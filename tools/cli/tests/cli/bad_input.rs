use std::fs;
use std::path::Path;

use crate::run::{Run, excerpt, float_wav, folder, json, speech, tree, voiced, wav, with_stdin};

/// `detect --format json` on a file of this name and content.
fn detect(name: &str, bytes: &[u8]) -> Run {
    let folder = folder(&[(name, bytes)]);
    voiced(["detect", "-f", "json", folder.path().join(name).to_str().unwrap()])
}

#[test]
fn files_that_are_no_audio_say_what_would_be() {
    detect("empty.wav", b"").fails(1, &["voiced: ", "empty.wav: the file is empty"]);
    let text = b"Dear diary, this is a text file and no recording at all. ".repeat(200);
    detect("text.wav", &text).fails(1, &["text.wav: not a readable audio file: WAV, FLAC, MP3"]);
    detect("text.mp3", &text).fails(1, &["text.mp3: not a readable audio file"]);
    detect("bytes.flac", &[0xff; 5000]).fails(1, &["bytes.flac: "]);
    detect("zeros.opus", &[0; 5000]).fails(1, &["zeros.opus: "]);
    with_stdin(["detect", "-"], b"").fails(1, &["-: there is nothing to read"]);
    with_stdin(["detect", "-"], &text).fails(1, &["-: not a readable audio file"]);
}

#[test]
fn wav_headers_that_cannot_be_followed_say_why() {
    let some = [0; 100];
    detect("a.wav", &wav(0, 16_000, None, &some)).fails(1, &["a.wav: WAV: the header says 0 channels"]);
    detect("a.wav", &wav(1, 0, None, &some)).fails(1, &["a.wav: WAV: the header says a sample rate of 0 Hz"]);
    for rate in [1, 3999, 384_001, u32::MAX] {
        let given = format!("sample rate {rate} Hz is not supported: 4000 to 384000 Hz are");
        detect("a.wav", &wav(1, rate, None, &some)).fails(1, &["a.wav: ", &given]);
    }
    detect("a.wav", &wav(1, 16_000, None, &some)[..30]).fails(1, &["a.wav: WAV: the file ends within its header"]);
}

#[test]
fn a_header_without_samples_is_an_empty_recording() {
    let result = &detect("a.wav", &wav(1, 16_000, None, &[])).json()[0];
    assert_eq!((&result["duration"], &result["segments"]), (&0.0.into(), &serde_json::json!([])));
    for format in ["text", "csv", "rttm", "audacity", "srt", "vtt", "textgrid"] {
        let folder = folder(&[("a.wav", &wav(2, 48_000, None, &[]))]);
        voiced(["detect", "-f", format, folder.path().join("a.wav").to_str().unwrap()]).ok();
    }
}

#[test]
fn a_truncated_file_is_used_as_far_as_it_goes_with_a_warning() {
    let samples = excerpt(16_000, 1.0, 2.0);
    let whole = wav(1, 16_000, None, &samples);
    let expected = &detect("a.wav", &whole).json()[0];
    let claims_more = wav(1, 16_000, Some(1_000_000), &samples);
    let mut stray_byte = wav(1, 16_000, None, &[&samples[..], &[77]].concat());
    stray_byte.pop(); // in mid-sample
    for bytes in [claims_more, stray_byte] {
        let run = detect("a.wav", &bytes);
        let result = &json(&run.stdout)[0];
        assert_eq!((&result["segments"], &result["duration"]), (&expected["segments"], &expected["duration"]));
        run.fails(0, &["voiced: warning: ", "a.wav: ends early: its header says", "it has 32000"]);

        let folder = folder(&[("a.wav", &bytes)]);
        voiced(["detect", "--quiet", folder.path().join("a.wav").to_str().unwrap()]).ok();
    }
}

#[test]
fn a_wav_from_a_pipe_has_no_size_and_needs_none() {
    let samples = excerpt(16_000, 1.0, 2.0);
    for claimed in [0, u32::MAX, 0x7fff_f000] {
        let bytes = wav(1, 16_000, Some(claimed), &samples);
        for run in [with_stdin(["detect", "-f", "json", "-"], &bytes), detect("a.wav", &bytes)] {
            let result = &run.json()[0];
            assert_eq!(result["duration"], 2.0, "{claimed:#x}");
            assert_eq!(result["segments"].as_array().unwrap().len(), 2);
        }
    }
}

#[test]
fn many_channels_and_broken_samples_pass() {
    let samples = excerpt(16_000, 1.0, 2.0);
    let wide: Vec<i16> = samples.iter().flat_map(|&sample| [sample; 64]).collect();
    let mono = detect("a.wav", &wav(1, 16_000, None, &samples)).json();
    let result = detect("a.wav", &wav(64, 16_000, None, &wide)).json();
    assert_eq!(result[0]["segments"], mono[0]["segments"]);

    let mut floats: Vec<f32> = samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect();
    for (index, odd) in [(9000, f32::NAN), (9001, f32::INFINITY), (20_000, f32::NEG_INFINITY), (20_001, f32::MAX)] {
        floats[index] = odd;
    }
    let mut mended = floats.clone();
    mended.iter_mut().filter(|sample| !sample.is_finite()).for_each(|sample| *sample = 0.0);
    let broken = detect("a.wav", &float_wav(1, 16_000, &floats)).json();
    assert_eq!(broken[0]["segments"], detect("a.wav", &float_wav(1, 16_000, &mended)).json()[0]["segments"]);
    assert_eq!(
        detect("a.wav", &float_wav(1, 16_000, &vec![f32::NAN; 32_000])).json()[0]["segments"],
        serde_json::json!([])
    );
}

#[test]
fn one_bad_file_among_good_ones_fails_alone() {
    let good = fs::read(speech(8000)).unwrap();
    let folder = folder(&[("1.wav", &good), ("2.wav", b"text"), ("3.wav", &good)]);
    for jobs in ["1", "3"] {
        let run = voiced(["detect", "-f", "json", "-j", jobs, folder.path().to_str().unwrap(), "missing.wav"]);
        let results = json(&run.stdout);
        let files: Vec<_> = results.iter().map(|result| result["file"].as_str().unwrap()).collect();
        assert!(files.len() == 2 && files[0].ends_with("1.wav") && files[1].ends_with("3.wav"), "{files:?}");
        let told = run.fails(1, &["2.wav: not a readable audio file", "missing.wav: no such file"]);
        assert_eq!(told.lines().count(), 2, "{told}");
    }
    // What is written to a file are the good ones', too.
    let out = folder.path().join("out.csv");
    voiced(["detect", "-f", "csv", folder.path().to_str().unwrap(), "-o", out.to_str().unwrap()])
        .fails(1, &["2.wav"]);
    let text = fs::read_to_string(out).unwrap();
    assert!(text.contains("1.wav") && text.contains("3.wav") && !text.contains("2.wav"), "{text}");
}

#[test]
fn folders_and_missing_files_are_told() {
    let folder = folder(&[("notes.txt", b"no audio")]);
    let path = folder.path().to_str().unwrap();
    voiced(["detect", path]).fails(1, &[path, "no audio files in this folder"]);
    voiced(["split", path, "-o", "never"]).fails(1, &[path, "is a folder: a file was expected"]);
    voiced(["detect", "no/such.wav"]).fails(1, &["voiced: no/such.wav: no such file or folder"]);
    voiced(["scores", "no/such.wav"]).fails(1, &["no/such.wav: no such file or folder"]);
    voiced(["split", "no/such.wav", "-o", "never"]).fails(1, &["no/such.wav: no such file or folder"]);
    assert!(!Path::new("never").exists());
}

/// Whether this user may read what nobody may: then permissions cannot be tested.
#[cfg(unix)]
fn permissions_are_ignored(unreadable: &Path) -> bool {
    fs::File::open(unreadable).is_ok()
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("secret.wav", &wav(1, 16_000, None, &[0; 100]))]);
    let path = folder.path().join("secret.wav");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let run = voiced(["detect", path.to_str().unwrap()]);
    if permissions_are_ignored(&path) {
        run.ok(); // as root the file is simply read
    } else {
        run.fails(1, &["secret.wav: permission denied"]);
    }
}

#[test]
fn output_that_cannot_be_written_is_told() {
    let clip = wav(1, 16_000, None, &excerpt(16_000, 1.0, 2.0));
    let folder = folder(&[("a.wav", &clip), ("b.wav", &clip), ("file", b"")]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (input, inside_file) = (path("a.wav"), path("file/out"));
    voiced(["detect", &input, "-o", &path("no/out.txt")])
        .fails(1, &["out.txt: cannot be written: its folder does not"]);
    voiced(["detect", &input, "-o", folder.path().to_str().unwrap()])
        .fails(1, &["cannot be written: it is a folder"]);
    voiced(["detect", &input, "-o", &inside_file]).fails(1, &["cannot be written"]);
    voiced(["scores", &input, "-o", &path("no/out.csv")]).fails(1, &["out.csv: cannot be written"]);
    voiced(["split", &input, "-o", &path("file")]).fails(1, &["file: cannot be written into: it is a file"]);
    let several = ["detect", "-f", "srt", &input, &path("b.wav"), "-o", &path("file")];
    voiced(several).fails(1, &["file: cannot be written into: it is a file"]);
    assert_eq!(tree(folder.path()), ["a.wav", "b.wav", "file"]);
    #[cfg(target_os = "linux")]
    voiced(["detect", &input, "-o", "/dev/full"]).fails(1, &["/dev/full: cannot be written"]);
}

#[test]
fn bad_usage_has_status_2_and_says_what_is_legal() {
    let usage = |line: &[&str], parts: &[&str]| drop(voiced(line).fails(2, parts));
    usage(&[], &["Usage: voiced"]);
    usage(&["detect"], &["<FILE>..."]);
    usage(&["detect", "a.wav", "--treshold", "1"], &["--threshold"]);
    usage(&["detect", "a.wav", "-d", "psychic"], &["psychic", "silero"]);
    usage(&["detect", "a.wav", "--kernels", "abacus"], &["abacus", "auto, scalar, portable"]);
    let foreign = if cfg!(target_arch = "aarch64") { "avx2" } else { "neon" };
    usage(&["detect", "a.wav", "--kernels", foreign], &[foreign, "auto, scalar, portable"]);
    usage(&["detect", "a.wav", "--channel", "0"], &["mix, each, or a number from 1"]);
    usage(&["detect", "a.wav", "--threshold", "1.5"], &["--threshold is 1.5: it must be from 0 to 1"]);
    usage(&["detect", "a.wav", "--max-speech-s", "0"], &["--max-speech-s is 0"]);
    usage(&["detect", "a.wav", "--jobs", "0"], &["--jobs"]);
    usage(&["detect", "-", "-"], &["standard input (-) can be read only once"]);
    usage(&["scores", "a.wav", "b.wav"], &["--format json"]);
    usage(&["scores", "a.wav", "--channel", "each"], &["--format json"]);
    usage(&["split", "-", "-o", "out"], &["standard input"]);
    usage(&["stream", "--rate", "1", "--encoding", "s16le"], &["1 Hz is not supported: 4000 to 384000"]);
    usage(&["stream", "--rate", "8000"], &["--encoding"]);
    usage(&["stream", "--rate", "8000", "--encoding", "mp3"], &["s16le", "f32le"]);
}
