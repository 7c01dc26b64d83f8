//! The rules about debug tables: they speak of functions, instructions, files and registers
//! that exist.

use super::errors::{Invalid, ValidateError};
use crate::debug::FunctionDebug;
use crate::module::{Function, Module};

/// Checks the debug section, if there is one.
pub(super) fn check(module: &Module) -> Result<(), ValidateError> {
    let Some(debug) = &module.debug else { return Ok(()) };
    if debug.functions.len() != module.functions.len() {
        let what = "it does not have an entry for each function";
        return Err(Invalid::DebugTable { what }.in_module());
    }
    for (index, (tables, function)) in debug.functions.iter().zip(&module.functions).enumerate() {
        function_tables(tables, function, debug.files.len())
            .map_err(|what| Invalid::DebugTable { what }.in_function(module, index))?;
    }
    Ok(())
}

fn function_tables(
    tables: &FunctionDebug,
    function: &Function,
    files: usize,
) -> Result<(), &'static str> {
    let code: usize = function.blocks.iter().map(|block| block.code.len()).sum();
    if !tables.lines.windows(2).all(|pair| pair[0].start < pair[1].start) {
        return Err("lines are out of order");
    }
    if tables.lines.iter().any(|line| line.start as usize >= code) {
        return Err("a line is of no instruction");
    }
    if tables.lines.iter().any(|line| line.file as usize >= files) {
        return Err("a line is of no file");
    }
    if tables.lines.iter().any(|line| line.line == 0 || line.column == 0) {
        return Err("lines and columns count from 1");
    }
    let misplaced = |start: u32, end: u32| start > end || end as usize > code;
    if tables.variables.iter().any(|variable| misplaced(variable.start, variable.end)) {
        return Err("a variable lives outside the code");
    }
    if tables.variables.iter().any(|variable| variable.reg >= function.slots) {
        return Err("a variable lives outside the frame");
    }
    calls(tables, files)
}

/// Inlined calls are within earlier ones, and lines and variables of calls that exist.
fn calls(tables: &FunctionDebug, files: usize) -> Result<(), &'static str> {
    let known = tables.inlined.len();
    if tables.lines.iter().any(|line| line.call as usize > known)
        || tables.variables.iter().any(|variable| variable.call as usize > known)
    {
        return Err("something is of no inlined call");
    }
    if tables.inlined.iter().enumerate().any(|(at, call)| call.within as usize > at) {
        return Err("an inlined call is within a later one");
    }
    if tables.inlined.iter().any(|call| call.file as usize >= files) {
        return Err("an inlined call is in no file");
    }
    if tables.inlined.iter().any(|call| call.line == 0 || call.column == 0) {
        return Err("lines and columns count from 1");
    }
    Ok(())
}
