//! Endpoints that a test adds to the server.

use std::sync::Arc;

use http::{Method, Response};

use crate::recorded_request::RecordedRequest;

/// Responds to a request.
pub(crate) type RouteHandler = Arc<dyn Fn(&RecordedRequest) -> Response<Vec<u8>> + Send + Sync>;

/// An endpoint that precedes the server's own.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) handler: RouteHandler,
}

impl Route {
    pub(crate) fn matches(&self, request: &RecordedRequest) -> bool {
        let (pattern, path) = (self.path.split('/'), request.path.split('/'));
        let is_parameter = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
        let segments = pattern.clone().zip(path.clone());
        self.method == request.method
            && pattern.count() == path.count()
            && segments.into_iter().all(|(expected, segment)| {
                expected == segment || (is_parameter(expected) && !segment.is_empty())
            })
    }
}
