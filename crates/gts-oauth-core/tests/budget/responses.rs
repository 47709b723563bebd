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

/// The texts of an error do not contain tokens of the response, at most eight. The patterns that find
/// them take memory, which does not grow with the response.
#[test]
fn tokens_in_an_error_cost_memory_once() -> Result<(), BoxError> {
    let tokens = |numbers: std::ops::Range<u8>| {
        let field = |number| {
            let token = "M2~".repeat(13);
            format!(r#"{{"refresh_token":"{number}+/\u002f?{token}"}}"#)
        };
        let body = numbers.map(field).collect::<String>();
        Response::builder().status(500).body(body.into_bytes())
    };
    let one = tokens(0..1)?;
    let repeated = Response::builder().status(500).body(one.body().repeat(8))?;
    let different = tokens(0..8)?;
    for (reader, read) in readers()? {
        let [one, repeated, different] =
            [&one, &repeated, &different].map(|response| measure(|| read(response)).bytes_max);
        assert!(repeated < one + 8 * 1024, "{reader}: {repeated} bytes, {one} for one token");
        assert!(different < 128 * 1024, "{reader}: {different} bytes");
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
