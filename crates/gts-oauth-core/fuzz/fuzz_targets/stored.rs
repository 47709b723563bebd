#![no_main]

use gts_oauth_core_fuzz::stored::{Input, check};

libfuzzer_sys::fuzz_target!(|input: Input| check(&input));
