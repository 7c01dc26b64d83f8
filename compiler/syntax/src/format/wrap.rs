//! Lists and blocks that need lines of their own.
//!
//! In: pieces with the ends of lines of the source. Out: the text.
//! Holds always: an end of line is added only where it means nothing, inside round and square brackets,
//! behind `{` and a comma, before `}` and the clauses of a head; so the tree stays the same, and what has
//! its lines already gets no more.

use super::lines;
use super::pieces::Piece;
use crate::parser::Mark;
use crate::token::TokenKind::*;

/// Lines are longer than this only where nothing can be broken.
const WIDTH: usize = 120;

/// Lists nest so deeply at most that each gets its lines.
const MOST_ROUNDS: usize = 24;

/// Prints pieces, with more lines than they had where that is needed.
pub(super) fn print(mut pieces: Vec<Piece<'_>>) -> String {
    for _ in 0..MOST_ROUNDS {
        open_blocks(&mut pieces);
        let (text, starts) = lines::print(&pieces);
        if !narrow(&mut pieces, &text, &starts) {
            return text;
        }
    }
    lines::print(&pieces).0
}

/// Brackets, and what is directly between them.
struct Group {
    open: usize,
    close: usize,
    commas: Vec<usize>,
    /// It is a list: neither a comprehension, nor the names of a `use`.
    list: bool,
    /// The bracket around it.
    parent: Option<usize>,
}

