//! Who may send what: signatures, nonces, chains, code.

use deed_bytecode::encode;
use deed_ledger::keys::{Scheme, SecretKey, Signature};
use deed_ledger::{
    Action, Genesis, Ledger, LedgerError, Rejection, SignedTransaction, Transaction,
};
use deed_runtime::{Hash, Status};

use crate::support::{adds, ask, counter, deploy_signed, key, ok, sign, transaction};

fn rejection<T>(result: Result<T, LedgerError>) -> Rejection {
    match result {
        Err(LedgerError::Rejected(rejection)) => rejection,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the chain took it"),
    }
}

#[test]
fn accounts_of_all_schemes_deploy_and_call() {
    let mut ledger = Ledger::default();
    for scheme in Scheme::ALL {
        let key = SecretKey::development(scheme, "alice");
        let from = key.public().address();
        let contract = deploy_signed(&mut ledger, &key, 1).expect("it is signed").contract;
        let signed = sign(&ledger, &key, adds(contract, 4));
        let execution = ledger.submit(&signed, None).expect("it is signed");
        assert_eq!((execution.from, &execution.outcome.status), (from, &ok(5)));
        let account = ledger.account(&from).expect("the ledger works");
        assert_eq!((account.scheme, account.nonce), (Some(scheme), 2));
        let position = ledger.position(&execution.tx_hash).expect("the ledger works");
        let kept = ledger.transaction(position.expect("it is on the chain"));
        let (kept, witness) = kept.expect("the ledger works").expect("it is on the chain");
        assert_eq!((kept, witness), (signed.transaction, Some(signed.witness)));
    }
}

#[test]
fn a_transaction_runs_once_and_in_order() {
    let (mut ledger, key) = (Ledger::default(), key("alice"));
    let contract = deploy_signed(&mut ledger, &key, 1).expect("it is signed").contract;
    let first = sign(&ledger, &key, adds(contract, 1));
    ledger.submit(&first, None).expect("it is the next one");
    let head = ledger.head_hash();
    let again = rejection(ledger.submit(&first, None));
    assert_eq!(again, Rejection::Replayed { expected: 2, given: 1 });
    let Transaction { nonce, .. } = first.transaction;
    let later = Transaction { nonce: nonce + 2, ..first.transaction }.sign(&key);
    let early = rejection(ledger.submit(&later, None));
    assert_eq!(early, Rejection::TooEarly { expected: 2, given: 3 });
    assert_eq!(ledger.head_hash(), head, "what is refused leaves nothing");
    assert_eq!(ask(&ledger, &contract, "count"), ok(2));
}

#[test]
fn a_failed_transaction_uses_its_nonce() {
    let (mut ledger, key) = (Ledger::default(), key("alice"));
    let contract = deploy_signed(&mut ledger, &key, 1).expect("it is signed").contract;
    let signed = sign(&ledger, &key, adds(contract, 0));
    let execution = ledger.submit(&signed, None).expect("it is signed");
    assert_eq!(execution.status_name(), "error");
    assert!(matches!(rejection(ledger.submit(&signed, None)), Rejection::Replayed { .. }));
}

#[test]
fn what_is_not_signed_as_it_is_sent_is_refused() {
    let (mut ledger, key) = (Ledger::default(), key("alice"));
    let contract = deploy_signed(&mut ledger, &key, 1).expect("it is signed").contract;
    let good = sign(&ledger, &key, adds(contract, 1));
    let with = |transaction: Transaction| SignedTransaction { transaction, ..good.clone() };
    let original = || good.transaction.clone();
    let changed = [
        with(Transaction { action: adds(contract, 2), ..original() }),
        with(Transaction { value: 1, ..original() }),
        with(Transaction { gas_limit: 1, ..original() }),
    ];
    for signed in changed {
        assert_eq!(rejection(ledger.submit(&signed, None)), Rejection::BadSignature);
    }
    let mut bad = good.clone();
    bad.witness.signature = Signature { bytes: [0; 64] };
    assert_eq!(rejection(ledger.submit(&bad, None)), Rejection::BadSignature);
    let bob = crate::support::key("bob");
    let forged = original().sign(&bob);
    let (from, other) = (key.public().address(), bob.public().address());
    let expected = Rejection::WrongKey { from, key: other };
    assert_eq!(rejection(ledger.submit(&forged, None)), expected);
    assert!(ledger.submit(&good, None).is_ok());
}

