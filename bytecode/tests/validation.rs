//! Validation: what it takes runs well on any path, and it refuses each kind of damage.

mod common;

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{
    Block, Const, FunctionKind, Inst, Invalid, LiveIn, Module, Op, Role, Shape, Space, Ty, TyClass,
    Type, ValidModule, decode, encode, limits, validate,
};
use proptest::prelude::*;

fn refusal(module: Module) -> Invalid {
    validate(module).expect_err("it should be refused").what
}

#[test]
fn the_token_is_valid_and_its_effects_are_known() {
    let valid = validate(common::token()).expect("valid");
    let balance = valid.effects(1);
    assert!(balance.reads_state && balance.only_reads());
    let send = valid.effects(2);
    assert!(send.reads_state && send.writes_state && send.emits);
}

/// Follows one path of a function and keeps its own books: which definition each slot is part
/// of. Whatever is read must be one whole definition of the type it is read with.
fn walk(module: &ValidModule, index: usize, choices: &mut dyn FnMut() -> usize) {
    let function = &module.functions[index];
    let mut frame: Vec<Option<(u64, Type, u16)>> = vec![None; usize::from(function.slots)];
    let mut definitions = 0;
    let mut define = |frame: &mut Vec<Option<_>>, reg: u16, ty: Type| {
        definitions += 1;
        for part in 0..ty.slots() {
            let over: Option<(u64, Type, u16)> = frame[usize::from(reg + part)];
            assert!(over.is_none_or(|over| over.1.heap().is_none()), "r{reg} leaks");
            frame[usize::from(reg + part)] = Some((definitions, ty, part));
        }
    };
    let mut reg = 0;
    for ty in &function.params {
        define(&mut frame, reg, *ty);
        reg += ty.slots();
    }
    let mut block = 0;
    for _ in 0..200 {
        let mut successors = Vec::new();
        for inst in &function.blocks[block].code {
            let operands = || inst.op.info().roles.into_iter().zip(inst.operands());
            for (role, base) in operands() {
                let (Role::Use(shape) | Role::Take(shape) | Role::Change(shape)) = role else {
                    continue;
                };
                let types = module.types(function, *inst, shape).expect("validated");
                for (reg, ty) in types.at(base) {
                    let start = usize::from(reg.expect("validated"));
                    let first = frame[start].expect("read before it is written");
                    for part in 0..ty.slots() {
                        let slot = frame[start + usize::from(part)];
                        assert_eq!(slot, Some((first.0, ty, part)), "{inst:?}");
                    }
                    if matches!(role, Role::Take(_)) && ty.heap().is_some() {
                        frame[start] = None;
                    }
                }
            }
            for (role, base) in operands() {
                let Role::Def(shape) = role else { continue };
                let types = module.types(function, *inst, shape).expect("validated");
                for (reg, ty) in types.at(base) {
                    define(&mut frame, reg.expect("validated"), ty);
                }
            }
            successors = function.successors(*inst).map(usize::from).collect();
        }
        if successors.is_empty() {
            return;
        }
        block = successors[choices() % successors.len()];
    }
}

fn walk_all(module: &ValidModule, numbers: &[u16]) {
    let mut numbers = numbers.iter().copied().cycle();
    let mut next = || usize::from(numbers.next().unwrap_or(0));
    for index in 0..module.functions.len() {
        walk(module, index, &mut next);
    }
}

proptest! {
    #[test]
    fn grown_modules_are_valid_and_walk_well(
        numbers in prop::collection::vec(any::<u16>(), 1..64),
    ) {
        let valid = validate(common::grow(&numbers));
        prop_assert!(valid.is_ok(), "{}", valid.unwrap_err());
        walk_all(&valid.expect("just seen"), &numbers);
    }

    /// Damaged modules that are still taken must walk as well as whole ones.
    #[test]
    fn what_is_taken_walks_well(
        numbers in prop::collection::vec(any::<u16>(), 1..64),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = encode(&common::grow(&numbers));
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Some(valid) = decode(&bytes).ok().and_then(|module| validate(module).ok()) {
            walk_all(&valid, &numbers);
        }
    }

}

