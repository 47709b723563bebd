//! The owner of the credentials file, of its folder, and of links to them: another user could have
//! put an account there, as which this user would post.

use std::fs::{self, File, Metadata};
use std::path::Path;

use gts_oauth_ureq::BoxError;

/// Refuses a file or a folder of another user, and a link of another user to one. A missing one is
/// accepted.
pub(super) fn check(path: &Path) -> Result<(), BoxError> {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    check_metadata(&metadata, path)?;
    match fs::canonicalize(path) {
        Ok(target) if metadata.is_symlink() => check(&target),
        _ => Ok(()),
    }
}

/// As [`check`], of a file that is open.
pub(super) fn check_open(file: &File, path: &Path) -> Result<(), BoxError> {
    file.metadata().map_or(Ok(()), |metadata| check_metadata(&metadata, path))
}

#[cfg(unix)]
fn check_metadata(metadata: &Metadata, path: &Path) -> Result<(), BoxError> {
    use std::os::unix::fs::MetadataExt as _;

    use crate::output::shell_word;

    let (owner, own) = (metadata.uid(), rustix::process::geteuid().as_raw());
    if owner == own || owner == ROOT || own == ROOT && is_of_sudo(owner) {
        return Ok(());
    }
    let what = match metadata.file_type() {
        it if it.is_symlink() => "the link",
        it if it.is_dir() => "the folder",
        _ => "the file",
    };
    let shown = path.display();
    Err(format!(
        "{what} {shown} belongs to another user (uid {owner}), who could have put an account there. \
         Name a folder of your own in GTS_OAUTH_CONFIG_DIR, or, if you know what is there, run \
         `chown -h {own} {}` as root.",
        shell_word(&shown.to_string())
    )
    .into())
}

#[cfg(unix)]
const ROOT: u32 = 0;

/// Whether this is the user who became root: who ran sudo, or whose home folder is used.
#[cfg(unix)]
fn is_of_sudo(owner: u32) -> bool {
    use std::env::{var, var_os};
    use std::os::unix::fs::MetadataExt as _;

    let home = var_os("HOME").and_then(|home| fs::metadata(home).ok());
    var("SUDO_UID").is_ok_and(|uid| uid.parse() == Ok(owner))
        || home.is_some_and(|home| home.uid() == owner)
}

/// On this platform, a user's folder is not open to others.
#[cfg(not(unix))]
fn check_metadata(_: &Metadata, _: &Path) -> Result<(), BoxError> {
    Ok(())
}
