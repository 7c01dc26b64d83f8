//! What all tests of a package share: its code, built once.
//!
//! In: a checked package. Out: a [`World`].
//! Holds always: it is only read while tests run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use deed_abi::{Abi, abi_of};
use deed_base::{Diagnostics, SourceMap};
use deed_bytecode::encode;
use deed_compiler::arena::ContractId;
use deed_compiler::opt::OptLevel;
use deed_compiler::testing::{SiteKind, TestProgram, build_tests};
use deed_compiler::thir::Package;
use deed_compiler::{BuildOptions, SpecChecks, build_checked};
use deed_runtime::{Address, Config, Engine, Hash, LoadedModule};

use crate::Options;

pub(crate) struct World {
    pub(crate) program: TestProgram,
    /// The module of the tests.
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: Hash,
    pub(crate) loaded: Option<Arc<LoadedModule>>,
    /// The modules of the contracts that tests make.
    pub(crate) contracts: HashMap<ContractId, Vec<u8>>,
    /// The modules of the contracts that these make.
    pub(crate) made: Vec<Vec<u8>>,
    pub(crate) engine: Arc<Engine>,
    /// Interfaces by code, made once each.
    abis: Mutex<HashMap<Hash, Arc<Abi>>>,
}

impl World {
    /// The address at which tests run; no account and no contract has it.
    pub(crate) const HERE: Address = Address([0xff; 32]);

    pub(crate) fn build(
        package: &Package,
        sources: &SourceMap,
        Options { opt, check_specs, profile, .. }: &Options,
        d: &mut Diagnostics,
    ) -> Option<World> {
        let engine = match profile {
            true => Engine::profiling(Config::default()),
            false => Engine::new(Config::default()),
        };
        let engine = Arc::new(engine);
        let program = match build_tests(package, sources, d) {
            Some(program) => program,
            None if d.has_errors() => return None,
            None => return Some(World::without_tests(engine)),
        };
        let opt = OptLevel::from_number(*opt).unwrap_or_default();
        let mut contracts = HashMap::new();
        let mut made = Vec::new();
        for site in &program.sites {
            let SiteKind::Deploy { contract, .. } = site.kind else { continue };
            if contracts.contains_key(&contract) {
                continue;
            }
            let def = &package.contracts[contract];
            let name = package.full_name(def.module, None, &def.name.text);
            let checks = SpecChecks::all_if(*check_specs);
            let options = BuildOptions { opt, contract: Some(name), checks };
            let built = build_checked(package, sources, &options, d)?;
            contracts.insert(contract, encode(&built.module));
            made.extend(built.made.iter().map(encode));
        }
        let bytes = encode(&program.module);
        let loaded = engine.load(&bytes).ok();
        let hash = loaded.as_ref().map_or(Hash::default(), |module| module.hash());
        Some(World {
            program,
            bytes,
            hash,
            loaded,
            contracts,
            made,
            engine,
            abis: Mutex::default(),
        })
    }

    fn without_tests(engine: Arc<Engine>) -> World {
        World {
            program: TestProgram::default(),
            bytes: Vec::new(),
            hash: Hash::default(),
            loaded: None,
            contracts: HashMap::new(),
            made: Vec::new(),
            engine,
            abis: Mutex::default(),
        }
    }

    /// The interface of a module.
    pub(crate) fn abi(&self, module: &LoadedModule) -> Option<Arc<Abi>> {
        let mut abis = self.abis.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(abi) = abis.get(&module.hash()) {
            return Some(abi.clone());
        }
        let abi = Arc::new(abi_of(module.module()).ok()?);
        abis.insert(module.hash(), abi.clone());
        Some(abi)
    }

    pub(crate) fn count(&self) -> usize {
        self.program.tests.len()
    }

    /// The tests whose group or title holds the filter.
    pub(crate) fn chosen<'w>(
        &'w self,
        filter: Option<&'w str>,
    ) -> impl Iterator<Item = usize> + 'w {
        let fits = move |text: &str| filter.is_none_or(|filter| text.contains(filter));
        let tests = self.program.tests.iter().enumerate();
        tests.filter(move |(_, test)| fits(&test.group) || fits(&test.title)).map(|(at, _)| at)
    }
}
