//! Structured values as terms.
//!
//! In: the parts of a record, variant or vector. Out: one integer that stands for the value, and its
//! parts again.
//! Holds always: every fact that is added is true where each value, of whatever type, is read as its
//! number in some fixed list of all values, counted from 1. So equal values are equal integers, and a
//! map may have structured keys. A vector's elements are an array that holds zero from the length on.
//! Of a value whose making is known its parts are found without asking the solver.

use crate::vc::term::{Node, Quantifier, Sort, TermId, Terms};

use super::facts::Facts;

/// Choices deeper than this are not looked into for the making of a value.
const MAX_LOOK: u32 = 8;

/// A struct or tuple.
pub(super) fn record(terms: &mut Terms, facts: &mut Facts, fields: &[TermId]) -> TermId {
    let made = make(terms, "record", fields);
    for (at, field) in fields.iter().enumerate() {
        let part = field_of_any(terms, at, made, terms.sort(*field).clone());
        facts.equal(terms, part, *field);
    }
    made
}

/// A field of a record, counted from 0.
pub(super) fn field(terms: &mut Terms, record: TermId, at: usize, sort: Sort) -> TermId {
    taken(terms, record, MAX_LOOK, &mut |terms, value| {
        parts(terms, value, "record").map(|fields| fields[at])
    })
    .unwrap_or_else(|| field_of_any(terms, at, record, sort))
}

fn field_of_any(terms: &mut Terms, at: usize, record: TermId, sort: Sort) -> TermId {
    terms.apply(format!("field.{at}.{}", letters(&sort)), vec![record], sort)
}

/// A value of an enum.
pub(super) fn variant(
    terms: &mut Terms,
    facts: &mut Facts,
    number: u32,
    payload: &[TermId],
) -> TermId {
    let made = make(terms, &format!("variant.{number}"), payload);
    let (tag, wanted) = (tag_of_any(terms, made), terms.int(number));
    facts.equal(terms, tag, wanted);
    for (at, part) in payload.iter().enumerate() {
        let sort = terms.sort(*part).clone();
        let again = part_of_any(terms, made, (number, at), sort);
        facts.equal(terms, again, *part);
    }
    made
}

/// The number of the variant that a value is.
pub(super) fn tag(terms: &mut Terms, value: TermId) -> TermId {
    taken(terms, value, MAX_LOOK, &mut |terms, value| {
        let number = made_variant(terms, value)?;
        Some(terms.int(number))
    })
    .unwrap_or_else(|| tag_of_any(terms, value))
}

fn tag_of_any(terms: &mut Terms, value: TermId) -> TermId {
    terms.apply("tag", vec![value], Sort::Int)
}

/// Part `at` of the payload of a value that is variant `number`.
pub(super) fn part(terms: &mut Terms, value: TermId, at: (u32, usize), sort: Sort) -> TermId {
    let (number, index) = at;
    let name = format!("variant.{number}");
    taken(terms, value, MAX_LOOK, &mut |terms, value| match made_variant(terms, value) {
        Some(found) if found == number => parts(terms, value, &name).map(|parts| parts[index]),
        // Never read: the value is known to be of the other variant there.
        Some(_) => Some(part_of_any(terms, value, at, sort.clone())),
        None => None,
    })
    .unwrap_or_else(|| part_of_any(terms, value, at, sort.clone()))
}

fn part_of_any(terms: &mut Terms, value: TermId, at: (u32, usize), sort: Sort) -> TermId {
    let name = format!("part.{}.{}.{}", at.0, at.1, letters(&sort));
    terms.apply(name, vec![value], sort)
}

/// A vector of so many elements; the array holds zero everywhere else.
pub(super) fn vector(
    terms: &mut Terms,
    facts: &mut Facts,
    length: TermId,
    elements: TermId,
) -> TermId {
    let made = make(terms, "vector", &[length, elements]);
    let again = length_of_any(terms, made);
    facts.equal(terms, again, length);
    let sort = terms.sort(elements).clone();
    let again = elements_of_any(terms, made, sort);
    facts.equal(terms, again, elements);
    made
}

