//! What functions do beyond their registers, through calls as well: a walk backwards over the
//! call graph that visits each call at most once an effect.

use super::errors::{Invalid, ValidateError};
use crate::inst::Inst;
use crate::kinds::FunctionKind;
use crate::module::{Function, Module};
use crate::op::{Effect, Space};

/// What a function may do, itself or through what it calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    pub reads_state: bool,
    pub writes_state: bool,
    pub emits: bool,
}

impl Effects {
    fn union(self, other: Effects) -> Effects {
        Effects {
            reads_state: self.reads_state | other.reads_state,
            writes_state: self.writes_state | other.writes_state,
            emits: self.emits | other.emits,
        }
    }

    /// Whether a view may have them.
    pub fn only_reads(self) -> bool {
        !self.writes_state && !self.emits
    }
}

/// The effects of every function; refuses a view that writes or emits.
pub(super) fn check(module: &Module) -> Result<Vec<Effects>, ValidateError> {
    let effects = infer(module);
    for (index, function) in module.functions.iter().enumerate() {
        if function.kind == FunctionKind::View && !effects[index].only_reads() {
            return Err(culprit(module, &effects, index));
        }
    }
    Ok(effects)
}

fn infer(module: &Module) -> Vec<Effects> {
    let mut callers = vec![Vec::new(); module.functions.len()];
    for (index, function) in module.functions.iter().enumerate() {
        for callee in function.code().filter_map(|(_, inst)| called(inst)) {
            callers[usize::from(callee)].push(index);
        }
    }
    let mut effects: Vec<Effects> =
        module.functions.iter().map(|function| own(module, function)).collect();
    let mut changed: Vec<usize> = (0..effects.len()).collect();
    while let Some(callee) = changed.pop() {
        for &caller in &callers[callee] {
            let both = effects[caller].union(effects[callee]);
            if both != effects[caller] {
                effects[caller] = both;
                changed.push(caller);
            }
        }
    }
    effects
}

/// The function of the module that an instruction calls.
fn called(inst: Inst) -> Option<u16> {
    inst.index(Space::Functions).or_else(|| inst.index(Space::Attempts))
}

/// The effects of a function's own instructions.
fn own(module: &Module, function: &Function) -> Effects {
    let each = function.code().map(|(_, inst)| of_instruction(module, inst));
    each.fold(Effects::default(), Effects::union)
}

/// The effects of an instruction; of a call out those that its import allows.
fn of_instruction(module: &Module, inst: Inst) -> Effects {
    if let Some(import) = inst.index(Space::Calls).map(usize::from) {
        let view = module.imports.get(import).is_some_and(|it| it.kind == FunctionKind::View);
        return Effects { reads_state: true, writes_state: !view, emits: !view };
    }
    match inst.op.info().effect {
        Effect::Pure => Effects::default(),
        Effect::ReadsState => Effects { reads_state: true, ..Effects::default() },
        Effect::WritesState => Effects { writes_state: true, ..Effects::default() },
        Effect::EmitsEvent => Effects { emits: true, ..Effects::default() },
    }
}

/// The first instruction of a view that makes it no view.
fn culprit(module: &Module, effects: &[Effects], index: usize) -> ValidateError {
    for (at, inst) in module.functions[index].code() {
        let own = !of_instruction(module, inst).only_reads();
        let callee = called(inst).map(usize::from);
        let callee = callee.filter(|callee| !effects[*callee].only_reads());
        if own || callee.is_some() {
            let callee = callee.map(|callee| module.functions[callee].name.clone());
            return Invalid::ViewEffect { callee }.at(module, index, at as usize);
        }
    }
    Invalid::ViewEffect { callee: None }.in_function(module, index)
}
