//! `deed run`: receipts for people and for scripts, and calls that are refused.

use serde_json::{Value, json};

use crate::support::{Run, deed, deed_in, folder};

/// `deed run` of the token, issued by the bank.
fn token(more: &[&str]) -> Run {
    let mut args = vec!["run", "examples/token", "--init", "(@bank, 1000)"];
    args.extend(more);
    deed(&args)
}

#[test]
fn receipts_are_shown_for_people() {
    let run = token(&[
        "--call",
        "transfer(@alice, 100) from bank",
        "--call",
        "approve(@bob, 30) from alice",
        "--call",
        "transfer_from(@alice, @carol, 20) from bob",
        "--call",
        "balance_of(@alice)",
    ]);
    run.exits(0).prints(&[
        "deploy Token(@bank, 1000)",
        "Minted(to: @bank, amount: 1000)",
        "Transferred(from: @alice, to: @carol, amount: 20)",
        "balance_of(@alice)\n  ok        80  gas ",
    ]);
}

#[test]
fn json_has_a_line_a_transaction_with_all_fields() {
    let run = token(&["--json", "--call", "balance_of(@bank)", "--call", "total_supply()"]);
    let lines = run.exits(0).json_lines();
    assert_eq!(lines.len(), 3);
    let fields = [
        "status",
        "result",
        "error",
        "trap",
        "gas_used",
        "gas_limit",
        "events",
        "reads",
        "writes",
        "engine",
        "opt",
        "elapsed_ns",
        "compile_ns",
        "peak_bytes",
        "input_bytes",
        "state_bytes",
        "state_root",
    ];
    for line in &lines {
        for field in fields {
            assert!(line.get(field).is_some(), "`{field}` is missing in {line}");
        }
        assert_eq!(line["status"], "ok");
    }
    assert_eq!(lines[0]["events"][0]["name"], "Minted");
    assert_eq!(lines[0]["events"][0]["fields"]["amount"], "1000");
    assert_eq!((&lines[1]["result"], &lines[2]["result"]), (&json!("1000"), &json!("1000")));
    assert_eq!(lines[1]["writes"], json!([]), "a view changes nothing");
    assert_eq!((&lines[1]["engine"], &lines[1]["opt"]), (&json!("auto"), &json!(2)));
}

#[test]
fn a_failed_transaction_is_undone_and_the_next_one_runs() {
    let calls = ["--call", "transfer(@dave, 5000) from alice", "--call", "balance_of(@dave)"];
    let human = token(&calls).exits(1).prints(&["Insufficient(need: 5000, have: 0)", "undone"]);
    assert_eq!(human.err, "");
    let lines = token(&[&["--json"], &calls[..]].concat()).exits(1).json_lines();
    assert_eq!(lines[1]["status"], "error");
    assert_eq!(lines[1]["error"]["name"], "Insufficient");
    assert_eq!(lines[1]["error"]["data"], json!({"need": "5000", "have": "0"}));
    assert_eq!(lines[1]["writes"], json!([]));
    assert_eq!(lines[2]["result"], "0");
}

#[test]
fn traps_name_kind_and_place() {
    let most = u64::MAX.to_string();
    let call = format!("mint(@alice, {most}) from bank");
    let lines = token(&["--json", "--call", &call]).exits(1).json_lines();
    assert_eq!(lines[1]["status"], "trap");
    assert_eq!(lines[1]["trap"]["kind"], "overflow");
    let at = lines[1]["trap"]["at"].as_str().expect("a place");
    assert!(at.starts_with("src/main.deed:"), "{at}");
    token(&["--call", &call]).exits(1).prints(&["trap", "overflow", "src/main.deed:"]);
}

#[test]
fn gas_is_bounded_by_option_and_by_call() {
    let lines = token(&["--json", "--call", "total_supply() gas 1"]).exits(1).json_lines();
    assert_eq!((&lines[1]["status"], &lines[1]["gas_limit"]), (&json!("out_of_gas"), &json!("1")));
    let lines = token(&["--json", "--gas", "1"]).exits(1).json_lines();
    assert_eq!(lines.len(), 1, "nothing is called that was not deployed");
    assert_eq!(lines[0]["status"], "out_of_gas");
}

