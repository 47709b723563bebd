//! The parameters of a callback, and what its `Debug` shows.

use gts_oauth_core::error::CallbackError;
use gts_oauth_core::{Callback, Error, UserReply};

#[test]
fn parameters_of_a_callback_are_readable() -> Result<(), Error> {
    let callback = Callback::from_query("code=MJG4YJRK&state=b25seQ&iss=https://example.org")?;
    assert_eq!(callback.state(), Some("b25seQ"));
    assert_eq!(callback.error(), None);
    let denied = Callback::from_query("error=access_denied")?;
    assert_eq!(denied.state(), None);
    assert_eq!(denied.error(), Some("access_denied"));
    Ok(())
}

#[test]
fn parameters_before_appended_query_count() -> Result<(), Error> {
    let callback = Callback::from_query("app=1?code=MJG4YJRK&state=b25seQ")?;
    assert_eq!(callback.state(), Some("b25seQ"));
    for before in ["code=A&x=", "state=b25seQ&x=", "iss=https://evil.example&x="] {
        let query = format!("{before}?code=MJG4YJRK&state=b25seQ&iss=https://example.org");
        let Err(Error::Callback(found)) = Callback::from_query(&query) else { panic!("{before}") };
        assert!(matches!(found, CallbackError::Doubled(_)), "{found:?}");
    }
    let denied = Callback::from_query("error=access_denied&x=?code=MJG4YJRK&state=b25seQ")?;
    assert_eq!(denied.error(), Some("access_denied"));
    Ok(())
}

#[test]
fn debug_of_a_reply_names_it_without_its_text() -> Result<(), Error> {
    let callback = Callback::from_query("code=MJG4YJRK&state=b25seQ")?;
    let debug = format!("{callback:?}");
    assert!(debug.starts_with("Callback { code: Some(Secret(..)), state: Some"), "{debug}");
    assert!(!debug.contains("b25seQ"), "{debug}");
    let replies = [
        (UserReply::from(callback), "Callback(..)"),
        (UserReply::from("MJG4YJRK"), "Pasted(..)"),
        (UserReply::StartOver, "StartOver"),
        (UserReply::NewApp, "NewApp"),
    ];
    for (reply, debug) in replies {
        assert_eq!(format!("{reply:?}"), debug);
    }
    Ok(())
}
