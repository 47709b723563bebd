//! HTTP as servers read and write it: requests, bodies, URIs, negotiation, responses. Independent
//! of OAuth and of the server's state.

mod body;
mod error_response;
mod framework;
pub(crate) mod html;
mod json;
pub(crate) mod multipart;
mod negotiation;
mod render;
mod request;
mod response;
pub(crate) mod uri;

pub(crate) use body::{Fields, Schema};
pub(crate) use error_response::{ErrorResponse, HandlerResult};
pub(crate) use framework::Framework;
pub(crate) use html::Software;
pub(crate) use json::merge;
pub(crate) use negotiation::negotiate;
pub(crate) use request::{IncomingRequest, media_type};
pub(crate) use response::{
    Response, Unhandled, html_page, json, ok, redirect, response, set_date, set_header, uncached,
};
