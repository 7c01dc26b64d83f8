//! Operations on structured values.
//!
//! In: an instruction that makes, changes or takes apart a record, variant or vector. Out: its results,
//! as [`heap`] makes them.
//! Holds always: what traps is no way on; what has no model gives any value, which is noted.

use deed_compiler::mir::{FieldId, HeapType, Inst, IntTy, Op, Ty, ValueId, Walk};

use super::{Body, Flow, Run, value};
use crate::exec::heap;
use crate::exec::tallies::Change;
use crate::vc::term::{Sort, TermId};

impl<'a> Run<'a> {
    /// Runs one operation on structured values.
    pub(super) fn heap_op(&mut self, body: &mut Body<'a>, inst: &Inst, flow: &mut Flow) {
        let results = match &inst.op {
            Op::RecordMake { .. }
            | Op::RecordOpen { .. }
            | Op::RecordGet { .. }
            | Op::RecordSet { .. }
            | Op::RecordSwap { .. } => self.record_op(body, &inst.op),
            Op::EnumMake { .. } | Op::EnumTag { .. } | Op::EnumGet { .. } | Op::EnumOpen { .. } => {
                self.enum_op(body, &inst.op)
            }
            Op::Len { value } => vec![self.length(body.values[value])],
            Op::VecFill { .. }
            | Op::VecGet { .. }
            | Op::VecSet { .. }
            | Op::VecSwap { .. }
            | Op::VecPush { .. }
            | Op::VecPop { .. } => self.vec_op(body, &inst.op, flow),
            Op::Literal(bytes) => self.literal(body, inst, bytes),
            Op::StateWalk { walk, field, keys } => {
                self.walk(body, inst, (*walk, *field, keys), flow)
            }
            _ => self.anything(body, inst, "operations on texts, maps and parts of vectors"),
        };
        body.values.extend(inst.results.iter().copied().zip(results));
    }

    /// Results of which only the types are known; what they come from is noted.
    pub(super) fn anything(&mut self, body: &Body<'a>, inst: &Inst, what: &str) -> Vec<TermId> {
        self.note(what);
        inst.results.iter().map(|result| self.any("value", body.function.ty(*result))).collect()
    }

    pub(super) fn any(&mut self, name: &str, ty: Ty) -> TermId {
        value::unknown(&mut self.terms, &mut self.facts, name, ty)
    }

    fn record_op(&mut self, body: &Body<'a>, op: &Op) -> Vec<TermId> {
        match op {
            Op::RecordMake { fields } => {
                let fields: Vec<TermId> = fields.iter().map(|field| body.values[field]).collect();
                vec![heap::record(&mut self.terms, &mut self.facts, &fields)]
            }
            Op::RecordOpen { record } => self.fields(body, *record),
            Op::RecordGet { record, field } => {
                let ty = self.field_types(body, *record)[*field as usize];
                vec![self.field(body.values[record], *field as usize, ty)]
            }
            Op::RecordSet { record, field, value } | Op::RecordSwap { record, field, value } => {
                let mut fields = self.fields(body, *record);
                let new = body.values[value];
                let old = std::mem::replace(&mut fields[*field as usize], new);
                vec![heap::record(&mut self.terms, &mut self.facts, &fields), old]
            }
            _ => unreachable!("only operations on records come here"),
        }
    }

    fn field_types(&self, body: &Body<'a>, record: ValueId) -> Vec<Ty> {
        let types = self.program.types.fields(body.function.ty(record));
        types.map(<[Ty]>::to_vec).unwrap_or_default()
    }

    fn fields(&mut self, body: &Body<'a>, record: ValueId) -> Vec<TermId> {
        let types = self.field_types(body, record).into_iter().enumerate();
        types.map(|(at, ty)| self.field(body.values[&record], at, ty)).collect()
    }

    fn field(&mut self, record: TermId, at: usize, ty: Ty) -> TermId {
        let field = heap::field(&mut self.terms, record, at, value::sort(ty));
        self.in_range(field, ty)
    }

    fn in_range(&mut self, part: TermId, ty: Ty) -> TermId {
        self.facts.range(&mut self.terms, part, ty);
        part
    }

