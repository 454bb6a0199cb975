//! `voiced explain`: a web page that shows how each detector decides.

mod base64;
mod hearing;
mod page;
mod picture;
mod probe;
mod sound;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use voiced::Kind;

use crate::args::{Detection, Explain};
use crate::batch::guarded;
use crate::channel::Channel;
use crate::fault::{Fault, Stop};
use crate::input::is_stdin;
use crate::inputs::Inputs;
use crate::labels::{Absent, Labels, place};
use crate::progress::Progress;
use crate::sink::Sink;
use hearing::hear;
use page::Page;

pub(crate) fn run(arguments: &Explain, quiet: bool) -> Result<(), Stop> {
    let path = arguments.file.as_path();
    let config = arguments.segmentation.config()?;
    if arguments.channel == Channel::Each {
        let message = "--channel each makes a result for each channel, and a page shows one: give mix or a number";
        return Err(Stop::Usage(message.to_owned()));
    }
    let choices = choices(arguments)?;
    let progress = Progress::new([path], quiet);
    let label_file = label_file(arguments, &progress);
    let output = output(arguments, label_file.as_deref())?;
    guarded(path, || {
        let read = |file: &Path| Labels::read(file, path, arguments.tier.as_deref(), Absent::Fault);
        let labels =
            label_file.as_deref().map(read).transpose().or_else(|fault| excuse(fault, arguments, &progress))?;
        let heard = hear(path, arguments.channel, &choices, &progress)?;
        let speech = labels.map(|labels| labels.speech(heard.rate, heard.length)).transpose();
        let labels = speech.or_else(|fault| excuse(fault, arguments, &progress))?;
        let sound = if arguments.no_audio {
            None
        } else {
            let original = if arguments.channel == Channel::Mix { sound::original(path)? } else { None };
            original.or_else(|| sound::heard(&heard.sound, heard.sound_rate))
        };
        let file = path.display().to_string();
        let title = arguments.title.clone().unwrap_or_else(|| name(path));
        let page = Page {
            title,
            file,
            channel: arguments.channel,
            heard: &heard,
            labels,
            sound,
            config,
            mode: arguments.mode,
        };
        let mut sink = Sink::new(Some(&output))?;
        page.write(&mut sink)?;
        sink.finish()
    })?;
    if !is_stdin(&output) && !quiet {
        let mut list = Sink::new(None)?;
        list.write(&format!("{}\n", output.display()))?;
        list.finish()?;
    }
    Ok(())
}

/// The detectors to show: those named, in that order and each once, or all.
fn choices(arguments: &Explain) -> Result<Vec<Detection>, Stop> {
    let mut kinds: Vec<Kind> = Vec::new();
    for &kind in if arguments.detector.is_empty() { Kind::ALL } else { &arguments.detector } {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if arguments.mode.is_some() && !kinds.contains(&Kind::WebRtc) {
        return Err(Stop::Usage("--mode is for --detector webrtc, which is not among those to show".to_owned()));
    }
    let choice = |kind: Kind| {
        let mode = if kind == Kind::WebRtc { arguments.mode } else { None };
        Detection { mode, ..Detection::of(kind) }
    };
    Ok(kinds.into_iter().map(choice).collect())
}

/// The file of labels: the one given, or the one beside the recording.
fn label_file(arguments: &Explain, progress: &Progress) -> Option<PathBuf> {
    let audio = arguments.file.as_path();
    if arguments.labels.is_some() || is_stdin(audio) {
        return arguments.labels.clone();
    }
    let found = place::labels(audio, Path::new(""), None).unwrap_or_else(|fault| {
        progress.warn(&fault);
        None
    });
    // A CSV is most likely what voiced scores or detect printed.
    found.filter(|path| !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")))
}

/// Goes on without labels that nobody asked for, with a warning: a file of that name may be something else.
fn excuse<T>(fault: Fault, arguments: &Explain, progress: &Progress) -> Result<Option<T>, Fault> {
    if arguments.labels.is_some() {
        return Err(fault);
    }
    progress.warn(&fault);
    Ok(None)
}

/// Where the page goes: as told, but not over what it is made of; or to a name in the current folder that is free or has
/// an earlier page.
fn output(arguments: &Explain, labels: Option<&Path>) -> Result<PathBuf, Stop> {
    let input = arguments.file.as_path();
    let inputs = Inputs::new([Some(input), labels].into_iter().flatten());
    if let Some(output) = &arguments.output {
        if !is_stdin(output) {
            inputs.refuse(output)?;
        }
        return Ok(output.clone());
    }
    if is_stdin(input) {
        return Err(Stop::Usage("a page of standard input needs a name: give --output FILE.html".to_owned()));
    }
    let output = Path::new(&name(input)).with_extension("html");
    if inputs.refuse(&output).is_err() || (output.exists() && !is_page(&output)) {
        let reason = "is in the way, and no page of voiced explain: give --output FILE.html to choose another name";
        return Err(Fault::new(output.display().to_string(), reason).into());
    }
    Ok(output)
}

/// A file's name without its folder.
fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| "recording".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Whether a file begins as our pages do.
fn is_page(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(page::MARK.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == page::MARK.as_bytes()
}
