//! The readable listing of a module: tables first, then code, with the source beside it where
//! debug tables and a source text are at hand. Any module can be listed, a broken one too.

use crate::container::code_hash;
use crate::imports::Import;
use crate::inst::Inst;
use crate::kinds::{ContextKind, TrapKind};
use crate::module::{Function, Module};
use crate::natives::Native;
use crate::op::{Role, Shape, Space};
use crate::shapes::walked_key;
use crate::state_key::type_text;
use crate::ty::Ty;
use crate::types::{HeapType, Type};
use std::fmt::{self, Write};

/// Gives the text of a source file by the name the debug tables have for it.
pub type Sources<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The listing of a module, without source lines.
pub fn listing(module: &Module) -> String {
    disassemble(module, &|_| None)
}

/// The listing of a module, with source lines where `sources` has the text.
pub fn disassemble(module: &Module, sources: Sources<'_>) -> String {
    let files = module.debug.iter().flat_map(|debug| &debug.files);
    let lines = |text: String| text.lines().map(|line| line.trim().to_owned()).collect();
    let texts = files.map(|file| lines(sources(file).unwrap_or_default())).collect();
    let mut listing = Listing { module, texts, out: String::new() };
    listing.write().expect("writing to a string cannot fail");
    listing.out
}

struct Listing<'m> {
    module: &'m Module,
    /// The lines of each source file of the debug tables.
    texts: Vec<Vec<String>>,
    out: String,
}

impl<'m> Listing<'m> {
    fn write(&mut self) -> fmt::Result {
        let hash = code_hash(self.module);
        writeln!(self.out, "module {}", self.module.name)?;
        self.out.push_str("code hash ");
        hash.iter().try_for_each(|byte| write!(self.out, "{byte:02x}"))?;
        self.out.push('\n');
        self.tables()?;
        (0..self.module.functions.len()).try_for_each(|index| self.function(index))
    }

    fn tables(&mut self) -> fmt::Result {
        let module = self.module;
        self.table("types", "t", &module.types, |it| heap_type(&module.types, it))?;
        self.table("constants", "k", &module.consts, |it| format!("{} {it}", it.ty()))?;
        self.table("data", "d", &module.data, |it| hex(it))?;
        let types = &module.types;
        self.table("state", "s", &module.schema, |it| {
            format!("{}: {}", it.name, type_text(types, it))
        })?;
        self.table("errors", "e", &module.errors, |it| {
            format!("{}({}) {}", it.name, joined(types, &it.params), hex(&it.code))
        })?;
        self.table("events", "v", &module.events, |it| {
            let fields = it.fields.iter();
            let fields: Vec<String> = fields
                .map(|field| {
                    let index = if field.index { "index " } else { "" };
                    format!("{index}{}", field.ty.text(types))
                })
                .collect();
            format!("{}({}) {}", it.name, fields.join(", "), hex(&it.code))
        })?;
        self.table("imports", "i", &module.imports, |it| import(types, it))
    }

    fn table<T>(
        &mut self,
        title: &str,
        letter: &str,
        items: &[T],
        text: impl Fn(&T) -> String,
    ) -> fmt::Result {
        if !items.is_empty() {
            writeln!(self.out, "\n{title}")?;
        }
        for (index, item) in items.iter().enumerate() {
            writeln!(self.out, "  {letter}{index:<4} {}", text(item))?;
        }
        Ok(())
    }

