//! A package and the packages it depends on.
//!
//! In: the folder of a package. Out: its [`Layout`].
//! Holds always: a package is visited once, by its real path; two packages of one name, a name that
//! a dependency does not bear, and a circle of packages are refused at the line that asks for them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use deed_base::Diagnostic;
use deed_base::catalogue::{BAD_DEPENDENCY, UNREADABLE_PACKAGE};
use toml::Spanned;

use crate::lock::{Locked, Origin};
use crate::manifest::{Dependency, MANIFEST, Manifest, Name, Version, document};
use crate::problem::{Document, Problem, Refusal};
use crate::{ENTRY, Layout, Lock, read, slashed, walk};

/// More packages than this together are a mistake.
const MOST_PACKAGES: usize = 1_000;
/// Packages depend on each other through fewer others than this.
const MOST_DEPTH: usize = 100;

/// One package of those that are compiled together.
#[derive(Debug)]
pub struct Member {
    pub root: PathBuf,
    /// A source by itself has none.
    pub manifest: Option<Manifest>,
    /// The entry first if there is one, the others in the order of their names.
    pub sources: Vec<Source>,
}

/// A source, not read yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// As messages and debug tables call it.
    pub name: String,
    pub path: PathBuf,
}

impl Member {
    /// A source by itself.
    pub(crate) fn alone(path: &Path) -> Member {
        let source = Source { name: slashed(path), path: path.to_owned() };
        let root = path.parent().unwrap_or(Path::new("")).to_owned();
        Member { root, manifest: None, sources: vec![source] }
    }
}

/// The package in the folder `root` with all that it depends on.
///
/// # Errors
/// If a manifest, an entry or a dependency is missing or wrong, or `deed.lock` forbids one.
pub fn layout(root: &Path) -> Result<Layout, Problem> {
    let (manifest, text) = open(root)?;
    let mut visit = Visit { root, found: BTreeMap::new(), trail: Vec::new() };
    visit.trail.push((manifest.package.name.clone(), real(root)?));
    visit.dependencies(root, &manifest, &text)?;
    let found: Vec<Found> = visit.found.into_values().collect();
    let lock = Lock::of(root, &found)?;
    let sources = sources(root, "")?;
    let mut members = vec![Member { root: root.to_owned(), manifest: Some(manifest), sources }];
    members.extend(found.into_iter().map(|found| found.member));
    Ok(Layout { root: root.to_owned(), members, lock })
}

/// A dependency that was found.
pub(crate) struct Found {
    pub(crate) member: Member,
    pub(crate) locked: Locked,
    real: PathBuf,
}

struct Visit<'a> {
    /// The package that is built.
    root: &'a Path,
    found: BTreeMap<Name, Found>,
    /// The packages on the way here, by name and real path.
    trail: Vec<(Name, PathBuf)>,
}