/// A vector with so many elements that are one value, and nothing beyond them.
pub(super) fn filled(
    terms: &mut Terms,
    facts: &mut Facts,
    (length, value): (TermId, TermId),
    nothing: TermId,
) -> TermId {
    let sort = terms.sort(value).clone();
    let name = format!("filled.{}", letters(&sort));
    let elements = terms.apply(name, vec![length, value], Sort::array(Sort::Int, sort));
    let (at, zero) = (terms.fresh("at", Sort::Int), terms.int(0));
    let (from, below) = (terms.le(zero, at), terms.lt(at, length));
    let within = terms.and([from, below]);
    let (element, expected) = (terms.select(elements, at), terms.ite(within, value, nothing));
    let law = terms.eq(element, expected);
    let law = terms.quantified(Quantifier::Forall, vec![at], law);
    facts.under(terms, None, law);
    vector(terms, facts, length, elements)
}

/// How many elements a vector has.
pub(super) fn length(terms: &mut Terms, vector: TermId) -> TermId {
    taken(terms, vector, MAX_LOOK, &mut |terms, value| {
        parts(terms, value, "vector").map(|parts| parts[0])
    })
    .unwrap_or_else(|| length_of_any(terms, vector))
}

fn length_of_any(terms: &mut Terms, vector: TermId) -> TermId {
    terms.apply("length", vec![vector], Sort::Int)
}

/// The elements of a vector as an array; `of` is the sort of one.
pub(super) fn elements(terms: &mut Terms, vector: TermId, of: Sort) -> TermId {
    let sort = Sort::array(Sort::Int, of);
    taken(terms, vector, MAX_LOOK, &mut |terms, value| {
        parts(terms, value, "vector").map(|parts| parts[1])
    })
    .unwrap_or_else(|| elements_of_any(terms, vector, sort))
}

fn elements_of_any(terms: &mut Terms, vector: TermId, sort: Sort) -> TermId {
    terms.apply(format!("elements.{}", letters(&sort)), vec![vector], sort)
}

fn make(terms: &mut Terms, what: &str, parts: &[TermId]) -> TermId {
    let sorts: String = parts.iter().map(|part| letters(terms.sort(*part))).collect();
    terms.apply(format!("{what} of {sorts}"), parts.to_vec(), Sort::Int)
}

/// What a value was made of, if it is seen to be made so.
fn parts(terms: &Terms, value: TermId, what: &str) -> Option<Vec<TermId>> {
    match terms.node(value) {
        Node::Apply(name, parts, _) if name.split(" of ").next() == Some(what) => {
            Some(parts.clone())
        }
        _ => None,
    }
}

fn made_variant(terms: &Terms, value: TermId) -> Option<u32> {
    match terms.node(value) {
        Node::Apply(name, ..) => name.strip_prefix("variant.")?.split(" of ").next()?.parse().ok(),
        _ => None,
    }
}

/// What `look` finds in a value, or on both sides of a choice between values.
fn taken(
    terms: &mut Terms,
    value: TermId,
    depth: u32,
    look: &mut impl FnMut(&mut Terms, TermId) -> Option<TermId>,
) -> Option<TermId> {
    if let Some(found) = look(terms, value) {
        return Some(found);
    }
    let Node::Ite(condition, a, b) = *terms.node(value) else { return None };
    let depth = depth.checked_sub(1)?;
    let (a, b) = (taken(terms, a, depth, look)?, taken(terms, b, depth, look)?);
    Some(terms.ite(condition, a, b))
}

/// A sort in a few letters, for names.
fn letters(sort: &Sort) -> String {
    match sort {
        Sort::Int => "i".to_string(),
        Sort::Bool => "b".to_string(),
        Sort::Array(key, value) => format!("({}{})", letters(key), letters(value)),
    }
}
