//! Which file a path means: as it is spelled, without its extension, or a directory.
//!
//! Node's rules with TypeScript's on top: `./a.js` also stands for `a.ts`, `./a` for whichever of the known
//! extensions is there, a directory for its `main` or its index file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::manifests::Manifests;
use crate::resolve::Miss;
use crate::root::{Reach, Root};

/// Looks for files.
#[derive(Debug)]
pub(crate) struct Probe {
    /// Where to look.
    pub(crate) root: Arc<Root>,
    /// What packages say.
    pub(crate) manifests: Arc<Manifests>,
    /// What may be missing from a path, best first.
    pub(crate) extensions: &'static [&'static str],
}

type Found = Result<Option<PathBuf>, Miss>;

impl Probe {
    /// A path as an import may spell it: a file, a file without its extension, a directory.
    pub(crate) fn path(&self, path: &Path) -> Found {
        match self.file(path)? {
            Some(file) => Ok(Some(file)),
            None => self.directory(path),
        }
    }

    /// A file, its extension given or not.
    pub(crate) fn file(&self, path: &Path) -> Found {
        if let Some(file) = self.exact(path)? {
            return Ok(Some(file));
        }
        // What is installed was built: next to a script, its TypeScript source is not meant.
        let installed = path.components().any(|part| part.as_os_str() == "node_modules");
        let is_late =
            |extension: &&str| installed && !matches!(*extension, ".js" | ".mjs" | ".cjs" | ".json");
        let early = self.extensions.iter().copied().filter(|extension| !is_late(extension));
        for extension in early.chain(self.extensions.iter().copied().filter(is_late)) {
            let mut spelled = path.as_os_str().to_owned();
            spelled.push(extension);
            if let Reach::File(file) = self.reach(Path::new(&spelled))? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// A file as it is spelled, or the TypeScript file that a JavaScript extension stands for.
    pub(crate) fn exact(&self, path: &Path) -> Found {
        if let Reach::File(file) = self.reach(path)? {
            return Ok(Some(file));
        }
        let sources: &[&str] = match path.extension().and_then(|extension| extension.to_str()) {
            Some("js") => &["ts", "tsx"],
            Some("jsx") => &["tsx", "ts"],
            Some("mjs") => &["mts"],
            Some("cjs") => &["cts"],
            _ => &[],
        };
        for source in sources {
            if let Reach::File(file) = self.reach(&path.with_extension(source))? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// The file that a directory stands for.
    pub(crate) fn directory(&self, path: &Path) -> Found {
        let Reach::Directory(directory) = self.reach(path)? else { return Ok(None) };
        if let Some(package) = self.manifests.package(&directory) {
            for main in package.mains() {
                let place = directory.join(main);
                for spelled in [place.clone(), place.join("index")] {
                    if let Some(file) = self.file(&spelled)? {
                        return Ok(Some(file));
                    }
                }
            }
        }
        self.file(&directory.join("index"))
    }

    /// Where a path leads, unless that is out of the repository.
    pub(crate) fn reach(&self, path: &Path) -> Result<Reach, Miss> {
        match self.root.reach(path) {
            Reach::Outside(to) => Err(Miss::Outside(to)),
            Reach::Hidden(to, why) => Err(Miss::Hidden(to, why)),
            reach => Ok(reach),
        }
    }
}
