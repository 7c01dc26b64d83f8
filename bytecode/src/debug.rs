//! Debug tables: where code came from. They are no part of the code hash and change nothing
//! about execution; a module without them runs the same.

/// Tables for a whole module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Debug {
    /// Source files by the name the compiler was given, relative to the package.
    pub files: Vec<String>,
    /// One for each function of the module, in the same order.
    pub functions: Vec<FunctionDebug>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionDebug {
    /// Ordered by instruction, each at a different one; an entry holds up to the next.
    pub lines: Vec<Line>,
    pub variables: Vec<Variable>,
}

/// From instruction `start` on, the code comes from this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted through the function.
    pub start: u32,
    /// Index into [`Debug::files`].
    pub file: u32,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// Where a variable of the source lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// The source type, for people and debuggers.
    pub ty: String,
    /// Its first register.
    pub reg: u16,
    /// The half-open range of instructions in which the register holds it.
    pub start: u32,
    pub end: u32,
}

impl Debug {
    /// The source place of an instruction: file name and entry.
    pub fn place(&self, function: u16, instruction: u32) -> Option<(&str, Line)> {
        let lines = &self.functions.get(usize::from(function))?.lines;
        let after = lines.partition_point(|line| line.start <= instruction);
        let line = *lines.get(after.checked_sub(1)?)?;
        Some((self.files.get(line.file as usize)?, line))
    }
}
