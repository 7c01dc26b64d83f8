//! Which values patterns cover, and which pattern covers any of its own.
//!
//! In: the rows of a `match`: patterns without errors, each with or without a guard. Out: values
//! that no row covers, and for each row whether some value reaches it.
//! Holds always: the work is bounded by [`MOST_STEPS`], whatever the patterns are.
//!
//! After L. Maranget, "Warnings for pattern matching" (2007): the matrix of rows is taken apart
//! column by column, by the cases of the column's type that the rows name; the cases that no row
//! names are looked at together, since only rows that do not look at the column can cover them.
//! Numbers fall into the intervals between the bounds that the rows name. A row that is met when
//! no column is left, below no other row without a guard, is useful.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;

use crate::arena::{Id, VariantId};
use crate::thir::{Case, Package, Pattern, PatternKind};
use crate::ty::{IntTy, Ty};
use crate::value::Value;

/// How many rows may be looked at in all.
const MOST_STEPS: usize = 1_000_000;
/// How many columns may be taken apart within each other.
const MOST_DEPTH: usize = 1_000;
/// How many values that are not covered are named.
const MOST_WITNESSES: usize = 3;

/// What there is to say about the rows.
pub(super) struct Verdict {
    /// Values that no row covers, as patterns; a few of them.
    pub(super) missing: Vec<String>,
    /// For each row, whether some value reaches it.
    pub(super) useful: Vec<bool>,
}

/// Judges rows that are held against values of type `ty`; nothing if that takes too long.
pub(super) fn judge<'p>(
    ty: &Ty,
    patterns: impl Iterator<Item = (&'p Pattern, bool)>,
    package: &'p Package,
) -> Option<Verdict> {
    let row = |(arm, (pattern, guarded))| Row { columns: vec![Some(pattern)], arm, guarded };
    let rows: Vec<Row<'p>> = patterns.enumerate().map(row).collect();
    let mut search = Search { package, useful: vec![false; rows.len()], steps: 0, depth: 0 };
    let missing = search.walk(rows, vec![ty.clone()])?;
    let missing = missing.into_iter().flatten().collect();
    Some(Verdict { missing, useful: search.useful })
}

/// A row of the matrix; the last column is looked at first, `None` fits everything.
#[derive(Clone)]
pub(super) struct Row<'p> {
    pub(super) columns: Vec<Option<&'p Pattern>>,
    arm: usize,
    guarded: bool,
}

/// What a pattern says about the outside of a value.
enum Head<'p> {
    Any,
    /// The case of that number, and its parts.
    Case(usize, &'p [Pattern]),
    /// From the first to the last, both included.
    Interval(BigInt, BigInt),
}

/// How the values of a type are told apart.
enum Shape {
    /// By their case, of so many.
    Cases(usize),
    Numbers(BigInt, BigInt),
    /// An array or `Vec` of elements of this type, and of how many.
    List(Ty, Option<usize>),
    /// By naming them.
    Named,
}

/// The values that no row covers, each as a pattern for every column, in the order they are looked at.
pub(super) type Witnesses = Vec<Vec<String>>;

pub(super) struct Search<'p> {
    package: &'p Package,
    useful: Vec<bool>,
    steps: usize,
    depth: usize,
}

impl<'p> Search<'p> {
    pub(super) fn spend(&mut self, steps: usize) -> Option<()> {
        self.steps += steps;
        (self.steps <= MOST_STEPS).then_some(())
    }

    /// The values that the rows do not cover; nothing if that takes too long.
    pub(super) fn walk(&mut self, mut rows: Vec<Row<'p>>, mut types: Vec<Ty>) -> Option<Witnesses> {
        self.spend(1 + rows.len() * (1 + types.len()))?;
        let covers = |row: &Row<'_>| !row.guarded && row.columns.iter().all(|c| fits_all(*c));
        if let Some(at) = rows.iter().position(covers) {
            rows.truncate(at + 1);
        }
        // Columns that no row looks at are passed over.
        let mut passed = 0;
        let skips = |row: &Row<'_>| fits_all(row.columns.last().copied().flatten());
        while !types.is_empty() && rows.iter().all(skips) {
            types.pop();
            rows.iter_mut().for_each(|row| _ = row.columns.pop());
            passed += 1;
        }
        let mut witnesses = match types.pop() {
            None => self.leaf(&rows),
            Some(ty) => {
                self.depth += 1;
                if self.depth > MOST_DEPTH {
                    return None;
                }
                let rows = self.alternatives(rows)?;
                let witnesses = match shape(&ty, self.package) {
                    Shape::Cases(count) => self.cases(rows, &ty, count, &types)?,
                    Shape::Numbers(min, max) => self.numbers(rows, min, max, &types)?,
                    Shape::List(of, len) => self.lists(rows, &of, len, &types)?,
                    Shape::Named => self.named_values(rows, &types)?,
                };
                self.depth -= 1;
                witnesses
            }
        };
        for witness in &mut witnesses {
            witness.splice(0..0, std::iter::repeat_n("_".to_owned(), passed));
        }
        Some(witnesses)
    }

