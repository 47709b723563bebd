//! A demonstration with two processes and two browsers.

use std::path::Path;

use gts_oauth_fake::Served;
use gts_oauth_ureq::BoxError;

use crate::node::Node;

pub(crate) fn run(fake: &Served, folder: &Path) -> Result<(), BoxError> {
    let program = std::env::current_exe()?;
    let instance = fake.origin();
    let first = Node::start(&program, &instance, folder, None)?;
    let public = first.origin.clone();
    let started = first.log_in(&instance)?;
    println!("alice starts at one process, and is sent to {instance}");

    drop(first);
    let second = Node::start(&program, &instance, folder, Some(&public))?;
    println!("that process is killed, and another one is started");

    let callback = fake.account("alice").visit(&started.url)?;
    let page = second.callback(&callback, "login=another-browsers")?;
    println!("her callback with another cookie: {page:?}");
    let page = second.callback(&callback, started.cookie())?;
    println!("alice: {page:?}");
    let page = second.callback(&callback, started.cookie())?;
    println!("alice, who presses reload: {page:?}");

    println!("The instance received these requests:");
    for request in fake.requests() {
        println!("  {request:?}");
    }
    Ok(())
}
