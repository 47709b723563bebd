//! Media: uploaded files, before and after a status has them.

use super::{State, Status};

/// An uploaded file. Its content is not kept.
#[derive(Clone)]
pub(crate) struct Media {
    pub(crate) id: String,
    /// The account's id.
    pub(crate) owner: String,
    pub(crate) format: &'static MediaFormat,
    pub(crate) description: String,
    /// The status that has it. A file cannot be in two.
    pub(crate) status: Option<String>,
}

/// A file format that the server processes.
pub(crate) struct MediaFormat {
    pub(crate) mime_type: &'static str,
    /// `image`, `audio` or `video`.
    pub(crate) kind: &'static str,
    pub(crate) extension: &'static str,
    /// The position of the signature in the file, and the signature.
    signature: (usize, &'static [u8]),
}

const fn format(
    mime_type: &'static str,
    kind: &'static str,
    extension: &'static str,
    at: usize,
    signature: &'static [u8],
) -> MediaFormat {
    MediaFormat { mime_type, kind, extension, signature: (at, signature) }
}

impl MediaFormat {
    pub(crate) const ALL: &'static [Self] = &[
        format("image/jpeg", "image", "jpeg", 0, b"\xff\xd8\xff"),
        format("image/png", "image", "png", 0, b"\x89PNG"),
        format("image/gif", "image", "gif", 0, b"GIF8"),
        format("image/webp", "image", "webp", 8, b"WEBP"),
        format("audio/mpeg", "audio", "mp3", 0, b"ID3"),
        format("audio/ogg", "audio", "ogg", 0, b"OggS"),
        format("video/mp4", "video", "mp4", 4, b"ftyp"),
    ];

    /// The format of a file, by its first bytes: content type and file name do not count.
    pub(crate) fn of(file: &[u8]) -> Option<&'static Self> {
        let has = |(at, signature): (usize, &[u8])| {
            file.get(at..).is_some_and(|rest| rest.starts_with(signature))
        };
        Self::ALL.iter().find(|format| has(format.signature))
    }
}

impl State {
    /// Keeps an uploaded file of this account.
    pub(crate) fn add_media(
        &mut self,
        owner: &str,
        format: &'static MediaFormat,
        description: &str,
    ) -> Media {
        let media = Media {
            id: self.ids.entity(self.now),
            owner: owner.to_owned(),
            format,
            description: description.to_owned(),
            status: None,
        };
        self.media.push(media.clone());
        media
    }

    /// The files of a status, in order.
    pub(crate) fn media_of(&self, status: &Status) -> impl Iterator<Item = &Media> {
        status.media.iter().filter_map(|id| self.media.iter().find(|media| media.id == *id))
    }

    /// The file with this id, if it is the account's own.
    pub(crate) fn own_media(&self, account_id: &str, id: &str) -> Option<&Media> {
        self.media.iter().find(|media| media.id == id && media.owner == account_id)
    }
}
