//! Where an import leads: Node's resolution with TypeScript's extensions, inside the repository only.
//!
//! A specifier and the directory of its importer go in, a [`Target`] or the reason for none comes out.
//! rolldown has a resolver of its own; it looks for `package.json` and `node_modules` up to the root of the
//! disk and reads what it finds, so it is never asked. Read on in `probe.rs` for paths, in `package.rs` for
//! `exports` and `imports`, in `faults.rs` for how a miss is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::builtin;
use crate::manifests::Manifests;
use crate::package::Package;
use crate::probe::Probe;
use crate::root::{Reach, Root, normalise};

/// The module that stands for `@neon/config`; the evaluator supplies it.
pub(crate) const CONFIGURATION: &str = "neonform:config";

const CONFIGURATION_SPECIFIERS: [&str; 4] =
    ["@neon/config/v1", "@neon/config", "@neondatabase/config/v1", "@neondatabase/config"];

/// How resolution differs between policies and functions.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Whether `@neon/config` is built in.
    pub(crate) configuration: bool,
    /// Tried in order behind a path without a match.
    pub(crate) extensions: &'static [&'static str],
    /// What holds in `exports` and `imports`, besides `import` or `require`.
    pub(crate) conditions: &'static [&'static str],
    /// Packages left to be found when the bundle runs.
    pub(crate) external: Vec<String>,
    /// Whether the path aliases of `tsconfig.json` hold.
    pub(crate) aliases: bool,
}

/// Whether an import is one of ECMAScript or of CommonJS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// `import`, `export … from`, `import()`.
    Import,
    /// `require()`.
    Require,
}

/// Where an import leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A file of the repository, by its real path.
    File(PathBuf),
    /// A module that stays outside the bundle, under this specifier.
    External(String),
    /// A `data:` URL, which rolldown unpacks itself.
    Data,
}

/// Why an import leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Out of the repository, to this place.
    Outside(PathBuf),
    /// No file at a relative or absolute path.
    NoFile,
    /// No such package between the importer and the root of the repository.
    NoPackage(String),
    /// What looks like a path alias, which does not lead to a file or (`false`) does not hold at all.
    NoAlias(bool),
    /// The package is there and does not offer this.
    NotOffered(String),
    /// `#name` is not in the nearest `package.json`.
    NoSubpathImport,
    /// `node:` and a name that Node does not have.
    NoBuiltin,
    /// A URL that would need the network.
    Remote,
}

/// Finds files for specifiers.
#[derive(Debug)]
pub(crate) struct Resolver {
    root: Arc<Root>,
    rules: Rules,
    manifests: Arc<Manifests>,
    probe: Probe,
}

impl Resolver {
    /// A resolver for one bundle.
    pub(crate) fn new(root: Arc<Root>, manifests: Arc<Manifests>, rules: Rules) -> Self {
        let probe = Probe {
            root: Arc::clone(&root),
            manifests: Arc::clone(&manifests),
            extensions: rules.extensions,
        };
        Self { root, rules, manifests, probe }
    }

    /// Where `specifier`, written in a file of the directory `from`, leads.
    pub(crate) fn resolve(&self, specifier: &str, from: &Path, form: Form) -> Result<Target, Miss> {
        if self.rules.configuration && CONFIGURATION_SPECIFIERS.contains(&specifier) {
            return Ok(Target::External(CONFIGURATION.to_owned()));
        }
        if self.rules.external.iter().any(|pattern| is_covered(specifier, pattern)) {
            return Ok(Target::External(
                builtin::canonical(specifier).unwrap_or_else(|| specifier.to_owned()),
            ));
        }
        if let Some(name) = builtin::canonical(specifier) {
            return Ok(Target::External(name));
        }
        if let Some(path) = specifier.strip_prefix("file://") {
            return self
                .probe
                .path(Path::new(path))
                .and_then(|file| file.map(Target::File).ok_or(Miss::NoFile));
        }
        if let Some((scheme, _)) = specifier.split_once(':') {
            match scheme {
                "node" => return Err(Miss::NoBuiltin),
                "data" => return Ok(Target::Data),
                "http" | "https" => return Err(Miss::Remote),
                _ => {}
            }
        }
        if !is_path(specifier)
            && let Some(file) = self.aliased(specifier, from)?
        {
            return Ok(Target::File(file));
        }
        if specifier.starts_with('#') {
            return self.subpath_import(specifier, from, form);
        }
        if is_path(specifier) {
            let file = if specifier.ends_with('/') {
                self.probe.directory(&from.join(specifier))?
            } else {
                self.probe.path(&from.join(specifier))?
            };
            return file.map(Target::File).ok_or(Miss::NoFile);
        }
        match self.bare(specifier, from, form) {
            Err(Miss::NoPackage(_)) if self.is_alias(specifier, from) => {
                Err(Miss::NoAlias(self.rules.aliases))
            }
            found => found.map(Target::File),
        }
    }

