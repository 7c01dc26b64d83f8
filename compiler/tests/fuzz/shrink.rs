//! A smaller input that breaks the same promise.

use super::corpus::{Piece, join, pieces};
use super::inputs::Input;
use super::judge::judge;

/// How many smaller inputs are tried.
const TRIES: usize = 3_000;

/// Takes lines, then tokens, out of the input as long as it fails the same way.
pub(crate) fn shrink(input: &Input, broken: &str) -> Input {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let best = smaller(input, broken);
    std::panic::set_hook(hook);
    best
}

fn smaller(input: &Input, broken: &str) -> Input {
    let mut best = input.clone();
    let mut tries = 0;
    for at in 0..best.len() {
        let mut fails = |text: &str| {
            tries += 1;
            let mut input = best.clone();
            input[at] = text.to_owned();
            tries <= TRIES && judge(&input).is_err_and(|other| alike(&other, broken))
        };
        let lines: Vec<String> = input[at].split_inclusive('\n').map(str::to_owned).collect();
        let text = less(lines, |lines| lines.concat(), &mut fails);
        let text = less(pieces(&text), |pieces: &[Piece]| join(pieces), &mut fails);
        best[at] = text;
    }
    best
}

/// Whether two failures are one: their first words agree, numbers and names aside.
fn alike(left: &str, right: &str) -> bool {
    left.split_whitespace().take(4).eq(right.split_whitespace().take(4))
}

/// Takes runs out, long ones first.
fn less<T: Clone>(
    mut parts: Vec<T>,
    text: impl Fn(&[T]) -> String,
    fails: &mut impl FnMut(&str) -> bool,
) -> String {
    let mut run = parts.len().div_ceil(2);
    while run > 0 {
        let mut at = 0;
        while at < parts.len() {
            let mut fewer = parts.clone();
            fewer.drain(at..(at + run).min(parts.len()));
            match fails(&text(&fewer)) {
                true => parts = fewer,
                false => at += run,
            }
        }
        run /= 2;
    }
    text(&parts)
}
