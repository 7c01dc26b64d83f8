//! The resolved tree as text (`--emit=hir`).
//!
//! In: a package. Out: its text: names as they were bound, each variable with its number.
//! Holds always: equal trees give equal texts; two variables of one name differ in their numbers.

mod body;
mod calls;
mod chain;
mod pattern;

use std::fmt::Write;

use super::{
    Contract, DataDef, Function, Package, RecordOf, Type, TypeKind, Variant, VariantField,
};
use crate::thir::{ParamMode, StructKind};
use crate::ty::Ty;
use body::Printer;

/// The whole package.
pub fn print(package: &Package) -> String {
    let mut out = String::new();
    for (id, module) in package.modules.iter().filter(|(_, module)| !module.library) {
        let _ = writeln!(out, "module {}", module.path);
        for constant in package.constants.values().filter(|c| c.module == id) {
            let printer = Printer::new(package, constant.contract, None);
            let (ty, value) = (printer.ty(&constant.ty), printer.expr(&constant.value));
            let _ = writeln!(out, "const {}: {ty} = {value}", constant.name.text);
        }
        for def in package.structs.values().filter(|s| s.module == id) {
            let printer = Printer::new(package, None, None);
            let fields = def.fields.values();
            let fields = fields.map(|f| format!("{}: {}", f.name.text, printer.ty(&f.ty)));
            let fields = fields.collect::<Vec<_>>().join(", ");
            let word = match def.kind {
                StructKind::Struct => "struct",
                StructKind::Asset => "asset",
            };
            let _ = writeln!(out, "{word} {} {{ {fields} }}", def.name.text);
        }
        for def in package.enums.values().filter(|e| e.module == id) {
            let printer = Printer::new(package, None, None);
            let variants = def.variants.values().map(|v| variant(v, &printer));
            let variants = variants.collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "enum {} {{ {variants} }}", def.name.text);
        }
        for error in package.errors.values().filter(|e| e.module == id) {
            data("error", error, package, &mut out);
        }
        for event in package.events.values().filter(|e| e.module == id) {
            data("event", event, package, &mut out);
        }
        let free = package.functions.values();
        for function in free.filter(|f| f.module == id && f.contract().is_none()) {
            function_text(function, package, &mut out);
        }
        for (_, contract) in package.contracts.iter().filter(|(_, c)| c.module == id) {
            contract_text(contract, package, &mut out);
        }
    }
    out
}

fn variant(variant: &Variant, printer: &Printer<'_>) -> String {
    let field = |field: &VariantField| match &field.name {
        Some(name) => format!("{}: {}", name.text, printer.ty(&field.ty)),
        None => printer.ty(&field.ty),
    };
    let fields: Vec<String> = variant.fields.iter().map(field).collect();
    match fields.is_empty() {
        true => variant.name.text.to_string(),
        false => format!("{}({})", variant.name.text, fields.join(", ")),
    }
}

fn data(word: &str, def: &DataDef, package: &Package, out: &mut String) {
    let printer = Printer::new(package, def.contract, None);
    let fields = def.fields.iter().map(|field| {
        let index = if field.index { "index " } else { "" };
        format!("{index}{}: {}", field.name.text, printer.ty(&field.ty))
    });
    let fields = fields.collect::<Vec<_>>().join(", ");
    let _ = writeln!(out, "{word} {}({fields})", def.name.text);
}

fn contract_text(contract: &Contract, package: &Package, out: &mut String) {
    let _ = writeln!(out, "contract {}", contract.name.text);
    let id = package.contracts.iter().find(|(_, c)| std::ptr::eq(*c, contract)).map(|(id, _)| id);
    let printer = Printer::new(package, id, Some(&contract.locals));
    for field in contract.state.values() {
        let default = field.default.as_ref().map(|value| format!(" = {}", printer.expr(value)));
        let (ty, default) = (printer.ty(&field.ty), default.unwrap_or_default());
        let _ = writeln!(out, "  state {}: {ty}{default}", field.name.text);
    }
    for clause in &contract.invariants {
        let _ = writeln!(out, "  invariant {}", printer.expr(&clause.cond));
    }
    for function in &contract.functions {
        function_text(&package.functions[*function], package, out);
    }
}

fn function_text(function: &Function, package: &Package, out: &mut String) {
    let mut printer = Printer::new(package, function.contract(), Some(&function.locals));
    let params = function.params.iter();
    let params = params.map(|p| format!("{}: {}", printer.local(p.local), printer.ty(&p.ty)));
    let params = params.collect::<Vec<_>>().join(", ");
    let result = function.result.as_ref().map(|ty| format!(" -> {}", printer.ty(ty)));
    let kind = function.kind.words();
    let errors = function.throws.iter().map(|t| package.errors[t.error].name.text.as_str());
    let throws = match errors.collect::<Vec<_>>().join(", ") {
        list if list.is_empty() => list,
        list => format!(" throws {list}"),
    };
    let result = result.unwrap_or_default();
    let _ = writeln!(out, "{kind}{}({params}){result}{throws}", function.name.text);
    printer.function(function);
    out.push_str(&printer.finish());
}

impl Printer<'_> {
    pub(super) fn ty(&self, ty: &Type) -> String {
        match &ty.kind {
            TypeKind::Known(Ty::Struct(id, _)) => self.struct_name(*id).to_owned(),
            TypeKind::Known(Ty::Enum(id, _)) => self.enum_name(*id).to_owned(),
            TypeKind::Known(known) => known.to_string(),
            TypeKind::Map { key, value, default } => {
                let default = default.as_ref().map(|e| format!(" default {}", self.expr(e)));
                let default = default.unwrap_or_default();
                format!("Map<{}, {}{default}>", self.ty(key), self.ty(value))
            }
            TypeKind::Set(of) => format!("Set<{}>", self.ty(of)),
            TypeKind::Vec(of) => format!("Vec<{}>", self.ty(of)),
            TypeKind::Option(of) => format!("Option<{}>", self.ty(of)),
            TypeKind::Result(ok, err) => format!("Result<{}, {}>", self.ty(ok), self.ty(err)),
            TypeKind::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.ty(part)).collect();
                format!("({})", parts.join(", "))
            }
            TypeKind::Struct(id, args) => {
                format!("{}<{}>", self.struct_name(*id), self.types(args))
            }
            TypeKind::Enum(id, args) => format!("{}<{}>", self.enum_name(*id), self.types(args)),
            TypeKind::Record(RecordOf::Event(id)) => self.package.events[*id].name.text.to_string(),
            TypeKind::Record(RecordOf::Contract(id)) => {
                format!("{}.Event", self.package.contracts[*id].name.text)
            }
            TypeKind::Table(of) => format!("Table<{}>", self.ty(of)),
            TypeKind::Fn { params, result } => {
                let param = |(mode, ty): &(ParamMode, Type)| mode.word().to_owned() + &self.ty(ty);
                let params = params.iter().map(param).collect::<Vec<_>>().join(", ");
                let result = result.as_ref().map(|ty| format!(" -> {}", self.ty(ty)));
                format!("fn({params}){}", result.unwrap_or_default())
            }
            TypeKind::Number(value) => self.expr(value),
            TypeKind::Array(of, len) => format!("[{}; {}]", self.ty(of), self.expr(len)),
            TypeKind::Info(asset) => format!("{}.Info", self.struct_name(*asset)),
            TypeKind::Infer => "_".to_owned(),
            TypeKind::Error => "?".to_owned(),
        }
    }

    fn types(&self, types: &[Type]) -> String {
        types.iter().map(|ty| self.ty(ty)).collect::<Vec<_>>().join(", ")
    }
}
