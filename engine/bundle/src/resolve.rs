//! Where an import leads: Node's resolution with TypeScript's extensions, inside the repository only.
//!
//! A specifier and the directory of its importer go in, a [`Target`] or the reason for none comes out.
//! rolldown has a resolver of its own; it looks for `package.json` and `node_modules` up to the root of the
//! disk and reads what it finds, so it is never asked. Read on in `probe.rs` for paths, in `package.rs` for
//! `exports` and `imports`, in `faults.rs` for how a miss is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::builtin;
use crate::kind::Purpose;
use crate::manifests::Manifests;
use crate::package::Package;
use crate::probe::Probe;
use crate::reads::{Hidden, Reads};
use crate::root::{Reach, Root, normalise};

/// The module that a policy's bundle imports for `@neon/config`; the evaluator supplies it.
pub const CONFIGURATION_MODULE: &str = "neonform:config";

const CONFIGURATION_SPECIFIERS: [&str; 4] =
    ["@neon/config/v1", "@neon/config", "@neondatabase/config/v1", "@neondatabase/config"];

/// How resolution differs between policies and functions.
#[derive(Debug)]
pub(crate) struct Rules {
    /// In a policy `@neon/config` is built in; for a function the path aliases of `tsconfig.json` hold.
    pub(crate) purpose: Purpose,
    /// Tried in order behind a path without a match.
    extensions: &'static [&'static str],
    /// What holds in `exports` and `imports`, besides `import` or `require`.
    conditions: &'static [&'static str],
    /// Packages left to be found when the bundle runs.
    external: Vec<String>,
}

impl Rules {
    /// The rules for policies: Node's.
    pub(crate) fn policy() -> Self {
        Self {
            purpose: Purpose::Policy,
            extensions: &[".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".json"],
            conditions: &["node", "module-sync"],
            external: Vec::new(),
        }
    }

    /// The rules for functions: those of the reference's bundler, a few extensions more.
    pub(crate) fn function(external: Vec<String>) -> Self {
        Self {
            purpose: Purpose::Function,
            extensions: &[".tsx", ".ts", ".jsx", ".js", ".css", ".json", ".mts", ".cts", ".mjs", ".cjs"],
            conditions: &["node", "module"],
            external,
        }
    }

    /// The rules between installed packages when they run: Node's.
    pub(crate) fn staged() -> Self {
        Self {
            purpose: Purpose::Function,
            extensions: &[".js", ".json", ".node"],
            conditions: &["node-addons", "node", "module-sync"],
            external: Vec::new(),
        }
    }
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
    /// To a file of the repository that must not be read.
    Hidden(PathBuf, Hidden),
    /// No file at a relative or absolute path.
    NoFile,
    /// No such package between the importer and the root of the repository.
    NoPackage(String),
    /// What looks like a path alias and leads to no file.
    NoAlias,
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
        if let Some(name) = self.external(specifier) {
            return Ok(Target::External(name));
        }
        let file = match specifier.split_once(':') {
            Some(("node", _)) => return Err(Miss::NoBuiltin),
            Some(("http" | "https", _)) => return Err(Miss::Remote),
            Some(("data", _)) => return Ok(Target::Data),
            Some(("file", path)) => self.probe.path(Path::new(path.trim_start_matches("//")))?,
            _ if is_path(specifier) && specifier.ends_with('/') => {
                self.probe.directory(&from.join(specifier))?
            }
            _ if is_path(specifier) => self.probe.path(&from.join(specifier))?,
            _ => return self.named(specifier, from, form),
        };
        file.map(Target::File).ok_or(Miss::NoFile)
    }

    /// What stays outside the bundle, under the name by which it is imported then.
    fn external(&self, specifier: &str) -> Option<String> {
        if self.rules.purpose == Purpose::Policy && CONFIGURATION_SPECIFIERS.contains(&specifier) {
            return Some(CONFIGURATION_MODULE.to_owned());
        }
        let declared = || self.rules.external.iter().any(|pattern| is_covered(specifier, pattern));
        builtin::canonical(specifier).or_else(|| declared().then(|| specifier.to_owned()))
    }

    fn named(&self, specifier: &str, from: &Path, form: Form) -> Result<Target, Miss> {
        if let Some(file) = self.aliased(specifier, from)? {
            return Ok(Target::File(file));
        }
        if specifier.starts_with('#') {
            return self.subpath_import(specifier, from, form);
        }
        match self.bare(specifier, from, form) {
            Err(Miss::NoPackage(_) | Miss::Hidden(_, Hidden::Package)) if self.is_alias(specifier, from) => {
                Err(Miss::NoAlias)
            }
            found => found.map(Target::File),
        }
    }

    fn aliased(&self, specifier: &str, from: &Path) -> Result<Option<PathBuf>, Miss> {
        if self.rules.purpose == Purpose::Policy {
            return Ok(None);
        }
        let Some(config) = self.manifests.tsconfig_of(from) else { return Ok(None) };
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
        if name.is_empty() {
            return Err(miss);
        }
        if self.root.visible().reads() == Reads::Shared {
            // Whether the package is there is not told.
            return Err(Miss::Hidden(self.root.path().join("node_modules").join(name), Hidden::Package));
        }
        for place in self.manifests.upward(from).filter(|place| !place.ends_with("node_modules")) {
            let modules = place.join("node_modules");
            match self.root.reach(&modules.join(name)) {
                Reach::Outside(to) => return Err(Miss::Outside(to)),
                Reach::Hidden(to, why) => return Err(Miss::Hidden(to, why)),
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
pub(crate) fn split_package(specifier: &str) -> (&str, &str) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_part_of_the_name() {
        assert_eq!(split_package("a"), ("a", ""));
        assert_eq!(split_package("a/b/c"), ("a", "b/c"));
        assert_eq!(split_package("@a/b"), ("@a/b", ""));
        assert_eq!(split_package("@a/b/c/d"), ("@a/b", "c/d"));
    }

    #[test]
    fn an_external_package_covers_its_subpaths_and_no_other_package() {
        assert!(is_covered("sharp", "sharp") && is_covered("sharp/lib/a", "sharp"));
        assert!(!is_covered("sharper", "sharp") && !is_covered("@x/sharp", "sharp"));
        assert!(is_covered("@aws/a/b", "@aws/*") && !is_covered("@awsome/a", "@aws/*"));
        assert!(is_covered("a-b", "a*b") && !is_covered("ab", "ab*b"));
    }
}
