use voiced::Kernels;

use crate::run::{folder, tree, voiced};

const COMMANDS: [&str; 7] = ["detect", "scores", "stream", "split", "explain", "detectors", "bench"];

#[test]
fn help_has_examples_and_defaults() {
    for command in COMMANDS {
        let help = voiced([command, "--help"]).ok();
        assert!(help.contains("Examples:") && help.contains(&format!("voiced {command}")), "{help}");
        assert!(help.contains("Milliseconds") != ["scores", "detectors", "bench"].contains(&command), "{help}");
    }
    let help = voiced(["--help"]).ok();
    assert!(COMMANDS.iter().all(|command| help.contains(command)) && help.contains("Exit status"), "{help}");
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = voiced(["completions", shell]).ok();
        assert!(script.contains("min-silence-ms"), "{shell}");
    }
}

#[test]
fn manual_pages_are_printed_and_written() {
    let page = voiced(["man"]).ok();
    assert!(page.contains(".TH voiced 1"), "{page}");
    let out = folder(&[]);
    voiced(["man", "-o", out.path().to_str().unwrap()]).ok();
    let names = tree(out.path());
    assert!(names.contains(&"voiced.1".to_owned()), "{names:?}");
    assert!(COMMANDS.iter().all(|command| names.contains(&format!("voiced-{command}.1"))), "{names:?}");
}

#[test]
fn info_tells_version_weights_and_kernels() {
    let info = voiced(["info"]).ok();
    for part in [env!("CARGO_PKG_VERSION"), "silero_16k.safetensors", "silero_8k.safetensors", Kernels::best().name()]
    {
        assert!(info.contains(part), "{part} in {info}");
    }
    let sets: Vec<_> = Kernels::available().map(Kernels::name).collect();
    let line = format!("kernels      {} (available: {})\n", Kernels::best(), sets.join(", "));
    assert!(info.contains(&line), "{line} in {info}");
    assert_eq!(voiced(["--version"]).ok(), format!("voiced {}\n", env!("CARGO_PKG_VERSION")));
}
