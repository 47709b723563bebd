//! The web site of the domain that accounts are called by, where that is not the server's own.

use http::header::LOCATION;
use http::{Method, StatusCode};

use crate::incoming::Incoming;
use crate::reply::{Reply, html, set};
use crate::route::dated;
use crate::world::World;

/// Some paths are sent on to the server, with the query; all else is none of the site's.
pub(crate) fn answer(world: &World, incoming: &Incoming) -> Reply {
    let read = [Method::GET, Method::HEAD].contains(&incoming.method);
    let sent_on = world.account_domain.iter().flat_map(|it| &it.sent_on);
    let mut sent_on = sent_on.filter(|_| read);
    if !sent_on.any(|path| *path == incoming.path) {
        return dated(world, page(StatusCode::NOT_FOUND));
    }
    let query = match incoming.query.as_str() {
        "" => String::new(),
        query => format!("?{query}"),
    };
    let mut reply = page(StatusCode::MOVED_PERMANENTLY);
    let target = format!("{}{}{query}", world.origin, incoming.path);
    set(&mut reply, LOCATION, &target);
    dated(world, reply)
}

fn page(status: StatusCode) -> Reply {
    let page = format!(
        "<html>\n<head><title>{status}</title></head>\n<body>\n\
         <center><h1>{status}</h1></center>\n</body>\n</html>\n"
    );
    html(status, page)
}
