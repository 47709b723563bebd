//! What gts-oauth costs, beside what people would use instead. Run it from the root:
//!
//! ```text
//! cargo run --release --manifest-path tests/bench/Cargo.toml
//! ```
//!
//! Each row is two tasks that do the same. A task runs in a process of its own, under callgrind, for a
//! few repetitions and for many: the difference is what one repetition costs in instructions,
//! which other processes do not disturb. Without valgrind, time takes its place. `--command` measures
//! the command alone, `--scale` the rates under load, also in an empty PostgreSQL database if its URL
//! follows (`postgres://user@host/name`). `.ci/budgets` has the limits that CI checks.

mod account;
mod calls;
mod command;
#[path = "../../../examples/web_backend/database.rs"]
mod database;
mod login;
mod measure;
mod pending;
mod redeem;
mod rows;
mod scale;
#[allow(dead_code, reason = "only a part of the example is measured")]
#[path = "../../../examples/web_backend/store.rs"]
mod store;

use std::env;
use std::process::ExitCode;

use measure::Task;

/// All tasks, by their names.
fn tasks() -> Vec<(&'static str, Task)> {
    let mut tasks = Vec::new();
    tasks.extend(redeem::TASKS);
    tasks.extend(account::TASKS);
    tasks.extend(login::TASKS);
    tasks.extend(calls::TASKS);
    tasks
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(|it| &**it).collect();
    match arguments[..] {
        [] => rows::print_table(),
        ["--task", name, repetitions] => {
            let repetitions = repetitions.parse().expect("a number of repetitions");
            let (_, task) = tasks().into_iter().find(|(it, _)| *it == name).expect("a task");
            task(repetitions);
            ExitCode::SUCCESS
        }
        ["--serve"] => calls::serve(),
        ["--command"] => command::print(),
        ["--scale"] => scale::print(None),
        ["--scale", postgres] => scale::print(Some(postgres)),
        _ => {
            eprintln!("usage: gts-oauth-bench [--command | --scale [POSTGRESQL_URL]]");
            ExitCode::from(2)
        }
    }
}
