//! The database: who is first, and connections that end.

use gts_oauth_core::{App, Callback, Login, RegisterApp, Secret};
use gts_oauth_fake::Server;

use crate::databases::databases;
use crate::store::Store;
use crate::visitor::{Visitor, site};

/// A login whose user has returned with a code, and its revision before.
fn accepted(store: &mut Store, state: &str) -> (Login, u64) {
    let mut login = store.login(state).unwrap().unwrap();
    let revision = login.revision();
    let callback = Callback::from_query(&format!("code=MJG4YJRK&state={state}")).unwrap();
    login.handle_reply(callback).unwrap();
    (login, revision)
}

#[test]
fn one_of_two_updates_is_stored() {
    for database in databases() {
        let app = RegisterApp::new("example.org".parse().unwrap(), "web back end").unwrap();
        let app = app.redirect_uri("https://app.example/callback".parse().unwrap());
        let app = App::from_credentials(app, "01ST88WW", Secret::new("63688859")).unwrap();
        let login = Login::with_app(app, Server::new(1).entropy());
        let state = login.pending().unwrap().state().to_owned();
        let [mut one, mut other] = [(); 2].map(|()| Store::open(&database.url).unwrap());
        one.insert(&state, &login).unwrap();

        // Both read it before one of them updates it.
        let [(first, before), (second, _)] = [&mut one, &mut other].map(|it| accepted(it, &state));
        let at = |owned| (state.as_str(), before, owned);
        assert_eq!(one.update(at(false), &first, false).unwrap(), Some(state.clone()));
        assert_eq!(other.update(at(false), &second, false).unwrap(), None);
        // Even if the claim has ended.
        database.age_claims();
        assert_eq!(other.update(at(false), &second, false).unwrap(), None);
        assert_eq!(other.update(at(true), &second, false).unwrap(), None);
    }
}

#[test]
fn lost_connection_to_the_database_is_replaced() {
    for database in databases().iter().filter(|it| it.url.starts_with("postgres")) {
        let server = Server::new(2);
        let (mut site, mut visitor) = (site(&server, database), Visitor::default());
        visitor.started(&mut site, &server);
        let others = "datname = current_database() AND pid <> pg_backend_pid()";
        let kill =
            format!("SELECT pg_terminate_backend(pid)::TEXT FROM pg_stat_activity WHERE {others}");
        assert_eq!(database.read(&kill), ["true"]);
        // The node might notice it only now.
        let mut shown = visitor.begin(&mut site, &server, "");
        if shown.status != 303 {
            shown.assert(503, "Try again in a minute");
            shown = visitor.begin(&mut site, &server, "");
        }
        assert_eq!(shown.status, 303, "{}", shown.html);
    }
}