    fn function(&mut self, index: usize) -> fmt::Result {
        let function = &self.module.functions[index];
        let kind = function.kind;
        let params = joined(&self.module.types, &function.params);
        write!(self.out, "\nf{index} {kind} {}({params})", function.name)?;
        if !function.results.is_empty() {
            write!(self.out, " -> {}", joined(&self.module.types, &function.results))?;
        }
        writeln!(
            self.out,
            ", {} slot{}",
            function.slots,
            if function.slots == 1 { "" } else { "s" }
        )?;
        let mut at = 0;
        for (number, block) in function.blocks.iter().enumerate() {
            let types = &self.module.types;
            let expected: Vec<String> = block
                .live_in
                .iter()
                .map(|live| format!("r{}: {}", live.reg, live.ty.text(types)))
                .collect();
            writeln!(self.out, "  b{number} ({})", expected.join(", "))?;
            for inst in &block.code {
                self.source_line(index, at)?;
                let text = format!("{:6}  {}", at, self.instruction(function, *inst));
                writeln!(self.out, "{}", text.trim_end())?;
                at += 1;
            }
        }
        self.variables(index)
    }

    /// The source line an entry of the line table begins at, before its first instruction.
    fn source_line(&mut self, function: usize, at: u32) -> fmt::Result {
        let Some(debug) = &self.module.debug else { return Ok(()) };
        let Some(tables) = debug.functions.get(function) else { return Ok(()) };
        let Ok(entry) = tables.lines.binary_search_by_key(&at, |line| line.start) else {
            return Ok(());
        };
        let line = tables.lines[entry];
        let file = debug.files.get(line.file as usize).map_or("?", String::as_str);
        write!(self.out, "        ; {file}:{}:{}", line.line, line.column)?;
        self.inlined(function, line.call)?;
        let text = self.texts.get(line.file as usize);
        let number = (line.line as usize).saturating_sub(1);
        match text.and_then(|lines| lines.get(number)) {
            Some(source) => writeln!(self.out, "  {source}"),
            None => writeln!(self.out),
        }
    }

    /// The inlined function that something is of: ` in name`.
    fn inlined(&mut self, function: usize, call: u32) -> fmt::Result {
        let tables = self.module.debug.as_ref().and_then(|it| it.functions.get(function));
        let at = (call as usize).checked_sub(1);
        match at.and_then(|at| tables?.inlined.get(at)) {
            Some(inlined) => write!(self.out, " in {}", inlined.function),
            None => Ok(()),
        }
    }

    fn variables(&mut self, function: usize) -> fmt::Result {
        let Some(debug) = &self.module.debug else { return Ok(()) };
        for variable in debug.functions.get(function).into_iter().flat_map(|it| &it.variables) {
            let crate::Variable { name, ty, reg, start, end, call } = variable;
            write!(self.out, "  let {name}: {ty} in r{reg} at {start}..{end}")?;
            self.inlined(function, *call)?;
            self.out.push('\n');
        }
        Ok(())
    }

    /// One instruction: mnemonic with its type, then the operands that mean something.
    fn instruction(&self, function: &Function, inst: Inst) -> String {
        let info = inst.op.info();
        let name = match inst.ty {
            Some(ty) => format!("{}.{}", info.mnemonic, ty.text(&self.module.types)),
            None => info.mnemonic.to_owned(),
        };
        let operands = info.roles.into_iter().zip(inst.operands());
        let texts = operands.filter_map(|(role, operand)| match role {
            Role::Unused => None,
            Role::Def(shape) | Role::Use(shape) | Role::Take(shape) | Role::Change(shape) => {
                self.registers(function, inst, shape, operand)
            }
            Role::Index(Space::Tables) => Some(targets(function, operand)),
            Role::Index(space) => Some(self.entry(space, operand)),
        });
        let texts: Vec<String> = texts.collect();
        format!("{name:<14} {}", texts.join(", "))
    }

    /// The registers of an operand: `r3`, or `r3+r4` for several values; nothing for none.
    fn registers(
        &self,
        function: &Function,
        inst: Inst,
        shape: Shape,
        base: u16,
    ) -> Option<String> {
        let Some(types) = self.module.types(function, inst, shape) else {
            return Some(format!("r{base}"));
        };
        let texts = types.at(base).map(|(reg, _)| match reg {
            Some(reg) => format!("r{reg}"),
            None => "r?".to_owned(),
        });
        let texts: Vec<String> = texts.collect();
        (!texts.is_empty()).then(|| texts.join("+"))
    }

