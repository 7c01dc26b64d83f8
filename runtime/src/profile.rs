//! Where the gas of a call went: to which line of the source, on which way of calls, for what.
//!
//! In: charges, told by the interpreter as it makes them. Out: a [`Profile`], by line
//! ([`Profile::lines`]) or as stacks for a flame graph ([`Profile::folded`]).
//!
//! What always holds: the parts add up to the gas that the call used, to the unit, whatever came
//! of it. Who ends a run knows what it used; what nobody has told of goes to where it ended.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use deed_bytecode::Function;

use crate::gas::GasSchedule;
use crate::module::LoadedModule;
use crate::value::Hash;

/// What gas was paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GasKind {
    /// The bytes of the arguments, and values made of them.
    Arguments,
    /// Instructions, by the block.
    Code,
    /// Values that are made, looked at and copied.
    Memory,
    /// Entries of the state that are touched and changed.
    State,
    /// Results, events and errors with their data.
    Data,
    /// Other contracts beside what they use themselves, and coins.
    Calls,
    /// What a call that ran out had left, and did not use.
    Lost,
}

impl GasKind {
    pub const ALL: [GasKind; 7] = [
        GasKind::Arguments,
        GasKind::Code,
        GasKind::Memory,
        GasKind::State,
        GasKind::Data,
        GasKind::Calls,
        GasKind::Lost,
    ];

    /// One word for it.
    pub fn name(self) -> &'static str {
        match self {
            GasKind::Arguments => "arguments",
            GasKind::Code => "code",
            GasKind::Memory => "memory",
            GasKind::State => "state",
            GasKind::Data => "data",
            GasKind::Calls => "calls",
            GasKind::Lost => "lost",
        }
    }
}

/// A line of a source; ordered by file, then by line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLine {
    /// As in the module's debug tables.
    pub file: String,
    /// From 1.
    pub line: u32,
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What one line used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineGas {
    /// `None` for what belongs to no line: the arguments and the coins of the transaction, and code
    /// without debug tables.
    pub at: Option<SourceLine>,
    /// All of it.
    pub gas: u64,
    /// Its parts, in the order of [`GasKind::ALL`]; those that are 0 are left out.
    pub kinds: Vec<(GasKind, u64)>,
}

/// Where the gas of a call went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The ways of calls, each a node with its parent; the first is the transaction itself.
    nodes: Vec<Node>,
    /// What was paid, by node and line.
    parts: BTreeMap<(u32, Option<SourceLine>, GasKind), u64>,
    instructions: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    parent: u32,
    /// `Till.pay`; empty for the transaction.
    function: String,
}

impl Profile {
    /// The gas of the call.
    pub fn total(&self) -> u64 {
        self.parts.values().sum()
    }

    /// How many instructions of the bytecode ran: all of each block that was entered.
    pub fn instructions(&self) -> u64 {
        self.instructions
    }

    /// What each line used, in the order of files and lines; what has no line comes first.
    pub fn lines(&self) -> Vec<LineGas> {
        let mut lines: BTreeMap<&Option<SourceLine>, BTreeMap<GasKind, u64>> = BTreeMap::new();
        for ((_, at, kind), gas) in &self.parts {
            *lines.entry(at).or_default().entry(*kind).or_default() += gas;
        }
        let line = |(at, kinds): (&Option<SourceLine>, BTreeMap<GasKind, u64>)| LineGas {
            at: at.clone(),
            gas: kinds.values().sum(),
            kinds: kinds.into_iter().collect(),
        };
        lines.into_iter().map(line).collect()
    }

    /// What was paid for each kind; those that are 0 are left out.
    pub fn kinds(&self) -> BTreeMap<GasKind, u64> {
        let mut kinds = BTreeMap::new();
        for ((_, _, kind), gas) in &self.parts {
            *kinds.entry(*kind).or_default() += gas;
        }
        kinds
    }

    /// A line a stack, as the tools for flame graphs read it: `root;Till.pay;till.deed:14 120`.
    pub fn folded(&self, root: &str) -> String {
        let mut stacks: BTreeMap<String, u64> = BTreeMap::new();
        for ((node, at, kind), gas) in &self.parts {
            let leaf = at.as_ref().map_or(format!("({})", kind.name()), ToString::to_string);
            let stack = format!("{}{};{leaf}", clean(root), self.way(*node));
            *stacks.entry(stack).or_default() += gas;
        }
        stacks.into_iter().map(|(stack, gas)| format!("{stack} {gas}\n")).collect()
    }

