//! What can be read of a registration.

use gts_oauth_core::{Exchange, RegisterApp};

#[test]
fn name_is_the_one_that_is_sent() {
    let register = RegisterApp::new("example.org".parse().unwrap(), " my-bot ").unwrap();
    assert_eq!(register.name(), "my-bot");
    let body = String::from_utf8(register.request().into_body()).unwrap();
    assert!(body.starts_with("client_name=my-bot&"), "{body}");
}
