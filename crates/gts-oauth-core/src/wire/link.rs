//! `Link` headers (RFC 8288).

use http::HeaderMap;
use http::header::LINK;

use crate::types::MAX_URL;

/// The target of the first link with this relation (RFC 8288 section 3). Case does not matter, and
/// a link can have several relations (`rel="last next"`).
pub(crate) fn link<'a>(headers: &'a HeaderMap, relation: &str) -> Option<&'a str> {
    let values = headers.get_all(LINK).iter();
    let texts = values.filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
    texts
        .flat_map(|text| text.split('<').skip(1))
        .find_map(|link| {
            let (target, parameters) = link.split_once('>')?;
            let rel = parameters.split([';', ',']).find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim().eq_ignore_ascii_case("rel").then(|| value.trim())
            })?;
            let mut relations = rel.trim_matches(['"', '\'']).split_whitespace();
            relations.any(|it| it.eq_ignore_ascii_case(relation)).then_some(target)
        })
        .filter(|target| target.len() <= MAX_URL)
}
