//! The reader of standard output, which can end before the command: `gts-oauth status | head -1`.

use std::fs::{self, File};
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::stdio::stdout;

/// Calls `action` when standard output no longer has a reader. A terminal or a file always has one.
pub(crate) fn when_reader_ends(action: impl FnOnce() + Send + 'static) {
    if io::stdout().is_terminal() {
        return;
    }
    let wait = || -> Result<usize, Errno> {
        let stdout = stdout();
        // Hang-ups and errors are reported even if nothing is requested.
        let mut descriptors = [PollFd::new(&stdout, PollFlags::empty())];
        retry_on_intr(|| poll(&mut descriptors, None))
    };
    // Without a thread, the next output fails.
    let _ = thread::Builder::new().spawn(move || {
        if wait().is_ok() {
            action();
        }
    });
}

/// Whether what is printed on standard output is lost: it is `/dev/null`, with which Rust replaces one
/// that is closed.
pub(crate) fn is_discarded() -> bool {
    let null = fs::metadata("/dev/null");
    let stdout = io::stdout().as_fd().try_clone_to_owned().map(File::from);
    match (stdout.and_then(|it| it.metadata()), null) {
        (Ok(stdout), Ok(null)) => {
            stdout.file_type().is_char_device() && stdout.rdev() == null.rdev()
        }
        _ => false,
    }
}