    /// No column is left: the value reaches the rows up to the first without a guard.
    fn leaf(&mut self, rows: &[Row<'p>]) -> Witnesses {
        for row in rows {
            self.useful[row.arm] = true;
            if !row.guarded {
                return Vec::new();
            }
        }
        vec![Vec::new()]
    }

    /// The rows with one row for each alternative of the first column.
    fn alternatives(&mut self, rows: Vec<Row<'p>>) -> Option<Vec<Row<'p>>> {
        let mut flat = Vec::with_capacity(rows.len());
        for mut row in rows {
            let first = row.columns.pop().flatten();
            let mut open = vec![first];
            while let Some(pattern) = open.pop() {
                match pattern.map(|pattern| &pattern.kind) {
                    Some(PatternKind::Or(all)) => open.extend(all.iter().rev().map(Some)),
                    _ => {
                        self.spend(1 + row.columns.len())?;
                        let mut one = row.clone();
                        one.columns.push(pattern);
                        flat.push(one);
                    }
                }
            }
        }
        Some(flat)
    }

    fn cases(
        &mut self,
        rows: Vec<Row<'p>>,
        ty: &Ty,
        count: usize,
        types: &[Ty],
    ) -> Option<Witnesses> {
        let mut named: BTreeMap<usize, Vec<Row<'p>>> = BTreeMap::new();
        let heads: Vec<(Row<'p>, Head<'p>)> = rows.into_iter().map(with_head).collect();
        for (_, head) in &heads {
            if let Head::Case(case, _) = head {
                named.entry(*case).or_default();
            }
        }
        let arities: BTreeMap<usize, Vec<Ty>> =
            named.keys().map(|case| (*case, parts(ty, *case, self.package))).collect();
        let mut others = Vec::new();
        for (row, head) in heads {
            match head {
                Head::Case(case, parts) => {
                    let mut inner = row;
                    inner.columns.extend(parts.iter().rev().map(Some));
                    named.entry(case).or_default().push(inner);
                }
                _ => {
                    for (case, rows) in &mut named {
                        let arity = arities[case].len();
                        self.spend(1 + arity + row.columns.len())?;
                        let mut inner = row.clone();
                        inner.columns.extend(std::iter::repeat_n(None, arity));
                        rows.push(inner);
                    }
                    others.push(row);
                }
            }
        }
        let unnamed = (0..count).filter(|case| !named.contains_key(case));
        let unnamed: Vec<usize> = unnamed.take(MOST_WITNESSES).collect();
        let mut witnesses = Witnesses::new();
        if !unnamed.is_empty() {
            let texts = unnamed.iter().map(|case| {
                let arity = parts(ty, *case, self.package).len();
                case_text(ty, *case, vec!["_".to_owned(); arity], self.package)
            });
            let texts: Vec<String> = texts.collect();
            let rest = self.walk(others, types.to_vec())?;
            combine(&mut witnesses, rest, &texts);
        }
        for (case, rows) in named {
            let of = &arities[&case];
            let mut inner = types.to_vec();
            inner.extend(of.iter().rev().cloned());
            for mut witness in self.walk(rows, inner)? {
                let tail = witness.split_off(of.len().min(witness.len()));
                let mut whole = vec![case_text(ty, case, witness, self.package)];
                whole.extend(tail);
                push(&mut witnesses, whole);
            }
        }
        Some(witnesses)
    }

    fn numbers(
        &mut self,
        rows: Vec<Row<'p>>,
        min: BigInt,
        max: BigInt,
        types: &[Ty],
    ) -> Option<Witnesses> {
        let heads: Vec<(Row<'p>, Head<'p>)> = rows.into_iter().map(with_head).collect();
        let mut starts = BTreeSet::from([min.clone()]);
        for (_, head) in &heads {
            if let Head::Interval(low, high) = head {
                starts.extend([low.clone(), high + 1]);
            }
        }
        let starts: Vec<BigInt> = starts.into_iter().filter(|s| *s >= min && *s <= max).collect();
        let mut named: Vec<Vec<Row<'p>>> = vec![Vec::new(); starts.len()];
        let mut is_named = vec![false; starts.len()];
        let mut others = Vec::new();
        for (_, head) in &heads {
            let (from, to) = covered(head, &starts, &min, &max);
            self.spend(to.saturating_sub(from))?;
            if matches!(head, Head::Interval(..)) {
                (from..to).for_each(|at| is_named[at] = true);
            }
        }
        for (row, head) in heads {
            let (from, to) = covered(&head, &starts, &min, &max);
            for at in (from..to).filter(|at| is_named[*at]) {
                self.spend(1 + row.columns.len())?;
                named[at].push(row.clone());
            }
            if matches!(head, Head::Any) {
                others.push(row);
            }
        }
        let text = |at: usize| {
            let end = starts.get(at + 1).map_or_else(|| max.clone(), |next| next - 1);
            interval_text(&starts[at], &end, &min, &max)
        };
        let gaps = (0..starts.len()).filter(|at| !is_named[*at]).take(MOST_WITNESSES);
        let gaps: Vec<String> = gaps.map(text).collect();
        let mut witnesses = Witnesses::new();
        if !gaps.is_empty() {
            let rest = self.walk(others, types.to_vec())?;
            combine(&mut witnesses, rest, &gaps);
        }
        for (at, rows) in named.into_iter().enumerate().filter(|(at, _)| is_named[*at]) {
            let rest = self.walk(rows, types.to_vec())?;
            combine(&mut witnesses, rest, &[text(at)]);
        }
        Some(witnesses)
    }
}

pub(super) fn fits_all(pattern: Option<&Pattern>) -> bool {
    pattern.is_none_or(|p| matches!(p.kind, PatternKind::Wildcard | PatternKind::Bind(_)))
}

/// Adds a witness for each text, followed by each of the rest.
pub(super) fn combine(into: &mut Witnesses, rest: Witnesses, texts: &[String]) {
    for tail in rest {
        for text in texts {
            let mut whole = vec![text.clone()];
            whole.extend(tail.iter().cloned());
            push(into, whole);
        }
    }
}

pub(super) fn push(into: &mut Witnesses, witness: Vec<String>) {
    if into.len() < MOST_WITNESSES {
        into.push(witness);
    }
}

/// Takes the first column off a row.
fn with_head(mut row: Row<'_>) -> (Row<'_>, Head<'_>) {
    let head = row.columns.pop().flatten().map_or(Head::Any, head);
    (row, head)
}

fn head(pattern: &Pattern) -> Head<'_> {
    match &pattern.kind {
        PatternKind::Value(Value::Bool(value)) => Head::Case(usize::from(*value), &[]),
        PatternKind::Value(value) => match number(value) {
            Some(value) => Head::Interval(value.clone(), value),
            None => Head::Any,
        },
        PatternKind::Range { start, end, inclusive } => {
            let Shape::Numbers(min, max) = number_shape(&pattern.ty) else { return Head::Any };
            let high = match end {
                Some(end) if *inclusive => end.clone(),
                Some(end) => end - 1,
                None => max,
            };
            Head::Interval(start.clone().unwrap_or(min), high)
        }
        PatternKind::Case(Case::None | Case::Ok, parts) => Head::Case(0, parts),
        PatternKind::Case(Case::Some | Case::Err, parts) => Head::Case(1, parts),
        PatternKind::Variant(variant, parts) => Head::Case(variant.index(), parts),
        PatternKind::Struct(_, parts) | PatternKind::Tuple(parts) => Head::Case(0, parts),
        PatternKind::Wildcard
        | PatternKind::Bind(_)
        | PatternKind::Or(_)
        | PatternKind::Array { .. }
        | PatternKind::Error => Head::Any,
    }
}

/// A value as a number that no other value of its type has.
fn number(value: &Value) -> Option<BigInt> {
    match value {
        Value::Int(value) => Some(value.clone()),
        Value::Bytes(bytes) => Some(BigInt::from_bytes_be(num_bigint::Sign::Plus, bytes)),
        _ => None,
    }
}

/// Which of the intervals that begin at `starts` a head covers.
fn covered(head: &Head<'_>, starts: &[BigInt], min: &BigInt, max: &BigInt) -> (usize, usize) {
    match head {
        Head::Interval(low, high) if low <= high && high >= min && low <= max => {
            let from = starts.partition_point(|start| start < low);
            (from, starts.partition_point(|start| start <= high))
        }
        Head::Interval(..) => (0, 0),
        _ => (0, starts.len()),
    }
}

fn shape(ty: &Ty, package: &Package) -> Shape {
    match ty {
        Ty::Bool | Ty::Option(_) | Ty::Result(..) => Shape::Cases(2),
        Ty::Enum(id, _) => Shape::Cases(package.enums[*id].variants.len()),
        Ty::Tuple(_) | Ty::Struct(..) => Shape::Cases(1),
        Ty::Vec(of) => Shape::List((**of).clone(), None),
        Ty::Array(of, len) => {
            let len = len.as_number().and_then(|len| usize::try_from(len).ok());
            Shape::List((**of).clone(), len)
        }
        other => number_shape(other),
    }
}

fn number_shape(ty: &Ty) -> Shape {
    let of = |int: IntTy| Shape::Numbers(int.min(), int.max());
    match ty {
        Ty::Int(int) => of(*int),
        Ty::Time | Ty::Duration => of(IntTy::U64),
        Ty::Date => of(IntTy::I32),
        Ty::Address | Ty::Hash => of(IntTy::U256),
        _ => Shape::Named,
    }
}

/// The types of what a case of a type holds.
fn parts(ty: &Ty, case: usize, package: &Package) -> Vec<Ty> {
    match (ty, case) {
        (Ty::Option(of), 1) | (Ty::Result(of, _), 0) | (Ty::Result(_, of), 1) => {
            vec![(**of).clone()]
        }
        (Ty::Enum(id, args), _) => {
            let variant = VariantId::from_index(case);
            match package.enums[*id].variants.len() > case {
                true => package.payload_tys(*id, args, variant),
                false => Vec::new(),
            }
        }
        (Ty::Struct(id, args), _) => {
            let fields = package.structs[*id].fields.ids();
            fields.map(|field| package.field_ty(*id, args, field)).collect()
        }
        (Ty::Tuple(parts), _) => parts.clone(),
        _ => Vec::new(),
    }
}

/// A case as a pattern.
fn case_text(ty: &Ty, case: usize, values: Vec<String>, package: &Package) -> String {
    let all = |values: &[String]| match values.iter().all(|value| value == "_") {
        true => "..".to_owned(),
        false => values.join(", "),
    };
    match (ty, case) {
        (Ty::Bool, _) => (case == 1).to_string(),
        (Ty::Option(_), 0) => "None".to_owned(),
        (Ty::Option(_), _) => format!("Some({})", values.join(", ")),
        (Ty::Result(..), 0) => format!("Ok({})", values.join(", ")),
        (Ty::Result(..), _) => format!("Err({})", values.join(", ")),
        (Ty::Enum(id, _), _) => {
            let def = &package.enums[*id];
            let name = def.variants.values().nth(case).map_or("_", |v| v.name.text.as_str());
            let of = &def.name.text;
            match values.is_empty() {
                true => format!("{of}.{name}"),
                false => format!("{of}.{name}({})", all(&values)),
            }
        }
        (Ty::Struct(id, _), _) => {
            let def = &package.structs[*id];
            let fields = def.fields.values().zip(&values).filter(|(_, value)| *value != "_");
            let fields = fields.map(|(field, value)| format!("{}: {value}, ", field.name.text));
            format!("{} {{ {}.. }}", def.name.text, fields.collect::<String>())
        }
        _ => format!("({})", values.join(", ")),
    }
}

fn interval_text(low: &BigInt, high: &BigInt, min: &BigInt, max: &BigInt) -> String {
    match (low == min, high == max) {
        _ if low == high => low.to_string(),
        (true, true) => "_".to_owned(),
        (_, true) => format!("{low}.."),
        (true, _) => format!("..={high}"),
        _ => format!("{low}..={high}"),
    }
}