    /// An entry of a table, with what it says.
    fn entry(&self, space: Space, operand: u16) -> String {
        let at = usize::from(operand);
        let byte = u8::try_from(operand).ok();
        let known = match space {
            Space::RecordFields | Space::Variants | Space::Tables => return format!("{operand}"),
            Space::Data => return format!("d{operand}"),
            Space::Blocks => return format!("b{operand}"),
            Space::Types | Space::Scalars => byte.and_then(Ty::from_byte).map(|it| it.to_string()),
            Space::Traps => byte.and_then(TrapKind::from_byte).map(|it| it.to_string()),
            Space::Contexts => byte.and_then(ContextKind::from_byte).map(|it| it.to_string()),
            Space::Natives => Native::from_number(operand).map(|it| it.to_string()),
            Space::Constants => self.module.consts.get(at).map(|it| it.to_string()),
            Space::Calls | Space::Deploys | Space::Hosts => {
                self.module.imports.get(at).map(|it| it.name.clone())
            }
            Space::Functions | Space::Attempts => {
                self.module.functions.get(at).map(|it| it.name.clone())
            }
            Space::Fields => self.module.schema.get(at).map(|it| it.name.clone()),
            Space::FieldKeys => {
                let (field, key) = walked_key(operand);
                self.module.schema.get(field).map(|it| format!("{}.{key}", it.name))
            }
            Space::Errors => self.module.errors.get(at).map(|it| it.name.clone()),
            Space::Events => self.module.events.get(at).map(|it| it.name.clone()),
        };
        known.unwrap_or_else(|| format!("?{operand}"))
    }
}

/// A jump table: `[b1, b2, b1], b3`.
fn targets(function: &Function, table: u16) -> String {
    let Some((last, others)) =
        function.tables.get(usize::from(table)).and_then(|targets| targets.split_last())
    else {
        return format!("?{table}");
    };
    let others: Vec<String> = others.iter().map(|block| format!("b{block}")).collect();
    format!("[{}], b{last}", others.join(", "))
}

fn joined(table: &[HeapType], types: &[Type]) -> String {
    let names: Vec<String> = types.iter().map(|ty| ty.text(table)).collect();
    names.join(", ")
}

/// `entry Bank.pay(Address, u64) -> bool throws e1 value gas`.
fn import(types: &[HeapType], import: &Import) -> String {
    let mut text = format!("{} {}({})", import.kind, import.name, joined(types, &import.params));
    if !import.results.is_empty() {
        text += &format!(" -> {}", joined(types, &import.results));
    }
    for (at, error) in import.throws.iter().enumerate() {
        text += &format!("{} e{error}", if at == 0 { " throws" } else { "," });
    }
    text += if import.value { " value" } else { "" };
    text += if import.gas { " gas" } else { "" };
    text + &import.code.map(|code| format!(" of {}", hex(&code))).unwrap_or_default()
}

/// What a heap type is made of.
fn heap_type(table: &[HeapType], ty: &HeapType) -> String {
    match ty {
        HeapType::String => "string".to_owned(),
        HeapType::Bytes => "bytes".to_owned(),
        HeapType::Vec(element) => format!("Vec<{}>", element.text(table)),
        HeapType::Map { key, value: None } => format!("Set<{}>", key.text(table)),
        HeapType::Map { key, value: Some(value) } => {
            format!("Map<{}, {}>", key.text(table), value.text(table))
        }
        HeapType::Record { name, fields } => format!("{name} {{ {} }}", joined(table, fields)),
        HeapType::Enum { name, variants } => {
            let payloads = variants.iter().map(|payload| format!("({})", joined(table, payload)));
            format!("{name} {}", payloads.collect::<Vec<_>>().join(" | "))
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
