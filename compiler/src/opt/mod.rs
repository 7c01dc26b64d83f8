//! Optimisation: the middle form to a cheaper middle form.
//!
//! In: a valid [`Program`]. Out: the same program with less to do.
//! Holds always: results, errors, traps, events and state stay the same, and no run that goes well
//! costs more gas (a block is paid for where it starts, so a failure inside a longer block may).
//! Nothing that can trap moves across anything else that can be seen. After every pass the program
//! is valid, which debug builds check.
//!
//! A pass is a function over the program and knows no other pass; [`PASSES`] is the order in which
//! they run. Resources are no part of a program's meaning: where calls nest to the limit of depth, a
//! higher level may get further.

mod cse;
mod dead_code;
mod fold;
mod functions;
mod hoist;
mod in_place;
mod inline;
mod parts;
mod ranges;
mod rewrite;
mod rotate;
mod simplify_cfg;
mod specs;
mod split;
mod state_reads;
mod switches;

use crate::mir::Program;
use crate::ownership;

/// How much to optimise.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum OptLevel {
    /// Code as it was written.
    None,
    /// What is cheap and local.
    Basic,
    /// Everything that keeps code small.
    #[default]
    Full,
    /// Larger code, where it costs less gas.
    Most,
}

impl OptLevel {
    /// The level that `-O n` means; nothing above 3.
    pub fn from_number(number: u8) -> Option<OptLevel> {
        match number {
            0 => Some(OptLevel::None),
            1 => Some(OptLevel::Basic),
            2 => Some(OptLevel::Full),
            3 => Some(OptLevel::Most),
            _ => None,
        }
    }
}

/// One step of the way.
pub struct Pass {
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// The lowest level at which it runs.
    pub level: OptLevel,
    run: fn(&mut Program),
}

macro_rules! passes {
    ($($name:literal $level:ident $run:path, $about:literal;)*) => {
        &[$(Pass { name: $name, about: $about, level: OptLevel::$level, run: $run },)*]
    };
}

/// The passes in the order in which they run.
pub const PASSES: &[Pass] = passes! {
    "strip-specs" Basic specs::run, "forget specifications: from here on code may change";
    "in-place" None in_place::run, "take out what is changed deep inside a value, and put it back";
    "fold" Basic fold::run, "compute what is known, and simplify by the laws of arithmetic";
    "simplify-cfg" Basic simplify_cfg::run, "join, skip and drop blocks";
    "inline" Full inline::run, "put small functions in the place of their calls";
    "inline-more" Most inline::run_more, "put larger functions in the place of their calls, too";
    "unused-functions" Basic functions::run, "drop private functions that nobody calls";
    "scalar-replacement" Full split::run, "take apart records and enums that never leave the function, and elements of vectors";
    "dead-code-first" Full dead_code::run, "drop what nobody needs, before it is used for something else";
    "cse" Full cse::run, "compute the same thing once";
    "state-reads" Full state_reads::run, "read a place in state once while it cannot change";
    "fold-again" Full fold::run, "as before, with what is known now";
    "simplify-cfg-again" Full simplify_cfg::run, "as before, with what is known now";
    "switches" Basic switches::run, "choose among many by a table";
    "value-ranges" Full ranges::run, "drop checks and choices that can only end one way";
    "fold-ranges" Full fold::run, "as before, with what is known now";
    "simplify-cfg-ranges" Full simplify_cfg::run, "as before, with what is known now";
    "rotate-loops" Full rotate::run, "test at the end of each turn, and once before the first";
    "loop-invariants" Full hoist::run, "compute what is the same in every turn before the first";
    "fold-last" Full fold::run, "as before, with what is known now";
    "simplify-cfg-last" Full simplify_cfg::run, "as before, with what is known now";
    "dead-code" Basic dead_code::run, "drop what nobody needs and nobody sees";
    "ownership" None ownership::run, "say who owns each heap value: the last use takes it, others share";
};

/// Runs the passes of a level.
pub fn optimise(program: &mut Program, level: OptLevel) {
    optimise_watched(program, level, |_, _| {});
}

/// Runs the passes of a level, and shows what each makes of the program.
pub fn optimise_watched(
    program: &mut Program,
    level: OptLevel,
    mut watch: impl FnMut(&Pass, &Program),
) {
    for pass in PASSES.iter().filter(|pass| pass.level <= level) {
        (pass.run)(program);
        debug_check(program, pass.name);
        watch(pass, program);
    }
}

/// Fails loudly where a pass broke the law of the middle form.
fn debug_check(program: &Program, pass: &str) {
    if cfg!(debug_assertions)
        && let Err(invalid) = crate::mir::validate(program)
    {
        panic!("after {pass}: {invalid}\n{}", crate::mir::print(program));
    }
}
