//! `test_your_bot`: the bot over ureq.

use gts_oauth_examples::program::{DISCOVERY, LOGIN, Program, Seen};

#[test]
fn greets_only_new_mentions() {
    let program = Program::new("test_your_bot", 41);
    program.served().post("bob", "hello @alice");
    let mut process = program.start();
    let Seen::Asked(url) = process.next(|| false) else { panic!("{:?}", process.end()) };
    process.type_line(&program.code(&url));
    process.wait_for("Press Enter");
    program.served().post("carol", "hello @alice");
    for greeted in ["greeted [\"carol\"]", "greeted []"] {
        process.type_line("");
        process.wait_for(greeted);
    }
    let requests = program.requested();
    assert_eq!(requests[..6], [DISCOVERY, LOGIN].concat());
    assert_eq!(requests.iter().filter(|it| *it == "POST /api/v1/statuses").count(), 1);
}