#[test]
fn a_transaction_belongs_to_one_chain() {
    let other = Genesis { chain_id: "elsewhere".into(), ..Genesis::default() };
    let mut ledger = Ledger::new(Ledger::default().engine().clone(), other);
    let refused = rejection(deploy_signed(&mut ledger, &key("alice"), 1));
    let (expected, given) = ("elsewhere".into(), "deed-local".into());
    assert_eq!(refused, Rejection::WrongChain { expected, given });
}

#[test]
fn code_comes_along_once() {
    let (mut ledger, key) = (Ledger::default(), key("alice"));
    let module = encode(&counter());
    let code = ledger.engine().load(&module).expect("a module").hash();
    let deploys = |code| Action::Deploy { code, args: 1u64.to_le_bytes().to_vec() };
    let signed = sign(&ledger, &key, deploys(code));
    assert_eq!(rejection(ledger.submit(&signed, None)), Rejection::UnknownCode(code));
    assert!(matches!(ledger.submit(&signed, Some(b"nonsense")), Err(LedgerError::Load(_))));
    let wrong = sign(&ledger, &key, deploys(Hash([7; 32])));
    let (expected, given) = (Hash([7; 32]), code);
    let refused = rejection(ledger.submit(&wrong, Some(&module)));
    assert_eq!(refused, Rejection::WrongCode { expected, given });
    assert!(ledger.submit(&signed, Some(&module)).is_ok());
    let again = sign(&ledger, &key, deploys(code));
    assert!(ledger.submit(&again, None).expect("the chain has the code").is_ok());
}

#[test]
fn bad_calls_have_receipts_that_say_so() {
    let (mut ledger, key) = (Ledger::default(), key("alice"));
    let contract = deploy_signed(&mut ledger, &key, 1).expect("it is signed").contract;
    let call = |contract, function: &str, args: &[u8]| Action::Call {
        contract,
        function: function.into(),
        args: args.to_vec(),
    };
    let cases = [
        (call(contract, "add", &[]), "bad argument"),
        (call(contract, "add", &[1; 7]), "bad argument"),
        (call(contract, "add", &[1; 9]), "bad argument"),
        (call(contract, "add", &vec![1; 2 << 20]), "bad argument"),
        (call(contract, "sub", &[1; 8]), "no entry or view called `sub`"),
        (call(contract, "init", &[1; 8]), "runs only once"),
        (call(deed_runtime::Address([9; 32]), "add", &[1; 8]), "no contract is deployed"),
        (call(contract, &"long".repeat(1 << 16), &[]), "no entry or view called `longlong"),
    ];
    for (action, expected) in cases {
        let signed = sign(&ledger, &key, action);
        let execution = ledger.submit(&signed, None).expect("it is signed");
        let Status::Refused(refusal) = &execution.outcome.status else {
            panic!("{:?}", execution.outcome.status);
        };
        assert!(refusal.to_string().contains(expected), "{refusal}");
        let kept = ledger.receipts(execution.height).expect("the ledger works");
        assert_eq!(kept, [execution.receipt()]);
    }
}

#[test]
fn canonical_bytes_have_one_reading() {
    let ledger = Ledger::default();
    let key = key("alice");
    let signed = transaction(&ledger, &key, adds(deed_runtime::Address([3; 32]), 5)).sign(&key);
    let bytes = signed.to_bytes();
    assert_eq!(SignedTransaction::from_bytes(&bytes), Ok(signed.clone()));
    assert!(
        signed.transaction.signed_bytes().starts_with(b"deed transaction 1\x0a\0\0\0deed-local")
    );
    for length in 0..bytes.len() {
        assert!(SignedTransaction::from_bytes(&bytes[..length]).is_err());
    }
    assert!(SignedTransaction::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] = changed[at].wrapping_add(0x80);
        if let Ok(read) = SignedTransaction::from_bytes(&changed) {
            assert_ne!(read, signed);
            assert_eq!(read.to_bytes(), changed);
        }
    }
}
