//! The front end under fire: noise, token soup, and damaged files of this repository.
//!
//! In: `DEED_FRONT_CASES`, how many inputs of each kind (a few hundred), and `DEED_FRONT_SEED`, where
//! to begin. Out: for an input that breaks a promise the promise and the input, cut down to what it
//! takes. `cargo xtask fuzz front 100000` runs it for long.
//! Holds always: the same seed makes the same inputs of the same files.

mod chance;
mod corpus;
mod inputs;
mod judge;
mod shrink;
mod watch;

use chance::Chance;
use corpus::Corpus;
use inputs::Input;

/// Makes as many inputs as are wanted, and holds the front end to its promises on each.
fn run(kind: &str, usual: u64, make: impl Fn(&Corpus, &mut Chance) -> Input) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let cases = number("DEED_FRONT_CASES").unwrap_or(usual);
    let seed = number("DEED_FRONT_SEED").unwrap_or(1);
    let corpus = Corpus::read();
    for case in 0..cases {
        let mut chance = Chance::new(seed.wrapping_mul(1 << 32).wrapping_add(case));
        let input = make(&corpus, &mut chance);
        let watch = watch::start(kind, case, &input);
        let verdict = judge::judge(&input);
        drop(watch);
        if let Err(broken) = verdict {
            let small = shrink::shrink(&input, &broken);
            panic!(
                "{kind}, case {case} of seed {seed}: {broken}\n{}",
                small.join("\n-- next --\n")
            );
        }
    }
}

#[test]
fn noise_gets_an_answer() {
    run("noise", 200, inputs::noise);
}

#[test]
fn token_soup_gets_an_answer() {
    run("soup", 200, inputs::soup);
}

#[test]
fn damaged_files_get_an_answer() {
    run("damage", 150, inputs::damaged);
}

/// Names, types and numbers change places, so that most of these get as far as the types.
#[test]
fn confused_files_get_an_answer() {
    run("confusion", 150, inputs::confused);
}

#[test]
fn pieces_of_several_files_get_an_answer() {
    run("pieces", 100, inputs::pieces);
}

#[test]
fn every_file_of_the_repository_can_be_formatted() {
    for (name, file) in Corpus::read().files() {
        assert_eq!(judge::can_be_formatted(&file.text), Ok(()), "{name}");
    }
}
