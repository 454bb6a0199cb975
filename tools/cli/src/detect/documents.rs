//! Where the documents go, for formats that make one of each recording.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::channel::Channel;
use crate::fault::{Fault, Stop};
use crate::inputs::Inputs;
use crate::output::{Format, Speech};
use crate::sink::{self, Sink};
use crate::walk::{Find, Found};

/// A folder that gets one document for each recording, or for each channel of it.
pub(super) struct Documents<'a> {
    folder: PathBuf,
    extension: &'static str,
    inputs: &'a Inputs,
}

impl<'a> Documents<'a> {
    /// The folder to write to; `None` where all results go to one place.
    ///
    /// Several results need a folder; no two may have the same name in it, and none that of what is read.
    pub(super) fn plan(
        format: Format,
        output: Option<&Path>,
        several: bool,
        finds: &[Find],
        inputs: &'a Inputs,
    ) -> Result<Option<Self>, Stop> {
        let Some(extension) = format.document() else { return Ok(None) };
        let folder = match output.filter(|output| output.as_os_str() != "-") {
            Some(output) if several || is_folder(output) => output.to_owned(),
            _ if !several => return Ok(None),
            _ => {
                return Err(Stop::Usage(format!(
                    "several results do not go into one .{extension} document: give a folder with -o FOLDER"
                )));
            }
        };
        let documents = Self { folder, extension, inputs };
        let mut taken: HashMap<PathBuf, &Path> = HashMap::new();
        for found in finds.iter().flatten() {
            let place = documents.place(found, None);
            inputs.refuse(&place)?;
            if let Some(other) = taken.get(&place) {
                return Err(Stop::Usage(format!(
                    "{} and {} would both be written to {}: give them in separate calls",
                    other.display(),
                    found.path.display(),
                    place.display()
                )));
            }
            taken.insert(place, &found.path);
        }
        sink::folder(&documents.folder)?;
        Ok(Some(documents))
    }

    /// Writes one document.
    pub(super) fn write(&self, found: &Found, speech: &Speech, channel: Channel, text: &str) -> Result<(), Fault> {
        let place = self.place(found, speech.ear.filter(|_| channel == Channel::Each));
        if let Some(folder) = place.parent() {
            sink::folder(folder)?;
        }
        let written = Sink::apart(Some(&place), self.inputs).and_then(|mut sink| {
            sink.write(text)?;
            sink.finish()
        });
        match written {
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Usage(reason)) => Err(Fault::new(place.display().to_string(), reason)), // a channel's, not planned
            _ => Ok(()),
        }
    }

    /// The recording's path below its folder, with another extension.
    fn place(&self, found: &Found, channel: Option<usize>) -> PathBuf {
        let below = if found.below.as_os_str() == "-" { Path::new("stdin") } else { &found.below };
        let mut name = below.file_stem().unwrap_or_default().to_owned();
        if let Some(number) = channel {
            name.push(format!("_ch{number}"));
        }
        name.push(".");
        name.push(self.extension);
        self.folder.join(below.with_file_name(name))
    }
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, below: &str) -> Found {
        Found { path: path.into(), below: below.into() }
    }

    #[test]
    fn joined_formats_and_single_documents_need_no_folder() {
        let (finds, inputs) = ([Ok(found("a.wav", "a.wav"))], Inputs::default());
        let plan = |format, output: Option<&str>, several| {
            Documents::plan(format, output.map(Path::new), several, &finds, &inputs)
        };
        assert!(plan(Format::Json, None, true).unwrap().is_none());
        assert!(plan(Format::Srt, None, false).unwrap().is_none());
        assert!(plan(Format::Srt, Some("a.srt"), false).unwrap().is_none());
        assert!(matches!(plan(Format::Srt, None, true), Err(Stop::Usage(_))));
    }

    #[test]
    fn documents_are_named_by_their_recordings() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = Inputs::default();
        let plan = |finds: &[Find]| Documents::plan(Format::Srt, Some(folder.path()), true, finds, &inputs);
        let documents = plan(&[Ok(found("x/a.b.wav", "a.b.wav"))]).unwrap().unwrap();
        let place = |below: &str, channel| {
            let place = documents.place(&found(below, below), channel);
            place.strip_prefix(folder.path()).unwrap().to_owned()
        };
        assert_eq!(place("a.b.wav", None), Path::new("a.b.srt"));
        assert_eq!(place("deep/a.wav", Some(2)), Path::new("deep/a_ch2.srt"));
        assert_eq!(place("-", None), Path::new("stdin.srt"));

        match plan(&[Ok(found("x/a.wav", "a.wav")), Ok(found("y/a.mp3", "a.mp3"))]) {
            Err(Stop::Usage(message)) => {
                assert!(message.contains("x/a.wav") && message.contains("y/a.mp3"), "{message}");
            }
            other => panic!("{:?}", other.map(|_| ())),
        }
    }
}
