//! Effects: what each function may read, write, throw, emit, and which traps may end it.
//!
//! In: typed bodies. Out: `Function::effects`, and `Function::throws` where it is inferred.
//! Holds always: the sets hold what callees do; they grow to a least fixed point, so recursion is
//! no special case. A field of whose parts more than [`MOST_PATHS`] are touched counts as a whole.

use std::collections::BTreeSet;

use deed_bytecode::TrapKind;

use super::contracts::errors_of_call;
use super::guards::{self, Guard};
use super::keys::Keys;
use super::occurs::Occurs;
use crate::arena::{Arena, ErrorId, FnId, Id};
use crate::thir::visit::Node;
use crate::thir::{
    BinaryOp, Chain, Effects, Expr, ExprKind, External, FnKind, FnOwner, Function, ImplDef, MapOp,
    Package, PathKey, Place, PlaceBase, PlaceStep, StatePath, Stmt, StmtKind, UnaryOp,
};
use crate::ty::Ty;

/// How many parts of one field are told apart.
const MOST_PATHS: usize = 32;

/// Whether callers rely on the `throws` clause as it is written.
pub(super) fn declares_throws(function: &Function) -> bool {
    let open = matches!(
        function.kind,
        FnKind::Entry { .. } | FnKind::View | FnKind::Init | FnKind::Public
    );
    open || !function.throws.is_empty()
}

/// Infers the effects of every function, and tells what occurs in each.
pub(super) fn infer(package: &mut Package) -> Arena<FnId, Occurs> {
    let mut direct: Arena<FnId, Direct> =
        package.functions.values().map(|function| direct(function, package)).collect();
    let mut all: Arena<FnId, Effects> =
        direct.values_mut().map(|d| std::mem::take(&mut d.effects)).collect();
    let mut calling = callees_first(&direct);
    calling.retain(|id| !direct[*id].calls.is_empty());
    for &id in &calling {
        all[id] = with_callees(id, &direct, &all, package);
    }
    let mut changed = goes_round(&calling, &direct);
    while changed {
        changed = false;
        for &id in &calling {
            let effects = with_callees(id, &direct, &all, package);
            if effects != all[id] {
                all[id] = effects;
                changed = true;
            }
        }
    }
    for (function, effects) in package.functions.values_mut().zip(all.values_mut()) {
        if !declares_throws(function) {
            function.throws = effects.throws.iter().copied().collect();
        }
        function.effects = std::mem::take(effects);
    }
    direct.values().map(|direct| direct.occurs).collect()
}

/// The effects of a function, with what is known of those it calls.
fn with_callees(
    id: FnId,
    direct: &Arena<FnId, Direct>,
    all: &Arena<FnId, Effects>,
    package: &Package,
) -> Effects {
    let mut effects = all[id].clone();
    for (callee, args, guard) in &direct[id].calls {
        let leaves = |error: &&ErrorId| !guard.catches(**error);
        match &package.functions[*callee] {
            function if declares_throws(function) => {
                effects.throws.extend(function.throws.iter().filter(leaves));
            }
            _ => effects.throws.extend(all[*callee].throws.iter().filter(leaves)),
        }
        absorb(&mut effects, &all[*callee], args);
    }
    effects
}

/// Whether one of the functions that call others calls one that does not come before it.
fn goes_round(calling: &[FnId], direct: &Arena<FnId, Direct>) -> bool {
    let mut done: Vec<bool> = direct.values().map(|direct| direct.calls.is_empty()).collect();
    calling.iter().any(|id| {
        let round = direct[*id].calls.iter().any(|(callee, ..)| !done[callee.index()]);
        done[id.index()] = true;
        round
    })
}

/// The functions, each after those it calls where that is possible: so a chain of calls settles in
/// one round, however long it is.
fn callees_first(direct: &Arena<FnId, Direct>) -> Vec<FnId> {
    let mut seen = vec![false; direct.len()];
    let mut order = Vec::with_capacity(direct.len());
    for root in direct.ids() {
        let mut stack = vec![(root, false)];
        while let Some((id, after)) = stack.pop() {
            if after {
                order.push(id);
            } else if !std::mem::replace(&mut seen[id.index()], true) {
                stack.push((id, true));
                stack.extend(direct[id].calls.iter().map(|(callee, ..)| (*callee, false)));
            }
        }
    }
    order
}

/// What a function does itself, and what it gives to whom it calls.
struct Direct {
    effects: Effects,
    calls: Vec<(FnId, Vec<PathKey>, Guard)>,
    occurs: Occurs,
}

