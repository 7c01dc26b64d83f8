//! From a module to one piece of machine code.
//!
//! In: a module. Out: the code of all functions that can be reached from outside, one after the
//! other, calls between them resolved, with an entry for each public one. The code is the same
//! wherever it lies: what it needs of the engine it finds through its context.

use std::collections::HashMap;

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{self, ExternalName};
use cranelift_codegen::{CompiledCode, Context, FinalizedRelocTarget};
use cranelift_frontend::FunctionBuilderContext;
use deed_bytecode::{Op, Space, Type};
use deed_runtime::tier::Unit;

use crate::budget::{self, Effort};
use crate::jit::{Jit, Listing};
use crate::lower;
use crate::outside::Outside;
use crate::placing::{Mark, place};
use crate::room::Room;

/// A module's code, to be put into memory.
pub(crate) struct Assembled {
    pub(crate) bytes: Vec<u8>,
    /// By function: how it is entered, if it is public.
    pub(crate) entries: Vec<Option<Entry>>,
    pub(crate) outsides: Vec<Outside>,
    /// The most stack that a run takes, with the area for operations, of which there is one a run.
    pub(crate) stack_bytes: usize,
    pub(crate) area_bytes: usize,
    pub(crate) room: Room,
    /// Whether the code reads heap values itself.
    pub(crate) heap: bool,
}

/// How a function is entered from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Where the code begins.
    pub(crate) offset: usize,
    /// Slots of the bytecode's frame, of arguments, of results.
    pub(crate) slots: u16,
    pub(crate) params: usize,
    pub(crate) results: usize,
}

impl Entry {
    /// Slots that hold the arguments before, and the results after.
    pub(crate) fn frame_slots(&self) -> usize {
        self.params.max(self.results)
    }
}

/// Where each piece of code begins, as functions name each other.
type Places = HashMap<(u32, u32), usize>;

struct Assembler<'a> {
    jit: &'a Jit,
    context: Context,
    builder: FunctionBuilderContext,
    bytes: Vec<u8>,
    places: Places,
    /// Where a call's distance is to be written, and whom it calls.
    calls: Vec<(usize, (u32, u32))>,
    /// Where texts are put, if they are wanted.
    texts: Option<&'a mut Vec<Listing>>,
}

/// Compiles a module; `None` if it is not taken. Each function's text goes to `texts`.
pub(crate) fn assemble(
    jit: &Jit,
    unit: &Unit<'_>,
    texts: Option<&mut Vec<Listing>>,
) -> Option<Assembled> {
    let room = Room::new(unit.limits).filter(|_| budget::takes(unit.module))?;
    let mut assembler = Assembler {
        jit,
        context: Context::new(),
        builder: FunctionBuilderContext::new(),
        bytes: Vec::new(),
        places: Places::new(),
        calls: Vec::new(),
        texts,
    };
    let target = jit.thorough.frontend_config();
    let mut code = unit.module.functions.iter().flat_map(|it| &it.blocks).flat_map(|it| &it.code);
    let attempts = code.any(|inst| inst.op == Op::TryCall);
    let mut outsides = Vec::new();
    let mut entries = vec![None; unit.module.functions.len()];
    for (index, entered) in reachable(unit) {
        let function = &unit.module.functions[usize::from(index)];
        let effort = budget::effort(function)?;
        let lowered = lower::function(
            unit,
            (room, attempts),
            index,
            &mut assembler.context.func,
            &mut assembler.builder,
            &mut outsides,
            target,
        );
        lowered?;
        let (_, frame) = assembler.compile(effort, &function.name)?;
        if !budget::in_proportion(frame, function.slots) {
            return None;
        }
        if entered {
            lower::entry(unit, index, &mut assembler.context.func, &mut assembler.builder, target);
            let name = format!("enter {}", function.name);
            let (offset, frame) = assembler.compile(Effort::Thorough, &name)?;
            let slots = |types: &[Type]| Type::total_slots(types);
            let (params, results) = (slots(&function.params), slots(&function.results));
            if frame > budget::FRAME_BYTES + 8 * (params + results) {
                return None;
            }
            let slots = function.slots;
            entries[usize::from(index)] = Some(Entry { offset, slots, params, results });
        }
    }
    let bytes = assembler.link()?;
    let entry = budget::FRAME_BYTES + 8 * 2 * 4 * 255;
    let frames = room.stack_bytes(budget::FRAME_BYTES, budget::SLOT_BYTES);
    let area = outsides.iter().map(Outside::slots).max().unwrap_or(0);
    let area_bytes = (8 * area).next_multiple_of(16);
    let stack_bytes =
        (frames + entry + budget::CALL_OUT_BYTES + area_bytes).next_multiple_of(1 << 16);
    let heap = !unit.module.types.is_empty();
    Some(Assembled { bytes, entries, outsides, stack_bytes, area_bytes, room, heap })
}

