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
    /// Calls whose callee's code stands in their place; each stands behind the one it is within.
    pub inlined: Vec<Inlined>,
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
    /// The call that the code was inlined for: 1 + its index in [`FunctionDebug::inlined`], or 0
    /// for code of the function itself.
    pub call: u32,
}

/// A call that was replaced by the code of its callee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inlined {
    /// The name of the callee.
    pub function: String,
    /// Where the call stands: index into [`Debug::files`], line and column as in [`Line`].
    pub file: u32,
    pub line: u32,
    pub column: u32,
    /// The call that this one was inlined with, as in [`Line::call`].
    pub within: u32,
}

/// A function that was at work at a place of the code, inlined ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The name of an inlined function; nothing for the one whose code it is.
    pub inlined: Option<&'a str>,
    pub file: &'a str,
    pub line: u32,
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
    /// The inlined call it is a variable of, as in [`Line::call`].
    pub call: u32,
}

impl Debug {
    /// The source place of an instruction: file name and entry.
    pub fn place(&self, function: u16, instruction: u32) -> Option<(&str, Line)> {
        let lines = &self.functions.get(usize::from(function))?.lines;
        let after = lines.partition_point(|line| line.start <= instruction);
        let line = *lines.get(after.checked_sub(1)?)?;
        Some((self.files.get(line.file as usize)?, line))
    }

    /// The functions at work at an instruction, the innermost first, each with its place: those
    /// that were inlined, and last the one whose code it is. Empty where nothing is known.
    pub fn frames(&self, function: u16, instruction: u32) -> Vec<Frame<'_>> {
        let mut frames = Vec::new();
        let Some((file, line)) = self.place(function, instruction) else { return frames };
        let Some(tables) = self.functions.get(usize::from(function)) else { return frames };
        let call = |number: u32| tables.inlined.get((number as usize).checked_sub(1)?);
        let mut frame = Frame { inlined: None, file, line: line.line, column: line.column };
        let mut within = line.call;
        while let Some(inlined) = call(within) {
            frames.push(Frame { inlined: Some(&inlined.function), ..frame });
            let file = self.files.get(inlined.file as usize).map_or("", String::as_str);
            let Inlined { line, column, .. } = *inlined;
            frame = Frame { inlined: None, file, line, column };
            // Validated tables only lead to calls further in front.
            within = inlined.within.min(within - 1);
        }
        frames.push(frame);
        frames
    }
}
