//! From arguments to recordings: folders are searched for audio files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::input::is_stdin;

/// What the names of audio files end in, in small letters.
const EXTENSIONS: [&str; 20] = [
    "aac", "aif", "aiff", "caf", "flac", "m4a", "m4b", "mka", "mkv", "mp1", "mp2", "mp3", "mp4", "oga", "ogg",
    "opus", "wav", "wave", "weba", "webm",
];

/// A recording that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its path below the folder that was asked for, or its file name.
    pub(crate) below: PathBuf,
}

/// An argument's recordings, or what was wrong with a part of it, in order.
pub(crate) type Find = Result<Found, Fault>;

/// The recordings that these arguments ask for: files as they are, folders by their audio files, sorted by name.
///
/// Hidden files are left out, and links to folders are not followed, for they may lead back up.
pub(crate) fn find(arguments: &[PathBuf]) -> Vec<Find> {
    let mut finds = Vec::new();
    for argument in arguments {
        if is_stdin(argument) || !argument.is_dir() {
            let below = argument.file_name().map_or_else(|| argument.clone(), PathBuf::from);
            finds.push(Ok(Found { path: argument.clone(), below }));
            continue;
        }
        let before = finds.len();
        search(argument, Path::new(""), &mut finds);
        if finds.len() == before {
            let reason = format!("there are no audio files in this folder ({})", EXTENSIONS.join(", "));
            finds.push(Err(Fault::new(argument.display().to_string(), reason)));
        }
    }
    finds
}

fn search(folder: &Path, below: &Path, finds: &mut Vec<Find>) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return finds.push(Err(Fault::io(folder, &error))),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let (path, below) = (entry.path(), below.join(&name));
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            search(&path, &below, finds);
        } else if is_audio(&path) && !path.is_dir() {
            finds.push(Ok(Found { path, below }));
        }
    }
}

/// Whether the name is that of an audio file.
pub(crate) fn is_audio(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/2.WAV", "b/10.wav", "a.flac", "c.txt", "b/deep/x.mp3", ".hidden.wav", "z.opus"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        fs::create_dir(folder.path().join("d.wav")).unwrap(); // a folder with an audio file's name
        let below: Vec<_> = find(&[folder.path().to_owned()]).into_iter().map(|find| find.unwrap().below).collect();
        assert_eq!(below, ["a.flac", "b/10.wav", "b/2.WAV", "b/deep/x.mp3", "z.opus"].map(PathBuf::from));
    }

    #[test]
    fn a_file_is_taken_whatever_its_name() {
        let finds = find(&["no/such.txt".into(), "-".into()]);
        assert_eq!(finds[0], Ok(Found { path: "no/such.txt".into(), below: "such.txt".into() }));
        assert_eq!(finds[1], Ok(Found { path: "-".into(), below: "-".into() }));
    }

    #[test]
    fn a_folder_without_audio_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let finds = find(&[folder.path().to_owned()]);
        assert!(matches!(&finds[..], [Err(fault)] if fault.to_string().contains("no audio files")), "{finds:?}");
    }
}
