//! Reads responses and texts that are made to cost as much time as possible, of about as many bytes as
//! its argument says. `.ci/budgets` counts instructions: they must be linear in the length.
//!
//! ```text
//! cargo build --release -p gts-oauth-core --example hostile
//! valgrind --tool=callgrind --callgrind-out-file=/dev/null target/release/examples/hostile 16384
//! ```

#[path = "../tests/budget/hostile.rs"]
mod hostile;

use gts_oauth_core::BoxError;

fn main() -> Result<(), BoxError> {
    let bytes = std::env::args().nth(1).ok_or("no number of bytes")?.parse()?;
    let readers = hostile::readers()?;
    for (_, response) in hostile::responses(bytes) {
        readers.iter().for_each(|(_, read)| read(&response));
    }
    for text in hostile::texts(bytes) {
        hostile::read_text(&text);
    }
    Ok(())
}
