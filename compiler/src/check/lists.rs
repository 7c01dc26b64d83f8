//! Which values the patterns of one column cover, where these are texts, bytes, arrays or vectors.
//!
//! In: the rows that are held against such values. Out: values that no row covers.
//! Holds always: texts fall into those that a row names and all others; vectors into their lengths
//! up to the longest that a row tells apart, and all longer ones together.

use std::collections::HashMap;

use super::usefulness::{Row, Search, Witnesses, combine, fits_all, push};
use crate::thir::{Pattern, PatternKind};
use crate::ty::Ty;
use crate::value::Value;

impl<'p> Search<'p> {
    /// Of values that patterns tell apart only by naming them.
    pub(super) fn named_values(&mut self, rows: Vec<Row<'p>>, types: &[Ty]) -> Option<Witnesses> {
        // The rows of each value that is named, in the order of the first that names it, and those of
        // all others.
        let mut groups: Vec<(Option<&'p Value>, Vec<Row<'p>>)> = Vec::new();
        let mut places: HashMap<&'p Value, usize> = HashMap::new();
        for value in rows.iter().filter_map(value_of) {
            places.entry(value).or_insert_with(|| {
                groups.push((Some(value), Vec::new()));
                groups.len() - 1
            });
        }
        groups.push((None, Vec::new()));
        for row in rows {
            let fits = match value_of(&row) {
                Some(value) => places[value]..places[value] + 1,
                None => 0..groups.len(),
            };
            self.spend(fits.len() * (1 + row.columns.len()))?;
            let mut inner = row;
            inner.columns.pop();
            groups[fits].iter_mut().for_each(|(_, rows)| rows.push(inner.clone()));
        }
        let mut witnesses = Witnesses::new();
        for (value, rows) in groups {
            let rest = self.walk(rows, types.to_vec())?;
            let text = value.map_or("_".to_owned(), Value::to_string);
            combine(&mut witnesses, rest, &[text]);
        }
        Some(witnesses)
    }

    /// Of arrays of one length, or of vectors of any.
    pub(super) fn lists(
        &mut self,
        rows: Vec<Row<'p>>,
        of: &Ty,
        len: Option<usize>,
        types: &[Ty],
    ) -> Option<Witnesses> {
        let longest = rows.iter().filter_map(|row| parts_of(row)).map(|(parts, _)| parts.len());
        let longest = longest.max().unwrap_or(0);
        let lengths = match len {
            Some(len) => len..=len,
            None => 0..=longest + 1,
        };
        let mut witnesses = Witnesses::new();
        for count in lengths {
            let open = len.is_none() && count > longest;
            let mut inner = Vec::new();
            for row in &rows {
                self.spend(1 + count + row.columns.len())?;
                inner.extend(opened(row, count));
            }
            let mut columns = types.to_vec();
            columns.extend(std::iter::repeat_n(of.clone(), count));
            for mut witness in self.walk(inner, columns)? {
                let tail = witness.split_off(count.min(witness.len()));
                let mut whole = vec![list_text(&witness, open)];
                whole.extend(tail);
                push(&mut witnesses, whole);
            }
        }
        Some(witnesses)
    }
}

fn first<'p>(row: &Row<'p>) -> Option<&'p Pattern> {
    row.columns.last().copied().flatten().filter(|pattern| !fits_all(Some(pattern)))
}

fn value_of<'p>(row: &Row<'p>) -> Option<&'p Value> {
    match &first(row)?.kind {
        PatternKind::Value(value) => Some(value),
        _ => None,
    }
}

/// The parts of an array pattern, and where its rest stands.
fn parts_of<'p>(row: &Row<'p>) -> Option<(&'p [Pattern], Option<usize>)> {
    match &first(row)?.kind {
        PatternKind::Array { parts, rest } => Some((parts, rest.as_ref().map(|(at, _)| *at))),
        _ => None,
    }
}

/// The row with a column for each of so many elements; nothing if it is not for lists so long.
fn opened<'p>(row: &Row<'p>, count: usize) -> Option<Row<'p>> {
    let mut columns: Vec<Option<&'p Pattern>> = match parts_of(row) {
        None => vec![None; count],
        Some((parts, None)) if parts.len() == count => parts.iter().map(Some).collect(),
        Some((parts, Some(at))) if parts.len() <= count => {
            let (before, behind) = parts.split_at(at);
            let between = std::iter::repeat_n(None, count - parts.len());
            before.iter().map(Some).chain(between).chain(behind.iter().map(Some)).collect()
        }
        Some(_) => return None,
    };
    columns.reverse();
    let mut row = row.clone();
    row.columns.pop();
    row.columns.extend(columns);
    Some(row)
}

fn list_text(parts: &[String], open: bool) -> String {
    let all = parts.iter().all(|part| part == "_");
    match open {
        true if all => format!("[{}..]", "_, ".repeat(parts.len())),
        true => format!("[{}, ..]", parts.join(", ")),
        false => format!("[{}]", parts.join(", ")),
    }
}
