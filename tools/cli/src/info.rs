//! `voiced info`: what this program is made of, and what it finds on this machine.

use std::fmt::Write;

use voiced::Kernels;

use crate::fault::Stop;
use crate::sink::Sink;

/// What the built-in weights are, and the file name and SHA-256 of each, as `weights/README.md` lists them.
const WEIGHTS: [(&str, &[(&str, &str)]); 2] = [
    (
        "Silero VAD 6.2.3, MIT licence",
        &[
            ("silero_16k.safetensors", "cbb603139c1ba26f93d401532cb99a4ee6378171223edb1b9096609a0e5eeb64"),
            ("silero_8k.safetensors", "6347c488b4c21ab8ae390736be1d36c6fba18bda7a399c4065a7a0181ba01d63"),
        ],
    ),
    (
        "gru, trained by this project, MIT or Apache-2.0 licence",
        &[("gru_16k.safetensors", "f9c358a170413fbe55a94b0f6d7359dcc3b9c95e5d2ea0e3ae9fc012fe7723fe")],
    ),
];

pub(crate) fn run() -> Result<(), Stop> {
    let mut sink = Sink::new(None)?;
    sink.write(&text())?;
    sink.finish()
}

fn text() -> String {
    let available: Vec<_> = Kernels::available().map(Kernels::name).collect();
    let mut text =
        format!("voiced {}\n\nnetworks built in, and the SHA-256 of their weights\n", env!("CARGO_PKG_VERSION"));
    for (network, files) in WEIGHTS {
        writeln!(text, "  {network}").expect("a String takes all text");
        for (name, hash) in files {
            writeln!(text, "    {name:<24}{hash}").expect("a String takes all text");
        }
    }
    writeln!(
        text,
        "\nprocessor    {} ({})\nkernels      {} (available: {})",
        std::env::consts::ARCH,
        cpu_features().join(", "),
        Kernels::best(),
        available.join(", "),
    )
    .expect("a String takes all text");
    text
}

/// The vector instructions that the processor has, of those that kernels are written for.
fn cpu_features() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let features = [
        ("sse2", is_x86_feature_detected!("sse2")),
        ("sse4.1", is_x86_feature_detected!("sse4.1")),
        ("avx", is_x86_feature_detected!("avx")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512vl", is_x86_feature_detected!("avx512vl")),
    ];
    #[cfg(target_arch = "aarch64")]
    let features = [("neon", std::arch::is_aarch64_feature_detected!("neon"))];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let features: [(&str, bool); 0] = [];
    features.into_iter().filter_map(|(name, present)| present.then_some(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};
    use voiced::Kind;

    #[test]
    fn the_hashes_are_the_files() {
        for (name, expected) in WEIGHTS.into_iter().flat_map(|(_, files)| files) {
            let path = format!("{}/../../weights/{name}", env!("CARGO_MANIFEST_DIR"));
            let digest = Sha256::digest(std::fs::read(path).unwrap());
            let hash = digest.iter().fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").unwrap();
                text
            });
            assert_eq!(hash, *expected, "{name}");
        }
    }

    #[test]
    fn the_files_of_every_network_are_listed() {
        for kind in Kind::ALL {
            let own = format!("{kind}_");
            let listed = WEIGHTS.into_iter().flat_map(|(_, files)| files).any(|(name, _)| name.starts_with(&own));
            assert_eq!(listed, kind.info().network, "{kind}");
        }
    }

    #[test]
    fn it_names_the_kernels_in_use() {
        let text = text();
        assert!(text.contains(&format!("kernels      {} ", Kernels::best())), "{text}");
        assert!(Kernels::available().all(|set| text.contains(set.name())), "{text}");
    }
}
