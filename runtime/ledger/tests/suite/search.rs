//! Events and transactions by what they are looked for.

use deed_ledger::{Ending, EventFilter, Ledger, Position, TransactionFilter, account};
use deed_runtime::Address;

use crate::support::{COUNTED, ZERO, add_from, deploy};

/// Two counters; bob adds 1 to 30 to the first, carol to the second where it is even, and nothing where
/// it is a multiple of five, which fails.
fn chain() -> (Ledger, [Address; 2]) {
    let mut ledger = Ledger::default();
    let contracts = [1, 2].map(|start| deploy(&mut ledger, "alice", start).contract);
    for number in 1..=30 {
        let amount = if number % 5 == 0 { 0 } else { number };
        add_from(&mut ledger, "bob", &contracts[0], amount);
        if number % 2 == 0 {
            add_from(&mut ledger, "carol", &contracts[1], amount);
        }
    }
    (ledger, contracts)
}

/// The amounts of the events that a filter means, page by page.
fn amounts(ledger: &Ledger, filter: &EventFilter) -> Vec<u64> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let filter = EventFilter { after, ..filter.clone() };
        let page = ledger.events(&filter).expect("the ledger works");
        assert!(page.rows.len() <= filter.limit);
        let amount = |data: &[u8]| u64::from_le_bytes(data[32..40].try_into().expect("8 bytes"));
        found.extend(page.rows.iter().map(|row| amount(&row.event.data)));
        match page.next {
            Some(next) => after = Some(next),
            None => return found,
        }
    }
}

fn all_of_bob() -> Vec<u64> {
    (1..=30).filter(|number| number % 5 != 0).collect()
}

#[test]
fn events_are_found_by_contract_name_and_field() {
    let (ledger, [first, second]) = chain();
    for limit in [1, 3, 100] {
        let of = |contract: Address| EventFilter {
            contract: Some(contract),
            limit,
            ..EventFilter::default()
        };
        assert_eq!(amounts(&ledger, &of(first)), all_of_bob());
        let named = EventFilter { code: Some(COUNTED), ..of(second) };
        let even: Vec<u64> = all_of_bob().into_iter().filter(|number| number % 2 == 0).collect();
        assert_eq!(amounts(&ledger, &named), even);
        let newest = EventFilter { newest_first: true, ..of(first) };
        assert!(amounts(&ledger, &newest).iter().eq(all_of_bob().iter().rev()));
        let by = EventFilter { fields: vec![(1, 8u64.to_be_bytes().to_vec())], ..named.clone() };
        assert_eq!(amounts(&ledger, &by), [8]);
        let both = vec![(0, account("carol").0.to_vec()), (1, 8u64.to_be_bytes().to_vec())];
        assert_eq!(amounts(&ledger, &EventFilter { fields: both, ..named.clone() }), [8]);
        let none = vec![(0, account("bob").0.to_vec())];
        assert_eq!(amounts(&ledger, &EventFilter { fields: none, ..named }), []);
    }
}

#[test]
fn events_of_all_contracts_are_found_by_height() {
    let (ledger, _) = chain();
    for limit in [1, 7, 1000] {
        let all = EventFilter { limit, ..EventFilter::default() };
        assert_eq!(amounts(&ledger, &all).len(), 24 + 12);
        let heights = EventFilter { heights: 3..=5, ..all.clone() };
        assert_eq!(amounts(&ledger, &heights), [1, 2, 2]);
        let newest = EventFilter { newest_first: true, ..heights };
        assert_eq!(amounts(&ledger, &newest), [2, 2, 1]);
        let nothing = EventFilter { heights: 500..=u64::MAX, ..all };
        assert_eq!(amounts(&ledger, &nothing), []);
    }
}

fn count(ledger: &Ledger, filter: TransactionFilter) -> usize {
    let (mut found, mut after) = (0, None);
    loop {
        let filter = TransactionFilter { after, limit: 7, ..filter.clone() };
        let page = ledger.transactions(&filter).expect("the ledger works");
        found += page.rows.len();
        match page.next {
            Some(next) => after = Some(next),
            None => return found,
        }
    }
}

#[test]
fn transactions_are_found_failed_ones_included() {
    let (ledger, [first, second]) = chain();
    let all = TransactionFilter::default;
    assert_eq!(count(&ledger, all()), 2 + 30 + 15);
    let from = |name| TransactionFilter { from: Some(account(name)), ..all() };
    assert_eq!(count(&ledger, from("bob")), 30);
    assert_eq!(count(&ledger, from("dave")), 0);
    let of = |contract| TransactionFilter { contract: Some(contract), ..all() };
    assert_eq!(count(&ledger, of(second)), 1 + 15);
    let added = TransactionFilter { function: Some("add".into()), ..of(first) };
    assert_eq!(count(&ledger, added.clone()), 30);
    let made = TransactionFilter { function: Some("init".into()), ..of(first) };
    assert_eq!(count(&ledger, made), 1);
    let failed = TransactionFilter { ending: Some(Ending::Error), ..all() };
    assert_eq!(count(&ledger, failed), 6 + 3);
    let zero = TransactionFilter { error: Some(ZERO), ..added };
    assert_eq!(count(&ledger, zero), 6);
    let carol = TransactionFilter { error: Some(ZERO), from: Some(account("carol")), ..all() };
    assert_eq!(count(&ledger, carol), 3);
    let newest = TransactionFilter { newest_first: true, limit: 1, ..from("bob") };
    let page = ledger.transactions(&newest).expect("the ledger works");
    assert_eq!(page.rows[0].receipt.height, ledger.height() - 1);
    assert_eq!(page.next, Some(Position { height: ledger.height() - 1, index: 0, log: 0 }));
}

#[test]
fn contracts_are_found_by_name() {
    let (ledger, [_, second]) = chain();
    assert_eq!(ledger.deployed("test.Counter"), Ok(Some(second)));
    assert_eq!(ledger.deployed("Counter"), Ok(Some(second)));
    assert_eq!(ledger.deployed("Count"), Ok(None));
}
