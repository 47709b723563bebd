//! What happens with two processes and two browsers.

use std::path::Path;

use gts_oauth_fake::Served;
use gts_oauth_ureq::BoxError;

use crate::node::Node;

pub(crate) fn play(fake: &Served, folder: &Path) -> Result<(), BoxError> {
    let program = std::env::current_exe()?;
    let instance = fake.origin();
    let first = Node::start(&program, &instance, folder, None)?;
    let public = first.origin.clone();
    let begun = first.begin(&instance)?;
    println!("alice begins at one process, and is sent to {instance}");

    drop(first);
    let second = Node::start(&program, &instance, folder, Some(&public))?;
    println!("that process is killed, and another one started");

    let callback = fake.person("alice").allow(&begun.address)?;
    let told = second.callback(&callback, "login=another-browsers")?;
    println!("a stranger with her callback and another cookie: {told:?}");
    let told = second.callback(&callback, begun.cookie())?;
    println!("alice: {told:?}");
    let told = second.callback(&callback, begun.cookie())?;
    println!("alice, who presses reload: {told:?}");

    println!("And all that the instance was asked is:");
    for asked in fake.asked() {
        println!("  {asked:?}");
    }
    Ok(())
}