    /// The functions on the way to a node, each behind a semicolon.
    fn way(&self, node: u32) -> String {
        let mut names = Vec::new();
        let mut at = node;
        while at != 0 {
            let Some(node) = self.nodes.get(at as usize) else { break };
            names.push(format!(";{}", node.function));
            at = node.parent;
        }
        names.into_iter().rev().collect()
    }

    /// That of a call of which nothing ran.
    pub(crate) fn of_nothing(gas: u64) -> Profile {
        let mut profile = Profile { nodes: vec![Node::default()], ..Profile::default() };
        profile.add(0, None, GasKind::Arguments, gas);
        profile
    }

    fn add(&mut self, node: u32, at: Option<SourceLine>, kind: GasKind, gas: u64) {
        if gas > 0 {
            *self.parts.entry((node, at, kind)).or_default() += gas;
        }
    }
}

/// What a frame is called may hold no semicolon and no end of a line.
fn clean(name: &str) -> String {
    name.replace([';', '\n'], " ")
}

/// More ways than these are not told apart: the callee counts as its caller then.
const MOST_NODES: usize = 1 << 16;

/// A profile in the making.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    modules: Vec<Source>,
    nodes: Vec<Place>,
    children: HashMap<(u32, u16, u16), u32>,
    /// The running function, and the nodes of those that wait for it.
    at: Place,
    waiting: Vec<Place>,
    /// How often each block was entered, and what was charged beside that.
    blocks: HashMap<(Place, u32), u64>,
    charges: HashMap<(Place, u32, GasKind), u64>,
    /// All that has been told so far.
    told: u64,
}

/// A function of a module, on a way of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Place {
    node: u32,
    parent: u32,
    module: u16,
    function: u16,
}

/// What is needed of a module to find lines and costs.
#[derive(Debug)]
struct Source {
    hash: Hash,
    functions: Vec<Lines>,
}

#[derive(Debug)]
struct Lines {
    name: String,
    /// By instruction: its static cost and its line.
    instructions: Vec<(u64, Option<SourceLine>)>,
    /// By the first instruction of a block, the first behind it.
    blocks: BTreeMap<u32, u32>,
}

/// Where a run began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun {
    at: Place,
    waiting: usize,
    told: u64,
}

impl Recorder {
    pub(crate) fn new(arguments: u64) -> Recorder {
        let mut recorder = Recorder { nodes: vec![Place::default()], ..Recorder::default() };
        recorder.charge(0, GasKind::Arguments, arguments);
        recorder
    }

    /// What has been told; see [`Recorder::own`].
    pub(crate) fn told(&self) -> u64 {
        self.told
    }

    /// A run of a function begins.
    pub(crate) fn begin(
        &mut self,
        module: &LoadedModule,
        schedule: &GasSchedule,
        function: u16,
    ) -> Begun {
        let begun = Begun { at: self.at, waiting: self.waiting.len(), told: self.told };
        let module = self.source(module, schedule);
        self.go_to(module, function);
        begun
    }

    /// A run that used so much is over; what has not been told is told of the instruction at `pc`.
    pub(crate) fn end(&mut self, begun: Begun, used: u64, pc: u32, kind: GasKind) {
        let told = self.told - begun.told;
        self.charge(pc, kind, used.saturating_sub(told));
        self.at = begun.at;
        self.waiting.truncate(begun.waiting);
    }

    /// The running function calls another one of its module.
    pub(crate) fn call(&mut self, function: u16) {
        self.waiting.push(self.at);
        self.go_to(self.at.module, function);
    }

    pub(crate) fn ret(&mut self) {
        self.at = self.waiting.pop().unwrap_or_default();
    }

    /// A block is entered, whose first instruction is at `pc`.
    pub(crate) fn block(&mut self, pc: u32, cost: u64) {
        *self.blocks.entry((self.at, pc)).or_default() += 1;
        self.told += cost;
    }

