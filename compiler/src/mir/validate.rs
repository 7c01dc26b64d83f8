//! The law of the middle form, checked after lowering and after every pass in debug builds.
//!
//! In: a [`Program`]. Out: the first [`Invalid`] thing found, if there is one.
//! Holds always: it accepts any well-formed program, whoever made it, and never panics: indices are
//! checked before they are followed.

use std::fmt;

use super::cfg::Cfg;
use super::*;

mod heap;

/// What is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    pub function: String,
    pub block: Option<BlockId>,
    pub problem: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.function)?;
        if let Some(block) = self.block {
            write!(f, " {block}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for Invalid {}

/// Checks every function of a program.
pub fn validate(program: &Program) -> Result<(), Invalid> {
    for function in &program.functions {
        Validator::new(program, function).check().map_err(|(block, problem)| Invalid {
            function: function.name.clone(),
            block,
            problem,
        })?;
    }
    Ok(())
}

type Checked = Result<(), String>;

/// Where a value is defined: as a parameter (place 0) or by the n-th instruction (place n + 1).
#[derive(Clone, Copy)]
struct Definition {
    block: BlockId,
    place: usize,
}

struct Validator<'a> {
    program: &'a Program,
    function: &'a Function,
    definitions: Vec<Option<Definition>>,
}

impl<'a> Validator<'a> {
    fn new(program: &'a Program, function: &'a Function) -> Self {
        Validator { program, function, definitions: vec![None; function.values.len()] }
    }

    fn check(mut self) -> Result<(), (Option<BlockId>, String)> {
        if self.function.blocks.is_empty() {
            return Err((None, "it has no block".into()));
        }
        for id in self.function.block_ids() {
            self.targets(id)
                .and_then(|()| self.define(id))
                .map_err(|problem| (Some(id), problem))?;
        }
        let cfg = Cfg::new(self.function);
        for id in &cfg.order {
            self.block(&cfg, *id).map_err(|problem| (Some(*id), problem))?;
        }
        Ok(())
    }

    fn targets(&self, id: BlockId) -> Checked {
        for edge in self.function.block(id).terminator.edges() {
            let known = edge.target.index() < self.function.blocks.len();
            ensure(known, || format!("there is no {}", edge.target))?;
            ensure(edge.target != BlockId::ENTRY, || "an edge leads to the first block".into())?;
        }
        Ok(())
    }

    fn define(&mut self, id: BlockId) -> Checked {
        let block = self.function.block(id);
        let params = block.params.iter().map(|value| (*value, 0));
        let insts = block.insts.iter().enumerate();
        let results =
            insts.flat_map(|(at, inst)| inst.results.iter().map(move |value| (*value, at + 1)));
        for (value, place) in params.chain(results) {
            let slot = self.definitions.get_mut(value.index());
            let slot = slot.ok_or_else(|| format!("{value} has no type"))?;
            ensure(slot.is_none(), || format!("{value} is defined twice"))?;
            *slot = Some(Definition { block: id, place });
        }
        Ok(())
    }

    fn block(&self, cfg: &Cfg, id: BlockId) -> Checked {
        let block = self.function.block(id);
        for (at, inst) in block.insts.iter().enumerate() {
            let mut uses = Ok(());
            inst.op.for_each_operand(|value| self.used(cfg, value, id, at + 1, &mut uses));
            uses?;
            let declared: Vec<Ty> =
                inst.results.iter().map(|value| self.function.ty(*value)).collect();
            let given = self.op(&inst.op, declared.first().copied())?;
            ensure(given == declared, || {
                format!("{:?} gives {given:?}, not {declared:?}", inst.op)
            })?;
        }
        let mut uses = Ok(());
        let end = block.insts.len() + 1;
        block.terminator.for_each_operand(|value| self.used(cfg, value, id, end, &mut uses));
        uses?;
        self.terminator(&block.terminator)
    }

    /// Whether `value` is defined before place `at` of `block`.
    fn used(&self, cfg: &Cfg, value: ValueId, block: BlockId, at: usize, uses: &mut Checked) {
        let definition = self.definitions.get(value.index()).copied().flatten();
        let reaches = definition.is_some_and(|definition| {
            if definition.block == block {
                definition.place < at
            } else {
                cfg.dominates(definition.block, block)
            }
        });
        if !reaches && uses.is_ok() {
            *uses = Err(format!("{value} is used where its definition does not reach"));
        }
    }

    /// Checks the operands of `op` and tells what it gives. `result` is the type of the first value
    /// that it is said to give.
    fn op(&self, op: &Op, result: Option<Ty>) -> Result<Vec<Ty>, String> {
        match op {
            Op::Call { function, args } => {
                let callee = self.program.functions.get(function.index());
                let callee = callee.ok_or_else(|| format!("there is no {function}"))?;
                self.list(args, callee.params().iter().map(|value| callee.ty(*value)))?;
                Ok(callee.results.clone())
            }
            Op::StateWalk { walk, field, keys } => self.walk(*walk, *field, keys),
            Op::Outside { what, args } => self.outside(*what, args, result),
            op => match self.heap_op(op, result) {
                Some(given) => given,
                None => self.scalar_op(op, result).map(|given| given.into_iter().collect()),
            },
        }
    }

    /// What leaves the contract, or looks at a failure.
    fn outside(
        &self,
        what: Outside,
        args: &[ValueId],
        result: Option<Ty>,
    ) -> Result<Vec<Ty>, String> {
        let coins = Ty::Int(IntTy::U128);
        let no_error = || "there is no such error".to_string();
        match what {
            Outside::Call(id) | Outside::Deploy(id) => {
                let import = self.program.imports.get(id.index());
                let import = import.ok_or_else(|| format!("there is no {id}"))?;
                self.list(args, import.operands())?;
                let makes = matches!(what, Outside::Deploy(_));
                ensure(import.makes.is_some() == makes, || format!("{id} is of another kind"))?;
                Ok(if makes { vec![Ty::Address] } else { import.results.clone() })
            }
            Outside::Balance => self.list(args, []).map(|()| vec![coins]),
            Outside::Pay => self.list(args, [Ty::Address, coins]).map(|()| Vec::new()),
            Outside::Unique => self.list(args, []).map(|()| vec![Ty::Hash]),
            Outside::Try(id) => {
                let callee = self.program.functions.get(id.index());
                let callee = callee.ok_or_else(|| format!("there is no {id}"))?;
                self.list(args, callee.params().iter().map(|value| callee.ty(*value)))?;
                Ok(result.into_iter().collect())
            }
            Outside::IsError(id) => {
                self.program.errors.get(id.index()).ok_or_else(no_error)?;
                ensure(args.len() == 1, || "one failure is due".into())?;
                Ok(vec![Ty::Bool])
            }
            Outside::OpenError(id) => {
                let error = self.program.errors.get(id.index()).ok_or_else(no_error)?;
                ensure(args.len() == 1, || "one failure is due".into())?;
                Ok(error.params.iter().map(|param| param.ty).collect())
            }
        }
    }

    /// Operations that give one value or none.
    fn scalar_op(&self, op: &Op, result: Option<Ty>) -> Result<Option<Ty>, String> {
        match op {
            Op::Const(value) => {
                let fits = match value {
                    Const::Int(ty, value) => ty.holds(value),
                    _ => true,
                };
                ensure(fits, || format!("{value} is out of range"))?;
                Ok(Some(value.ty()))
            }
            Op::Unary { op, arg } => self.unary(*op, self.function.ty(*arg)).map(Some),
            Op::Binary { op, left, right } => {
                self.binary(*op, self.function.ty(*left), self.function.ty(*right)).map(Some)
            }
            Op::Cast { arg } => {
                let both = (self.function.ty(*arg), result);
                let fine = matches!(both, (Ty::Int(_), Some(Ty::Int(_))));
                ensure(fine, || format!("there is no cast {both:?}"))?;
                Ok(result)
            }
            Op::StateLoad { field, keys } => self.place(*field, keys).map(Some),
            Op::StateHas { field, keys } => self.place(*field, keys).map(|_| Some(Ty::Bool)),
            Op::StateRemove { field, keys } => self.place(*field, keys).map(|_| None),
            Op::StateStore { field, keys, value } | Op::StateInsert { field, keys, value } => {
                let held = self.place(*field, keys)?;
                self.list(&[*value], [held]).map(|()| None)
            }
            Op::Context(kind) => Ok(Some(kind.ty().into())),
            Op::Emit { event, args } => {
                let event = self.program.events.get(event.index());
                let event = event.ok_or_else(|| "there is no such event".to_string())?;
                self.list(args, event.params.iter().map(|param| param.ty)).map(|()| None)
            }
            Op::Claim(claim) => {
                let known = claim.index() < self.function.claims.len();
                ensure(known, || "there is no such claim".into()).map(|()| None)
            }
            Op::Assert { condition } => self.list(&[*condition], [Ty::Bool]).map(|()| None),
            other => Err(format!("{other:?} is of no kind")),
        }
    }

    fn unary(&self, op: UnaryOp, arg: Ty) -> Result<Ty, String> {
        let fine = match op {
            UnaryOp::Neg => matches!(arg, Ty::Int(int) if int.is_signed()),
            UnaryOp::Not => matches!(arg, Ty::Int(_) | Ty::Bool),
        };
        ensure(fine, || format!("there is no {} of {arg}", op.name())).map(|()| arg)
    }

    fn binary(&self, op: BinaryOp, left: Ty, right: Ty) -> Result<Ty, String> {
        use BinaryOp::*;
        let is_int = matches!(left, Ty::Int(_));
        let fine = match op {
            Shl | Shr => is_int && right == Ty::Int(IntTy::U32),
            And | Or | Xor => left == right && (is_int || left == Ty::Bool),
            Eq | Ne | Lt | Le | Gt | Ge => left == right,
            _ => left == right && is_int,
        };
        ensure(fine, || format!("there is no {} of {left} and {right}", op.name()))?;
        Ok(if op.is_comparison() { Ty::Bool } else { left })
    }

    /// Checks the keys of a place in state and tells the type of what it holds.
    fn place(&self, field: FieldId, keys: &[ValueId]) -> Result<Ty, String> {
        let field = self.program.state.get(field.index());
        let field = field.ok_or_else(|| "there is no such state field".to_string())?;
        self.list(keys, field.keys.iter().copied())?;
        Ok(field.value)
    }

    /// Checks the keys that a walk is given and tells the types of what it gives.
    fn walk(&self, walk: Walk, field: FieldId, keys: &[ValueId]) -> Result<Vec<Ty>, String> {
        let field = self.program.state.get(field.index());
        let field = field.ok_or_else(|| "there is no such state field".to_string())?;
        let key = walk.along(keys).and_then(|at| field.keys.get(at));
        let key = *key.ok_or_else(|| format!("`{}` has no such key", field.name))?;
        self.list(keys, field.keys[..keys.len()].iter().copied())?;
        Ok(match walk {
            Walk::Any => vec![Ty::Bool],
            Walk::First | Walk::Last => vec![key],
            Walk::Next | Walk::Prev => vec![Ty::Bool, key],
        })
    }

    fn terminator(&self, terminator: &Terminator) -> Checked {
        for edge in terminator.edges() {
            let params = &self.function.block(edge.target).params;
            self.list(&edge.args, params.iter().map(|value| self.function.ty(*value)))?;
        }
        match terminator {
            Terminator::Jump(_) | Terminator::Trap(_) => Ok(()),
            Terminator::Branch { condition, .. } => self.list(&[*condition], [Ty::Bool]),
            Terminator::Switch { value, .. } => {
                let narrow = self.function.ty(*value).as_int().is_some_and(|int| int.bits() <= 64);
                ensure(narrow, || format!("{value} is no integer of up to 64 bits"))
            }
            Terminator::Return(values) => self.list(values, self.function.results.iter().copied()),
            Terminator::Fail(failure) => ensure(failure.len() == 1, || "one failure is due".into()),
            Terminator::Throw { error, args } => {
                let error = self.program.errors.get(error.index());
                let error = error.ok_or_else(|| "there is no such error".to_string())?;
                self.list(args, error.params.iter().map(|param| param.ty))
            }
        }
    }

    /// Whether `values` have exactly these types.
    fn list(&self, values: &[ValueId], types: impl IntoIterator<Item = Ty>) -> Checked {
        let given = values.iter().map(|value| self.function.ty(*value));
        let types: Vec<Ty> = types.into_iter().collect();
        ensure(given.clone().eq(types.iter().copied()), || {
            format!("{:?} is given where {types:?} is due", given.collect::<Vec<_>>())
        })
    }
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(problem()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thir::FnSpec;

    /// `fn f(v0: u64) -> u64 { b0: v1 = add v0, v0; jump b1(v1); b1(v2: u64): return v2 }`
    fn program() -> Program {
        let place = Place::default();
        let value = ValueData { ty: Ty::U64, name: None, place };
        let v = ValueId;
        let add = Op::Binary { op: BinaryOp::Add, left: v(0), right: v(0) };
        let block = |params, insts, terminator| Block {
            params,
            insts,
            terminator,
            loop_head: None,
            end: place,
        };
        let jump = Terminator::Jump(Edge { target: BlockId(1), args: vec![v(1)] });
        let function = Function {
            name: "f".into(),
            source: None,
            kind: FnKind::View,
            results: vec![Ty::U64],
            inouts: 0,
            values: vec![value; 3],
            blocks: vec![
                block(vec![v(0)], vec![Inst { results: vec![v(1)], op: add, place }], jump),
                block(vec![v(2)], Vec::new(), Terminator::Return(vec![v(2)])),
            ],
            spec: FnSpec::default(),
            locals: LocalValues::new(),
            claims: Vec::new(),
            inlined: Vec::new(),
            span: place.span,
        };
        Program {
            name: "test.T".into(),
            types: Types::default(),
            state: Vec::new(),
            errors: Vec::new(),
            events: Vec::new(),
            imports: Vec::new(),
            functions: vec![function],
            invariants: Vec::new(),
        }
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Function), why: &str) {
        let mut program = program();
        assert_eq!(validate(&program), Ok(()));
        change(&mut program.functions[0]);
        let problem = validate(&program).expect_err("it is refused").problem;
        assert!(problem.contains(why), "{problem}");
    }

    #[test]
    fn what_breaks_the_law_is_refused() {
        let target = |function: &mut Function, target: u32, args: &[u32]| {
            let args = args.iter().copied().map(ValueId).collect();
            let edge = Edge { target: BlockId(target), args };
            function.blocks[0].terminator = Terminator::Jump(edge);
        };
        refused(|f| target(f, 7, &[1]), "there is no b7");
        refused(|f| target(f, 0, &[1]), "first block");
        refused(|f| target(f, 1, &[]), "is due");
        refused(|f| target(f, 1, &[2]), "v2 is used where its definition does not reach");
        refused(|f| f.blocks[1].params[0] = ValueId(1), "v1 is defined twice");
        refused(|f| f.values.truncate(2), "v2 has no type");
        refused(|f| f.values[2].ty = Ty::Bool, "is due");
        refused(|f| f.values[1].ty = Ty::Bool, "gives");
        refused(|f| f.values[0].ty = Ty::Bool, "there is no add of bool and bool");
        refused(|f| f.results.clear(), "is due");
        refused(|f| f.blocks.clear(), "no block");
        refused(|f| f.blocks[0].insts[0].op = Op::Claim(ClaimId(0)), "there is no such claim");
    }

    #[test]
    fn a_value_reaches_what_its_block_dominates() {
        let mut program = program();
        program.functions[0].blocks[1].terminator = Terminator::Return(vec![ValueId(1)]);
        assert_eq!(validate(&program), Ok(()));
    }
}
