//! The state diagram of the documentation, drawn from the transitions that a login makes.
//!
//! `UPDATE_DIAGRAM=1 cargo test -p gts-oauth-core diagram` writes it again.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

use gts_oauth_core::{Login, UserReply};

use crate::login::discover::answer_once;
use crate::recorded::{
    ALICE, Answer, CODE, INVALID_CLIENT, NO_ROWS, PAGE, REGISTRATION_REFUSED, SCOPE_REFUSED,
    SERVER_FAULT, TOKEN_REFUSED, answer, rate_limited,
};
use crate::scenario::{
    At, Scenario, Silence, allowed, at, by_redirect, callback, field, out_of_band, state,
};
use crate::web::Web;

/// In the order of the diagram, with the request or the wait of each.
const STAGES: [(At, &str, &str); 6] = [
    (At::Discover, "discover", "nodeinfo, WebFinger, metadata"),
    (At::Register, "register", "POST /api/v1/apps"),
    (At::Authorize, "authorize", "the user, at a URL"),
    (At::Exchange, "exchange", "POST /oauth/token"),
    (At::Verify, "verify", "GET …/verify_credentials"),
    (At::Done, "done", ""),
];

/// The events that lead from one stage to another, or to itself.
type Transitions = BTreeMap<(usize, usize), Vec<&'static str>>;