    fn enum_op(&mut self, body: &Body<'a>, op: &Op) -> Vec<TermId> {
        match op {
            Op::EnumMake { variant, payload } => {
                let payload: Vec<TermId> = payload.iter().map(|part| body.values[part]).collect();
                vec![heap::variant(&mut self.terms, &mut self.facts, *variant, &payload)]
            }
            Op::EnumTag { value } => {
                let variants = self.variants(body, *value);
                vec![self.tag(body.values[value], variants.len())]
            }
            Op::EnumGet { value, variant } | Op::EnumOpen { value, variant } => {
                let types = self.variants(body, *value)[*variant as usize].clone();
                let value = body.values[value];
                let parts = types.into_iter().enumerate();
                parts.map(|(at, ty)| self.part(value, (*variant, at), ty)).collect()
            }
            _ => unreachable!("only operations on variants come here"),
        }
    }

    fn variants(&self, body: &Body<'a>, value: ValueId) -> &'a [Vec<Ty>] {
        self.program.types.variants(body.function.ty(value)).unwrap_or_default()
    }

    fn tag(&mut self, value: TermId, variants: usize) -> TermId {
        let tag = heap::tag(&mut self.terms, value);
        let (zero, end) = (self.terms.int(0), self.terms.int(variants));
        let laws = [self.terms.le(zero, tag), self.terms.lt(tag, end)];
        let law = self.terms.and(laws);
        self.facts.here(&mut self.terms, law);
        tag
    }

    fn part(&mut self, value: TermId, at: (u32, usize), ty: Ty) -> TermId {
        let part = heap::part(&mut self.terms, value, at, value::sort(ty));
        self.in_range(part, ty)
    }

    fn length(&mut self, value: TermId) -> TermId {
        let length = heap::length(&mut self.terms, value);
        self.in_range(length, Ty::U64)
    }

    fn vec_op(&mut self, body: &Body<'a>, op: &Op, flow: &mut Flow) -> Vec<TermId> {
        match op {
            Op::VecFill { count, value } => {
                let nothing = value::zero(&mut self.terms, body.function.ty(*value));
                let made = (body.values[count], body.values[value]);
                vec![heap::filled(&mut self.terms, &mut self.facts, made, nothing)]
            }
            Op::VecGet { vec, index } => {
                let (ty, at) = (self.element_type(body, *vec), body.values[index]);
                let vec = body.values[vec];
                self.need_index(vec, at, flow);
                let element = self.element(vec, at, ty);
                self.changed(flow, Change::Read { vec, element, ty });
                vec![element]
            }
            Op::VecSet { vec, index, value } | Op::VecSwap { vec, index, value } => {
                let (ty, at) = (self.element_type(body, *vec), body.values[index]);
                let vec = body.values[vec];
                self.need_index(vec, at, flow);
                let old = self.element(vec, at, ty);
                let (length, new) = (self.length(vec), body.values[value]);
                let after = self.with_element(vec, at, new, length);
                let (gone, come) = (Some(old), Some(new));
                self.changed(flow, Change::Moved { before: vec, after, gone, come });
                vec![after, old]
            }
            Op::VecPush { vec, value } => {
                let (vec, one) = (body.values[vec], self.terms.int(1));
                let length = self.length(vec);
                let (longer, new) = (self.terms.add(length, one), body.values[value]);
                let after = self.with_element(vec, length, new, longer);
                let come = Some(new);
                self.changed(flow, Change::Moved { before: vec, after, gone: None, come });
                vec![after]
            }
            Op::VecPop { vec } => {
                let ty = self.element_type(body, *vec);
                let (vec, one) = (body.values[vec], self.terms.int(1));
                let length = self.length(vec);
                let last = self.terms.sub(length, one);
                self.need_index(vec, last, flow);
                let popped = self.element(vec, last, ty);
                let nothing = value::zero(&mut self.terms, ty);
                let after = self.with_element(vec, last, nothing, last);
                let gone = Some(popped);
                self.changed(flow, Change::Moved { before: vec, after, gone, come: None });
                vec![after, popped]
            }
            _ => unreachable!("only operations on vectors come here"),
        }
    }

    /// What happens to a vector where the run comes to it.
    fn changed(&mut self, flow: &Flow, change: Change) {
        self.facts.vec_changed(&mut self.terms, flow.pc, change);
    }

    fn element_type(&self, body: &Body<'a>, vec: ValueId) -> Ty {
        self.program.types.element(body.function.ty(vec)).unwrap_or(Ty::Int(IntTy::U8))
    }

    fn element(&mut self, vec: TermId, at: TermId, ty: Ty) -> TermId {
        let elements = heap::elements(&mut self.terms, vec, value::sort(ty));
        let element = self.terms.select(elements, at);
        self.in_range(element, ty)
    }

    /// The vector with an element put in, of that length.
    fn with_element(&mut self, vec: TermId, at: TermId, value: TermId, length: TermId) -> TermId {
        let sort = self.terms.sort(value).clone();
        let elements = heap::elements(&mut self.terms, vec, sort);
        let elements = self.terms.store(elements, at, value);
        heap::vector(&mut self.terms, &mut self.facts, length, elements)
    }

    fn need_index(&mut self, vec: TermId, at: TermId, flow: &mut Flow) {
        let (zero, length) = (self.terms.int(0), self.length(vec));
        let (from, below) = (self.terms.le(zero, at), self.terms.lt(at, length));
        flow.pc = self.terms.and([flow.pc, from, below]);
    }

    /// An empty vector; any other literal is a value of its own, the same wherever it stands.
    fn literal(&mut self, body: &Body<'a>, inst: &Inst, bytes: &[u8]) -> Vec<TermId> {
        let Some(result) = inst.result() else { return Vec::new() };
        let ty = body.function.ty(result);
        if let (Some(HeapType::Vec(element)), []) = (self.program.types.get(ty), bytes) {
            let (zero, nothing) = (self.terms.int(0), value::zero(&mut self.terms, *element));
            let elements = self.terms.constant(Sort::Int, nothing);
            let vec = heap::vector(&mut self.terms, &mut self.facts, zero, elements);
            let (always, of) = (self.terms.bool(true), value::sort(*element));
            self.facts.vec_changed(&mut self.terms, always, Change::Empty { vec, of });
            return vec![vec];
        }
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let kind = self.program.types.text(ty);
        vec![self.terms.apply(format!("{kind} {digits}"), Vec::new(), Sort::Int)]
    }

    /// A key that a walk finds has an entry, and lies on the right side of the one it goes on from.
    fn walk(
        &mut self,
        body: &Body<'a>,
        inst: &Inst,
        (walk, field, keys): (Walk, FieldId, &[ValueId]),
        flow: &mut Flow,
    ) -> Vec<TermId> {
        let results = self.anything(body, inst, "the order of a map's keys");
        let mut place: Vec<TermId> = keys.iter().map(|key| body.values[key]).collect();
        let declared = self.program.field(field);
        let complete = walk.along(keys).is_some_and(|at| at + 1 == declared.keys.len());
        match (&results[..], walk) {
            ([key], Walk::First | Walk::Last) if complete => {
                place.push(*key);
                let there = flow.state.has(&mut self.terms, (declared, field), &place);
                flow.pc = self.terms.and([flow.pc, there]);
            }
            ([found, key], Walk::Next | Walk::Prev) if complete => {
                let from = place.pop();
                place.push(*key);
                let there = flow.state.has(&mut self.terms, (declared, field), &place);
                let is = self.terms.implies(*found, there);
                flow.pc = self.terms.and([flow.pc, is]);
                if let (Some(from), Ty::Int(_)) = (from, declared.keys[place.len() - 1]) {
                    let (low, high) = if walk == Walk::Next { (from, *key) } else { (*key, from) };
                    let beyond = self.terms.lt(low, high);
                    let law = self.terms.implies(*found, beyond);
                    flow.pc = self.terms.and([flow.pc, law]);
                }
            }
            _ => {}
        }
        results
    }
}
