//! Recordings, each with its labels and the group that it belongs to.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::manifest;
use crate::args::Eval;
use crate::fault::{Fault, Stop};
use crate::labels::{Absent, Labels, place};
use crate::output::rttm_name;
use crate::walk::{Found, find};
use voiced::metrics::Reference;

/// A recording that can be measured by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labelled {
    /// Where the audio is; messages and results call it so.
    pub(super) path: PathBuf,
    /// Its path below the folder that was asked for: files about it have the same elsewhere.
    pub(super) below: PathBuf,
    pub(super) labels: PathBuf,
    /// Files that say what to leave out.
    pub(super) exclusions: Vec<PathBuf>,
    pub(super) group: Option<String>,
}

/// The recordings of a command, and what was wrong with others.
#[derive(Debug, Default)]
pub(super) struct Recordings {
    pub(super) labelled: Vec<Labelled>,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

/// Which recordings the command line asks for, paired with their labels.
pub(super) fn pair(arguments: &Eval) -> Result<Recordings, Stop> {
    let mut recordings = Recordings::default();
    let places = Places { labels: arguments.labels.as_deref() };
    if let Some(labels) = places.labels
        && !labels.exists()
    {
        return Err(Fault::new(labels.display().to_string(), "no such file or folder").into());
    }
    if let Some(path) = &arguments.manifest {
        recordings.add_listed(path, &places, arguments.group_by.as_deref())?;
    } else {
        recordings.add_found(&arguments.files, &places, arguments.group_by.as_deref())?;
    }
    recordings.refuse_shared_names(places.labels)?;
    Ok(recordings)
}

/// Where labels are looked for.
struct Places<'a> {
    labels: Option<&'a Path>,
}

impl Places<'_> {
    fn pair(
        &self,
        Found { path, below }: Found,
        own: Option<PathBuf>,
        ignore: Option<PathBuf>,
        group: Option<String>,
    ) -> Result<Labelled, Fault> {
        let folder = self.labels.filter(|labels| labels.is_dir());
        let shared = self.labels.filter(|labels| !labels.is_dir());
        let labels = match own.or(shared.map(Path::to_owned)) {
            Some(labels) => labels,
            None => place::labels(&path, &below, folder)?.ok_or_else(|| {
                if let Err(error) = path.metadata() {
                    return Fault::io(&path, &error);
                }
                let stem = path.with_extension("");
                let stem = folder.map_or(stem, |folder| folder.join(&below).with_extension(""));
                let reason = format!("has no labels: there is no {}.lab, .rttm, .TextGrid …", stem.display());
                Fault::new(path.display().to_string(), reason)
            })?,
        };
        let exclusions = ignore.map_or_else(|| place::exclusions(&path, &below, folder), |ignore| vec![ignore]);
        Ok(Labelled { path, below, labels, exclusions, group })
    }
}

impl Labelled {
    /// What its labels say, for `length` samples at `rate` Hz, and a warning where there is something odd in them.
    pub(super) fn reference(
        &self,
        tier: Option<&str>,
        rate: u32,
        length: u64,
    ) -> Result<(Reference, Option<Fault>), Fault> {
        let labels = Labels::read(&self.labels, &self.path, tier, Absent::Fault)?;
        let mut ignored = labels.ignored(rate, length)?;
        for path in &self.exclusions {
            ignored.extend(Labels::read(path, &self.path, tier, Absent::Fault)?.ignored(rate, length)?);
        }
        let speech = labels.speech(rate, length)?;
        let reference = Reference::new(rate, length, &speech, &ignored);
        let reference = reference.map_err(|e| Fault::new(self.labels.display().to_string(), e))?;
        // Speakers overlap, and RTTM tells them apart; elsewhere it is more likely a slip.
        let by_speaker = self.labels.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("rttm"));
        Ok((reference, labels.overlap().filter(|_| !by_speaker)))
    }
}

