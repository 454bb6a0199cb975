//! What a command reads, so that no output replaces it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::fault::Stop;
use crate::input::is_stdin;

/// The files that a command reads.
#[derive(Debug, Default)]
pub(crate) struct Inputs(HashMap<Identity, PathBuf>);

impl Inputs {
    /// What there is of these files; `-` stands for what standard input is redirected from.
    pub(crate) fn new<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        let known = |path: P| identity(path.as_ref()).map(|identity| (identity, path.as_ref().to_owned()));
        Self(paths.into_iter().filter_map(known).collect())
    }

    /// Refuses an output that is one of the files, by whatever name or link; a pipe or a device is none.
    pub(crate) fn refuse(&self, output: &Path) -> Result<(), Stop> {
        let Some(input) = identity(output).and_then(|identity| self.0.get(&identity)) else { return Ok(()) };
        let (output, input) = (output.display(), input.display());
        Err(Stop::Usage(format!("the output {output} is what is read ({input}): it needs another name")))
    }
}

/// Whether two outputs would be written to one file.
pub(crate) fn one_file(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some((fs::canonicalize(folder).ok()?, path.file_name()?.to_owned()))
    };
    match (identity(one), identity(other)) {
        (None, None) => place(one).is_some_and(|one| Some(one) == place(other)),
        (one, other) => one == other,
    }
}

#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

/// What tells a regular file from all others, whatever leads to it.
fn identity(path: &Path) -> Option<Identity> {
    let path = if is_stdin(path) { Path::new("/dev/stdin") } else { path };
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        fs::canonicalize(path).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_is_known_by_all_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("deep")).unwrap();
        fs::write(path("a"), "a").unwrap();
        fs::write(path("b"), "a").unwrap();
        std::os::unix::fs::symlink(path("a"), path("symbolic")).unwrap();
        fs::hard_link(path("a"), path("hard")).unwrap();
        let inputs = Inputs::new([path("missing"), path("a"), path("deep")]);
        for same in ["a", "deep/../a", "symbolic", "hard"] {
            let message = format!("{:?}", inputs.refuse(&path(same)));
            assert!(message.contains("is what is read") && message.contains(same), "{message}");
        }
        for other in ["b", "missing", "deep", "new"] {
            assert!(inputs.refuse(&path(other)).is_ok(), "{other}");
        }
        assert!(one_file(&path("a"), &path("hard")) && one_file(&path("new"), &path("deep/../new")));
        assert!(!one_file(&path("a"), &path("b")) && !one_file(&path("new"), &path("a")));
        assert!(Inputs::new(["/dev/null"]).refuse(Path::new("/dev/null")).is_ok(), "nothing is replaced there");
    }
}