fn direct(function: &Function, package: &Package) -> Direct {
    let mut scan = Scan::new(function, package);
    let mut occurs = Occurs::default();
    for requires in function.spec.requires.iter().filter(|requires| requires.check.is_some()) {
        match &requires.otherwise {
            Some(throw) => _ = scan.effects.throws.insert(throw.error),
            None => _ = scan.effects.traps.insert(TrapKind::Requires),
        }
    }
    guards::walk(function, &mut |node, guard| match node {
        Node::Stmt(stmt) => {
            occurs.stmt(stmt);
            scan.stmt(stmt, guard);
        }
        Node::Expr(expr) => {
            occurs.expr(expr);
            scan.expr(expr, guard);
        }
    });
    Direct { effects: scan.effects, calls: scan.calls, occurs }
}

/// The path of a place in the state of a function's contract.
pub(super) fn path_of(place: &Place, function: &Function, package: &Package) -> Option<StatePath> {
    Scan::new(function, package).path(place).map(|(path, _)| path)
}

/// Adds what a callee does, as its caller sees it, but for its errors.
fn absorb(into: &mut Effects, callee: &Effects, args: &[PathKey]) {
    for path in &callee.reads {
        add_path(&mut into.reads, given(path, args));
    }
    for path in &callee.writes {
        add_path(&mut into.writes, given(path, args));
    }
    into.emits.extend(&callee.emits);
    into.traps.extend(&callee.traps);
    into.schedules |= callee.schedules;
    into.outside.extend(&callee.outside);
    into.deploys.extend(&callee.deploys);
    into.pays |= callee.pays;
}

/// A callee's path with its parameters replaced by what the caller gives.
fn given(path: &StatePath, args: &[PathKey]) -> StatePath {
    StatePath { field: path.field, keys: path.keys.iter().map(|key| key.given(args)).collect() }
}

/// Adds a path, unless another one says as much.
fn add_path(paths: &mut BTreeSet<StatePath>, path: StatePath) {
    let field = path.field;
    let whole = StatePath { field, keys: Vec::new() };
    let mut count = 0;
    for other in paths.range(&whole..).take_while(|other| other.field == field) {
        if covers(other, &path) {
            return;
        }
        count += 1;
    }
    if count >= MOST_PATHS {
        paths.retain(|other| other.field != field);
        paths.insert(whole);
        return;
    }
    if count > 0 {
        paths.retain(|other| !covers(&path, other));
    }
    paths.insert(path);
}

/// Whether all that lies at one path lies at the other as well.
fn covers(wide: &StatePath, path: &StatePath) -> bool {
    wide.field == path.field
        && wide.keys.len() <= path.keys.len()
        && wide.keys.iter().zip(&path.keys).all(|(wide, key)| wide == key || *wide == PathKey::Any)
}

struct Scan<'p> {
    function: &'p Function,
    package: &'p Package,
    keys: Keys<'p>,
    effects: Effects,
    calls: Vec<(FnId, Vec<PathKey>, Guard)>,
}

impl<'p> Scan<'p> {
    fn new(function: &'p Function, package: &'p Package) -> Self {
        let keys = Keys::of(function, package);
        Scan { function, package, keys, effects: Effects::default(), calls: Vec::new() }
    }