#[test]
fn levels_of_optimisation_agree_on_all_but_gas() {
    let script = [
        "--json",
        "--call",
        "transfer(@alice, 7) from bank",
        "--call",
        "transfer(@bob, 9) from alice",
        "--call",
        "allowance(@bank, @bob)",
    ];
    let seen = |level: &str| -> Vec<Value> {
        let run = token(&[&["-O", level], &script[..]].concat()).exits(1);
        let mut lines = run.json_lines();
        for line in &mut lines {
            for measured in ["gas_used", "opt", "elapsed_ns", "compile_ns", "peak_bytes"] {
                line[measured] = Value::Null;
            }
            // The address of a contract follows from its code.
            line["contract"] = Value::Null;
            line["state_root"] = Value::Null;
            // A read that is not needed need not be made.
            line["reads"] = Value::Null;
        }
        lines
    };
    let plain = seen("0");
    for level in ["1", "2", "3"] {
        assert_eq!(plain, seen(level), "-O {level} differs");
    }
}

/// Two contracts, one of which is handed the other's address and makes a third.
const MARKET: &str = r"module market
contract Market {
    state { bank: Bank }

    init(bank: Bank) { self.bank = bank }

    payable entry fn save(share: u128) { self.bank.deposit() value share }

    entry fn open() { let till = deploy Till() }

    view fn coins() -> u128 { return self.balance }
}

event Deposited(from: Address, coins: u128)

contract Bank {
    state { fee: u128 }

    init(fee: u128) { self.fee = fee }

    payable entry fn deposit() {
        assert tx.value > self.fee
        emit Deposited(tx.sender, tx.value)
    }

    view fn held() -> u128 { return self.balance }
}

contract Till {
    view fn ready() -> bool { return true }
}
";

#[test]
fn several_contracts_run_together() {
    let folder = folder(&[("market.deed", MARKET)]);
    let main = ["run", "market.deed", "--contract", "Market"];
    let run = |more: &[&str]| deed_in(folder.path(), &[&main[..], more].concat());
    let bank = ["--deploy", "Bank(3) from bob", "--init", "@Bank"];
    let calls =
        ["--call", "save(70) from carol value 100", "--call", "coins()", "--call", "Bank.held()"];
    run(&[&bank[..], &calls].concat()).exits(0).prints(&[
        "deploy Bank(3) from bob",
        "deploy Market @Bank",
        "event     Deposited(from: @Market, coins: 70)",
        "coins()\n  ok        30",
        "Bank.held()\n  ok        70",
    ]);
    let till = ["--call", "open()", "--call", "Till.ready()"];
    run(&[&bank[..], &till].concat()).exits(0).prints(&["Till.ready()\n  ok        true"]);
    run(&[&bank[..], &["--call", "Till.ready()"]].concat())
        .exits(1)
        .says(&["no `Till` is deployed"]);
    run(&["--init", "@Bank", "--call", "Shop.f()"]).exits(1).says(&["there is no contract `Shop`"]);
    let dear = ["--deploy", "Bank(30)", "--init", "@Bank", "--call", "save(20) value 20"];
    run(&dear).exits(1).prints(&["trap      assert at market.deed:"]);
}

#[test]
fn modules_find_what_they_make_beside_them() {
    let folder = folder(&[("market.deed", MARKET)]);
    deed_in(folder.path(), &["build", "market.deed", "-o", "out"]).exits(0);
    let run = ["run", "out/Market.deedc", "--deploy", "Bank(3)", "--init", "@Bank"];
    let calls = ["--call", "open()", "--call", "save(9) value 9", "--call", "Till.ready()"];
    deed_in(folder.path(), &[&run[..], &calls].concat()).exits(0).prints(&["Till.ready()\n  ok"]);
}

const SHARES: &str = "module shares

contract Shares {
    fn half(n: u64) -> u64 { return n / (n - 2) }

    view fn both(a: u64, b: u64) -> u64 {
        return self.half(a) + self.half(b)
    }
}
";

