//! Debug tables: where code comes from, and where variables are.
//!
//! Holds always: a line entry stands only where the place changes; files are listed in the order of
//! the source map, then those of the library that code comes from, in the order of their first use.

use deed_base::{SourceId, SourceMap};
use deed_bytecode::{FunctionDebug, Inlined, Line, Variable};

use crate::mir::{InlinedCall, Place, Types, ValueData};

/// The files of the module and places in them.
pub(super) struct Files<'a> {
    sources: &'a SourceMap,
    own: u32,
    library: Vec<SourceId>,
}

impl<'a> Files<'a> {
    pub(super) fn new(sources: &'a SourceMap) -> Files<'a> {
        Files { sources, own: sources.files().count() as u32, library: Vec::new() }
    }

    pub(super) fn into_names(self) -> Vec<String> {
        let library = self.library.iter().map(|id| self.sources.get(*id));
        self.sources.files().chain(library).map(|file| file.name.clone()).collect()
    }

    /// The number of a file in the list.
    fn number(&mut self, id: SourceId) -> u32 {
        if !id.is_library() {
            return id.0;
        }
        let known = self.library.iter().position(|known| *known == id);
        let at = known.unwrap_or_else(|| {
            self.library.push(id);
            self.library.len() - 1
        });
        self.own + at as u32
    }

    /// Notes that the code from `start` on comes from `place`.
    pub(super) fn note(&mut self, table: &mut FunctionDebug, start: u32, place: Place) {
        let Place { span, call } = place;
        let at = self.sources.get(span.source).position(span.start);
        let (line, column) = (at.line, at.column);
        let line = Line { start, file: self.number(span.source), line, column, call };
        match table.lines.last_mut() {
            Some(last) if Line { start, ..*last } == line => {}
            Some(last) if last.start == start => *last = line,
            _ => table.lines.push(line),
        }
    }

    /// A call that was replaced by the code of its callee.
    pub(super) fn inlined(&mut self, call: &InlinedCall) -> Inlined {
        let Place { span, call: within } = call.place;
        let at = self.sources.get(span.source).position(span.start);
        Inlined {
            function: call.function.clone(),
            file: self.number(span.source),
            line: at.line,
            column: at.column,
            within,
        }
    }
}

/// Notes that a variable is in `reg` for the instructions from `start` to `end`.
pub(super) fn variable(
    table: &mut FunctionDebug,
    types: &Types,
    data: &ValueData,
    reg: u16,
    start: u32,
    end: u32,
) {
    let Some(name) = &data.name else { return };
    if start >= end {
        return;
    }
    let ty = types.text(data.ty);
    let known = table.variables.iter_mut().rev();
    let mut same = known.filter(|known| known.reg == reg && known.end == start);
    let call = data.place.call;
    match same.find(|known| known.name == *name && known.ty == ty && known.call == call) {
        Some(known) => known.end = end,
        None => table.variables.push(Variable { name: name.clone(), ty, reg, start, end, call }),
    }
}
