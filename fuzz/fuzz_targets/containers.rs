#![no_main]

libfuzzer_sys::fuzz_target!(
    init: voiced_fuzz::containers::let_decoders_panic(),
    |bytes: &[u8]| voiced_fuzz::containers::fuzz(bytes)
);