    fn stmt(&mut self, stmt: &Stmt, guard: &Guard) {
        match &stmt.kind {
            StmtKind::Assign { place, .. } => {
                // A part is written into the whole, which must be there.
                if place.path.iter().any(|step| !matches!(step, PlaceStep::Key(_))) {
                    self.read(place);
                }
                self.write(place);
            }
            StmtKind::OpAssign { place, op, .. } => {
                self.read(place);
                self.write(place);
                self.operator(*op, &place.ty);
            }
            StmtKind::Throw(throw) => self.throw(throw.error, guard),
            StmtKind::Emit { event, .. } => _ = self.effects.emits.insert(*event),
            StmtKind::Assert { check: Some(_), .. } => self.trap(TrapKind::Assert),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr, guard: &Guard) {
        match &expr.kind {
            ExprKind::Read(place) => self.read(place),
            ExprKind::Inout(place) => {
                self.read(place);
                self.write(place);
            }
            ExprKind::Function { function, .. } => {
                self.calls.push((*function, Vec::new(), guard.clone()));
                self.effects.calls.insert(*function);
            }
            ExprKind::Unary(UnaryOp::Neg, _) => self.trap(TrapKind::Overflow),
            ExprKind::Binary(op, left, _) => self.operator(*op, &left.ty),
            ExprKind::Cast(from) => self.cast(&from.ty, &expr.ty),
            ExprKind::Call { function, args, .. } => {
                let args: Vec<PathKey> = args.iter().map(|arg| self.keys.key(arg)).collect();
                self.each_callee(*function, &mut |this, callee| {
                    this.calls.push((callee, args.clone(), guard.clone()));
                    this.effects.calls.insert(callee);
                });
            }
            ExprKind::MapCall { op, map, args } => self.map_call(*op, map, args),
            ExprKind::Chain(chain) => self.chain(chain),
            ExprKind::External(external) => {
                for error in errors_of_call(expr, self.package) {
                    self.throw(*error, guard);
                }
                self.external(external);
            }
            _ => {}
        }
    }

    fn throw(&mut self, error: ErrorId, guard: &Guard) {
        if !guard.catches(error) {
            self.effects.throws.insert(error);
        }
    }

    /// A call that leaves the contract.
    fn external(&mut self, external: &External) {
        let traps = [TrapKind::NoCode, TrapKind::BadArgument, TrapKind::BadCallee];
        match external {
            External::Call(call) => {
                self.effects.outside.insert(call.function);
                self.effects.pays |= call.options.value.is_some();
                self.effects.traps.extend(traps.into_iter().chain([TrapKind::Reentrancy]));
            }
            External::Deploy(deploy) => {
                self.effects.deploys.insert(deploy.contract);
                self.effects.traps.extend(traps.into_iter().chain([TrapKind::KeyPresent]));
            }
            External::Pay { .. } => {
                self.effects.pays = true;
                self.trap(TrapKind::NoCoins);
            }
            _ => {}
        }
    }

    fn chain(&mut self, chain: &Chain) {
        match chain {
            Chain::Await(_) | Chain::Schedule(_) | Chain::Cancel(_) => {
                self.effects.schedules = true
            }
            Chain::Table(call) if call.op.writes() => {
                self.read(&call.table);
                self.write(&call.table);
            }
            _ => chain.place().into_iter().for_each(|place| self.read(place)),
        }
    }

    /// The function that is called; of a trait's function every one that an `impl` has for it.
    fn each_callee(&mut self, function: FnId, f: &mut dyn FnMut(&mut Self, FnId)) {
        f(self, function);
        if let FnOwner::Trait(of) = self.package.functions[function].owner {
            let package = self.package;
            let fits = |def: &&ImplDef| def.of_trait.as_ref().is_some_and(|t| t.id == of);
            for def in package.impls.values().filter(fits) {
                if let Some(bound) = def.bindings.get(&function).filter(|bound| **bound != function)
                {
                    f(self, *bound);
                }
            }
        }
    }

    fn trap(&mut self, kind: TrapKind) {
        self.effects.traps.insert(kind);
    }

    fn operator(&mut self, op: BinaryOp, ty: &Ty) {
        let signed = ty.as_int().is_some_and(|int| int.is_signed());
        match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => self.trap(TrapKind::Overflow),
            BinaryOp::Div | BinaryOp::Rem => {
                self.trap(TrapKind::DivisionByZero);
                if signed && op == BinaryOp::Div {
                    self.trap(TrapKind::Overflow);
                }
            }
            BinaryOp::Shl => {
                self.trap(TrapKind::BadShift);
                self.trap(TrapKind::Overflow);
            }
            BinaryOp::Shr => self.trap(TrapKind::BadShift),
            _ => {}
        }
    }

    fn cast(&mut self, from: &Ty, to: &Ty) {
        match (from.as_int(), to.as_int()) {
            (Some(from), Some(to)) if !to.holds_all_of(from) => self.trap(TrapKind::LossyCast),
            _ => {}
        }
    }

    fn read(&mut self, place: &Place) {
        let Some((path, ty)) = self.path(place) else { return };
        add_path(&mut self.effects.reads, path);
        if matches!(ty, Some(Ty::Map(map)) if map.default.is_none() && !map.value.is_collection()) {
            self.trap(TrapKind::MissingKey);
        }
    }

    fn write(&mut self, place: &Place) {
        if let Some((path, _)) = self.path(place) {
            add_path(&mut self.effects.writes, path);
        }
    }

    fn map_call(&mut self, op: MapOp, map: &Place, args: &[Expr]) {
        let Some((mut path, _)) = self.path(map) else { return };
        path.keys.push(args.first().map_or(PathKey::Any, |key| self.keys.key(key)));
        add_path(&mut self.effects.reads, path.clone());
        if op.writes() {
            add_path(&mut self.effects.writes, path);
        }
        if op == MapOp::Insert {
            self.trap(TrapKind::KeyPresent);
        }
    }

    /// The path of a place in state, and the type of the map that its last step goes into.
    fn path(&self, place: &Place) -> Option<(StatePath, Option<&'p Ty>)> {
        let PlaceBase::State(field) = place.base else { return None };
        let contract = &self.package.contracts[self.function.contract()?];
        let mut ty = &contract.state[field].ty;
        let mut around = None;
        let mut keys = Vec::new();
        for step in &place.path {
            let PlaceStep::Key(key) = step else { break };
            keys.push(self.keys.key(key));
            let Ty::Map(map) = ty else { break };
            around = Some(ty);
            ty = &map.value;
        }
        Some((StatePath { field, keys }, around))
    }
}
