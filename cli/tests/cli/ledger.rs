//! `deed deploy`, `call`, `query`, `events`, `history` and `accounts`, on a ledger in a folder.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, deed_in, deed_with, folder};

const SHOP: &str = "\
module shop

contract Shop {
    state {
        sold: u64 = 0
    }

    event Sold(index by: Address, amount: u64)

    error Empty(by: Address)

    entry fn buy(amount: u64) -> u64 throws Empty {
        if amount == 0 { throw Empty(tx.sender) }
        self.sold += amount
        emit Sold(tx.sender, amount)
        return self.sold
    }

    payable entry fn tip() -> u128 { return tx.value }

    view fn total() -> u64 { return self.sold }
}
";

/// A folder with the shop deployed.
fn shop() -> TempDir {
    let here = folder(&[("shop.deed", SHOP)]);
    deed_in(here.path(), &["deploy", "shop.deed"]).exits(0);
    here
}

fn call(here: &Path, call: &str) -> Run {
    deed_in(here, &["call", "Shop", call])
}

fn json_of(here: &Path, args: &[&str]) -> Vec<Value> {
    deed_in(here, &[args, &["--json"]].concat()).exits(0).json_lines()
}

#[test]
fn a_contract_lives_on_from_command_to_command() {
    let here = shop();
    call(here.path(), "buy(2) from bob")
        .exits(0)
        .prints(&["ok        2", "Sold(by: @bob, amount: 2)"]);
    call(here.path(), "buy(3)").exits(0).prints(&["ok        5", "Sold(by: @alice, amount: 3)"]);
    let ask = ["query", "Shop", "total()"];
    deed_in(here.path(), &ask).exits(0).prints(&["total()\n  ok        5  gas "]);
    let past = [&ask[..], &["--at", "2"]].concat();
    deed_in(here.path(), &past).exits(0).prints(&["ok        2"]);
    let future = [&ask[..], &["--at", "9"]].concat();
    deed_in(here.path(), &future).exits(1).says(&["height 9", "heights 0 to 3"]);
}

#[test]
fn failures_are_kept_with_their_error() {
    let here = shop();
    call(here.path(), "buy(0) from carol").exits(1).prints(&["Empty(by: @carol)", "undone"]);
    let rows = json_of(here.path(), &["history", "Shop", "--error", "Empty"]);
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["call"], &rows[0]["status"]), (&json!("buy(0)"), &json!("error")));
    assert_eq!(rows[0]["error"]["name"], "Empty");
    let all = deed_in(here.path(), &["history"]).exits(0);
    all.prints(&["1      deploy Shop() from @alice", "2      @Shop.buy(0) from @carol"]);
    let none = json_of(here.path(), &["history", "--status", "trap"]);
    assert_eq!(none, Vec::<Value>::new());
    let bob = json_of(here.path(), &["history", "--from", "bob"]);
    assert_eq!(bob, Vec::<Value>::new());
}

#[test]
fn events_are_found_by_field_and_page() {
    let here = shop();
    for (who, amount) in [("bob", 1), ("carol", 2), ("bob", 3)] {
        call(here.path(), &format!("buy({amount}) from {who}")).exits(0);
    }
    let of_bob = ["events", "Shop", "--event", "Sold", "--where", "by=@bob"];
    let rows = json_of(here.path(), &of_bob);
    let amounts: Vec<&Value> = rows.iter().map(|row| &row["fields"]["amount"]).collect();
    assert_eq!(amounts, [&json!("1"), &json!("3")]);
    let first = deed_in(here.path(), &["events", "--limit", "2"]).exits(0);
    let first = first.says(&["--after 3.0.0"]);
    assert_eq!(first.out.lines().count(), 2);
    let next = deed_in(here.path(), &["events", "--after", "3.0.0"]).exits(0);
    assert_eq!(next.out, "4      @Shop  Sold(by: @bob, amount: 3)\n");
    let newest = json_of(here.path(), &["events", "Shop", "--newest", "--heights", "..3"]);
    assert_eq!(newest[0]["fields"]["amount"], "2");
    let bad = deed_in(here.path(), &["events", "Shop", "--event", "Bought"]).exits(2);
    bad.says(&["no event `Bought`", "it has Sold"]);
    let bad = deed_in(here.path(), &["events", "Shop", "--event", "Sold", "--where", "amount=1"]);
    bad.exits(2).says(&["no `index` field `amount`", "by"]);
    let bad = deed_in(here.path(), &["events", "Shop", "--event", "Sold", "--where", "by=7"]);
    bad.exits(2).says(&["E0804"]);
}

#[test]
fn accounts_sign_bytes_and_no_transactions() {
    let here = TempDir::new().expect("a folder");
    let sign = |args: &[&str]| deed_in(here.path(), &[&["accounts", "sign"], args].concat());
    let first = sign(&["core", "0x00ff", "--development"]).exits(0);
    assert_eq!(first.out, sign(&["core", "0x00ff", "--development"]).exits(0).out);
    first.prints(&[
        "sm2        0x02e3f5de8825469f45c6263259381097a0a8d967491a5011ab48e2b4a2b24bf0ea",
    ]);
    sign(&["bob", "0x"]).exits(0).prints(&["ed25519", "signature  0x"]);
    sign(&["core", "0x00ff"]).exits(2).says(&["there is no account `core` here"]);
    sign(&["bob", "0x0f0"]).exits(2).says(&["two hexadecimal digits"]);
    let transaction = deed_abi::hex(b"deed transaction 1 and more");
    sign(&["bob", &transaction]).exits(2).says(&["these bytes are a transaction"]);
}

