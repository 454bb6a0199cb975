//! Fuzz targets, each a function of a fuzzer's bytes that panics where a promise is broken: see `README.md`.

pub mod config;
pub mod containers;
pub mod heard;
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

    macro_rules! over_corpora {
        ($($target:ident)*) => {$(
            #[test]
            fn $target() {
                over_corpus(stringify!($target), crate::$target::fuzz);
            }
        )*};
    }

    over_corpora!(wav containers weights pcm segmenter labels);
}
