//! From a path to modules that run.
//!
//! In: a source, a package or a module file, and what was chosen on the command line.
//! Out: [`Artifact`]s.
//! Holds always: whatever a module comes from, it has been decoded and validated as bytes, since
//! that is what an engine gets.

use std::path::Path;

use deed_abi::{Abi, abi_of};
use deed_base::catalogue::BAD_MODULE;
use deed_base::{Diagnostics, SourceMap};
use deed_bytecode::{ValidModule, decode, encode, validate};
use deed_compiler::opt::OptLevel;
use deed_compiler::{BuildOptions, build_checked, mir, own_contracts, thir};

use crate::exit::{Failure, Trouble};
use crate::files;
use crate::front::Front;
use crate::terminal::Terminal;

/// The ending of a module file's name.
pub(crate) const EXTENSION: &str = "deedc";

/// A module in every form that is needed of it.
pub(crate) struct Artifact {
    pub(crate) bytes: Vec<u8>,
    pub(crate) module: ValidModule,
    pub(crate) abi: Abi,
    /// What a module has that was compiled just now.
    pub(crate) origin: Option<Origin>,
}

/// Where a module came from.
pub(crate) struct Origin {
    pub(crate) opt: u8,
    /// The text of the middle form.
    pub(crate) mir: String,
    sources: SourceMap,
}

/// What the command line chose; the rest comes from `deed.toml` and defaults.
#[derive(Clone, Copy, Default)]
pub(crate) struct Selection<'a> {
    pub(crate) contract: Option<&'a str>,
    pub(crate) opt: Option<u8>,
}

impl Artifact {
    /// The interface as JSON for files and eyes, its members in the order of the source.
    pub(crate) fn interface(&self) -> String {
        let text = serde_json::to_string_pretty(&self.abi);
        text.map(|text| text + "\n").unwrap_or_default()
    }

    /// The text of a source by its name in the debug tables.
    pub(crate) fn source(&self, name: &str) -> Option<String> {
        let mut files = self.origin.as_ref()?.sources.files();
        files.find(|file| file.name == name).map(|file| file.text.to_string())
    }
}

/// The one contract that is meant.
pub(crate) fn one(
    path: &Path,
    selection: Selection<'_>,
    terminal: &Terminal,
) -> Result<Artifact, Failure> {
    if is_module(path) {
        return Ok(read(path)?);
    }
    let front = Front::open(path, terminal)?;
    let package = front.check(terminal)?;
    build(&front, &package, selection, terminal)
}

/// All contracts that are meant, in the order of the sources; at least one.
pub(crate) fn all(
    front: &Front,
    selection: Selection<'_>,
    terminal: &Terminal,
) -> Result<Vec<Artifact>, Failure> {
    let package = front.check(terminal)?;
    let full_name = |id| {
        let contract = &package.contracts[id];
        package.full_name(contract.module, None, &contract.name.text)
    };
    let own = own_contracts(&package, &front.sources);
    let names: Vec<String> = own.into_iter().map(full_name).collect();
    if selection.contract.is_some() || names.is_empty() {
        return Ok(vec![build(front, &package, selection, terminal)?]);
    }
    let each = names.iter().map(|name| {
        build(front, &package, Selection { contract: Some(name), ..selection }, terminal)
    });
    each.collect()
}

/// Builds one contract; where it is not clear which, the compiler says so.
fn build(
    front: &Front,
    package: &thir::Package,
    selection: Selection<'_>,
    terminal: &Terminal,
) -> Result<Artifact, Failure> {
    let number = front.opt(selection.opt);
    let opt = OptLevel::from_number(number).unwrap_or_default();
    let options = BuildOptions { opt, contract: selection.contract.map(str::to_owned) };
    let mut diagnostics = Diagnostics::new();
    let built = build_checked(package, &front.sources, &options, &mut diagnostics);
    front.settle(diagnostics, terminal)?;
    let refused = |why| Trouble::failed(format!("the compiler made a module that is none: {why}"));
    let built = built.ok_or_else(|| refused("nothing at all".to_owned()))?;
    let (mir, sources) = (mir::print(&built.after), front.sources.clone());
    let origin = Origin { opt: number, mir, sources };
    Ok(load(encode(&built.module), Some(origin)).map_err(refused)?)
}

/// Whether the path names a module file rather than sources.
fn is_module(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// Reads a module file.
fn read(path: &Path) -> Result<Artifact, Trouble> {
    load(files::read(path)?, None).map_err(|why| {
        Trouble::failed(format!("`{}` is no valid module: {why}", path.display())).code(BAD_MODULE)
    })
}

/// Decodes and validates a module, its interface included.
fn load(bytes: Vec<u8>, origin: Option<Origin>) -> Result<Artifact, String> {
    let module = decode(&bytes).map_err(|error| error.to_string())?;
    let module = validate(module).map_err(|error| error.to_string())?;
    let abi = abi_of(&module).map_err(|error| error.to_string())?;
    Ok(Artifact { bytes, module, abi, origin })
}