/// The functions that can be reached, and of each whether something enters it from outside: a
/// call of the contract, or an operation that runs it.
fn reachable(unit: &Unit<'_>) -> Vec<(u16, bool)> {
    let functions = &unit.module.functions;
    let mut entered: Vec<bool> = functions.iter().map(|it| it.kind.is_public()).collect();
    let mut seen = entered.clone();
    let mut found: Vec<u16> =
        (0..functions.len() as u16).filter(|index| seen[usize::from(*index)]).collect();
    let mut next = 0;
    while let Some(index) = found.get(next) {
        for (_, inst) in functions[usize::from(*index)].code() {
            let callee = inst.index(Space::Functions).or_else(|| inst.index(Space::Attempts));
            let Some(callee) = callee else { continue };
            entered[usize::from(callee)] |= inst.op != Op::Call;
            if !std::mem::replace(&mut seen[usize::from(callee)], true) {
                found.push(callee);
            }
        }
        next += 1;
    }
    found.into_iter().map(|index| (index, entered[usize::from(index)])).collect()
}

impl Assembler<'_> {
    /// Compiles what the context holds and appends it; gives where it begins, and the bytes of its frame.
    fn compile(&mut self, effort: Effort, name: &str) -> Option<(usize, usize)> {
        let isa = match effort {
            Effort::Thorough => &self.jit.thorough,
            Effort::Quick => &self.jit.quick,
        };
        let clif = self.texts.as_ref().map(|_| self.context.func.to_string());
        self.context.set_disasm(clif.is_some());
        let own = own_name(&self.context.func)?;
        self.context.compile(&**isa, &mut ControlPlane::default()).ok()?;
        let code = self.context.take_compiled_code()?;
        let start =
            self.bytes.len().next_multiple_of(32) + place(code.code_buffer(), &marks(&code));
        // Never run: what lies between functions.
        self.bytes.resize(start, 0xcc);
        self.bytes.extend_from_slice(code.code_buffer());
        self.places.insert(own, start);
        self.note_calls(&code, start)?;
        if let (Some(texts), Some(clif)) = (&mut self.texts, clif) {
            let assembly = code.vcode.clone().unwrap_or_default();
            texts.push(Listing { function: name.to_owned(), clif, assembly });
        }
        let layout = code.buffer.frame_layout()?;
        self.context.clear();
        // With the return address and the frame pointer.
        Some((start, layout.frame_to_fp_offset as usize + 16))
    }

    fn note_calls(&mut self, code: &CompiledCode, start: usize) -> Option<()> {
        for reloc in code.buffer.relocs() {
            let FinalizedRelocTarget::ExternalName(ExternalName::User(name)) = &reloc.target else {
                return None;
            };
            let name = &self.context.func.params.user_named_funcs()[*name];
            if reloc.kind != Reloc::X86CallPCRel4 || reloc.addend != -4 {
                return None;
            }
            self.calls.push((start + reloc.offset as usize, (name.namespace, name.index)));
        }
        Some(())
    }

    /// Writes the distances of calls.
    fn link(self) -> Option<Vec<u8>> {
        let mut bytes = self.bytes;
        for (at, callee) in self.calls {
            let to = *self.places.get(&callee)?;
            let distance = i32::try_from(to as i64 - (at as i64 + 4)).ok()?;
            bytes[at..at + 4].copy_from_slice(&distance.to_le_bytes());
        }
        Some(bytes)
    }
}

/// Where which mark begins (`lower::Lowering::mark`).
fn marks(code: &CompiledCode) -> Vec<Mark> {
    let marked = code.buffer.get_srclocs_sorted().iter();
    marked.map(|it| Mark { start: it.start as usize, depth: it.loc.bits() }).collect()
}

fn own_name(function: &ir::Function) -> Option<(u32, u32)> {
    function.name.get_user().map(|name| (name.namespace, name.index))
}