impl Group {
    /// Whether it is a list of several entries, or a block that is not empty and stands by itself.
    fn has_lines(&self, pieces: &[Piece<'_>]) -> bool {
        let apart = self.parent.is_none_or(|parent| pieces[parent].kind == LBrace);
        let block = pieces[self.open].kind == LBrace && self.close > self.open + 1 && apart;
        self.list && (block || !self.commas.is_empty())
    }
}

/// All groups, an outer one before those in it.
fn groups(pieces: &[Piece<'_>]) -> Vec<Group> {
    let mut found: Vec<Group> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    // Commas between types and between the parameters of a closure separate nothing here.
    let mut inside = vec![0u32];
    for (at, piece) in pieces.iter().enumerate() {
        match (piece.kind, piece.mark) {
            (LParen | LBracket | LBrace | StrHead, _) => {
                let after_dot = at > 0 && pieces[at - 1].kind == Dot;
                let list = piece.kind != StrHead && !(after_dot && piece.kind == LBrace);
                let parent = open.last().map(|group| found[*group].open);
                open.push(found.len());
                found.push(Group { open: at, close: at, commas: Vec::new(), list, parent });
                inside.push(0);
            }
            (RParen | RBracket | RBrace | StrTail, _) => {
                inside.pop();
                if let Some(group) = open.pop() {
                    found[group].close = at;
                }
            }
            (Lt | Pipe, Some(Mark::Open)) => {
                inside.iter_mut().last().into_iter().for_each(|n| *n += 1)
            }
            (Gt | JointGt | Pipe, Some(Mark::Close)) => {
                inside.iter_mut().last().into_iter().for_each(|n| *n = n.saturating_sub(1));
            }
            (Comma, _) if inside.last() == Some(&0) => {
                open.last().into_iter().for_each(|group| found[*group].commas.push(at));
            }
            (For, _) => {
                let group = open.last().map(|group| &mut found[*group]);
                group
                    .into_iter()
                    .filter(|g| pieces[g.open].kind != LBrace)
                    .for_each(|g| g.list = false);
            }
            _ => {}
        }
    }
    found.retain(|group| group.close > group.open);
    found
}

/// Gives the braces of a block or literal over several lines lines of their own.
fn open_blocks(pieces: &mut [Piece<'_>]) {
    for Group { open, close, list, .. } in groups(pieces) {
        let braces = pieces[open].kind == LBrace && list;
        if !braces || pieces[open + 1..=close].iter().all(|piece| piece.newlines == 0) {
            continue;
        }
        if !pieces[open + 1].is_comment() {
            pieces[open + 1].newlines = pieces[open + 1].newlines.max(1);
        }
        pieces[close].newlines = pieces[close].newlines.max(1);
    }
}

/// Breaks the longest list or block, or the clauses, of each line that is too long; says whether there
/// was one.
fn narrow(pieces: &mut Vec<Piece<'_>>, text: &str, starts: &[usize]) -> bool {
    let groups = groups(pieces);
    let mut missing = Vec::new();
    let mut changed = false;
    let (mut from, mut at) = (0, 0);
    let mut group = 0;
    for line in text.split_inclusive('\n') {
        let first = at;
        from += line.len();
        at += starts[at..].iter().take_while(|start| **start < from).count();
        let own = &groups[group..];
        let here = own.iter().take_while(|group| group.open < at).count();
        group += here;
        if is_long(line, &pieces[first..at], text, &starts[first..at]) {
            let fits = |g: &&Group| g.close < at && g.has_lines(pieces);
            let length = |g: &&Group| starts[g.close] - starts[g.open];
            match own[..here].iter().filter(fits).max_by_key(length) {
                Some(block) if pieces[block.open].kind == LBrace => {
                    // The branches of an `if` are opened together.
                    let beside = own[..here].iter().filter(|g| g.parent == block.parent);
                    let blocks = beside.filter(|g| pieces[g.open].kind == LBrace).filter(fits);
                    blocks.collect::<Vec<_>>().into_iter().for_each(|g| {
                        break_list(pieces, g);
                    });
                }
                Some(list) => missing.extend(break_list(pieces, list)),
                None if break_clauses(&mut pieces[first..at]) => {}
                None => continue,
            }
            changed = true;
        }
    }
    for at in missing.into_iter().rev() {
        let comma = Piece { text: ",", kind: Comma, mark: None, newlines: 0, separated: false };
        pieces.insert(at, comma);
    }
    changed
}

/// Whether a line is too long, but for a comment at its end.
fn is_long(line: &str, pieces: &[Piece<'_>], text: &str, starts: &[usize]) -> bool {
    if line.len() <= WIDTH {
        return false;
    }
    let (Some(last), Some(piece)) = (starts.last(), pieces.last()) else { return false };
    let end = if piece.is_comment() { *last } else { last + piece.text.len() };
    let begin = text[..starts[0]].rfind('\n').map_or(0, |at| at + 1);
    text[begin..end].trim_end().chars().count() > WIDTH
}

/// Puts each entry of a list on a line; gives the place where a comma is missing behind the last one.
fn break_list(pieces: &mut [Piece<'_>], list: &Group) -> Option<usize> {
    let entries = [list.open].into_iter().chain(list.commas.iter().copied());
    for at in entries.map(|before| before + 1).chain([list.close]) {
        pieces[at].newlines = pieces[at].newlines.max(1);
    }
    let ended = list.commas.last().is_some_and(|comma| comma + 1 == list.close);
    (pieces[list.open].kind != LBrace && !ended).then_some(list.close)
}

/// Puts each clause of a head on a line, or the errors of one on two.
fn break_clauses(line: &mut [Piece<'_>]) -> bool {
    let is_clause =
        |piece: &Piece<'_>| matches!(piece.kind, Throws | Requires | Ensures | Modifies | NoTrap);
    let mut broken = false;
    for piece in line.iter_mut().skip(1).filter(|piece| is_clause(piece)) {
        piece.newlines = 1;
        broken = true;
    }
    let throws = line.first().is_some_and(|piece| piece.kind == Throws);
    if broken || !throws {
        return broken;
    }
    let commas = (1..line.len()).filter(|at| line[at - 1].kind == Comma);
    let commas: Vec<usize> = commas.collect();
    match commas.get(commas.len() / 2) {
        Some(at) => line[*at].newlines = 1,
        None => return false,
    }
    true
}
