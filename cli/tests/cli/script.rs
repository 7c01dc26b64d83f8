//! `deed run --script`: steps, what is expected of them, and what is said where it does not come.

use crate::support::{Run, deed, deed_in, folder};

const CLOCK: &str = r#"module clock

error Early(now: Time)

event Rung(index by: Address, at: Time, note: string)

contract Clock {
    state { opens: Time }

    init(opens: Time) { self.opens = opens }

    entry fn ring(note: string) -> Time throws Early {
        if block.time < self.opens { throw Early(block.time) }
        emit Rung(tx.sender, block.time, note)
        return block.time
    }

    entry fn fail() {
        let coins = self.balance
        assert coins > 0
    }
}

contract Watcher {
    state { clock: Clock }

    init(clock: Clock) { self.clock = clock }

    entry fn watch() -> Address throws Early {
        let at = self.clock.ring("watched")
        return self.clock.address
    }
}
"#;

/// Runs a script with the clock and its watcher.
fn script(text: &str) -> Run {
    let folder = folder(&[("clock.deed", CLOCK), ("day.script", text)]);
    deed_in(folder.path(), &["run", "clock.deed", "--contract", "Clock", "--script", "day.script"])
}

#[test]
fn a_script_says_when_and_how_its_steps_end() {
    let run = script(
        r##"# A clock that opens at nine in Beijing.
at 2024-01-08T08:00:00+08:00
deploy Clock("2024-01-08T01:00:00Z")    # remarks stand anywhere
deploy Watcher(@Clock) from bob

ring("# is no remark => here")
    => error Early(now: "2024-01-08T00:00:02Z")
ring("") gas 1 => out of gas
fail() => trap assert
at 2024-01-08T09:00:00+08:00
ring("nine") from carol
    => ok "2024-01-08T01:00:00Z"
    => event Rung(by: @carol, at: "2024-01-08T01:00:00Z", note: "nine")
Watcher.watch()
    => ok @Clock
    => event Rung(by: @Watcher, ..)
ring(
    "over lines"
) from dave
"##,
    );
    let run = run
        .exits(0)
        .prints(&["Watcher.watch()\n  ok        @Clock", "ring(\"over lines\") from dave"]);
    assert_eq!(run.err, "");
}

#[test]
fn a_script_stops_at_the_first_step_that_ends_otherwise() {
    let begin = "at 2024-01-08T08:00:00+08:00\ndeploy Clock(\"2024-01-08T01:00:00Z\")\n";
    let cases = [
        ("ring(\"\")\n", "3:1", "it ended: error Early(now: \"2024-01-08T00:00:01Z\")"),
        ("ring(\"\") => ok\n", "3:13", "it ended: error Early"),
        ("ring(\"\") => trap assert\n", "3:13", "it ended: error Early"),
        ("ring(\"\") => error Early()\n", "3:13", "it ended: error Early"),
        ("ring(\"\") => error Early(now: \"2024-01-08T00:00:02Z\")\n", "3:13", "it ended: "),
        ("ring(\"\") => error Early => event Rung\n", "3:28", "it ended: error Early"),
        ("fail() => out of gas\n", "3:11", "it ended: trap assert"),
        ("at 2024-01-08T07:00:00+08:00\n", "3:4", "the clock cannot go back"),
    ];
    for (step, place, words) in cases {
        let run = script(&format!("{begin}{step}ring(\"later\")\n")).exits(1);
        run.says(&["E0810", &format!("day.script:{place} "), words]);
    }
    let last = script(&format!("{begin}fail()\nring(\"later\")\n")).exits(1);
    assert!(!last.out.contains("later"), "{}", last.out);
}

#[test]
fn what_is_wrong_with_a_script_is_said_at_once_and_nothing_runs() {
    let run = script(
        "at noon\n\
         deploy Clock(\"2024-01-08T01:00:00Z\")\n\
         ring(\"\") => fine\n\
         ring(\"\") => error Early(now 3)\n\
         ring(\"\") => ok 1 2\n\
         ring(\"\") => trap overflow again\n\
         deploy() => ok\n",
    );
    let run = run.exits(2).says(&[
        "day.script:1:4",
        "a time should stand here",
        "`fine` is no way to end",
        "`:` should stand behind a field's name",
        "day.script:5:18",
        "the expectation ends before this",
        "day.script:6:27",
        "day.script:7:7",
    ]);
    assert_eq!(run.out, "");
    script("ring(1)\n").exits(2).says(&["E0804", "day.script:1:6"]);
    script("  ring(\"\")\n").exits(1).says(&["no `Clock` is deployed yet"]);
}

#[test]
fn expectations_belong_in_a_script() {
    let folder = folder(&[("clock.deed", CLOCK)]);
    let call = ["run", "clock.deed", "--contract", "Clock", "--call", "fail() => trap assert"];
    deed_in(folder.path(), &call).exits(2).says(&["E0803", "expectations stand in a script"]);
    let both = ["run", "clock.deed", "--script", "day.script", "--call", "fail()"];
    deed_in(folder.path(), &both).exits(2).says(&["cannot be used with"]);
}

#[test]
fn receivables_come_out_to_the_fen() {
    let path = "examples/receivable/scenario.script";
    let example = ["run", "examples/receivable", "--contract", "Receivables", "--script", path];
    let lines = deed(&[&example[..], &["--json"]].concat()).exits(0).json_lines();
    let events = lines.iter().flat_map(|line| line["events"].as_array().into_iter().flatten());
    let family: Vec<&str> = events
        .filter(|event| event["fields"]["root"] == "1")
        .filter_map(|event| event["name"].as_str())
        .collect();
    let story = [
        "Issued",
        "Accepted",
        "Split",
        "Transferred",
        "Split",
        "Transferred",
        "Financed",
        "Financed",
        "Settled",
        "Settled",
        "Advanced",
        "RecourseRepaid",
    ];
    assert_eq!(family, story);
}
