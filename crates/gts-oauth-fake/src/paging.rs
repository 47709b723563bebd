//! Lists, page by page.

use http::header::LINK;
use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::incoming::Incoming;
use crate::reply::{Outcome, Refusal, Reply, ok, set};
use crate::world::World;

/// How long the pages of a list are.
pub(crate) struct Limits {
    usual: usize,
    most: usize,
    /// What comes of a limit below nought: the shortest page, or all there is, without a `Link`.
    bounded: bool,
    /// What its links repeat of the request.
    repeated: Vec<(String, String)>,
}

impl Limits {
    pub(crate) fn new(usual: usize, most: usize) -> Self {
        Self {
            usual,
            most,
            bounded: true,
            repeated: Vec::new(),
        }
    }

    pub(crate) fn unbounded(usual: usize, most: usize) -> Self {
        Self {
            bounded: false,
            ..Self::new(usual, most)
        }
    }

    pub(crate) fn repeating(self, repeated: Vec<(String, String)>) -> Self {
        Self { repeated, ..self }
    }

    /// None for no limit.
    fn read(&self, text: Option<&str>) -> Result<Option<usize>, Refusal> {
        let bad = |_| Refusal::bad_request("bad integer limit value");
        let asked: i64 = text.map_or(Ok(0), |text| text.parse().map_err(bad))?;
        Ok(match usize::try_from(asked) {
            Ok(0) => Some(self.usual),
            Ok(asked) => Some(asked.min(self.most)),
            Err(_) => self.bounded.then_some(1),
        })
    }
}

/// One page of a list that is given oldest first, with its `Link`. Both links are there even
/// on the last page; an empty page has none.
pub(crate) fn paged(
    world: &World,
    incoming: &Incoming,
    mut items: Vec<(String, Value)>,
    limits: &Limits,
) -> Outcome {
    let fields = incoming.query_fields();
    let limit = limits.read(fields.get("limit"))?;
    let older = |id: &str| fields.filled("max_id").is_none_or(|max| id < max);
    let newer = |id: &str| {
        let floor = fields.filled("min_id").or(fields.filled("since_id"));
        floor.is_none_or(|min| id > min)
    };
    items.retain(|(id, _)| older(id) && newer(id));
    let length = limit.unwrap_or(usize::MAX);
    if fields.filled("min_id").is_some() {
        items.truncate(length);
    } else {
        items.drain(..items.len().saturating_sub(length));
    }
    items.reverse();
    let page: Vec<&Value> = items.iter().map(|(_, shape)| shape).collect();
    let mut reply = ok(&page)?;
    if let (Some(limit), Some((newest, _)), Some((oldest, _))) =
        (limit, items.first(), items.last())
    {
        let link = |relation, name, id: &String| {
            let mut pairs = limits.repeated.clone();
            pairs.push(("limit".to_owned(), limit.to_string()));
            pairs.push((name, id.clone()));
            link(world, incoming, pairs, relation)
        };
        let next = link("next", "max_id".to_owned(), oldest);
        let previous = link("prev", "min_id".to_owned(), newest);
        set_link(&mut reply, &[next, previous]);
    }
    Ok(reply)
}

/// Built from the configured host, whatever host was asked; the query comes out sorted.
fn link(
    world: &World,
    incoming: &Incoming,
    mut pairs: Vec<(String, String)>,
    relation: &str,
) -> String {
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    let (origin, path) = (&world.origin, &incoming.path);
    format!("<{origin}{path}?{query}>; rel=\"{relation}\"")
}

fn set_link(reply: &mut Reply, links: &[String]) {
    set(reply, LINK, &links.join(", "));
}
