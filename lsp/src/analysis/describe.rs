//! Symbols in words: a line of code as in their declaration, and what there is to say about them.
//!
//! In: a symbol of a package. Out: text in the spelling of the language, and Markdown.

use deed_compiler::arena::{Arena, ContractId, EnumId, ErrorId, LocalId, TypeParamId, VariantId};
use deed_compiler::thir;
use deed_compiler::thir::{
    DataField, Function, Local, MapOp, Package, Param, ParamMode, StatePath,
};
use deed_compiler::ty::Ty;

use super::index::{Owner, Symbol};

/// What `tx`, `block` and `self` offer besides state and functions.
pub struct Context {
    pub path: &'static str,
    pub ty: &'static str,
    pub docs: &'static str,
}

impl Context {
    /// `sender` of `tx.sender`.
    pub fn member(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(_, member)| member)
    }
}

pub const CONTEXT: [Context; 4] = [
    Context { path: "tx.sender", ty: "Address", docs: "Who called: the immediate caller." },
    Context { path: "block.height", ty: "u64", docs: "The number of the running block." },
    Context {
        path: "block.time",
        ty: "Time",
        docs: "The time in the header of the running block.",
    },
    Context { path: "self.address", ty: "Address", docs: "The address of this contract." },
];

/// The entry of `tx.sender`, however it is spaced.
pub fn context(text: &str) -> Option<&'static Context> {
    let (base, member) = text.split_once('.')?;
    let (base, member) = (base.trim(), member.trim());
    CONTEXT.iter().find(|c| c.path.split_once('.') == Some((base, member)))
}

/// What an operation on a map does.
pub fn map_docs(op: MapOp) -> &'static str {
    match op {
        MapOp::Has => "Whether the key is present.",
        MapOp::Get => "The value at the key as an `Option`.",
        MapOp::Insert => "Puts a value; traps `key_present` if the key is there already.",
        MapOp::Replace => "Puts a value and gives the old one as an `Option`.",
        MapOp::Take => "Removes the key and gives its value as an `Option`.",
        MapOp::Remove => "Removes the key and says whether it was present.",
    }
}

/// The parameters and result of an operation on a map.
pub fn map_signature(op: MapOp) -> &'static str {
    match op {
        MapOp::Has => "has(key) -> bool",
        MapOp::Get => "get(key) -> Option<V>",
        MapOp::Insert => "insert(key, value)",
        MapOp::Replace => "replace(key, value) -> Option<V>",
        MapOp::Take => "take(key) -> Option<V>",
        MapOp::Remove => "remove(key) -> bool",
    }
}

