//! `deed build`: modules, interfaces, debug symbols; or one of the forms on the way to them.
//!
//! In: a source or a package. Out: files in `build/`, or a form on standard output.
//! Holds always: a file is written whole or not at all; the same sources give the same bytes.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use deed_bytecode::{Module, encode, encode_symbols};

use crate::compile::{self, Artifact, EXTENSION, SYMBOLS, Selection};
use crate::emit::{self, Form};
use crate::execution::short;
use crate::exit::{Done, Exit, Trouble};
use crate::files;
use crate::front::Front;
use crate::terminal::Terminal;

/// Compile contracts into modules with their interfaces and debug symbols.
#[derive(Args)]
#[command(after_help = "\
Each contract C becomes build/C.deedc, the module with its debug symbols, and build/C.abi.json.

Examples:
  deed build                the package in the current folder
  deed build examples/token -O 3 -o out
  deed build examples/token --emit mir")]
pub(crate) struct Build {
    /// A source, or a package.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The level of optimisation; without it, that of deed.toml, else 2.
    #[arg(short = 'O', value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=3))]
    opt: Option<u8>,
    /// Print one of the forms on the way, and write no files.
    #[arg(long, value_enum, value_name = "FORM")]
    emit: Option<Form>,
    /// What is built.
    #[arg(long, value_enum, default_value_t)]
    target: Target,
    /// Only this contract.
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// Where the files go; without it, `build` beside the sources.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Put debug symbols into files of their own, `build/C.deedsym`; found beside the module, they
    /// are used again.
    #[arg(long)]
    strip: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
enum Target {
    #[default]
    Bytecode,
    /// WebAssembly; not built yet.
    Wasm,
}

impl Build {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        if self.target == Target::Wasm {
            let help = "use `--target bytecode`";
            return Err(Trouble::usage("this target is not built yet").help(help).into());
        }
        let front = Front::open(&self.path, terminal)?;
        let selection =
            Selection { contract: self.contract.as_deref(), opt: self.opt, check_specs: false };
        if let Some(form) = self.emit {
            terminal.data(emit::emit(&front, form, selection, terminal)?)?;
            return Ok(Exit::Fine);
        }
        let artifacts = compile::all(&front, selection, terminal)?;
        let folder = self.output.clone().unwrap_or_else(|| front.root.join("build"));
        for artifact in &artifacts {
            self.write(&folder, artifact, terminal)?;
        }
        Ok(Exit::Fine)
    }

    fn write(
        &self,
        folder: &Path,
        artifact: &Artifact,
        terminal: &Terminal,
    ) -> Result<(), Trouble> {
        let name = short(&artifact.abi.contract);
        let file = |extension: &str| folder.join(format!("{name}.{extension}"));
        let mut bytes = artifact.bytes.clone();
        if self.strip {
            let symbols = encode_symbols(&artifact.module).unwrap_or_default();
            files::write(&file(SYMBOLS), &symbols)?;
            let bare = Module { debug: None, ..artifact.module.clone().into_inner() };
            bytes = encode(&bare);
        }
        files::write(&file(EXTENSION), &bytes)?;
        files::write(&file("abi.json"), artifact.interface().as_bytes())?;
        terminal.talk(format!("built {} ({} bytes)", file(EXTENSION).display(), bytes.len()));
        Ok(())
    }
}