proptest! {
    // Each case makes every damage at every place.
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn each_damage_to_code_is_refused(numbers in prop::collection::vec(any::<u16>(), 1..32)) {
        damages_are_refused(&common::grow(&numbers));
    }
}

#[test]
fn each_damage_to_the_token_is_refused() {
    damages_are_refused(&common::token());
}

#[test]
fn each_damage_to_heap_values_is_refused() {
    damages_are_refused(&common::rich());
}

/// Whatever one byte is changed to, what is still taken owns and drops as it should.
#[test]
fn damaged_heap_values_walk_well() {
    let bytes = encode(&common::rich());
    let mut taken = 0;
    for at in 0..bytes.len() {
        for flip in [1, 2, 4, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            if let Some(valid) = decode(&damaged).ok().and_then(|module| validate(module).ok()) {
                walk_all(&valid, &[0, 1]);
                taken += 1;
            }
        }
    }
    assert!(taken > 20, "only {taken} were taken");
}

/// Makes every change below at every place it fits, one at a time; each must be refused.
fn damages_are_refused(whole: &Module) {
    let whole = Module { debug: None, ..whole.clone() };
    for (f, function) in whole.functions.iter().enumerate() {
        for (b, block) in function.blocks.iter().enumerate() {
            let check = |what: &str, change: &dyn Fn(&mut Block)| {
                let mut damaged = whole.clone();
                change(&mut damaged.functions[f].blocks[b]);
                assert!(validate(damaged).is_err(), "{what} in function {f}, block {b}");
            };
            check("no end", &|block| block.code.truncate(block.code.len() - 1));
            check("two ends", &|block| block.code.extend(block.code.last().copied()));
            check("empty", &|block| block.code.clear());
            for at in 0..block.live_in.len() {
                check("forgotten expectation", &|block| {
                    block.live_in.remove(at);
                });
                check("wrong expectation", &|block| {
                    let live = &mut block.live_in[at];
                    live.ty = if live.ty == Ty::U8.into() { Ty::I8 } else { Ty::U8 }.into();
                });
            }
            for (at, inst) in block.code.iter().enumerate() {
                for damaged in damages(&whole, f, *inst) {
                    let what = format!("{inst:?} as {damaged:?}");
                    check(&what, &|block| block.code[at] = damaged);
                }
            }
        }
    }
}

/// Instructions that can never stand where this one does.
fn damages(module: &Module, function: usize, inst: Inst) -> Vec<Inst> {
    let function = &module.functions[function];
    let info = inst.op.info();
    let mut all = Vec::new();
    let typed = [Role::Use(Shape::Typed), Role::Take(Shape::Typed), Role::Change(Shape::Typed)];
    let reads_typed = typed.iter().any(|role| info.roles.contains(role));
    if reads_typed || inst.op == Op::Const {
        let other = if inst.ty == Some(Ty::U16.into()) { Ty::I16 } else { Ty::U16 };
        all.push(Inst { ty: Some(other.into()), ..inst });
    }
    let flipped = if info.class == TyClass::Untyped { Some(Ty::U64.into()) } else { None };
    all.push(Inst { ty: flipped, ..inst });
    for (at, role) in info.roles.into_iter().enumerate() {
        let wrong = match role {
            Role::Unused => 1,
            Role::Index(_) => u16::MAX,
            Role::Def(shape) | Role::Use(shape) | Role::Take(shape) | Role::Change(shape) => {
                let types = module.types(function, inst, shape).expect("valid");
                if types.is_empty() { 1 } else { function.slots }
            }
        };
        let mut damaged = inst;
        *[&mut damaged.a, &mut damaged.b, &mut damaged.c][at] = wrong;
        all.push(damaged);
    }
    all
}

#[test]
fn errors_name_function_and_instruction() {
    let mut module = common::token();
    module.functions[2].blocks[2].code[0].b = 60_000;
    let error = validate(module).expect_err("refused");
    assert_eq!(error.function, Some((2, "send".into())));
    assert_eq!(error.instruction, Some(7));
    assert_eq!(error.what, Invalid::NotHeld { reg: 60_000, ty: Ty::U128.into() });
    let text = "in function 2 `send`, instruction 7: r60000 does not hold a u128";
    assert_eq!(error.to_string(), text);
}