#[test]
fn accounts_have_keys_of_their_own() {
    let here = shop();
    let made = json_of(here.path(), &["accounts", "new", "treasury"]);
    assert_eq!((&made[0]["scheme"], &made[0]["development"]), (&json!("sm2"), &json!(false)));
    for scheme in ["secp256k1", "ed25519"] {
        deed_in(here.path(), &["accounts", "new", scheme, "--scheme", scheme]).exits(0);
        call(here.path(), &format!("buy(1) from {scheme}")).exits(0);
    }
    call(here.path(), "buy(1) from treasury").exits(0).prints(&["Sold(by: @treasury"]);
    let shown = json_of(here.path(), &["accounts", "show", "treasury"]);
    assert_eq!((&shown[0]["nonce"], &shown[0]["address"]), (&json!(1), &made[0]["address"]));
    let list = deed_in(here.path(), &["accounts", "list"]).exits(0);
    assert_eq!(list.out.lines().count(), 8);
    let again = deed_in(here.path(), &["accounts", "new", "treasury"]).exits(2);
    again.says(&["an account `treasury` already"]);
    deed_in(here.path(), &["accounts", "new", "../bad"]).exits(2).says(&["no name of an account"]);
    let pem = fs::read_to_string(here.path().join(".deed/keys/treasury.pem")).expect("the key");
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----"), "no passphrase was set");
}

#[test]
fn a_passphrase_locks_keys() {
    let here = shop();
    let new = ["accounts", "new", "vault"];
    let made = deed_with(here.path(), Some("open sesame"), &new).exits(0);
    assert!(!made.err.contains("not encrypted"), "{}", made.err);
    let file = here.path().join(".deed/keys/vault.pem");
    let pem = fs::read_to_string(&file).expect("the key");
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{pem}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "others may not read it");
    }
    let buy = ["call", "Shop", "buy(1) from vault"];
    for wrong in [None, Some("open barley"), Some("")] {
        let refused = deed_with(here.path(), wrong, &buy).exits(1);
        refused.says(&["vault.pem", "set DEED_PASSPHRASE to what it was encrypted with"]);
    }
    deed_with(here.path(), Some("open sesame"), &buy).exits(0).prints(&["Sold(by: @vault"]);
    // What needs no secret key needs no passphrase.
    let shown = json_of(here.path(), &["accounts", "show", "vault"]);
    assert_eq!(shown[0]["nonce"], 1);
}

#[test]
fn coins_go_along() {
    let here = shop();
    call(here.path(), "tip() from bob value 70").exits(0).prints(&["ok        70"]);
    let bob = json_of(here.path(), &["accounts", "show", "bob"]);
    assert_eq!(bob[0]["coins"], "999999930");
    call(here.path(), "tip() from bob value 2000000000").exits(1).prints(&["no_coins"]);
    call(here.path(), "buy(1) value 5").exits(2).says(&["takes no coins"]);
}

#[test]
fn what_is_not_there_is_named() {
    let here = folder(&[("shop.deed", SHOP)]);
    for args in
        [&["call", "Shop", "buy(1)"][..], &["query", "Shop", "total()"], &["events"], &["history"]]
    {
        deed_in(here.path(), args).exits(1).says(&["there is no ledger", "deed deploy"]);
    }
    let here = shop();
    deed_in(here.path(), &["call", "Shoop", "buy(1)"])
        .exits(2)
        .says(&["no contract is called `Shoop`"]);
    let nowhere = format!("0x{}", "7".repeat(64));
    deed_in(here.path(), &["call", &nowhere, "buy(1)"]).exits(2).says(&["no contract is deployed"]);
    call(here.path(), "bye(1)").exits(2).says(&["E0803", "no entry or view called `bye`"]);
    call(here.path(), "buy(true)").exits(2).says(&["E0804", "parameter `amount`"]);
    call(here.path(), "buy()").exits(2).says(&["E0804", "takes 1 argument"]);
    call(here.path(), "buy(1) from nobody").exits(2).says(&["nobody is called `nobody`"]);
    let huge = format!("buy([{}])", "1,".repeat(20_000));
    call(here.path(), &huge).exits(2);
    deed_in(here.path(), &["query", "Shop", "buy(1)"]).exits(1).prints(&["may write"]);
    let history = json_of(here.path(), &["history"]);
    assert_eq!(history.len(), 1, "nothing but the deployment was sent");
}

#[test]
fn a_damaged_ledger_is_refused_with_a_remedy() {
    let here = shop();
    let file = here.path().join(".deed/ledger/ledger.redb");
    let whole = fs::read(&file).expect("the file");
    fs::write(&file, &whole[..whole.len() / 2]).expect("it is written");
    let run = deed_in(here.path(), &["query", "Shop", "total()"]).exits(1);
    run.says(&["ledger.redb", "damaged", "restore the file"]);
}
