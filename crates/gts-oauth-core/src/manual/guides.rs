//! Guides, each with a program that compiles. Programs to copy are in the repository, under
//! `examples`.
//!
//! | you | guide | example |
//! |---|---|---|
//! | write a program for its own user | [desktop], [headless machine](headless), [progress and cancelling](progress), [renewing] | `embed.rs`, `bot.rs`, `text_ui.rs` |
//! | run a web back end | [web back end](web_backend), [renewing] | `web_backend` |
//! | have your own HTTP stack | [own stack](own_stack) | `stacks/async_loop.rs`, `stacks/post_only.rs` |
//! | test your own login code | [testing] | `test_your_bot` |
//! | move from another crate | [from `oauth2`](from_oauth2), [from `megalodon`](from_megalodon) | |
//! | search for the cause of an error | [why did my login fail?](failed_login) | |

#[doc = include_str!("../../docs/guides/desktop.md")]
pub mod desktop {}

#[doc = include_str!("../../docs/guides/failed_login.md")]
pub mod failed_login {}

#[doc = include_str!("../../docs/guides/from_megalodon.md")]
pub mod from_megalodon {}

#[doc = include_str!("../../docs/guides/from_oauth2.md")]
pub mod from_oauth2 {}

#[doc = include_str!("../../docs/guides/headless.md")]
pub mod headless {}

#[doc = include_str!("../../docs/guides/own_stack.md")]
pub mod own_stack {}

#[doc = include_str!("../../docs/guides/progress.md")]
pub mod progress {}

#[doc = include_str!("../../docs/guides/renewing.md")]
pub mod renewing {}

#[doc = include_str!("../../docs/guides/testing.md")]
pub mod testing {}

#[doc = include_str!("../../docs/guides/web_backend.md")]
/// ```
#[doc = include_str!("../../docs/guides/web_backend.rs")]
/// ```
pub mod web_backend {}
