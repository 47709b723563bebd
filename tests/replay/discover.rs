//! Discovery: recordings 70, 71, 74, 76 and 77.

use gts_oauth_core::{
    Exchange as _,
    discovery::{DiscoverStep, Discovery},
};
use gts_oauth_tests::exchange::Outcome;

use crate::replay::case::{Read, cases};

cases! {
    70: nodeinfo_is_found_by_its_links;
    71: nodeinfo_names_the_software;
    74: there_is_no_server_metadata;
    76: webfinger_finds_the_account_on_the_server_that_was_asked;
    77: webfinger_knows_no_stranger;
}

/// The next request.
fn next(read: Read) -> (String, DiscoverStep) {
    match read {
        Ok(Outcome::DiscoverStep(discovered)) => match *discovered {
            DiscoverStep::Next(ref next) => (next.request().uri().to_string(), *discovered),
            DiscoverStep::Found(found) => panic!("{found:?}"),
        },
        other => panic!("{other:?}"),
    }
}

const METADATA: &str = "http://127.0.0.1:8085/.well-known/oauth-authorization-server";

fn nodeinfo_is_found_by_its_links(read: Read) {
    assert_eq!(next(read).0, "http://127.0.0.1:8085/nodeinfo/2.1");
}

fn nodeinfo_names_the_software(read: Read) {
    let (uri, discovered) = next(read);
    assert_eq!(uri, METADATA);
    let DiscoverStep::Next(discover) = discovered else { panic!("{discovered:?}") };
    let software = discover.skip().software().cloned().expect("software");
    assert_eq!(software.name, "gotosocial");
    assert_eq!(software.version, "0.20.0+git-57cb4fe");
}

fn there_is_no_server_metadata(read: Read) {
    let found: Discovery = match read {
        Ok(Outcome::DiscoverStep(discovered)) => match *discovered {
            DiscoverStep::Found(found) => found,
            DiscoverStep::Next(next) => panic!("{next:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(found.instance().origin(), "http://127.0.0.1:8085");
    assert_eq!((found.metadata(), found.ignored_metadata()), (None, None));
}

fn webfinger_finds_the_account_on_the_server_that_was_asked(read: Read) {
    assert_eq!(next(read).0, METADATA);
}

fn webfinger_knows_no_stranger(read: Read) {
    assert_eq!(next(read).0, METADATA);
}
