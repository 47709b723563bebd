//! What servers answer. The bodies are GoToSocial 0.20.0's own, copied from recordings; the web
//! pages are those of what stands before a server, or in its place.

use gts_oauth_core::http::Response;

/// An answer as a transport hands it in.
pub(crate) type Answer = Response<Vec<u8>>;

pub(crate) fn answer(status: u16, body: impl AsRef<[u8]>) -> Answer {
    Response::builder().status(status).body(body.as_ref().to_vec()).unwrap()
}

/// GoToSocial's rate limit as recorded: no `Retry-After`, five minutes to go by its own clock.
pub(crate) fn rate_limited() -> Answer {
    Response::builder()
        .status(429)
        .header("X-Ratelimit-Reset", "2026-11-23T11:03:21.000Z")
        .header("Date", "Mon, 23 Nov 2026 10:58:21 GMT")
        .body(br#"{"error":"rate limit reached"}"#.to_vec())
        .unwrap()
}

/// GoToSocial's throttle, as its source has it (429), and as its documentation has it (503).
pub(crate) fn throttled(status: u16) -> Answer {
    Response::builder()
        .status(status)
        .header("Retry-After", "30")
        .body(br#"{"error":"server capacity exceeded"}"#.to_vec())
        .unwrap()
}

pub(crate) const CODE: &str = "MJG4YJRKYTITZMQ2YS0ZYZZMLWIZMZUTYMY3ZJHMMTEWNDK3";

pub(crate) const OTHER_CODE: &str = "ZWRMZWNJNGITNTFKNI0ZMGI0LTLMN2ITOTA5Y2FIN2EZYZNK";

/// The one in [`TOKEN_READ`].
pub(crate) const TOKEN: &str = "M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ";

/// For `redirect_uris=urn:ietf:wg:oauth:2.0:oob`, `scopes=read`.
pub(crate) const APP_OUT_OF_BAND: &str = r#"{"id":"01M840W2DD6TMDS55571SY0SAX","created_at":"2026-11-23T10:57:47.437Z","name":"Probe","redirect_uri":"urn:ietf:wg:oauth:2.0:oob","redirect_uris":["urn:ietf:wg:oauth:2.0:oob"],"client_id":"01ST88WWRXFV6YDXY3W9WAJSVG","client_secret":"63688859-6eb8-4676-8dd7-befc52cf89ee","vapid_key":"BH2M4u0ptWEl_Q5GOHLDUGQezZkD6Nrqb4s300bEgcOypPW0Y52UQ_5t1yt44DFqHIpmSq-0LcSeK65Neg0KMBc","scopes":["read"]}"#;

/// For both redirect URIs, `scopes=read write`.
pub(crate) const APP_BY_REDIRECT: &str = r#"{"id":"01M840W2DGBWYC0J3Q7XVANZ51","created_at":"2026-11-23T10:57:47.440Z","name":"Probe form","website":"https://example.org/app","redirect_uri":"urn:ietf:wg:oauth:2.0:oob\nhttp://127.0.0.1:7777/callback","redirect_uris":["urn:ietf:wg:oauth:2.0:oob","http://127.0.0.1:7777/callback"],"client_id":"01ZAWQ4H60JQ3PBKQPBTDPY99M","client_secret":"dad95322-b8b9-431c-ba46-7185ae76c1e7","vapid_key":"BH2M4u0ptWEl_Q5GOHLDUGQezZkD6Nrqb4s300bEgcOypPW0Y52UQ_5t1yt44DFqHIpmSq-0LcSeK65Neg0KMBc","scopes":["read","write"]}"#;

/// Another app than [`APP_OUT_OF_BAND`], registered the same way.
pub(crate) const APP_AGAIN: &str = r#"{"id":"01M840W2DHAYW17JF19GS58H0E","created_at":"2026-11-23T10:57:47.441Z","name":"Probe defaults","redirect_uri":"urn:ietf:wg:oauth:2.0:oob","redirect_uris":["urn:ietf:wg:oauth:2.0:oob"],"client_id":"01H1F7HJJ9GX5H8PBMAS0NBQY8","client_secret":"233c53d0-fc62-48d4-8eb3-6d9d3b35556f","vapid_key":"BH2M4u0ptWEl_Q5GOHLDUGQezZkD6Nrqb4s300bEgcOypPW0Y52UQ_5t1yt44DFqHIpmSq-0LcSeK65Neg0KMBc","scopes":["read"]}"#;

pub(crate) const REGISTRATION_REFUSED: &str = r#"{"error":"Bad Request: Key: 'ApplicationCreateRequest.ClientName' Error:Field validation for 'ClientName' failed on the 'required' tag"}"#;

pub(crate) const TOKEN_READ: &str = r#"{"access_token":"M2I1M2Y3YJQTMTJLMY0ZNZJKLWJKZWYTYMVKYZMZOGZKZWIZ","created_at":1795431467,"scope":"read","token_type":"Bearer"}"#;

pub(crate) const TOKEN_READ_WRITE: &str = r#"{"access_token":"YWQ0NZCXZJQTNZE3ZS0ZN2JHLWFHMJKTNMY0MMNHNJK2MJDK","created_at":1795431467,"scope":"read write","token_type":"Bearer"}"#;

/// Cannot tell whose it is.
pub(crate) const TOKEN_STATUSES: &str = r#"{"access_token":"MGM0MJMWOTGTOWIWMY0ZNMI3LWEXZDETMGZINDFHNJMYYJVH","created_at":1795433213,"scope":"read:statuses","token_type":"Bearer"}"#;

pub(crate) const APP_TOKEN: &str = r#"{"access_token":"NDBHZJDMYZMTYTDINY0ZOTY1LWJLN2YTZWZIZDU2YJI2NGUX","created_at":1795431467,"expires_in":7200,"scope":"read","token_type":"Bearer"}"#;

/// A dead or mistyped code, and an unknown app.
pub(crate) const NO_ROWS: &str = r#"{"error":"sql: no rows in result set","error_description":"Bad Request: could not get access token: sql: no rows in result set: If you arrived at this error during a sign in/oauth flow, please try clearing your session cookies and signing in again; if problems persist, make sure you're using the correct credentials"}"#;

pub(crate) const INVALID_CLIENT: &str = r#"{"error":"invalid_client","error_description":"Bad Request: could not get access token: invalid_client: If you arrived at this error during a sign in/oauth flow, please try clearing your session cookies and signing in again; if problems persist, make sure you're using the correct credentials"}"#;

pub(crate) const INVALID_REDIRECT: &str = r#"{"error":"invalid redirect uri","error_description":"Forbidden: requested redirect URI http://127.0.0.1:7777/callback was not covered by client redirect URIs: If you arrived at this error during a sign in/oauth flow, please try clearing your session cookies and signing in again; if problems persist, make sure you're using the correct credentials"}"#;

pub(crate) const TEAPOT: &str = r#"{"error": "I'm a teapot: no user-agent sent with request"}"#;

pub(crate) const ALICE: &str = r#"{"id":"015JSQDQQAWFF3PB5M4C9KAZN3","username":"alice","acct":"alice","display_name":"alice","locked":true,"discoverable":false,"bot":false,"created_at":"2026-11-23T10:56:32.000Z","note":"","url":"http://127.0.0.1:8085/@alice","avatar":"http://127.0.0.1:8085/assets/default_avatars/GoToSocial_icon2.webp","avatar_static":"http://127.0.0.1:8085/assets/default_avatars/GoToSocial_icon2.webp","avatar_description":"Grayed-out line drawing of a cute sloth (default avatar).","header":"http://127.0.0.1:8085/assets/default_header.webp","header_static":"http://127.0.0.1:8085/assets/default_header.webp","header_description":"Flat gray background (default header).","followers_count":0,"following_count":0,"statuses_count":0,"last_status_at":null,"emojis":[],"fields":[],"source":{"privacy":"unlisted","web_visibility":"public","web_layout":"microblog","sensitive":false,"language":"en","status_content_type":"text/plain","note":"","fields":[],"follow_requests_count":0},"role":{"id":"user","name":"user","color":"","permissions":"0","highlighted":false},"group":false}"#;

pub(crate) const TOKEN_REFUSED: &str = r#"{"error":"Unauthorized: token not supplied"}"#;

pub(crate) const SCOPE_REFUSED: &str =
    r#"{"error":"Forbidden: token has insufficient scope permission"}"#;

pub(crate) const NOT_FOUND: &str = r#"{"error":"Not Found"}"#;

/// A fault of GoToSocial's own, as its source writes it.
pub(crate) const SERVER_FAULT: &str = r#"{"error":"Internal Server Error"}"#;

/// A proxy whose server is down, a network's log-in page, a shield against robots.
pub(crate) const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\
    <body><h1>502 Bad Gateway</h1></body></html>\n";
