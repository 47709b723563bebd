//! Runs every example as its user would, and checks what the server received.

mod bot;
mod embed;
mod test_your_bot;
mod text_ui;
