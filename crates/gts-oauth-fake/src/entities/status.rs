//! Statuses and notifications.

use serde_json::{Value, json};

use super::account::public_account;
use super::{media, timestamp, without};
use crate::dialect::ApiVersion;
use crate::state::mentions::{Piece, pieces};
use crate::state::{Notification, State, Status};

/// `None` if the status or its author does not exist.
pub(crate) fn notification(state: &State, notification: &Notification) -> Option<Value> {
    let mut statuses = state.statuses.iter();
    let posted = statuses.find(|it| it.id == notification.status)?;
    let author = state.account(&posted.author)?;
    Some(json!({
        "id": notification.id,
        "type": "mention",
        "created_at": timestamp(notification.created),
        "account": public_account(state, author),
        "status": status(state, posted),
    }))
}

pub(crate) fn status(state: &State, status: &Status) -> Value {
    let origin = &state.origin;
    let author = state.account(&status.author);
    let name = author.map_or("", |author| &author.name);
    let anyone = anyone(state.dialect.api());
    let files: Vec<Value> = state.media_of(status).map(|file| media(state, file)).collect();
    let application = status.app.as_ref().map(|(name, website)| match website {
        Some(website) => json!({ "name": name, "website": website }),
        None => json!({ "name": name }),
    });
    let mut entity = json!({
        "id": status.id,
        "created_at": timestamp(status.created),
        "edited_at": null,
        "in_reply_to_id": null,
        "in_reply_to_account_id": null,
        "sensitive": false,
        "spoiler_text": "",
        "visibility": status.visibility,
        "language": "en",
        "uri": format!("{origin}/users/{name}/statuses/{}", status.id),
        "url": format!("{origin}/@{name}/statuses/{}", status.id),
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "favourited": false,
        "reblogged": false,
        "muted": false,
        "bookmarked": false,
        "pinned": false,
        "content": html(state, &status.text, link),
        "reblog": null,
        "application": application,
        "account": author.map(|author| public_account(state, author)),
        "media_attachments": files,
        "mentions": mentions(state, status),
        "tags": [],
        "emojis": [],
        "card": null,
        "poll": null,
        "text": status.text,
        "content_type": "text/plain",
        "interaction_policy": {
            "can_favourite": anyone.clone(),
            "can_reply": anyone.clone(),
            "can_reblog": anyone,
        },
    });
    if state.dialect.api() == ApiVersion::V018 {
        without(&mut entity, &["content_type"]);
    }
    if status.text.is_empty() {
        without(&mut entity, &["text"]);
    }
    entity
}

/// Who can interact with a status. 0.20 has the old and the new names.
fn anyone(api: ApiVersion) -> Value {
    let mut anyone = json!({
        "automatic_approval": ["public", "me"],
        "manual_approval": [],
        "always": ["public", "me"],
        "with_approval": [],
    });
    match api {
        ApiVersion::V018 => without(&mut anyone, &["automatic_approval", "manual_approval"]),
        ApiVersion::V020 => {}
        ApiVersion::V022 => without(&mut anyone, &["always", "with_approval"]),
    }
    anyone
}

/// The mentioned accounts.
pub(super) fn mentions(state: &State, status: &Status) -> Vec<Value> {
    let mentioned = status.mentions.iter().filter_map(|id| state.account(id));
    mentioned
        .map(|it| {
            json!({
                "id": it.id,
                "username": it.name,
                "url": format!("{}/@{}", state.origin, it.name),
                "acct": it.name,
            })
        })
        .collect()
}

/// The text as HTML: white space collapsed, lines kept, mentions of account names as these links.
pub(super) fn html(state: &State, text: &str, link: fn(&State, &str) -> String) -> String {
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ")
    });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    if text.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    for piece in pieces(&text, state.account_domain()) {
        match piece {
            Piece::Mention(_, name) if state.account_named(&name).is_some() => {
                out += &link(state, &name);
            }
            Piece::Mention(text, _) | Piece::Plain(text) => out += &escaped(text),
        }
    }
    text = out.replace('\n', "<br>");
    format!("<p>{text}</p>")
}

fn link(state: &State, name: &str) -> String {
    format!(
        "<span class=\"h-card\"><a href=\"{}/@{name}\" class=\"u-url mention\" rel=\"nofollow \
         noreferrer noopener\" target=\"_blank\">@<span>{name}</span></a></span>",
        state.origin
    )
}

/// Escapes the text of a status, and leaves quotes as they are.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
