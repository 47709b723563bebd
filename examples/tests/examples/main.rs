//! Runs every example as its reader would, and looks at what the server was asked.

mod alone;
mod logins;
#[path = "../../web_backend/node.rs"]
mod node;
mod program;
mod resume;
mod stacks;
mod web_backend;