    /// The instruction at `pc` has used so much since `told` was all; what runs in between has
    /// told of itself.
    pub(crate) fn own(&mut self, pc: u32, kind: GasKind, used: u64, told: u64) {
        self.charge(pc, kind, used.saturating_sub(self.told - told));
    }

    fn charge(&mut self, pc: u32, kind: GasKind, gas: u64) {
        if gas > 0 {
            *self.charges.entry((self.at, pc, kind)).or_default() += gas;
            self.told += gas;
        }
    }

    fn go_to(&mut self, module: u16, function: u16) {
        let parent = self.at.node;
        let next = self.nodes.len() as u32;
        let node = match self.children.get(&(parent, module, function)) {
            Some(node) => *node,
            None if self.nodes.len() >= MOST_NODES => parent,
            None => {
                self.children.insert((parent, module, function), next);
                self.nodes.push(Place { node: next, parent, module, function });
                next
            }
        };
        self.at = Place { node, parent, module, function };
    }

    fn source(&mut self, module: &LoadedModule, schedule: &GasSchedule) -> u16 {
        let known = self.modules.iter().position(|known| known.hash == module.hash());
        let at = known.unwrap_or_else(|| {
            self.modules.push(Source::new(module, schedule));
            self.modules.len() - 1
        });
        at as u16
    }

    /// The profile of the whole call, which used so much.
    pub(crate) fn finish(mut self, used: u64) -> Profile {
        self.at = Place::default();
        self.charge(0, GasKind::Calls, used.saturating_sub(self.told));
        let name = |place: &Place| Node { parent: place.parent, function: self.name(place) };
        let nodes = self.nodes.iter().map(name).collect();
        let mut profile = Profile { nodes, ..Profile::default() };
        for ((place, pc), times) in &self.blocks {
            profile.instructions += self.block_of(place, *pc).len() as u64 * times;
            for (cost, at) in self.block_of(place, *pc) {
                profile.add(place.node, at.clone(), GasKind::Code, cost.saturating_mul(*times));
            }
        }
        for ((place, pc, kind), gas) in &self.charges {
            profile.add(place.node, self.line(place, *pc), *kind, *gas);
        }
        profile
    }

    fn lines(&self, place: &Place) -> Option<&Lines> {
        // Node 0 is the transaction, which no function is.
        let module = self.modules.get(usize::from(place.module)).filter(|_| place.node > 0)?;
        module.functions.get(usize::from(place.function))
    }

    fn name(&self, place: &Place) -> String {
        self.lines(place).map(|lines| clean(&lines.name)).unwrap_or_default()
    }

    fn line(&self, place: &Place, pc: u32) -> Option<SourceLine> {
        self.lines(place)?.instructions.get(pc as usize)?.1.clone()
    }

    fn block_of(&self, place: &Place, pc: u32) -> &[(u64, Option<SourceLine>)] {
        let lines = self.lines(place);
        let block = lines.and_then(|lines| {
            let end = *lines.blocks.get(&pc)?;
            lines.instructions.get(pc as usize..end as usize)
        });
        block.unwrap_or_default()
    }
}

impl Source {
    fn new(module: &LoadedModule, schedule: &GasSchedule) -> Source {
        let functions = (0..).zip(&module.module().functions);
        let lines = functions.map(|(index, it)| Lines::new(module, schedule, index, it));
        Source { hash: module.hash(), functions: lines.collect() }
    }
}

impl Lines {
    fn new(
        module: &LoadedModule,
        schedule: &GasSchedule,
        index: u16,
        function: &Function,
    ) -> Lines {
        let contract = module.module().name.rsplit('.').next().unwrap_or_default();
        let mut lines = Lines {
            name: format!("{contract}.{}", function.name),
            instructions: Vec::new(),
            blocks: BTreeMap::new(),
        };
        for block in &function.blocks {
            let start = lines.instructions.len() as u32;
            for inst in &block.code {
                let at = module.locate(index, lines.instructions.len() as u32);
                let at = at.map(|place| SourceLine { file: place.file, line: place.line });
                lines.instructions.push((schedule.cost(module.module(), function, *inst), at));
            }
            lines.blocks.insert(start, lines.instructions.len() as u32);
        }
        lines
    }
}