impl Visit<'_> {
    fn dependencies(
        &mut self,
        folder: &Path,
        manifest: &Manifest,
        text: &Document,
    ) -> Result<(), Problem> {
        for (name, wanted) in &manifest.dependencies {
            self.dependency(folder, name, wanted, text)?;
        }
        Ok(())
    }

    fn dependency(
        &mut self,
        folder: &Path,
        name: &Name,
        wanted: &Spanned<Dependency>,
        text: &Document,
    ) -> Result<(), Problem> {
        let bad = |message: String, help: &str| bad_dependency(text, wanted, message, help);
        let place = self.place(folder, name, wanted.get_ref());
        let Ok(real) = place.canonicalize() else {
            let message = format!("there is no package `{}` in `{}`", name.0, slashed(&place));
            return Err(bad(message, "put its folder there, or correct the path"));
        };
        if !place.join(MANIFEST).exists() {
            let message = format!("`{}` has no `{MANIFEST}`", slashed(&place));
            return Err(bad(message, "every package has one; see whether the path is right"));
        }
        if let Some(circle) = self.circle(&real, name) {
            return Err(bad(circle, "put what both need into a third package"));
        }
        if let Some(earlier) = self.found.get(name) {
            if earlier.real == real {
                return Ok(());
            }
            let other = slashed(&earlier.member.root);
            let message = format!("package `{}` is also found in `{other}`", name.0);
            return Err(bad(message, "let every package use the same one"));
        }
        if self.found.len() >= MOST_PACKAGES || self.trail.len() >= MOST_DEPTH {
            let message = format!(
                "packages depend on more than {MOST_PACKAGES} others, or more than {MOST_DEPTH} deep"
            );
            return Err(bad(message, "use fewer packages"));
        }
        let (manifest, inner) = open(&place)?;
        agrees(name, wanted.get_ref(), &manifest).map_err(|message| {
            bad(message, "correct this line, or the `deed.toml` of that package")
        })?;
        self.trail.push((name.clone(), real.clone()));
        self.dependencies(&place, &manifest, &inner)?;
        self.trail.pop();
        let found = self.member(place, real, wanted.get_ref(), manifest)?;
        self.found.insert(name.clone(), found);
        Ok(())
    }

    /// The folder that a dependency should be in.
    fn place(&self, folder: &Path, name: &Name, wanted: &Dependency) -> PathBuf {
        match wanted {
            Dependency::Path(at) => folder.join(&at.path),
            Dependency::Vendored(_) => self.root.join("vendor").join(&name.0),
        }
    }

    fn circle(&self, real: &Path, name: &Name) -> Option<String> {
        let start = self.trail.iter().position(|(_, path)| path == real)?;
        let names = self.trail[start..].iter().map(|(name, _)| name.0.as_str());
        let way: Vec<&str> = names.chain([name.0.as_str()]).collect();
        Some(format!("packages depend on each other in a circle: {}", way.join(" → ")))
    }

    fn member(
        &self,
        root: PathBuf,
        real: PathBuf,
        wanted: &Dependency,
        manifest: Manifest,
    ) -> Result<Found, Refusal> {
        let name = manifest.package.name.clone();
        let sources = sources(&root, &format!("{}/", name.0))?;
        let origin = match wanted {
            Dependency::Path(at) => Origin::Path(at.path.clone()),
            Dependency::Vendored(_) => Origin::vendored(&root, &sources)?,
        };
        let version = manifest.package.version.clone();
        let member = Member { root, manifest: Some(manifest), sources };
        Ok(Found { member, locked: Locked { name, version, origin }, real })
    }
}

/// Reads the manifest of a package, which must have a source.
fn open(root: &Path) -> Result<(Manifest, Document), Problem> {
    let path = root.join(MANIFEST);
    if !path.exists() {
        let message = format!("`{}` has no `{MANIFEST}`", root.display());
        let help = "`deed new NAME` makes a package; a source by itself is named as a file";
        return Err(Refusal::new(UNREADABLE_PACKAGE, message).help(help).into());
    }
    let text = document(&slashed(&path), read(&path)?)?;
    let manifest = Manifest::from_document(&text)?;
    if !root.join(ENTRY).is_file() && is_empty(&root.join("src")) {
        let message = format!("`{}` has no sources", root.display());
        let help = format!("write `{ENTRY}`, or any other module below `src`");
        return Err(Refusal::new(UNREADABLE_PACKAGE, message).help(help).into());
    }
    Ok((manifest, text))
}

fn is_empty(folder: &Path) -> bool {
    walk::sources(folder).map_or(true, |all| all.is_empty())
}

fn real(root: &Path) -> Result<PathBuf, Refusal> {
    root.canonicalize().map_err(|error| crate::missing(root, &error))
}

/// The sources of a package, their names behind `prefix`.
fn sources(root: &Path, prefix: &str) -> Result<Vec<Source>, Refusal> {
    let mut paths = walk::sources(&root.join("src"))?;
    paths.sort_by_key(|path| (*path != root.join(ENTRY), slashed(path)));
    let source = |path: PathBuf| {
        let name = format!("{prefix}{}", slashed(path.strip_prefix(root).unwrap_or(&path)));
        Source { name, path }
    };
    Ok(paths.into_iter().map(source).collect())
}

/// Whether a package is the one that was asked for.
fn agrees(name: &Name, wanted: &Dependency, found: &Manifest) -> Result<(), String> {
    let about = &found.package;
    if about.name != *name {
        return Err(format!(
            "the package found here is called `{}`, not `{}`",
            about.name.0, name.0
        ));
    }
    match wanted {
        Dependency::Vendored(Version(version)) if *version != about.version.0 => Err(format!(
            "version {version} of `{}` is wanted, and `vendor/{0}` holds {}",
            name.0, about.version.0
        )),
        _ => Ok(()),
    }
}

fn bad_dependency(
    text: &Document,
    wanted: &Spanned<Dependency>,
    message: String,
    help: &str,
) -> Problem {
    text.problem(wanted.span(), |span| {
        Diagnostic::new(BAD_DEPENDENCY, span, message).label("asked for here").help(help)
    })
}
