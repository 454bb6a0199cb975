//! The arrows of the layout: which module may use which, and what the engine may depend on.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each module and the modules that it may name; tests inside a module may use anything.
const MAY_USE: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("audio", &["error"]),
    ("frame", &["audio"]),
    ("dsp", &["audio", "error"]),
    ("kernels", &["error"]),
    ("nn", &["error", "kernels"]),
    ("segment", &["error", "frame"]),
    ("detector", &["audio", "dsp", "error", "frame", "kernels", "nn"]),
    ("stream", &["audio", "detector", "dsp", "error", "frame", "segment"]),
    ("metrics", &["error", "frame", "segment"]),
    ("pool", &["audio", "detector", "error", "segment", "stream"]),
    ("loaded", &["audio", "detector", "frame", "pool"]),
    ("kind", &["detector", "error", "kernels", "loaded"]),
];

/// What the engine must not touch: it reads no files, reaches no network, starts no threads, asks no clock, writes to no
/// terminal and keeps no globals. Each is spelt as it would be used or imported; `std::{` and `std as` would hide one.
const FORBIDDEN: &[&str] = &[
    "std::{",
    "std as ",
    "std::fs",
    "std::net",
    "std::os",
    "std::thread",
    "std::time",
    "std::env",
    "std::process",
    "std::io::std",
    "print!",
    "println!",
    "dbg!",
    "thread_local",
    "lazy_static",
    "std::cell",
    "UnsafeCell",
    "RefCell",
    "Cell<",
    "OnceLock",
    "LazyLock",
    "Mutex",
    "RwLock",
    "atomic",
    "extern \"",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The source files of the engine: the module that each belongs to, its path, and its text without comments and tests.
fn modules() -> Vec<(String, PathBuf, String)> {
    let mut paths = Vec::new();
    sources(&root().join("src"), &mut paths);
    paths
        .into_iter()
        .filter(|path| !path.ends_with("tests.rs"))
        .map(|path| {
            let module = path.strip_prefix(root().join("src")).unwrap().components().next().unwrap();
            let module = module.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let text = text.split("#[cfg(all(test").next().unwrap();
            let code =
                text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            (module, path, code)
        })
        .collect()
}

#[test]
fn modules_use_only_what_lies_before_them() {
    let modules = modules();
    let known: BTreeSet<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    assert!(modules.len() > 20);
    for (module, path, code) in modules.iter().filter(|(module, ..)| module != "lib") {
        let (_, allowed) = MAY_USE
            .iter()
            .find(|(name, _)| name == module)
            .unwrap_or_else(|| panic!("{}: a new module needs a line in MAY_USE", path.display()));
        for used in known.iter().filter(|used| *used != module && !allowed.contains(used)) {
            let uses = code.contains(&format!("crate::{used}::")) || code.contains(&format!("crate::{used};"));
            assert!(!uses, "{} uses crate::{used}, and {module} may not", path.display());
        }
    }
}

#[test]
fn the_engine_touches_nothing_outside() {
    for (module, path, code) in modules() {
        for forbidden in FORBIDDEN {
            assert!(!code.contains(forbidden), "{} uses {forbidden}", path.display());
        }
        let wav = path.starts_with(root().join("src/audio/wav"));
        assert!(wav || !code.contains("std::io"), "{} reads or writes", path.display());
        let statics = code.lines().find(|line| {
            let item = line.trim_start().trim_start_matches("pub").trim_start();
            let item = item.strip_prefix("(crate) ").or(item.strip_prefix("(super) ")).unwrap_or(item);
            item.starts_with("static ") || item.starts_with("unsafe static ")
        });
        assert_eq!(statics, None, "{}: {module} keeps a global", path.display());
    }
}

#[test]
fn unsafe_code_lives_only_in_the_kernels() {
    for (module, path, code) in modules() {
        let code = code.replace("    unsafe_code,\n", ""); // what lib.rs allows to the kernels
        assert!(module == "kernels" || !code.contains("unsafe"), "{}", path.display());
    }
}

#[test]
fn the_default_build_has_three_dependencies() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "voiced",
            "--edges",
            "normal,build",
            "--depth",
            "1",
            "--prefix",
            "none",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = tree.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["rustfft", "safetensors", "wide"]);
}

/// Compiles only where `T` may move to another thread and be looked at from several.
fn crosses_threads<T: Send + Sync>() {}

#[test]
fn everything_public_crosses_threads() {
    use voiced::{
        AnyDetector, Detector, Event, Events, FrameSpec, Info, Kernels, Kind, Loaded, Pool, Resampler, Segment,
        SegmentConfig, Segmenter, Stream, StreamId, Update,
    };

    crosses_threads::<voiced::Error>();
    crosses_threads::<(voiced::silero::Model, voiced::gru::Model, Loaded, Info, Kind, Kernels)>();
    crosses_threads::<(FrameSpec, SegmentConfig, Segment, Event, Events, Update, StreamId)>();
    crosses_threads::<(voiced::silero::Silero, voiced::gru::Gru, voiced::webrtc::WebRtc, AnyDetector)>();
    crosses_threads::<(Segmenter, Resampler, Stream, Stream<AnyDetector, i16>, Pool, Pool<i16>)>();
    crosses_threads::<Stream<Box<dyn Detector + Send + Sync>>>();
    #[cfg(feature = "metrics")]
    crosses_threads::<(voiced::metrics::Reference, voiced::metrics::ScoredSteps, voiced::metrics::Ranking)>();
}
