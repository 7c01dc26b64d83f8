//! The typed tree as text (`--emit=thir`).
//!
//! In: a package. Out: its text, in the spelling of the language where there is one.
//! Holds always: equal trees give equal texts; types stand where inference put them: at variables,
//! at numbers, and as `int(..)` where a program's integer becomes an unbounded one.

mod body;
mod calls;
mod chain;
mod pattern;

use std::fmt::Write;

use super::{ConstDef, Contract, DataField, Function, Package, Param, StatePath, Variant};
use crate::arena::{ContractId, ErrorId};
use crate::ty::Ty;

/// The whole package.
pub fn print(package: &Package) -> String {
    let mut out = String::new();
    for (id, module) in package.modules.iter().filter(|(_, module)| !module.library) {
        let _ = writeln!(out, "module {}", module.path);
        for constant in package.constants.values().filter(|c| c.module == id) {
            print_const(constant, package, &mut out);
        }
        for def in package.structs.values().filter(|s| s.module == id) {
            let fields = def.fields.values();
            let fields = fields.map(|f| format!("{}: {}", f.name.text, ty(&f.ty, package)));
            let fields = fields.collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "struct {} {{ {fields} }}", def.name.text);
        }
        for def in package.enums.values().filter(|e| e.module == id) {
            let variants = def.variants.values().map(|v| variant(v, package));
            let variants = variants.collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "enum {} {{ {variants} }}", def.name.text);
        }
        for error in package.errors.values().filter(|e| e.module == id) {
            let _ = writeln!(out, "error {}({})", error.name.text, data(&error.fields, package));
        }
        for event in package.events.values().filter(|e| e.module == id) {
            let _ = writeln!(out, "event {}({})", event.name.text, data(&event.fields, package));
        }
        let free = package.functions.values();
        for function in free.filter(|f| f.module == id && f.contract().is_none()) {
            print_function(function, package, &mut out);
        }
        for (contract_id, contract) in package.contracts.iter().filter(|(_, c)| c.module == id) {
            print_contract(contract_id, contract, package, &mut out);
        }
    }
    out
}

fn variant(variant: &Variant, package: &Package) -> String {
    let fields = variant.fields.iter();
    let fields = fields.map(|f| format!("{}: {}", f.name.text, ty(&f.ty, package)));
    let fields: Vec<String> = fields.collect();
    match fields.is_empty() {
        true => variant.name.text.to_string(),
        false => format!("{}({})", variant.name.text, fields.join(", ")),
    }
}

/// A type as it is written, with the names of its items.
pub fn type_text(of: &Ty, package: &Package) -> String {
    ty(of, package)
}

/// A type with the names of its items.
pub(super) fn ty(ty: &Ty, package: &Package) -> String {
    package.show(ty)
}

fn print_const(constant: &ConstDef, package: &Package, out: &mut String) {
    let value = constant.value.as_ref().map_or("?".to_owned(), |value| value.to_string());
    let ty = ty(&constant.ty, package);
    let _ = writeln!(out, "const {}: {ty} = {value}", constant.name.text);
}

fn data(fields: &[DataField], package: &Package) -> String {
    let field = |field: &DataField| {
        let index = if field.index { "index " } else { "" };
        format!("{index}{}: {}", field.name.text, ty(&field.ty, package))
    };
    fields.iter().map(field).collect::<Vec<_>>().join(", ")
}

fn print_contract(id: ContractId, contract: &Contract, package: &Package, out: &mut String) {
    let _ = writeln!(out, "contract {}", contract.name.text);
    for field in contract.state.values() {
        let traced = if field.traced { "traced " } else { "" };
        let default = field.default.as_ref().map(|v| format!(" = {v}")).unwrap_or_default();
        let ty = ty(&field.ty, package);
        let _ = writeln!(out, "  state {traced}{}: {ty}{default}", field.name.text);
    }
    for clause in &contract.invariants {
        let printer = body::Printer::new(package, Some(id), &contract.locals);
        let _ = writeln!(out, "  invariant {}", printer.expr(&clause.cond));
    }
    for function in &contract.functions {
        print_function(&package.functions[*function], package, out);
    }
}

fn print_function(function: &Function, package: &Package, out: &mut String) {
    let params = function.params.iter().map(|p| param(p, function, package));
    let params = params.collect::<Vec<_>>().join(", ");
    let result = match &function.result {
        Ty::Unit => String::new(),
        result => format!(" -> {}", ty(result, package)),
    };
    let throws = match errors(function.throws.iter(), package) {
        list if list.is_empty() => list,
        list => format!(" throws {list}"),
    };
    let (kind, name) = (function.kind.words(), &function.name.text);
    let _ = writeln!(out, "{kind}{name}({params}){result}{throws}");
    effects(function, package, out);
    let mut printer = body::Printer::new(package, function.contract(), &function.locals);
    printer.spec(&function.spec);
    if let Some(body) = &function.body {
        printer.block(body);
    }
    out.push_str(&printer.finish());
}

fn param(param: &Param, function: &Function, package: &Package) -> String {
    let mode = param.mode.word();
    let local = &function.locals[param.local];
    format!("{mode}{}: {}", local.name.text, ty(&local.ty, package))
}

fn errors<'e>(ids: impl Iterator<Item = &'e ErrorId>, package: &Package) -> String {
    ids.map(|id| package.errors[*id].name.text.as_str()).collect::<Vec<_>>().join(", ")
}

fn effects(function: &Function, package: &Package, out: &mut String) {
    let effects = &function.effects;
    let path = |path: &StatePath| path_text(path, function, package);
    let lists = [
        ("reads", effects.reads.iter().map(path).collect::<Vec<_>>()),
        ("writes", effects.writes.iter().map(path).collect()),
        ("emits", effects.emits.iter().map(|e| package.events[*e].name.text.to_string()).collect()),
        ("traps", effects.traps.iter().map(|trap| trap.name().to_owned()).collect()),
    ];
    for (word, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        let _ = writeln!(out, "  // {word} {}", list.join(", "));
    }
}

fn path_text(path: &StatePath, function: &Function, package: &Package) -> String {
    let Some(contract) = function.contract() else { return String::new() };
    let field = &package.contracts[contract].state[path.field].name.text;
    let keys = path.keys.iter().map(|key| format!("[{}]", key.text(function)));
    format!("self.{field}{}", keys.collect::<String>())
}