type Event = (&'static str, fn(&mut Login));

/// What can happen wherever a request is outstanding.
const FAULTS: [Event; 4] = [
    ("no response", |login| drop(login.handle_transport_error(Silence))),
    ("429", |login| respond(login, rate_limited())),
    ("5xx", |login| respond(login, answer(500, SERVER_FAULT))),
    ("HTML page", |login| respond(login, answer(200, PAGE))),
];

/// What a program can reply at any stage.
const REPLIES: [Event; 2] = [
    ("start over", |login| drop(login.handle_reply(UserReply::StartOver))),
    ("new app", |login| drop(login.handle_reply(UserReply::NewApp))),
];

fn respond(login: &mut Login, response: Answer) {
    drop(login.handle_response(&response));
}

fn register(login: &mut Login) {
    let is_out_of_band = field(login, "redirect_uris").is_some_and(|uris| uris.starts_with("urn:"));
    let scenario = if is_out_of_band { out_of_band() } else { by_redirect() };
    respond(login, scenario.app_answer());
}

fn reply(login: &mut Login, query: &str) {
    let query = query.replace("STATE", &state(login));
    drop(login.handle_reply(callback(&query)));
}

/// A login at a stage, and what else can happen there.
fn events(stage: At) -> (fn(Scenario) -> Login, Vec<Event>) {
    match stage {
        At::Discover => (
            Scenario::discover,
            vec![
                ("found, or nothing known", |login| {
                    // Every document is missing.
                    while at(login) == At::Discover {
                        answer_once(login, &Web::default());
                    }
                }),
                ("skipped", |login| login.skip_discovery()),
            ],
        ),
        At::Register => (
            Scenario::register,
            vec![
                ("success", register),
                ("error response", |login| respond(login, answer(422, REGISTRATION_REFUSED))),
            ],
        ),
        At::Authorize => (
            Scenario::authorize,
            vec![
                ("code", |login| drop(login.handle_reply(allowed(login, CODE)))),
                ("denied", |login| reply(login, "error=access_denied&state=STATE")),
                ("token instead of a code", |login| reply(login, "access_token=A&state=STATE")),
                ("another state", |login| reply(login, "code=A&state=B")),
            ],
        ),
        At::Exchange => (
            Scenario::exchange,
            vec![
                ("success", |login| respond(login, by_redirect().token_answer())),
                ("code rejected", |login| respond(login, answer(400, NO_ROWS))),
                ("app unknown", |login| respond(login, answer(401, INVALID_CLIENT))),
            ],
        ),
        At::Verify => (
            |it| it.expecting("alice").verify(),
            vec![
                ("success", |login| respond(login, answer(200, ALICE))),
                ("another account", |login| {
                    respond(login, answer(200, ALICE.replace("alice", "bob")))
                }),
                ("token rejected once", |login| respond(login, answer(401, TOKEN_REFUSED))),
                ("token rejected twice", |login| {
                    respond(login, answer(401, TOKEN_REFUSED));
                    respond(login, answer(401, TOKEN_REFUSED));
                }),
                ("unusable account", |login| {
                    let body = r#"{"error":"Your login is currently disabled"}"#;
                    respond(login, answer(403, body));
                }),
            ],
        ),
        At::Done => (Scenario::done, Vec::new()),
    }
}

fn place(stage: At) -> usize {
    STAGES.iter().position(|(it, ..)| *it == stage).unwrap()
}

/// Every transition of every stage, as logins make them.
fn transitions() -> Transitions {
    let mut found = Transitions::new();
    let mut note = |mut login: Login, (name, event): Event| {
        let from = place(at(&login));
        event(&mut login);
        let names = found.entry((from, place(at(&login)))).or_default();
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for scenario in [out_of_band(), by_redirect()] {
        for (stage, ..) in STAGES {
            let (login, of_stage) = events(stage);
            let sends = !matches!(stage, At::Authorize | At::Done);
            let faults = if sends { &FAULTS[..] } else { &[] };
            // A program that starts over before there is an app, or after the end, changes nothing.
            let has_app = !matches!(stage, At::Discover | At::Register | At::Done);
            let replies = if has_app { &REPLIES[..] } else { &[] };
            for event in of_stage.iter().chain(faults).chain(replies) {
                note(login(scenario), *event);
            }
        }
        note(
            scenario.verify(),
            ("missing scope: without account", |login| {
                respond(login, answer(403, SCOPE_REFUSED));
            }),
        );
        note(
            scenario.given_app().exchange(),
            ("given app unknown", |login| {
                respond(login, answer(401, INVALID_CLIENT));
            }),
        );
    }
    found
}

const LEFT: usize = 330;
const WIDTH: usize = 220;
const HEIGHT: usize = 60;
const PITCH: usize = 108;

/// The diagram as SVG, in the colours of the page that contains it.
fn svg(transitions: &Transitions) -> String {
    let height = PITCH * STAGES.len() - 40;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 {height}\" width=\"100%\" \
         role=\"img\" font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\" \
         aria-label=\"The stages of a login\">\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\"/></marker></defs>\n"
    );
    for (number, (_, name, what)) in STAGES.iter().enumerate() {
        let top = 4 + number * PITCH;
        let middle = LEFT + WIDTH / 2;
        let (first, second) = if what.is_empty() { (35, 0) } else { (25, 45) };
        writeln!(
            svg,
            "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\" \
             fill=\"none\" stroke=\"currentColor\"/>\n\
             <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" font-weight=\"bold\">{name}</text>",
            top + first
        )
        .unwrap();
        if second > 0 {
            let y = top + second;
            writeln!(svg, "<text x=\"{middle}\" y=\"{y}\" text-anchor=\"middle\">{what}</text>")
                .unwrap();
        }
    }
    for (&(from, to), names) in transitions {
        svg += &match to.cmp(&from) {
            Ordering::Equal => stays(from, names),
            Ordering::Greater => forward(from, to, names),
            Ordering::Less => back(from, to, names),
        };
    }
    svg + "</svg>\n"
}

/// An arrow down, to the next stage.
fn forward(from: usize, to: usize, names: &[&str]) -> String {
    assert_eq!(to, from + 1, "the diagram has no place for an arrow past a stage");
    let x = LEFT + WIDTH / 2;
    let (start, end) = (4 + from * PITCH + HEIGHT, 4 + to * PITCH);
    let middle = (start + end) / 2 + 4;
    format!(
        "<path d=\"M{x},{start} V{end}\" stroke=\"currentColor\" marker-end=\"url(#arrow)\"/>\n\
         <text x=\"{}\" y=\"{middle}\">{}</text>\n",
        x + 10,
        names.join(" · ")
    )
}

/// An arrow to the stage itself, and what causes it, on the right.
fn stays(stage: usize, names: &[&str]) -> String {
    let right = LEFT + WIDTH;
    let top = 4 + stage * PITCH;
    let mut text = format!(
        "<path d=\"M{right},{} h18 v20 h-18\" fill=\"none\" stroke=\"currentColor\" \
         marker-end=\"url(#arrow)\"/>\n",
        top + 20
    );
    let lines = names.chunks(2);
    let first = top + 43 - 9 * lines.len();
    for (number, line) in lines.enumerate() {
        let y = first + 18 * number;
        writeln!(text, "<text x=\"{}\" y=\"{y}\">{}</text>", right + 26, line.join(" · ")).unwrap();
    }
    text
}

/// An arrow up, on the left. All that lead to one stage share a lane.
fn back(from: usize, to: usize, names: &[&str]) -> String {
    let nearest = STAGES.iter().position(|(stage, ..)| *stage == At::Authorize).unwrap();
    let is_outer = to < nearest;
    let (x, offset) = if is_outer { (12, 8) } else { (40, 34) };
    let start = 4 + from * PITCH + offset;
    let end = 4 + to * PITCH + if is_outer { HEIGHT / 2 } else { 50 };
    let mut text = format!(
        "<path d=\"M{LEFT},{start} H{x} V{end} H{LEFT}\" fill=\"none\" stroke=\"currentColor\" \
         marker-end=\"url(#arrow)\"/>\n"
    );
    for (number, line) in names.chunks(2).enumerate() {
        let y = start + 14 + 15 * number;
        writeln!(
            text,
            "<text x=\"{}\" y=\"{y}\" text-anchor=\"end\">{}</text>",
            LEFT - 8,
            line.join(" · ")
        )
        .unwrap();
    }
    text
}

#[test]
fn diagram_shows_the_transitions() {
    let drawn = svg(&transitions());
    if std::env::var_os("UPDATE_DIAGRAM").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/login.svg");
        std::fs::write(file, &drawn).unwrap();
    } else {
        let committed = include_str!("../../../docs/login.svg");
        assert_eq!(drawn, committed, "outdated: UPDATE_DIAGRAM=1 writes docs/login.svg again");
    }
}
