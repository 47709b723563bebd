//! Accepted differences between the fake and the recordings.

use crate::fidelity::compare::Difference;

impl Difference {
    fn number(&self) -> u16 {
        let number = self.name.split('-').next().and_then(|it| it.parse().ok());
        number.expect("names of recordings begin with a number")
    }
}

/// An accepted difference: the place in the responses of these recordings, and the reason. Never a
/// status or an error.
pub(crate) struct Listed(
    pub(crate) &'static str,
    pub(crate) &'static [u16],
    pub(crate) &'static str,
);

/// The differences that are not listed.
///
/// # Panics
/// If a listed one does not occur, has no reason, or matters to each client.
pub(crate) fn unlisted<'a>(found: &'a [Difference], list: &[Listed]) -> Vec<&'a Difference> {
    for Listed(place, numbers, reason) in list {
        assert!(!reason.is_empty(), "{place} differs: why?");
        let is_error = place.split('.').any(|name| name.starts_with("error"));
        assert!(*place != "status" && !is_error, "{place} must not differ");
        for number in *numbers {
            let occurs = found.iter().any(|it| it.place == *place && it.number() == *number);
            assert!(occurs, "{number}, {place} no longer differs");
        }
    }
    let is_listed = |it: &Difference| {
        list.iter().any(|listed| listed.0 == it.place && listed.1.contains(&it.number()))
    };
    found.iter().filter(|it| !is_listed(it)).collect()
}
