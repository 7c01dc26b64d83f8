//! What a gas of each class takes: `cargo bench -p deed-runtime --bench gas`.
//!
//! In: nothing, `--json` or `--natives`. Out: for each operator its gas, its time on the interpreter, and
//! nanoseconds for a gas; then simple integer operations a second. Or of natives what [`natives`] says. An operator stands in a loop several times over; what
//! the loop itself takes is measured beside it and taken off. Times are those that the thread had a
//! processor for, the least of several rounds.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod arguments;
mod crates;
mod natives;
mod operators;
mod run;

use run::{Loop, Measured};

/// Where a class ends and the next begins.
struct Row {
    class: &'static str,
    name: &'static str,
    measured: Measured,
}

fn main() {
    if std::env::args().any(|arg| arg == "--natives") {
        natives::print();
        return;
    }
    let json = std::env::args().any(|arg| arg == "--json");
    let empty = run::empty();
    let rows: Vec<Row> = operators::all()
        .into_iter()
        .map(|it| {
            let Loop { class, name, .. } = it;
            Row { class, name, measured: run::measure(it, &empty) }
        })
        .collect();
    match json {
        true => print_json(&rows),
        false => print_table(&rows),
    }
}

fn print_table(rows: &[Row]) {
    println!("{:<10} {:<44} {:>10} {:>10} {:>10}", "class", "operator", "gas", "ns", "ns a gas");
    for Row { class, name, measured: Measured { gas, ns } } in rows {
        println!("{class:<10} {name:<44} {gas:>10.1} {ns:>10.1} {:>10.2}", ns / gas);
    }
    let rate = run::simple_operations();
    println!(
        "simple integer operations, metered, on one thread: {:.0} million a second",
        rate / 1e6
    );
}

fn print_json(rows: &[Row]) {
    let rows = rows.iter().map(|Row { class, name, measured: Measured { gas, ns } }| {
        format!("{{\"class\":\"{class}\",\"operator\":\"{name}\",\"gas\":{gas:.2},\"ns\":{ns:.2}}}")
    });
    println!("[{}]", rows.collect::<Vec<_>>().join(","));
}
