//! The inputs: from mere noise to files that are nearly right.
//!
//! In: the corpus and chance. Out: the sources of a package, mostly one.

use deed_syntax::TokenKind;

use super::chance::Chance;
use super::corpus::{Corpus, File, Piece, join};

/// The texts of one package.
pub(crate) type Input = Vec<String>;

/// Characters that mean something somewhere.
const SIGNS: &[&str] = &[
    "\"",
    "\\",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "/",
    "*",
    "//",
    "/*",
    "*/",
    "///",
    "//!",
    "\n",
    "\r",
    "\t",
    " ",
    "\u{feff}",
    "\u{202e}",
    "\u{3000}",
    "\0",
    "契",
    "é",
    "e\u{301}",
    "0x",
    "0",
    "_",
    "'",
    "#",
    "@",
    ";",
    ".",
    "..",
    "\u{10ffff}",
    "hex\"",
    "b\"",
    "\\u{",
    "\\x",
    "\"{",
];

/// Numbers at the ends of types.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "255",
    "256",
    "65_536",
    "18446744073709551615",
    "18446744073709551616",
    "0u8",
    "256u8",
    "1i8",
    "0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff",
    "340282366920938463463374607431768211456",
    "1_000_000_000",
];

pub(crate) fn noise(_: &Corpus, chance: &mut Chance) -> Input {
    let mut text = String::new();
    for _ in 0..chance.below(200) {
        match chance.below(4) {
            0 => text.push(char::from_u32(chance.below(0x11_0000) as u32).unwrap_or('\u{fffd}')),
            1 => text.push(char::from(chance.below(128) as u8)),
            _ => text.push_str(chance.of(SIGNS).unwrap_or(&"")),
        }
    }
    vec![text]
}

pub(crate) fn soup(corpus: &Corpus, chance: &mut Chance) -> Input {
    let mut text = String::from(["", "module a\n", "module a\nfn f() {\n"][chance.below(3)]);
    for _ in 0..chance.below(150) {
        if let Some(piece) = any_piece(corpus, chance) {
            text.push_str([" ", " ", "", "\n"][chance.below(4)]);
            text.push_str(&piece.word);
        }
    }
    vec![text]
}

pub(crate) fn damaged(corpus: &Corpus, chance: &mut Chance) -> Input {
    let mut pieces = any_file(corpus, chance).pieces.clone();
    for _ in 0..1 + chance.below(4) {
        damage(&mut pieces, corpus, chance);
    }
    vec![join(&pieces)]
}

pub(crate) fn confused(corpus: &Corpus, chance: &mut Chance) -> Input {
    let mut pieces = any_file(corpus, chance).pieces.clone();
    for _ in 0..1 + chance.below(4) {
        confuse(&mut pieces, chance);
    }
    vec![join(&pieces)]
}

/// Lines and stretches of several files, and sometimes two such files as one package.
pub(crate) fn pieces(corpus: &Corpus, chance: &mut Chance) -> Input {
    let mut sources = Vec::new();
    for _ in 0..1 + chance.below(2) {
        let mut lines: Vec<&str> = any_file(corpus, chance).text.lines().collect();
        for _ in 0..1 + chance.below(3) {
            let other: Vec<&str> = any_file(corpus, chance).text.lines().collect();
            let from = chance.below(other.len() + 1);
            let to = (from + chance.below(12)).min(other.len());
            let at = chance.below(lines.len() + 1);
            let gone = (at + chance.below(4)).min(lines.len());
            lines.splice(at..gone, other[from..to].iter().copied());
        }
        sources.push(lines.join("\n") + "\n");
    }
    sources
}

fn any_file<'a>(corpus: &'a Corpus, chance: &mut Chance) -> &'a File {
    chance.of(corpus.list()).expect("the corpus is not empty")
}

fn any_piece<'a>(corpus: &'a Corpus, chance: &mut Chance) -> Option<&'a Piece> {
    let file = any_file(corpus, chance);
    chance.of(&file.pieces)
}

/// A run of tokens is lost, doubled, moved, or comes from elsewhere; or a stray character gets in.
fn damage(pieces: &mut Vec<Piece>, corpus: &Corpus, chance: &mut Chance) {
    let from = chance.below(pieces.len() + 1);
    let to = (from + 1 + chance.below(4)).min(pieces.len());
    match chance.below(7) {
        0 => drop(pieces.drain(from..to)),
        1 => {
            let run = pieces[from..to].to_vec();
            pieces.splice(from..from, run);
        }
        2 => {
            let run: Vec<Piece> = pieces.drain(from..to).collect();
            let at = chance.below(pieces.len() + 1);
            pieces.splice(at..at, run);
        }
        3 | 4 => {
            let run = any_file(corpus, chance).pieces.as_slice();
            let start = chance.below(run.len() + 1);
            let end = (start + 1 + chance.below(20)).min(run.len());
            let to = if chance.below(2) == 0 { from } else { to };
            pieces.splice(from..to, run[start..end].iter().cloned());
        }
        5 => {
            let other = chance.below(pieces.len().max(1));
            if from < pieces.len() {
                pieces.swap(from, other);
            }
        }
        _ => {
            if let Some(piece) = pieces.get_mut(from) {
                let sign = chance.of(SIGNS).unwrap_or(&"");
                let mut at = chance.below(piece.word.len() + 1);
                while !piece.word.is_char_boundary(at) {
                    at -= 1;
                }
                piece.word.insert_str(at, sign);
            }
        }
    }
}

/// A name becomes another of the same file, a number another number, an operator another one.
fn confuse(pieces: &mut [Piece], chance: &mut Chance) {
    let class = |kind: TokenKind| match kind {
        TokenKind::Ident => 0,
        TokenKind::Int => 1,
        TokenKind::Plus | TokenKind::Minus | TokenKind::Star | TokenKind::Slash => 2,
        TokenKind::EqEq | TokenKind::Lt | TokenKind::AmpAmp | TokenKind::PipePipe => 2,
        TokenKind::Eq | TokenKind::PlusEq | TokenKind::MinusEq => 3,
        TokenKind::Let | TokenKind::Var => 4,
        TokenKind::True | TokenKind::False | TokenKind::Str => 5,
        _ => 9,
    };
    let wanted = [0, 0, 0, 0, 1, 2, 3, 4, 5][chance.below(9)];
    let same: Vec<usize> =
        (0..pieces.len()).filter(|at| class(pieces[*at].kind) == wanted).collect();
    let (Some(&at), Some(&other)) = (chance.of(&same), chance.of(&same)) else { return };
    pieces[at].word = match (wanted, chance.below(3)) {
        (1, 0) => chance.of(NUMBERS).unwrap_or(&"0").to_string(),
        _ => pieces[other].word.clone(),
    };
}
