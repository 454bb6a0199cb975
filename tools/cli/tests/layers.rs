//! The arrows among the command's modules: which uses which, and that none of them leads around.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and those that it uses, all of them in lines above its own. Tests inside a module may use anything.
const USES: &[(&str, &[&str])] = &[
    ("channel", &[]),
    ("each", &[]),
    ("ending", &[]),
    ("fault", &[]),
    ("parallel", &[]),
    ("resampled", &[]),
    ("facts", &["each"]),
    // What is read and written.
    ("input", &["fault"]),
    ("inputs", &["fault", "input"]),
    ("walk", &["fault", "input"]),
    ("progress", &["fault", "input"]),
    ("output", &["channel", "input", "walk"]),
    ("labels", &["fault", "output"]),
    ("sink", &["ending", "fault", "inputs"]),
    // What the command line asks for, and what is made of that.
    ("args", &["channel", "fault", "output"]),
    ("detectors", &["args", "fault"]),
    ("batch", &["args", "fault", "input", "inputs", "parallel", "progress", "walk"]),
    ("listen", &["channel", "detectors", "fault", "input", "progress"]),
    // The commands: none uses another.
    ("bench", &["args", "detectors", "facts", "fault", "input", "output", "resampled", "sink"]),
    ("detect", &["args", "batch", "channel", "detectors", "fault", "inputs", "listen", "output", "sink", "walk"]),
    (
        "eval",
        &[
            "args",
            "batch",
            "detectors",
            "each",
            "ending",
            "facts",
            "fault",
            "input",
            "inputs",
            "labels",
            "output",
            "parallel",
            "progress",
            "resampled",
            "sink",
            "walk",
        ],
    ),
    (
        "explain",
        &[
            "args",
            "batch",
            "channel",
            "detectors",
            "each",
            "fault",
            "input",
            "inputs",
            "labels",
            "listen",
            "output",
            "progress",
            "sink",
        ],
    ),
    ("info", &["fault", "sink"]),
    ("list", &["args", "detectors", "facts", "fault", "output", "sink"]),
    ("pages", &["args", "fault", "sink"]),
    ("scores", &["args", "batch", "channel", "detectors", "fault", "input", "listen", "output", "progress", "sink"]),
    (
        "split",
        &[
            "args",
            "batch",
            "channel",
            "detectors",
            "fault",
            "input",
            "inputs",
            "listen",
            "output",
            "progress",
            "sink",
        ],
    ),
    ("stream", &["args", "channel", "detectors", "fault", "output"]),
    ("fuzzing", &["fault", "input", "labels", "output"]),
];

/// The source files below a folder.
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

/// A file's text without comments and tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules that code names by `crate::`.
fn named(code: &str, path: &Path) -> BTreeSet<String> {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut names = BTreeSet::new();
    for (at, root) in code.match_indices("crate::") {
        if code[..at].ends_with(word) {
            continue; // another name that ends so
        }
        let name: String = code[at + root.len()..].chars().take_while(|&letter| word(letter)).collect();
        assert!(!name.is_empty(), "{}: `crate::{{` and `crate::*` would hide what is used", path.display());
        names.insert(name);
    }
    names
}

/// Each module, and the modules of the command that it uses.
fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in paths.iter().filter(|path| !path.ends_with("tests.rs")) {
        let below = path.strip_prefix(&root).unwrap().with_extension("");
        let places: Vec<&str> = below.iter().map(|name| name.to_str().unwrap()).collect();
        if matches!(places[..], ["lib" | "main"]) {
            continue; // which use all
        }
        let code = code(path);
        let up = "super::".repeat(places.len());
        assert!(!code.contains(&up), "{}: `{up}` is `crate::`, and is to be written so", path.display());
        let module = uses.entry(places[0].to_owned()).or_default();
        module.extend(named(&code, path));
        module.remove(places[0]);
    }
    uses
}

#[test]
fn the_arrows_are_those_of_the_table() {
    let told = |(module, used): &(&str, &[&str])| {
        ((*module).to_owned(), used.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>())
    };
    let mut table: BTreeMap<String, BTreeSet<String>> = USES.iter().map(told).collect();
    for (module, used) in uses() {
        let told = table.remove(&module).unwrap_or_else(|| panic!("{module}: a new module needs a line in USES"));
        let new: Vec<_> = used.difference(&told).collect();
        assert!(new.is_empty(), "{module} uses {new:?}, and may not");
        let old: Vec<_> = told.difference(&used).collect();
        assert!(old.is_empty(), "{module} no longer uses {old:?}");
    }
    assert!(table.is_empty(), "there are no such modules: {:?}", table.keys());
}

#[test]
fn no_arrow_leads_around() {
    for (place, (module, used)) in USES.iter().enumerate() {
        for name in *used {
            let before = USES[..place].iter().any(|(other, _)| other == name);
            assert!(before, "{module} uses {name}, whose line must lie above");
        }
    }
}
