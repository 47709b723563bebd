//! Media attachments.

use serde_json::{Value, json};

use crate::state::{Media, State};

/// An attachment. Files are not measured, so `meta` has the focus only, and a preview is the file.
pub(crate) fn media(state: &State, media: &Media) -> Value {
    let Media { id, owner, format, .. } = media;
    let url = format!(
        "{}/fileserver/{owner}/attachment/original/{id}.{}",
        state.origin, format.extension
    );
    let description = Some(&media.description).filter(|text| !text.is_empty());
    json!({
        "id": id,
        "type": format.kind,
        "url": url,
        "text_url": url,
        "preview_url": url,
        "remote_url": null,
        "preview_remote_url": null,
        "meta": { "focus": { "x": 0, "y": 0 } },
        "description": description,
        "blurhash": null,
    })
}
