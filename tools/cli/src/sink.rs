//! Where results go: standard output, or a file that is written whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::fault::{Fault, Stop};

/// A file that appears under its name when it is committed; dropped before, it leaves nothing.
///
/// It is written beside its place and then renamed. What is no regular file, as `/dev/null`, is written at once.
pub(crate) struct WholeFile {
    file: Option<File>,
    place: PathBuf,
    temporary: Option<PathBuf>,
}

impl WholeFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Fault> {
        Self::try_create(path).map_err(|e| Fault::new(path.display().to_string(), unwritable(&e)))
    }

    fn try_create(path: &Path) -> io::Result<Self> {
        // A link stays a link: what it points to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&place).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let file = OpenOptions::new().write(true).open(&place)?;
            return Ok(Self { file: Some(file), place, temporary: None });
        }
        if place.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        let name = place.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        let temporary = place.with_file_name(hidden);
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        Ok(Self { file: Some(file), place, temporary: Some(temporary) })
    }

    /// Another handle on the same file, for a writer that keeps it.
    pub(crate) fn handle(&self) -> Result<File, Fault> {
        let file = self.file.as_ref().map_or_else(|| Err(io::ErrorKind::NotConnected.into()), File::try_clone);
        file.map_err(|e| self.fault(&e))
    }

    /// Gives the file its name; all writes must be flushed to it.
    pub(crate) fn commit(mut self) -> Result<(), Fault> {
        drop(self.file.take());
        match self.temporary.take() {
            Some(temporary) => fs::rename(&temporary, &self.place).map_err(|e| {
                let _ = fs::remove_file(&temporary); // the first error is the one to tell
                self.fault(&e)
            }),
            None => Ok(()),
        }
    }

    pub(crate) fn fault(&self, error: &io::Error) -> Fault {
        Fault::new(self.place.display().to_string(), unwritable(error))
    }

    fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file()?.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            drop(self.file.take());
            let _ = fs::remove_file(temporary); // nothing is left to tell it to
        }
    }
}

fn unwritable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "cannot be written: its folder does not exist".to_owned(),
        io::ErrorKind::IsADirectory => "cannot be written: it is a folder, and a file is wanted".to_owned(),
        io::ErrorKind::PermissionDenied => "cannot be written: permission denied".to_owned(),
        _ => format!("cannot be written: {error}"),
    }
}

/// A folder to write into, made where there is none.
pub(crate) fn folder(path: &Path) -> Result<(), Fault> {
    match fs::create_dir_all(path) {
        Ok(()) => Ok(()),
        Err(_) if path.exists() => {
            let reason = "cannot be written into: it is a file, and a folder is wanted";
            Err(Fault::new(path.display().to_string(), reason))
        }
        Err(e) => Err(Fault::new(path.display().to_string(), format!("this folder cannot be made: {e}"))),
    }
}

/// Text, one after another, into one place.
pub(crate) enum Sink {
    Stdout(BufWriter<io::Stdout>),
    File(BufWriter<WholeFile>),
}

impl Sink {
    /// Standard output without a path, or for `-`.
    pub(crate) fn new(path: Option<&Path>) -> Result<Self, Fault> {
        match path {
            Some(path) if path.as_os_str() != "-" => Ok(Self::File(BufWriter::new(WholeFile::create(path)?))),
            _ => Ok(Self::Stdout(BufWriter::new(io::stdout()))),
        }
    }

    /// Whether people see it as it is written.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::Stdout(stdout) if stdout.get_ref().is_terminal())
    }

    pub(crate) fn write(&mut self, text: &str) -> Result<(), Stop> {
        match self {
            Self::Stdout(stdout) => stdout.write_all(text.as_bytes()).map_err(|e| Stop::stdout(&e)),
            Self::File(file) => {
                let written = file.write_all(text.as_bytes());
                written.map_err(|e| file.get_ref().fault(&e).into())
            }
        }
    }

    /// Lets a reader see what was written so far; a file waits until it is whole.
    pub(crate) fn flush(&mut self) -> Result<(), Stop> {
        match self {
            Self::Stdout(stdout) => stdout.flush().map_err(|e| Stop::stdout(&e)),
            Self::File(_) => Ok(()),
        }
    }

    /// Ends the output; a file gets its name.
    pub(crate) fn finish(mut self) -> Result<(), Stop> {
        self.flush()?;
        match self {
            Self::Stdout(_) => Ok(()),
            Self::File(file) => match file.into_inner() {
                Ok(file) => Ok(file.commit()?),
                Err(error) => {
                    let (error, file) = error.into_parts();
                    Err(file.get_ref().fault(&error).into())
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        let mut sink = Sink::new(Some(&path)).unwrap();
        sink.write("one\n").unwrap();
        assert!(!path.exists());
        sink.write("two\n").unwrap();
        sink.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(names(folder.path()), ["out.txt"]);
    }

    #[test]
    fn a_file_that_is_given_up_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        fs::write(&path, "old").unwrap();
        let mut sink = Sink::new(Some(&path)).unwrap();
        sink.write("new").unwrap();
        drop(sink);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["out.txt"]);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let reason = |path: &Path| WholeFile::create(path).err().unwrap().reason().to_owned();
        assert!(reason(folder.path()).contains("is a folder"));
        assert!(reason(&folder.path().join("no/such/out.txt")).contains("folder does not exist"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut sink = Sink::new(Some(&link)).unwrap();
        sink.write("new").unwrap();
        sink.finish().unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
