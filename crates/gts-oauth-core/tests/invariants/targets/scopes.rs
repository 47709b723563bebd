//! Scopes: reading them, and which permits which.

use std::collections::HashSet;

use arbitrary::Arbitrary;
use gts_oauth_core::Scopes;
use gts_oauth_core::discovery::Metadata;
use gts_oauth_core::types::Scope;
use serde_json::json;

use super::canary::assert_error;
use super::sample::discovery;
use super::text::Text;
use super::twin;

#[derive(Arbitrary, Clone, Debug)]
pub struct Input {
    a: Text,
    b: Text,
    scope: Text,
}

pub fn check(input: &Input) {
    let (Some(a), Some(b)) = (read(&input.a), read(&input.b)) else { return };
    for scopes in [&a, &b] {
        use_scopes(scopes);
    }
    let missing = a.missing_from(&b);
    for scope in &a {
        assert_eq!(missing.iter().any(|it| it == scope), !b.permits(scope));
        assert!(scope.permits(scope) && a.permits(scope));
    }
    let set = |scopes: &Scopes| scopes.iter().cloned().collect::<HashSet<_>>();
    assert_eq!(a == b, set(&a) == set(&b));
    let union: Scopes = a.iter().chain(&b).cloned().collect();
    assert!(a.missing_from(&union).is_empty() && b.missing_from(&union).is_empty());
    if let Ok(scope) = input.scope.string(&[]).parse::<Scope>() {
        assert_eq!(union.permits(&scope), a.permits(&scope) || b.permits(&scope));
        permits_in_turn(&a, &b, &scope);
    }
    let mut metadata = serde_json::to_value(discovery().metadata()).unwrap();
    metadata["scopes"] = json!(b);
    let metadata: Metadata = serde_json::from_value(metadata).unwrap();
    let supported = a.supported_by(&metadata);
    assert_eq!(supported.supported_by(&metadata), supported);
}

fn read(text: &Text) -> Option<Scopes> {
    match text.string(&[]).parse() {
        Ok(scopes) => Some(scopes),
        Err(error) => {
            assert_error(&error, &[]);
            None
        }
    }
}

fn use_scopes(scopes: &Scopes) {
    let text = scopes.to_string();
    assert_eq!(text.parse::<Scopes>().unwrap().to_string(), text);
    for twin in twin::stored(scopes) {
        assert_eq!(*scopes, twin);
    }
    let distinct: HashSet<_> = scopes.iter().collect();
    assert_eq!(distinct.len(), scopes.iter().count());
    assert!(scopes.missing_from(scopes).is_empty());
    let expanded = scopes.clone().expand_follow();
    assert!(scopes.missing_from(&expanded).is_empty());
    assert_eq!(expanded.clone().expand_follow(), expanded);
}

/// If one permits another that permits a third, it permits the third.
fn permits_in_turn(a: &Scopes, b: &Scopes, third: &Scope) {
    for first in a.iter().take(8) {
        for second in b.iter().take(8) {
            let in_turn = first.permits(second) && second.permits(third);
            assert!(!in_turn || first.permits(third), "{first} {second} {third}");
            let mutual = first.permits(second) && second.permits(first);
            assert!(!mutual || first == second, "{first} {second}");
        }
    }
}