    fn aliased(&self, specifier: &str, from: &Path) -> Result<Option<PathBuf>, Miss> {
        let Some(config) = self.manifests.tsconfig_of(from).filter(|_| self.rules.aliases) else {
            return Ok(None);
        };
        for candidate in config.candidates(specifier) {
            if let Some(file) = self.probe.path(&candidate)? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// Whether a specifier cannot be a package's, or is the path of a file somewhere above the importer.
    fn is_alias(&self, specifier: &str, from: &Path) -> bool {
        ["@/", "~", "$", "%"].iter().any(|start| specifier.starts_with(start))
            || self
                .manifests
                .upward(from)
                .any(|place| matches!(self.probe.path(&place.join(specifier)), Ok(Some(_))))
    }

    fn conditions(&self, form: Form) -> Vec<&'static str> {
        let own = match form {
            Form::Import => "import",
            Form::Require => "require",
        };
        self.rules.conditions.iter().copied().chain([own]).collect()
    }

    fn subpath_import(&self, specifier: &str, from: &Path, form: Form) -> Result<Target, Miss> {
        let package = self.manifests.package_of(from).ok_or(Miss::NoSubpathImport)?;
        for target in package.import(specifier, &self.conditions(form)) {
            if target.starts_with("./") {
                if let Some(file) = self.probe.exact(&package.directory.join(&target))? {
                    return Ok(Target::File(file));
                }
            } else if !target.starts_with('#') && !is_path(&target) {
                return self.resolve(&target, &package.directory, form);
            }
        }
        Err(Miss::NoSubpathImport)
    }

    fn bare(&self, specifier: &str, from: &Path, form: Form) -> Result<PathBuf, Miss> {
        let (name, subpath) = split_package(specifier);
        if let Some(own) = self.manifests.package_of(from)
            && own.name() == Some(name)
            && own.has_exports()
        {
            return self.exported(&own, subpath, form);
        }
        let mut miss = Miss::NoPackage(name.to_owned());
        for place in self.manifests.upward(from).filter(|place| !place.ends_with("node_modules")) {
            let modules = place.join("node_modules");
            match self.root.reach(&modules.join(name)) {
                Reach::Outside(to) => return Err(Miss::Outside(to)),
                Reach::Directory(directory) => match self.in_package(&directory, subpath, form)? {
                    Some(file) => return Ok(file),
                    None => miss = Miss::NotOffered(name.to_owned()),
                },
                Reach::File(_) | Reach::Nothing => {
                    if matches!(self.root.reach(&modules), Reach::Directory(_))
                        && let Some(file) = self.probe.file(&modules.join(specifier))?
                    {
                        return Ok(file);
                    }
                }
            }
        }
        Err(miss)
    }

    fn in_package(&self, directory: &Path, subpath: &str, form: Form) -> Result<Option<PathBuf>, Miss> {
        if let Some(package) = self.manifests.package(directory)
            && package.has_exports()
        {
            return self.exported(&package, subpath, form).map(Some);
        }
        if subpath.is_empty() {
            self.probe.directory(directory)
        } else {
            self.probe.path(&directory.join(subpath))
        }
    }

    fn exported(&self, package: &Package, subpath: &str, form: Form) -> Result<PathBuf, Miss> {
        let key = if subpath.is_empty() { ".".to_owned() } else { format!("./{subpath}") };
        for target in package.export(&key, &self.conditions(form)) {
            let place = normalise(&package.directory.join(&target));
            if target.starts_with("./")
                && place.starts_with(&package.directory)
                && let Some(file) = self.probe.exact(&place)?
            {
                return Ok(file);
            }
        }
        let name = package.name().map_or_else(|| self.root.name(&package.directory), str::to_owned);
        Err(Miss::NotOffered(name))
    }
}

fn is_path(specifier: &str) -> bool {
    specifier.starts_with("./")
        || specifier.starts_with("../")
        || matches!(specifier, "." | "..")
        || Path::new(specifier).is_absolute()
}

/// `@scope/name/sub/path` as `@scope/name` and `sub/path`.
fn split_package(specifier: &str) -> (&str, &str) {
    let mut ends = specifier.match_indices('/').map(|(at, _)| at);
    match ends.nth(usize::from(specifier.starts_with('@'))) {
        Some(end) => (&specifier[..end], &specifier[end + 1..]),
        None => (specifier, ""),
    }
}

/// Whether a declared external package covers a specifier: itself, a subpath of it, or a `*` pattern.
fn is_covered(specifier: &str, pattern: &str) -> bool {
    if let Some((before, after)) = pattern.split_once('*') {
        return specifier.len() >= before.len() + after.len()
            && specifier.starts_with(before)
            && specifier.ends_with(after);
    }
    specifier.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
