//! From a path to modules that run.
//!
//! In: a source, a package or a module file, and what was chosen on the command line.
//! Out: [`Artifact`]s.
//! Holds always: whatever a module comes from, it has been decoded and validated as bytes, since
//! that is what an engine gets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use deed_abi::{Abi, abi_of};
use deed_base::catalogue::BAD_MODULE;
use deed_base::{Diagnostics, SourceMap};
use deed_bytecode::{
    CodeHash, Module, ValidModule, code_hash, code_hash_of, decode, decode_symbols, encode,
    validate,
};
use deed_compiler::opt::OptLevel;
use deed_compiler::{BuildOptions, SpecChecks, build_checked, mir, own_contracts, thir};

use crate::exit::{Failure, Trouble};
use crate::files;
use crate::front::Front;
use crate::terminal::Terminal;

/// The ending of a module file's name.
pub(crate) const EXTENSION: &str = "deedc";
/// The ending of the name of a file with a module's symbols.
pub(crate) const SYMBOLS: &str = "deedsym";

/// A module in every form that is needed of it.
pub(crate) struct Artifact {
    pub(crate) bytes: Vec<u8>,
    pub(crate) module: ValidModule,
    pub(crate) abi: Abi,
    /// The modules of the contracts that it makes, and that these make.
    pub(crate) made: Vec<Artifact>,
    /// What a module has that was compiled just now.
    pub(crate) origin: Option<Origin>,
}

/// Where a module came from.
pub(crate) struct Origin {
    pub(crate) opt: u8,
    /// The middle form after optimisation.
    pub(crate) after: mir::Program,
    sources: SourceMap,
}

/// What the command line chose; the rest comes from `deed.toml` and defaults.
#[derive(Clone, Copy, Default)]
pub(crate) struct Selection<'a> {
    pub(crate) contract: Option<&'a str>,
    pub(crate) opt: Option<u8>,
    /// Whether specifications run as tests.
    pub(crate) check_specs: bool,
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

/// A contract by its name, of the sources that `path` names or from beside a module file.
pub(crate) fn named(
    path: &Path,
    selection: Selection<'_>,
    terminal: &Terminal,
) -> Result<Artifact, Failure> {
    let name = selection.contract.unwrap_or_default();
    match is_module(path) {
        true => Ok(read(&path.with_file_name(format!("{name}.{EXTENSION}")))?),
        false => one(path, selection, terminal),
    }
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
    let contract = selection.contract.map(str::to_owned);
    let checks = SpecChecks::all_if(selection.check_specs);
    let options = BuildOptions { opt, contract, checks };
    let mut diagnostics = Diagnostics::new();
    let built = build_checked(package, &front.sources, &options, &mut diagnostics);
    front.settle(diagnostics, terminal)?;
    let refused = |why| Trouble::failed(format!("the compiler made a module that is none: {why}"));
    let built = built.ok_or_else(|| refused("nothing at all".to_owned()))?;
    let made = built.made.iter().map(|module| load(encode(module)));
    let made = made.collect::<Result<_, _>>().map_err(refused)?;
    let artifact = load(encode(&built.module)).map_err(refused)?;
    let origin = Origin { opt: number, after: built.after, sources: front.sources.clone() };
    Ok(Artifact { made, origin: Some(origin), ..artifact })
}

/// Whether the path names a module file rather than sources.
fn is_module(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// Reads a module file, and from beside it what it makes contracts of.
fn read(path: &Path) -> Result<Artifact, Trouble> {
    let artifact = load(files::read(path)?).map_err(|why| {
        Trouble::failed(format!("`{}` is no valid module: {why}", path.display())).code(BAD_MODULE)
    })?;
    let artifact = with_symbols(artifact, &path.with_extension(SYMBOLS))?;
    let made = beside(path, &artifact.module)?;
    Ok(Artifact { made, ..artifact })
}

/// The module with its symbols from the file beside it, if it has none itself and there is one.
fn with_symbols(artifact: Artifact, path: &Path) -> Result<Artifact, Trouble> {
    if artifact.module.debug.is_some() || !path.exists() {
        return Ok(artifact);
    }
    let refused = |why: String| {
        Trouble::failed(format!("`{}` cannot be used: {why}", path.display())).code(BAD_MODULE)
    };
    let code = code_hash(&artifact.module);
    let debug =
        decode_symbols(&files::read(path)?, code).map_err(|why| refused(why.to_string()))?;
    let module = Module { debug: Some(debug), ..artifact.module.clone().into_inner() };
    let whole = load(encode(&module)).map_err(refused)?;
    Ok(Artifact { made: artifact.made, origin: artifact.origin, ..whole })
}

/// The modules that a module makes contracts of, from the files of its folder; one that is not there
/// is missed when a contract is made of it.
fn beside(path: &Path, module: &Module) -> Result<Vec<Artifact>, Trouble> {
    let needs = |module: &Module| module.imports.iter().filter_map(|import| import.code).collect();
    let mut wanted: Vec<CodeHash> = needs(module);
    let mut modules = BTreeMap::new();
    let files = if wanted.is_empty() { Vec::new() } else { module_files(path) };
    for file in &files {
        let bytes = files::read(file)?;
        modules.extend(code_hash_of(&bytes).map(|hash| (hash, bytes)));
    }
    let mut found = Vec::new();
    while let Some(hash) = wanted.pop() {
        let Some(made) = modules.remove(&hash).and_then(|bytes| load(bytes).ok()) else { continue };
        wanted.extend::<Vec<CodeHash>>(needs(&made.module));
        found.push(made);
    }
    Ok(found)
}

/// The module files of a file's folder, in the order of their names.
fn module_files(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut modules: Vec<PathBuf> = paths.filter(|path| is_module(path)).collect();
    modules.sort();
    modules
}

/// Decodes and validates a module, its interface included.
pub(crate) fn load(bytes: Vec<u8>) -> Result<Artifact, String> {
    let module = decode(&bytes).map_err(|error| error.to_string())?;
    let module = validate(module).map_err(|error| error.to_string())?;
    let abi = abi_of(&module).map_err(|error| error.to_string())?;
    Ok(Artifact { bytes, module, abi, made: Vec::new(), origin: None })
}
