//! Debug tables: where code comes from, and where variables are.
//!
//! Holds always: a line entry stands only where the place changes; files are listed in the order of
//! the source map.

use deed_base::{SourceMap, Span};
use deed_bytecode::{FunctionDebug, Line, Variable};

use crate::mir::{Types, ValueData};

/// The files of the module and places in them.
pub(super) struct Files<'a> {
    sources: &'a SourceMap,
}

impl<'a> Files<'a> {
    pub(super) fn new(sources: &'a SourceMap) -> Files<'a> {
        Files { sources }
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.sources.files().map(|file| file.name.clone()).collect()
    }

    /// Notes that the code from `start` on comes from `span`.
    pub(super) fn note(&self, table: &mut FunctionDebug, start: u32, span: Span) {
        let at = self.sources.get(span.source).position(span.start);
        let line = Line { start, file: span.source.0, line: at.line, column: at.column };
        match table.lines.last_mut() {
            Some(last) if Line { start, ..*last } == line => {}
            Some(last) if last.start == start => *last = line,
            _ => table.lines.push(line),
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
    match same.find(|known| known.name == *name && known.ty == ty) {
        Some(known) => known.end = end,
        None => table.variables.push(Variable { name: name.clone(), ty, reg, start, end }),
    }
}
