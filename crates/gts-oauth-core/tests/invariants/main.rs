//! Invariants: what must hold for every response, reply and text. Each target is checked with a fixed
//! set of generated inputs. `.ci/fuzz` searches for others, and `CONTRIBUTING.md` describes it. In a
//! binary of its own, because counting allocations replaces the allocator.

#[expect(unreachable_pub, reason = "`fuzz` has the same module")]
mod targets;

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use arbitrary::{Arbitrary, Unstructured};

macro_rules! targets {
    ($($target:ident: $inputs:expr,)*) => {$(
        #[test]
        fn $target() {
            check_generated($inputs, targets::$target::check);
        }
    )*};
}

targets! {
    callback: 500,
    calls: 1000,
    exchanges: 500,
    headers: 500,
    login: 100,
    redact: 150,
    renewing: 150,
    scopes: 1000,
    stored: 1000,
    values: 1000,
}

/// Checks this many inputs, of growing length.
fn check_generated<I: for<'a> Arbitrary<'a> + Debug>(inputs: u64, check: fn(&I)) {
    let words = words();
    for number in 0..inputs {
        let bytes = random_bytes(number, 16 + (number % 512) as usize * 4, &words);
        let input = I::arbitrary(&mut Unstructured::new(&bytes)).unwrap();
        // Not the panic hook, which the other tests share.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(&input))) {
            eprintln!("input {number}: {input:#?}");
            resume_unwind(panic);
        }
    }
}

/// Random bytes, words of the dictionary, and marks of secrets; the same for each seed.
fn random_bytes(seed: u64, length: usize, words: &[Vec<u8>]) -> Vec<u8> {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // xorshift64
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as usize
    };
    let mut bytes = Vec::new();
    while bytes.len() < length {
        match next() % 8 {
            0 => bytes.extend(&words[next() % words.len()]),
            1 => bytes.extend([0xf5 + (next() % 11) as u8, next() as u8]),
            _ => bytes.push(next() as u8),
        }
    }
    bytes
}

/// The words of libFuzzer's dictionary, each in quotes on a line.
fn words() -> Vec<Vec<u8>> {
    let lines = include_str!("dictionary.txt").lines();
    let quoted = lines.filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted.map(unescaped).collect()
}

/// A word without its escapes: `\\`, `\"` and `\x41`.
fn unescaped(word: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = word.bytes();
    while let Some(byte) = rest.next() {
        let escaped = if byte == b'\\' { rest.next() } else { None };
        bytes.push(match escaped {
            Some(b'x') => {
                let hex = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            escaped => escaped.unwrap_or(byte),
        });
    }
    bytes
}
