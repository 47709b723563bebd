//! The table of ratios.

use std::process::ExitCode;

use crate::measure::{has_valgrind, instructions, times};
use crate::{command, scale, tasks};

/// What is compared: ours, the other one, repetitions, the most that the ratio should be.
const ROWS: [(&str, &str, &str, u64, f64); 12] = [
    (
        "authorise and redeem, oauth2 with a kept client",
        "redeem/pasted",
        "redeem/oauth2-kept",
        200,
        1.0,
    ),
    (
        "authorise and redeem, oauth2 with a new client",
        "redeem/pasted",
        "redeem/oauth2-new",
        200,
        1.0,
    ),
    ("authorise and redeem, by hand without checks", "redeem/pasted", "redeem/by-hand", 200, 3.0),
    ("by redirect, oauth2 with a kept client", "redeem/redirect", "redeem/oauth2-kept", 200, 1.0),
    ("account of 1 KiB, serde_json", "account/1-kib", "account/serde-1-kib", 200, 1.0),
    ("account of 4 KiB, serde_json", "account/4-kib", "account/serde-4-kib", 200, 1.0),
    ("whole Login, bare exchanges", "login/whole", "login/exchanges", 200, 1.1),
    ("Login stored between steps, not stored", "login/stored", "login/whole", 100, 2.0),
    ("page with two links, without links", "page/link", "page/last", 200, 10.0),
    ("warm call over ureq, bare ureq", "call/ureq", "call/ureq-bare", 300, 1.1),
    ("warm call over isahc, bare isahc", "call/isahc", "call/isahc-bare", 300, 1.1),
    ("warm call, isahc for ureq", "call/isahc", "call/ureq", 300, 2.0),
];

pub fn print_table() -> ExitCode {
    let unit = if has_valgrind() { "instructions" } else { "ns (no valgrind here)" };
    println!("| what, compared with | {unit} | of the other | ratio | goal |");
    println!("|---|---|---|---|---|");
    for (what, ours, other, repetitions, goal) in ROWS {
        let [ours, other] = if has_valgrind() {
            [ours, other].map(|task| instructions(task, repetitions))
        } else {
            let find = |name| tasks().into_iter().find(|(it, _)| *it == name).expect("a task").1;
            times([find(ours), find(other)], repetitions * 10)
        };
        println!("| {what} | {ours:.0} | {other:.0} | {:.2} | ≤ {goal} |", ours / other);
    }
    command::print();
    scale::print(None)
}
