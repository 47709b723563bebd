//! The web site of the account domain, on servers with a split domain.

use http::header::LOCATION;
use http::{Method, StatusCode};

use crate::http::{IncomingRequest, Response, html_page, set_date, set_header};
use crate::state::State;

/// Redirects some paths to the server, with their query; returns 404 for all others.
pub(crate) fn respond(state: &State, request: &IncomingRequest) -> Response {
    let read = [Method::GET, Method::HEAD].contains(&request.method);
    let redirected_paths = state.account_domain.iter().flat_map(|it| &it.redirected_paths);
    let mut redirected_paths = redirected_paths.filter(|_| read);
    if !redirected_paths.any(|path| *path == request.path) {
        return set_date(page(StatusCode::NOT_FOUND), state.now);
    }
    let query = match request.query.as_str() {
        "" => String::new(),
        query => format!("?{query}"),
    };
    let mut response = page(StatusCode::MOVED_PERMANENTLY);
    let target = format!("{}{}{query}", state.origin, request.path);
    set_header(&mut response, LOCATION, &target);
    set_date(response, state.now)
}

fn page(status: StatusCode) -> Response {
    let page = format!(
        "<html>\n<head><title>{status}</title></head>\n<body>\n\
         <center><h1>{status}</h1></center>\n</body>\n</html>\n"
    );
    html_page(status, page)
}