#[test]
fn a_trap_in_inlined_code_names_its_call_and_symbols_may_lie_apart() {
    let folder = folder(&[("shares.deed", SHARES)]);
    let deed = |args: &[&str]| deed_in(folder.path(), args);
    let call = ["--call", "both(3, 2)"];
    let place = "division_by_zero at shares.deed:4:37, in half called at shares.deed:7:31  gas";
    deed(&[&["run", "shares.deed"], &call[..]].concat()).exits(1).prints(&[place]);
    let json = deed(&[&["run", "shares.deed", "--json"], &call[..]].concat()).json_lines();
    let inlined = json!([{ "function": "half", "called": "shares.deed:7:31" }]);
    assert_eq!(json[1]["trap"]["inlined"], inlined);
    deed(&["build", "shares.deed", "--strip", "-o", "out"]).exits(0);
    let stripped = [&["run", "out/Shares.deedc"], &call[..]].concat();
    deed(&stripped).exits(1).prints(&[place]);
    let symbols = folder.path().join("out/Shares.deedsym");
    std::fs::write(&symbols, "nothing").expect("the folder can be written");
    deed(&stripped).exits(1).says(&["these are no symbols of a Deed module"]);
    std::fs::remove_file(&symbols).expect("it is there");
    deed(&stripped).exits(1).prints(&["trap      division_by_zero  gas"]);
}

#[test]
fn trace_shows_entries_with_values() {
    token(&["--trace", "--call", "balance_of(@bank)"]).exits(0).prints(&[
        "balances[@bank] = 1000",
        "supply = 1000",
        "root",
    ]);
}

#[test]
fn calls_that_do_not_fit_are_refused_before_anything_runs() {
    let cases = [
        ("transfr(@bob, 1)", "E0803", "no entry or view called `transfr`"),
        ("hand_over(@bob, @bob, 1)", "E0803", "no entry or view called `hand_over`"),
        ("init(@bob, 1)", "E0803", "runs once"),
        ("transfer(@bob)", "E0804", "takes 2 arguments, and 1 came"),
        ("transfer(@bob, 1, 2)", "E0804", "takes 2 arguments, and 3 came"),
        ("transfer(@bob, true)", "E0804", "parameter `amount` of `transfer` is a `u64`"),
        ("transfer(\"bob\", 1)", "E0804", "parameter `to` of `transfer` is an `Address`"),
        ("transfer(@bob, -1)", "E0804", "parameter `amount`"),
        ("transfer(@bob, 18446744073709551616)", "E0804", "parameter `amount`"),
        ("transfer(@bob, 1.5)", "E0804", "parameter `amount`"),
        ("transfer(@bob, 1) value 5", "E0803", "takes no coins"),
        ("transfer(@bob, 1", "E0803", "`)` should stand"),
        ("", "E0803", "a function's name should stand here"),
    ];
    for (call, code, message) in cases {
        let run = token(&["--message-format", "short", "--call", call]).exits(2);
        assert_eq!(run.out, "", "`{call}`: nothing may run");
        run.says(&[code, message, "--call 1:1:"]);
    }
}

#[test]
fn all_bad_calls_are_named_at_once() {
    let run = token(&["--call", "f(", "--call", "total_supply()", "--call", "g)"]).exits(2);
    run.says(&["--call 1:1:3", "--call 3:1:2"]);
}

#[test]
fn a_deployment_without_its_arguments_is_refused() {
    let run = deed(&["run", "examples/token"]).exits(2);
    run.says(&["E0804", "`init` takes 2 arguments, and 0 came", "issuer: Address", "--init"]);
}

#[test]
fn an_engine_to_come_is_refused() {
    token(&["--engine", "wasm"]).exits(2).says(&["not built yet", "interp"]);
    token(&["--engine", "abacus"]).exits(2).says(&["abacus", "interp"]);
}

#[test]
fn a_new_package_checks_builds_and_runs() {
    let here = folder::<&str>(&[]);
    deed_in(here.path(), &["new", "vault"]).exits(0);
    let vault = here.path().join("vault");
    deed_in(&vault, &["check"]).exits(0);
    deed_in(&vault, &["build"]).exits(0);
    assert!(vault.join("build/Counter.deedc").exists());
    let calls =
        ["--call", "count(5) from bob", "--call", "current()", "--call", "reset() from bob"];
    let run = deed_in(&vault, &[&["run", "."], &calls[..]].concat()).exits(1);
    run.prints(&["Counted(by: @bob, total: 5)", "ok        5", "NotOwner(caller: @bob)"]);
    let run = deed_in(&vault, &[&["run", "build/Counter.deedc"], &calls[..2]].concat()).exits(0);
    run.prints(&["Counted(by: @bob, total: 5)"]);
}
