//! Fuzz targets, each a function of a fuzzer's bytes that panics where a promise is broken: see `README.md`.

pub mod config;
pub mod containers;
pub mod labels;
pub mod offline;
pub mod pcm;
pub mod segmenter;
pub mod wav;
pub mod weights;

/// Every target over its corpus, without a fuzzer.
#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::catch_unwind;
    use std::path::Path;

    fn over_corpus(target: &str, fuzz: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(!files.is_empty(), "{folder:?} is empty");
        for file in files {
            let bytes = fs::read(&file).unwrap();
            assert!(catch_unwind(|| fuzz(&bytes)).is_ok(), "{file:?} broke a promise");
        }
    }

    #[test]
    fn wav() {
        over_corpus("wav", crate::wav::fuzz);
    }

    #[test]
    fn containers() {
        over_corpus("containers", crate::containers::fuzz);
    }

    #[test]
    fn weights() {
        over_corpus("weights", crate::weights::fuzz);
    }

    #[test]
    fn pcm() {
        over_corpus("pcm", crate::pcm::fuzz);
    }

    #[test]
    fn segmenter() {
        over_corpus("segmenter", crate::segmenter::fuzz);
    }

    #[test]
    fn labels() {
        over_corpus("labels", crate::labels::fuzz);
    }
}
