//! Where a recording's label files are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{AUDACITY, FORMATS};
use crate::fault::Fault;

/// Extensions of files that say what to leave out of scoring, and nothing of speech.
const EXCLUSIONS: [&str; 2] = ["ign", "uem"];

/// The file with a recording's labels: its name with another extension, beside it or in a folder of labels.
///
/// `below` is the recording's path below the folder that was asked for: labels may lie in the same tree, or flat.
/// `None` where there is no such file; several are an error, since nothing tells which one is right.
pub(crate) fn labels(audio: &Path, below: &Path, folder: Option<&Path>) -> Result<Option<PathBuf>, Fault> {
    let mut found = siblings(audio, below, folder);
    found.retain(|path| !has_extension(path, &EXCLUSIONS));
    if found.iter().any(|path| !has_extension(path, &[AUDACITY])) {
        found.retain(|path| !has_extension(path, &[AUDACITY])); // a text beside other labels is the words
    }
    if let [one, other, ..] = &found[..] {
        let reason = format!(
            "has several label files, {} and {}: name the right one in a manifest, or give --labels FOLDER",
            one.display(),
            other.display()
        );
        return Err(Fault::new(audio.display().to_string(), reason));
    }
    Ok(found.pop())
}

/// The files that say what to leave out of scoring, likewise.
pub(crate) fn exclusions(audio: &Path, below: &Path, folder: Option<&Path>) -> Vec<PathBuf> {
    let mut found = siblings(audio, below, folder);
    if found.iter().all(|path| !has_extension(path, &EXCLUSIONS)) && folder.is_some() {
        found = siblings(audio, below, None);
    }
    found.retain(|path| has_extension(path, &EXCLUSIONS));
    found
}

/// The files in a folder that could be a recording's labels, in the formats' order.
fn siblings(audio: &Path, below: &Path, folder: Option<&Path>) -> Vec<PathBuf> {
    let names: Vec<PathBuf> = match folder {
        None => vec![audio.to_owned()],
        Some(folder) => {
            let flat = PathBuf::from(below.file_name().unwrap_or_default());
            let mut names = vec![folder.join(below), folder.join(flat)];
            names.dedup();
            names
        }
    };
    names.iter().map(|name| in_folder(name)).find(|found| !found.is_empty()).unwrap_or_default()
}

fn in_folder(name: &Path) -> Vec<PathBuf> {
    let extensions = FORMATS.iter().map(|(name, _)| *name).chain([AUDACITY]);
    let spellings = extensions.flat_map(|extension| {
        let special = if extension == "textgrid" { "TextGrid".to_owned() } else { extension.to_uppercase() };
        [extension.to_owned(), special]
    });
    let mut found: Vec<PathBuf> = Vec::new();
    for path in spellings.map(|extension| name.with_extension(extension)).filter(|path| path.is_file()) {
        // Where a file system knows no large and small letters, both spellings are one file.
        let same = |known: &PathBuf| known.as_os_str().eq_ignore_ascii_case(path.as_os_str());
        if !found.iter().any(same) {
            found.push(path);
        }
    }
    found
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let own = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    extensions.iter().any(|extension| own.eq_ignore_ascii_case(extension))
}

/// Label files in a folder that are not among those in use; a CSV or a text may be anything, and is left out.
pub(crate) fn strays(folder: &Path, used: &BTreeSet<&Path>) -> Vec<PathBuf> {
    let certain: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).filter(|name| *name != "csv").collect();
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut strays: Vec<PathBuf> = paths
        .filter(|path| has_extension(path, &certain) && !used.contains(path.as_path()) && path.is_file())
        .collect();
    strays.sort();
    strays
}