impl Recordings {
    /// Adds the recordings that a manifest lists.
    fn add_listed(&mut self, manifest: &Path, places: &Places<'_>, group_by: Option<&str>) -> Result<(), Stop> {
        let folder = manifest.parent().unwrap_or(Path::new(""));
        for row in manifest::read(manifest, group_by)? {
            let found = Found { path: folder.join(&row.audio), below: relative(&row.audio) };
            let labels = row.labels.map(|labels| folder.join(labels));
            let ignore = row.ignore.map(|ignore| folder.join(ignore));
            let group = row.group.or_else(|| group_by.map(|_| folder_of(&found)));
            self.add(places.pair(found, labels, ignore, group));
        }
        Ok(())
    }

    /// Adds the recordings that the command line names, or that are in folders that it names.
    fn add_found(&mut self, files: &[PathBuf], places: &Places<'_>, group_by: Option<&str>) -> Result<(), Stop> {
        if let Some(name) = group_by.filter(|name| *name != "folder") {
            let message = format!("--group-by {name} is a column: give --manifest FILE, or --group-by folder");
            return Err(Stop::Usage(message));
        }
        for found in find(files) {
            self.add(found.and_then(|found| {
                let group = group_by.map(|_| folder_of(&found));
                places.pair(found, None, None, group)
            }));
        }
        if files.iter().all(|file| file.is_dir()) {
            self.warn_of_strays(places.labels); // who names a file does not mean the others
        }
        Ok(())
    }

    fn add(&mut self, pair: Result<Labelled, Fault>) {
        match pair {
            Ok(labelled) => self.labelled.push(labelled),
            Err(fault) => self.faults.push(fault),
        }
    }

    /// Label files beside those in use that belong to no recording are more likely a mistake than not.
    fn warn_of_strays(&mut self, labels: Option<&Path>) {
        if labels.is_some_and(|labels| !labels.is_dir()) {
            return;
        }
        let used = self.labelled.iter().flat_map(|pair| pair.exclusions.iter().chain([&pair.labels]));
        let used: BTreeSet<&Path> = used.map(PathBuf::as_path).collect();
        let folders: BTreeSet<&Path> = used.iter().filter_map(|path| path.parent()).chain(labels).collect();
        for folder in folders {
            let strays: Vec<PathBuf> = place::strays(folder, &used);
            let Some(first) = strays.first() else { continue };
            let count = strays.len();
            let reason = if count == 1 {
                "belongs to no recording that is measured".to_owned()
            } else {
                format!("and {} more label files here belong to no recording that is measured", count - 1)
            };
            self.warnings.push(Fault::new(first.display().to_string(), reason));
        }
    }

    /// One file about all recordings knows them by name: two of the same name would have the same labels.
    fn refuse_shared_names(&self, labels: Option<&Path>) -> Result<(), Stop> {
        if labels.is_none_or(Path::is_dir) {
            return Ok(());
        }
        let mut taken: HashMap<String, &Path> = HashMap::new();
        for Labelled { path, labels: own, .. } in &self.labelled {
            if Some(own.as_path()) != labels {
                continue;
            }
            let name = rttm_name(&path.display().to_string());
            if let Some(other) = taken.insert(name, path) {
                let (one, other) = (path.display(), other.display());
                let message =
                    format!("{other} and {one} have one name, which is all that --labels FILE knows them by");
                return Err(Stop::Usage(message));
            }
        }
        Ok(())
    }
}

/// The folder that a recording is in, by which it can be grouped.
fn folder_of(found: &Found) -> String {
    let below = found.below.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = below.or_else(|| found.path.parent()?.file_name().map(Path::new));
    folder.map_or_else(|| ".".to_owned(), |folder| folder.display().to_string())
}

/// A path that stays below a folder: as it is, or the file's name alone.
fn relative(path: &Path) -> PathBuf {
    let inside = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if inside { path.to_owned() } else { path.file_name().unwrap_or_default().into() }
}
