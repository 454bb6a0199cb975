//! Where results go: standard output, or a file that is written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::ending;
use crate::fault::{Fault, Stop};
use crate::inputs::Inputs;

/// A file that appears under its name when it is committed; dropped before, it leaves nothing.
///
/// It is written beside its place as `.voiced-PID-N.part`, handed to the disk, and then renamed. Signals that end the
/// program remove that part, but for SIGKILL: what it leaves nothing reads, and later programs take another number. What
/// is no regular file, as `/dev/null`, is written at once.
pub(crate) struct WholeFile {
    file: Option<File>,
    place: PathBuf,
    part: Option<PathBuf>,
}

/// Parts of one process in a folder, what killed ones of the same number left included.
const MOST_PARTS: u32 = 100_000;

impl WholeFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Fault> {
        Self::try_create(path).map_err(|e| Fault::new(path.display().to_string(), unwritable(&e)))
    }

    fn try_create(path: &Path) -> io::Result<Self> {
        // A link stays a link: what it points to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&place) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => {
                let file = OpenOptions::new().write(true).open(&place)?;
                return Ok(Self { file: Some(file), place, part: None });
            }
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e), // a name that is too long, before all work
            _ => {}
        }
        if place.file_name().is_none() {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        let (file, part) = create_part(&place)?;
        Ok(Self { file: Some(file), place, part: Some(part) })
    }

    /// Another handle on the same file, for a writer that keeps it.
    pub(crate) fn handle(&self) -> Result<File, Fault> {
        let file = self.file.as_ref().map_or_else(|| Err(io::ErrorKind::NotConnected.into()), File::try_clone);
        file.map_err(|e| self.fault(&e))
    }

    /// Gives the file its name; all writes must be flushed to it.
    pub(crate) fn commit(mut self) -> Result<(), Fault> {
        let Some(part) = &self.part else { return Ok(()) };
        let settled = self.file.take().map_or(Ok(()), |file| sync(&file));
        // The name never stands for bytes that the disk did not take, even where the power fails.
        let rename = || ending::end_part(part, || fs::rename(part, &self.place));
        settled.and_then(|()| rename()).map_err(|e| self.fault(&e))?;
        self.part = None;
        Ok(())
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
        if let Some(part) = &self.part {
            drop(self.file.take());
            let _ = ending::end_part(part, || fs::remove_file(part)); // nothing is left to tell it to
        }
    }
}

/// A new file beside `place`. Its name is short, so that every name has room for it, and hidden, so that no search finds it.
fn create_part(place: &Path) -> io::Result<(File, PathBuf)> {
    for number in 0..MOST_PARTS {
        let part = place.with_file_name(format!(".voiced-{}-{number}.part", std::process::id()));
        match ending::begin_part(&part, || OpenOptions::new().write(true).create_new(true).open(&part)) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            file => return Ok((file?, part)),
        }
    }
    Err(io::Error::other("its folder is full of .voiced-….part files, which can be deleted"))
}

/// Waits until the disk has the file; where a file system cannot tell, it is trusted.
fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(e) if matches!(e.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        result => result,
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

    /// The same, but a path must not lead to what is read.
    pub(crate) fn apart(path: Option<&Path>, inputs: &Inputs) -> Result<Self, Stop> {
        if let Some(path) = path.filter(|path| path.as_os_str() != "-") {
            inputs.refuse(path)?;
        }
        Ok(Self::new(path)?)
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

    #[test]
    fn parts_of_killed_programs_are_stepped_over() {
        let folder = tempfile::tempdir().unwrap();
        let stale = |number: u32| folder.path().join(format!(".voiced-{}-{number}.part", std::process::id()));
        [0, 1, 3].map(stale).iter().for_each(|part| fs::write(part, "stale").unwrap());
        let places = ["a", "b", "c"].map(|name| folder.path().join(name));
        let sinks = places.each_ref().map(|place| Sink::new(Some(place)).unwrap());
        for (mut sink, place) in sinks.into_iter().zip(&places) {
            sink.write("new").unwrap();
            sink.finish().unwrap();
            assert_eq!(fs::read_to_string(place).unwrap(), "new");
        }
        assert_eq!(names(folder.path()).len(), 6);
        assert!([0, 1, 3].map(stale).iter().all(|part| fs::read_to_string(part).unwrap() == "stale"));
    }

    #[test]
    fn a_name_may_be_as_long_as_the_file_system_allows() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("n".repeat(255));
        let mut sink = Sink::new(Some(&place)).unwrap();
        sink.write("new").unwrap();
        sink.finish().unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "new");
        let longer = folder.path().join("n".repeat(300));
        assert!(WholeFile::create(&longer).is_err(), "told before all work");
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