#[test]
fn tables_keep_their_rules() {
    let change = |change: &dyn Fn(&mut Module)| {
        let mut module = common::token();
        change(&mut module);
        refusal(module)
    };
    let twice = change(&|module| module.functions[2].name = "balance".into());
    assert_eq!(twice, Invalid::Twice { what: "functions", name: "balance".into() });
    let inits = change(&|module| module.functions[2].kind = FunctionKind::Init);
    assert!(matches!(inits, Invalid::InitResults));
    let default = change(&|module| module.schema[1].default = Some(Const::bool(true)));
    assert_eq!(default, Invalid::DefaultType { field: "balances".into() });
    let frame = change(&|module| module.functions[2].slots = 3);
    assert_eq!(frame, Invalid::FrameTooSmall { need: 6, slots: 3 });
    let nameless = change(&|module| module.name.clear());
    assert_eq!(nameless, Invalid::BadName { what: "the module" });
    let deep = change(&|module| module.schema[0].keys = vec![Ty::U8.into(); 17]);
    assert_eq!(deep, Invalid::TooMany { what: "keys of a state field", limit: 16 });
    let codes = change(&|module| {
        let twin = module.errors[0].clone();
        module.errors.push(deed_bytecode::ErrorDef { name: "Other".into(), ..twin });
    });
    assert_eq!(codes, Invalid::Twice { what: "errors' codes", name: "Other".into() });
}

#[test]
fn debug_tables_keep_their_rules() {
    let change = |change: &dyn Fn(&mut deed_bytecode::Debug)| {
        let mut module = common::token();
        change(module.debug.as_mut().expect("the token has them"));
        assert!(matches!(refusal(module), Invalid::DebugTable { .. }));
    };
    change(&|debug| drop(debug.functions.pop()));
    change(&|debug| debug.functions[0].lines.reverse());
    change(&|debug| debug.functions[0].lines[1].start = 1000);
    change(&|debug| debug.functions[0].lines[0].file = 1);
    change(&|debug| debug.functions[0].lines[0].line = 0);
    change(&|debug| debug.functions[0].variables[0].reg = 1000);
    change(&|debug| debug.functions[0].variables[0].end = 1000);
}

#[test]
fn views_write_nothing_through_calls_either() {
    let mut module = common::token();
    module.functions[2].kind = FunctionKind::View;
    let error = validate(module).expect_err("refused");
    assert_eq!(error.what, Invalid::ViewEffect { callee: None });

    let mut module = common::token();
    module.functions[1].blocks[0].code.insert(0, Inst::call(0, 2, 0));
    module.functions[2].params.clear();
    module.functions[2].results.clear();
    module.functions[2].blocks =
        vec![Block { live_in: vec![], code: vec![Inst::call(0, 3, 0), Inst::ret(0)] }];
    let mut writer = module.functions[2].clone();
    writer.name = "writer".into();
    writer.blocks[0].code = vec![
        Inst::context(0, deed_bytecode::ContextKind::Sender),
        Inst::untyped(Op::StateRemove, 0, 1, 0),
        Inst::ret(0),
    ];
    module.functions.push(writer);
    module.debug = None;
    let error = validate(module).expect_err("refused");
    assert_eq!(error.function, Some((1, "balance".into())));
    assert_eq!(error.what, Invalid::ViewEffect { callee: Some("send".into()) });
}

#[test]
fn init_is_never_called_and_blocks_expect_in_order() {
    let mut module = common::token();
    module.functions[1].blocks[0].code[0] = Inst::call(4, 0, 0);
    assert_eq!(refusal(module), Invalid::CallsInit);
    let mut module = common::token();
    module.functions[2].blocks[3].live_in.reverse();
    assert_eq!(refusal(module), Invalid::ExpectationOrder { block: 3 });
    let mut module = common::token();
    module.functions[1].blocks[0].live_in.push(LiveIn { reg: 4, ty: Ty::U128.into() });
    assert_eq!(refusal(module), Invalid::Edge { block: 0, reg: 4, ty: Ty::U128.into() });
}

