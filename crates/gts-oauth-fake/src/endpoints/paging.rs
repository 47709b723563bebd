//! Result pages, with their `Link` header (RFC 8288).

use http::header::LINK;
use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::http::{
    ErrorResponse, Fields, Framework, HandlerResult, IncomingRequest, Response, ok, set_header,
};
use crate::state::State;

/// The lengths of a list's pages.
pub(crate) struct PageLimits {
    usual: usize,
    most: usize,
    /// A negative limit results in the shortest page; otherwise in the whole list, without `Link`.
    bounded: bool,
    /// Parameters of the request that links repeat.
    repeated: Vec<(String, String)>,
}

impl PageLimits {
    pub(crate) fn new(usual: usize, most: usize) -> Self {
        Self { usual, most, bounded: true, repeated: Vec::new() }
    }

    pub(crate) fn unbounded(usual: usize, most: usize) -> Self {
        Self { bounded: false, ..Self::new(usual, most) }
    }

    pub(crate) fn repeating(self, repeated: Vec<(String, String)>) -> Self {
        Self { repeated, ..self }
    }

    /// Mastodon ignores the sign, and reads other texts as 0.
    fn read_on_rails(&self, text: Option<&str>) -> usize {
        let Some(text) = text else { return self.usual };
        let digits = text.trim_start_matches('-');
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().unwrap_or(0).min(2 * self.usual)
    }

    /// `None` if there is no limit.
    pub(crate) fn read(&self, fields: &Fields) -> Result<Option<usize>, ErrorResponse> {
        let text = fields.get("limit");
        let bad = |_| ErrorResponse::bad_request("bad integer limit value");
        let requested: i64 = text.map_or(Ok(0), |text| text.parse().map_err(bad))?;
        Ok(match usize::try_from(requested) {
            Ok(0) => Some(self.usual),
            Ok(requested) => Some(requested.min(self.most)),
            Err(_) => self.bounded.then_some(1),
        })
    }
}

/// One page of a list (given oldest first), with its `Link`. The last page also has both links;
/// an empty page has none.
pub(crate) fn paged(
    state: &State,
    request: &IncomingRequest,
    mut items: Vec<(String, Value)>,
    limits: &PageLimits,
) -> HandlerResult {
    let fields = request.query_fields();
    let limit = match request.framework {
        Framework::Gin => limits.read(&fields)?,
        Framework::Rails => Some(limits.read_on_rails(fields.non_empty("limit"))),
    };
    let older = |id: &str| fields.non_empty("max_id").is_none_or(|max| id < max);
    let newer = |id: &str| {
        let floor = fields.non_empty("min_id").or(fields.non_empty("since_id"));
        floor.is_none_or(|min| id > min)
    };
    items.retain(|(id, _)| older(id) && newer(id));
    let length = limit.unwrap_or(usize::MAX);
    if fields.non_empty("min_id").is_some() {
        items.truncate(length);
    } else {
        items.drain(..items.len().saturating_sub(length));
    }
    items.reverse();
    linked(state, request, &items, limit, limits)
}

/// A page with these items, and its `Link`.
pub(crate) fn linked(
    state: &State,
    request: &IncomingRequest,
    items: &[(String, Value)],
    limit: Option<usize>,
    limits: &PageLimits,
) -> HandlerResult {
    let page: Vec<&Value> = items.iter().map(|(_, entity)| entity).collect();
    let mut response = ok(&page)?;
    if let (Some(limit), Some((newest, _)), Some((oldest, _))) =
        (limit, items.first(), items.last())
    {
        let link = |relation, name, id: &String| {
            let mut pairs = limits.repeated.clone();
            pairs.push(("limit".to_owned(), limit.to_string()));
            pairs.push((name, id.clone()));
            link(state, request, pairs, relation)
        };
        let next = link("next", "max_id".to_owned(), oldest);
        let previous = link("prev", "min_id".to_owned(), newest);
        // Mastodon has no next page after one that is not full.
        let is_last = request.framework == Framework::Rails && items.len() < limit;
        let links = if is_last { vec![previous] } else { vec![next, previous] };
        set_link(&mut response, &links);
    }
    Ok(response)
}

/// Built from the configured origin, regardless of the request's; parameters are sorted.
fn link(
    state: &State,
    request: &IncomingRequest,
    mut pairs: Vec<(String, String)>,
    relation: &str,
) -> String {
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    let (origin, path) = (&state.origin, &request.path);
    format!("<{origin}{path}?{query}>; rel=\"{relation}\"")
}

fn set_link(response: &mut Response, links: &[String]) {
    set_header(response, LINK, &links.join(", "));
}
