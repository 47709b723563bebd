//! What one repetition of a task costs.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

/// Does something this many times.
pub type Task = fn(repetitions: u64);

/// Whether instructions can be counted.
pub fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|it| it.status.success())
}

/// The instructions of one repetition.
pub fn instructions(task: &str, many: u64) -> f64 {
    let few = 1 + many / 10;
    let difference = total(task, few + many) - total(task, few);
    difference as f64 / many as f64
}

fn total(task: &str, repetitions: u64) -> u64 {
    let this = env::current_exe().expect("this program");
    let this = this.to_str().expect("a path in UTF-8");
    instructions_of(&[this, "--task", task, &repetitions.to_string()], &[])
}

/// The instructions of a whole process, with these variables in its environment.
pub fn instructions_of(command: &[&str], variables: &[(&str, &str)]) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--"])
        .args(command)
        .envs(variables.iter().copied())
        .output()
        .expect("valgrind");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{printed}");
    let count = printed.split("Collected : ").nth(1).and_then(|it| it.split_whitespace().next());
    count.expect("a count").parse().expect("a number")
}

/// The time of one repetition, the best of several runs, in nanoseconds. Both tasks take turns.
pub fn times(tasks: [Task; 2], many: u64) -> [f64; 2] {
    let mut best = [Duration::MAX; 2];
    for _ in 0..9 {
        for (task, best) in tasks.iter().zip(&mut best) {
            let begun = Instant::now();
            task(many);
            *best = begun.elapsed().min(*best);
        }
    }
    best.map(|it| it.as_nanos() as f64 / many as f64)
}