/// Thousands of edges to blocks that expect as much as they may: the most work that a module
/// of this size can give, and it is done in a moment.
#[test]
fn crowded_edges_are_checked_in_a_moment() {
    let most = 1024;
    let live_in: Vec<LiveIn> = (0..most).map(|reg| LiveIn { reg, ty: Ty::Bool.into() }).collect();
    let mut first: Vec<Inst> = (1..most).map(|reg| Inst::mov(Ty::Bool, reg, 0)).collect();
    first.push(Inst::jump(1));
    let mut blocks = vec![Block { live_in: live_in[..1].to_vec(), code: first }];
    for _ in 0..2000 {
        blocks.push(Block { live_in: live_in.clone(), code: vec![Inst::branch(7, 1, 2)] });
    }
    let mut module = Module { debug: None, ..common::token() };
    let function = &mut module.functions[0];
    function.params = vec![Ty::Bool.into()];
    function.slots = most;
    function.blocks = blocks;
    assert!(validate(module.clone()).is_ok());
    for block in &mut module.functions[0].blocks[1..] {
        block.live_in.push(LiveIn { reg: most, ty: Ty::Bool.into() });
    }
    let what = "registers that a block expects";
    module.functions[0].slots += 1;
    module.functions[0].blocks[0].code.insert(0, Inst::mov(Ty::Bool, most, 0));
    assert_eq!(refusal(module), Invalid::TooMany { what, limit: 1024 });
}

#[test]
fn every_space_is_bounded() {
    let spaces = [
        Space::Constants,
        Space::Data,
        Space::RecordFields,
        Space::Variants,
        Space::Types,
        Space::Blocks,
        Space::Functions,
        Space::Fields,
        Space::Errors,
        Space::Events,
        Space::Traps,
        Space::Contexts,
    ];
    let used = |space| Op::ALL.iter().any(|op| op.info().roles.contains(&Role::Index(space)));
    assert!(spaces.into_iter().all(used));
}

/// A switch to one of two blocks, and its validation.
fn switched(change: impl FnOnce(&mut Module)) -> Option<Invalid> {
    let mut module = ModuleBuilder::new("demo.Switch");
    let index = module.declare("f", FunctionKind::View, &[Ty::U8], &[Ty::U8]);
    let mut code = module.function(index);
    let (one, other) = (code.block(), code.block());
    code.switch(Ty::U8, code.param(0), &[one, other, one], other);
    for block in [one, other] {
        code.switch_to(block);
        code.ret(code.param(0));
    }
    code.finish();
    let mut module = module.finish().expect("small");
    change(&mut module);
    validate(module).err().map(|error| error.what)
}

#[test]
fn jump_tables_are_taken_in_order_and_lead_to_blocks() {
    let table =
        |change: fn(&mut Vec<Vec<u16>>)| switched(|module| change(&mut module.functions[0].tables));
    let limit = limits::TARGETS;
    let what = "targets of a jump table";
    assert_eq!(switched(|_| {}), None);
    assert_eq!(table(|tables| tables[0].truncate(1)), None);
    assert_eq!(table(|tables| tables[0].clear()), Some(Invalid::NoTargets { table: 0 }));
    assert_eq!(table(|tables| tables[0][1] = 7), Some(Invalid::NoSuch { what: "block", index: 7 }));
    assert_eq!(table(|tables| tables[0].resize(2_000, 1)), Some(Invalid::TooMany { what, limit }));
    assert_eq!(table(|tables| tables.push(vec![1])), Some(Invalid::UnusedTable { used: 1 }));
    let first = |module: &mut Module| module.functions[0].blocks[0].code[0].b = 1;
    let none = Invalid::NoSuch { what: "jump table", index: 1 };
    assert_eq!(switched(first), Some(none));
    let second = |module: &mut Module| {
        first(module);
        module.functions[0].tables.push(vec![1]);
    };
    assert_eq!(switched(second), Some(Invalid::TableOrder { next: 0 }));
    let wide = |module: &mut Module| {
        module.functions[0].blocks[0].code[0].ty = Some(Ty::U128.into());
    };
    assert_eq!(switched(wide), Some(Invalid::OperatorType { ty: Some(Ty::U128.into()) }));
}
