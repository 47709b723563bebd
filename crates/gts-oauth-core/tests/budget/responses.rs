//! A response costs memory in proportion to its length, whatever is in it.

use allocation_counter::measure;
use gts_oauth_core::BoxError;
use gts_oauth_core::http::Response;

use crate::hostile::{read_text, readers, responses, texts};

const SHORT: usize = 16 * 1024;
const LONG: usize = 4 * SHORT;

/// What a response of any length may cost: the patterns of its secrets, an error, and a start.
const FIXED: u64 = 96 * 1024;

/// The bytes of the body and of the headers, which a map of them takes more memory for than HTTP.
fn length(response: &Response<Vec<u8>>) -> u64 {
    let headers = measure(|| drop(response.headers().clone())).bytes_max;
    let values = response.headers().values().map(|value| value.len());
    headers + (response.body().len() + values.sum::<usize>()) as u64
}

#[test]
fn memory_grows_only_with_the_response() {
    let readers = readers().unwrap();
    let mut faults = Vec::new();
    for ((name, short), (_, long)) in responses(SHORT).into_iter().zip(responses(LONG)) {
        let ratio = length(&long).div_ceil(length(&short));
        for (reader, read) in &readers {
            let [few, many] = [&short, &long].map(|response| measure(|| read(response)));
            if many.bytes_max > 4 * length(&long) + FIXED {
                faults.push(format!("{reader}: {name}: {} at once", many.bytes_max));
            }
            if many.bytes_total > ratio * few.bytes_total + FIXED {
                faults.push(format!(
                    "{reader}: {name}: {} and {}",
                    few.bytes_total, many.bytes_total
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}: {:#?}", faults.len(), faults);
}

/// The texts of an error do not contain the tokens of the response. The patterns that find at most
/// eight of them take memory, which does not grow with the response.
#[test]
fn tokens_in_an_error_cost_memory_once() -> Result<(), BoxError> {
    let response = |length: usize, numbers: std::ops::Range<u8>| {
        let field = |number| {
            let token = "M2~".repeat(length);
            format!(r#"{{"refresh_token":"{number}+/\u002f?{token}"}}"#)
        };
        Response::builder().status(500).body(numbers.map(field).collect::<String>().into_bytes())
    };
    let one = response(13, 0..1)?;
    let repeated = Response::builder().status(500).body(one.body().repeat(4))?;
    let (short, long) = (response(13, 0..4)?, response(250, 0..4)?);
    for (reader, read) in readers()? {
        let [one, repeated, short, long] =
            [&one, &repeated, &short, &long].map(|it| measure(|| read(it)).bytes_max);
        assert!(repeated < one + 4 * 1024, "{reader}: {repeated} bytes, {one} for one token");
        assert!(short < 96 * 1024, "{reader}: {short} bytes");
        assert!(long < 192 * 1024, "{reader}: {long} bytes");
    }
    Ok(())
}

#[test]
fn texts_cost_memory_in_proportion_to_their_length() {
    for (short, long) in texts(SHORT).into_iter().zip(texts(LONG)) {
        let [few, many] = [&short, &long].map(|text| measure(|| read_text(text)).bytes_total);
        assert!(many <= 4 * few + FIXED, "{few} and {many}: {:.20}", long);
    }
}
