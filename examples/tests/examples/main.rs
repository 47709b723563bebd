//! Runs every example as its reader would, and looks at what the server was asked.

mod alone;
mod logins;
mod program;
mod resume;
mod stacks;