/// A symbol in words.
pub struct Description {
    /// As it is declared.
    pub code: String,
    pub docs: String,
    /// What it reads, writes, throws, emits and how it may trap; of functions.
    pub effects: Vec<(&'static str, Vec<String>)>,
}

/// The name that a symbol was declared with.
pub fn name(package: &Package, symbol: Symbol) -> &str {
    match symbol {
        Symbol::Module(id) => last_part(&package.modules[id].path),
        Symbol::Contract(id) => &package.contracts[id].name.text,
        Symbol::Interface(id) => &package.interfaces[id].name.text,
        Symbol::Trait(id) => &package.traits[id].name.text,
        Symbol::TypeParam(id) => &package.type_params[id].name.text,
        Symbol::Function(id) => &package.functions[id].name.text,
        Symbol::Const(id) => &package.constants[id].name.text,
        Symbol::Error(id) => &package.errors[id].name.text,
        Symbol::ErrorField(id, at) => field_name(&package.errors[id].fields, at),
        Symbol::Event(id) => &package.events[id].name.text,
        Symbol::EventField(id, at) => field_name(&package.events[id].fields, at),
        Symbol::State(contract, id) => &package.contracts[contract].state[id].name.text,
        Symbol::Struct(id) => &package.structs[id].name.text,
        Symbol::StructField(id, field) => &package.structs[id].fields[field].name.text,
        Symbol::Enum(id) => &package.enums[id].name.text,
        Symbol::Variant(id, variant) => &package.enums[id].variants[variant].name.text,
        Symbol::Local(owner, id) => &locals(package, owner)[id].name.text,
        Symbol::Context(path) => last_part(path),
        Symbol::Map(op) => op.name(),
    }
}

pub fn describe(package: &Package, symbol: Symbol) -> Description {
    let docs = docs(package, symbol);
    let effects = match symbol {
        Symbol::Function(id) => effects(package, &package.functions[id]),
        _ => Vec::new(),
    };
    Description { code: code(package, symbol), docs: docs.trim().to_owned(), effects }
}

/// A type with the names of its items.
pub fn ty(package: &Package, ty: &Ty) -> String {
    package.show(ty)
}

/// `name: Type` of a parameter, with its mode.
pub fn param(package: &Package, function: &Function, param: &Param) -> String {
    let mode = match param.mode {
        ParamMode::View => "",
        ParamMode::Inout => "inout ",
        ParamMode::Take => "take ",
    };
    format!("{mode}{}", typed(package, &function.locals[param.local]))
}

/// `name: Type` of a field of an error or event.
pub fn field(package: &Package, field: &DataField) -> String {
    let index = if field.index { "index " } else { "" };
    format!("{index}{}: {}", field.name.text, ty(package, &field.ty))
}

/// The type of what a symbol holds.
pub fn symbol_type(package: &Package, symbol: Symbol) -> Option<&Ty> {
    Some(match symbol {
        Symbol::Const(id) => &package.constants[id].ty,
        Symbol::State(contract, id) => &package.contracts[contract].state[id].ty,
        Symbol::StructField(id, field) => &package.structs[id].fields[field].ty,
        Symbol::Local(owner, id) => &local(package, owner, id).ty,
        _ => return None,
    })
}

/// A variable of an owner.
pub fn local(package: &Package, owner: Owner, id: LocalId) -> &Local {
    &locals(package, owner)[id]
}

pub(super) fn locals(package: &Package, owner: Owner) -> &Arena<LocalId, Local> {
    match owner {
        Owner::Function(id) => &package.functions[id].locals,
        Owner::Invariants(id) => &package.contracts[id].locals,
        Owner::Rule(id) => &package.rules[id].locals,
    }
}

fn typed(package: &Package, local: &Local) -> String {
    format!("{}: {}", local.name.text, ty(package, &local.ty))
}

fn last_part(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn field_name(fields: &[DataField], at: usize) -> &str {
    fields.get(at).map_or("", |field| &field.name.text)
}

fn docs(package: &Package, symbol: Symbol) -> &str {
    match symbol {
        Symbol::Module(id) => &package.modules[id].docs,
        Symbol::Contract(id) => &package.contracts[id].docs,
        Symbol::Interface(id) => &package.interfaces[id].docs,
        Symbol::Trait(id) => &package.traits[id].docs,
        Symbol::Function(id) => &package.functions[id].docs,
        Symbol::Const(id) => &package.constants[id].docs,
        Symbol::Error(id) => &package.errors[id].docs,
        Symbol::Event(id) => &package.events[id].docs,
        Symbol::State(contract, id) => &package.contracts[contract].state[id].docs,
        Symbol::Context(path) => context(path).map_or("", |context| context.docs),
        Symbol::Map(op) => map_docs(op),
        Symbol::Struct(id) => &package.structs[id].docs,
        Symbol::Enum(id) => &package.enums[id].docs,
        Symbol::ErrorField(..) | Symbol::EventField(..) | Symbol::Local(..) => "",
        Symbol::StructField(..) | Symbol::Variant(..) | Symbol::TypeParam(_) => "",
    }
}

fn code(package: &Package, symbol: Symbol) -> String {
    match symbol {
        Symbol::Module(id) => format!("module {}", package.modules[id].path),
        Symbol::Contract(id) => format!("contract {}", package.contracts[id].name.text),
        Symbol::Interface(id) => format!("interface {}", package.interfaces[id].name.text),
        Symbol::Trait(id) => format!("trait {}", package.traits[id].name.text),
        Symbol::TypeParam(id) => type_param(package, id),
        Symbol::Function(id) => signature(package, &package.functions[id]),
        Symbol::Const(id) => {
            let constant = &package.constants[id];
            let value = constant.value.as_ref().map(|v| format!(" = {v}")).unwrap_or_default();
            format!("const {}: {}{value}", constant.name.text, ty(package, &constant.ty))
        }
        Symbol::Error(id) => {
            let error = &package.errors[id];
            format!("error {}({})", error.name.text, fields(package, &error.fields))
        }
        Symbol::Event(id) => {
            let event = &package.events[id];
            format!("event {}({})", event.name.text, fields(package, &event.fields))
        }
        Symbol::ErrorField(id, at) => {
            package.errors[id].fields.get(at).map(|f| field(package, f)).unwrap_or_default()
        }
        Symbol::EventField(id, at) => {
            package.events[id].fields.get(at).map(|f| field(package, f)).unwrap_or_default()
        }
        Symbol::State(contract, id) => {
            let field = &package.contracts[contract].state[id];
            let traced = if field.traced { "traced " } else { "" };
            let default = field.default.as_ref().map(|v| format!(" = {v}")).unwrap_or_default();
            format!("{traced}{}: {}{default}", field.name.text, ty(package, &field.ty))
        }
        Symbol::Struct(id) => {
            let word = match package.structs[id].kind {
                thir::StructKind::Struct => "struct",
                thir::StructKind::Asset => "asset",
            };
            format!("{word} {}", package.structs[id].name.text)
        }
        Symbol::StructField(id, field) => {
            let field = &package.structs[id].fields[field];
            let default = field.default.as_ref().map(|v| format!(" = {v}")).unwrap_or_default();
            format!("{}: {}{default}", field.name.text, ty(package, &field.ty))
        }
        Symbol::Enum(id) => format!("enum {}", package.enums[id].name.text),
        Symbol::Variant(id, variant) => variant_code(package, id, variant),
        Symbol::Local(owner, id) => {
            let local = local(package, owner, id);
            let word = match owner {
                Owner::Function(f) if package.functions[f].params.iter().any(|p| p.local == id) => {
                    ""
                }
                _ if local.mutable => "var ",
                _ => "let ",
            };
            format!("{word}{}", typed(package, local))
        }
        Symbol::Context(path) => {
            format!("{path}: {}", context(path).map_or("?", |context| context.ty))
        }
        Symbol::Map(op) => map_signature(op).to_owned(),
    }
}

/// `linear T: Show`
fn type_param(package: &Package, id: TypeParamId) -> String {
    let param = &package.type_params[id];
    let name = &param.name.text;
    if let Some(number) = param.number {
        return format!("const {name}: {}", number.name());
    }
    let linear = if param.linear { "linear " } else { "" };
    let bounds = param.bounds.iter().map(|bound| package.traits[bound.id].name.text.as_str());
    match bounds.collect::<Vec<_>>().join(" + ") {
        bounds if bounds.is_empty() => format!("{linear}{name}"),
        bounds => format!("{linear}{name}: {bounds}"),
    }
}

/// `Status.Pledged(to: Address)`
fn variant_code(package: &Package, id: EnumId, variant: VariantId) -> String {
    let (of, variant) = (&package.enums[id], &package.enums[id].variants[variant]);
    let field = |field: &thir::VariantField| {
        let positional = field.name.text.starts_with(|c: char| c.is_ascii_digit());
        let label = if positional { String::new() } else { format!("{}: ", field.name.text) };
        format!("{label}{}", ty(package, &field.ty))
    };
    let fields: Vec<String> = variant.fields.iter().map(field).collect();
    let payload =
        if fields.is_empty() { String::new() } else { format!("({})", fields.join(", ")) };
    format!("{}.{}{payload}", of.name.text, variant.name.text)
}

fn fields(package: &Package, fields: &[DataField]) -> String {
    fields.iter().map(|f| field(package, f)).collect::<Vec<_>>().join(", ")
}

/// The head of a function.
pub fn signature(package: &Package, function: &Function) -> String {
    let kind = function.kind.words();
    let params = function.params.iter().map(|p| param(package, function, p));
    let params = params.collect::<Vec<_>>().join(", ");
    let result = match &function.result {
        Ty::Unit => String::new(),
        result => format!(" -> {}", ty(package, result)),
    };
    let throws = match errors(package, function.throws.iter()).join(", ") {
        list if list.is_empty() => list,
        list => format!(" throws {list}"),
    };
    format!("{kind}{}({params}){result}{throws}", function.name.text)
}

fn errors<'e>(package: &Package, ids: impl Iterator<Item = &'e ErrorId>) -> Vec<String> {
    ids.map(|id| package.errors[*id].name.text.to_string()).collect()
}

fn effects(package: &Package, function: &Function) -> Vec<(&'static str, Vec<String>)> {
    let effects = &function.effects;
    let path = |path: &StatePath| {
        function.contract().map(|contract| state_path(package, contract, function, path))
    };
    let events = effects.emits.iter().map(|id| package.events[*id].name.text.to_string());
    let lists = [
        ("reads", effects.reads.iter().filter_map(path).collect::<Vec<_>>()),
        ("writes", effects.writes.iter().filter_map(path).collect()),
        ("throws", errors(package, effects.throws.iter())),
        ("emits", events.collect()),
        ("traps", effects.traps.iter().map(|trap| trap.name().to_owned()).collect()),
    ];
    lists.into_iter().filter(|(_, list)| !list.is_empty()).collect()
}

/// `self.balances[to]`
fn state_path(
    package: &Package,
    contract: ContractId,
    function: &Function,
    path: &StatePath,
) -> String {
    let mut text = format!("self.{}", package.contracts[contract].state[path.field].name.text);
    for key in &path.keys {
        text.push_str(&format!("[{}]", key.text(function)));
    }
    text
}
