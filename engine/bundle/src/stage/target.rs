//! What of staged packages does not suit the platform (spec 6.5).

use std::collections::BTreeMap;

use neonform_engine::diagnostic::{Diagnostic, codes};

use super::trace::Reached;

/// The processor of a binary for the platform, as its ELF header has it.
const AARCH64: u16 = 183;

/// Drops a WebAssembly variant where a native build of the same library and version is there.
pub(super) fn drop_webassembly_twins(packages: &mut BTreeMap<String, Reached>) {
    let is_native = |package: &Reached| {
        package.files.iter().any(|file| file.extension().is_some_and(|extension| extension == "node"))
    };
    let natives: Vec<(String, Option<String>)> = packages
        .values()
        .filter(|package| is_native(package))
        .map(|package| (package.name.clone(), package.manifest.text("version")))
        .collect();
    packages.retain(|_, package| {
        let Some((library, _)) = package.name.split_once("-wasm") else { return true };
        let version = package.manifest.text("version");
        !natives.iter().any(|(name, of)| *of == version && name.starts_with(&format!("{library}-")))
    });
}

/// A native binary that is not for the platform.
pub(super) fn wrong_binary(name: &str, content: &[u8]) -> Option<Diagnostic> {
    let file = name.rsplit('/').next().unwrap_or(name);
    if !file.ends_with(".node") && !file.ends_with(".so") && !file.contains(".so.") {
        return None;
    }
    let found = match content {
        [0x7f, b'E', b'L', b'F', ..] => match (content.get(18), content.get(19)) {
            (Some(low), Some(high)) => match u16::from_le_bytes([*low, *high]) {
                AARCH64 => return None,
                machine => format!("an ELF file for machine {machine}"),
            },
            _ => "an ELF file that ends early".to_owned(),
        },
        _ => "no ELF file".to_owned(),
    };
    Some(
        Diagnostic::error(codes::BUNDLE_FAILED, "an external package holds a binary for another platform")
            .found(format!("{name:?}: {found}"))
            .expected("an ELF file for AArch64 (machine 183)")
            .fix("use a version of the package that is published for linux on arm64"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aarch64_elf_files_pass() {
        let elf = |machine: u16| {
            let mut bytes = b"\x7fELF\x02\x01".to_vec();
            bytes.resize(18, 0);
            bytes.extend(machine.to_le_bytes());
            bytes
        };
        assert!(wrong_binary("node_modules/a/a.node", &elf(183)).is_none());
        assert!(wrong_binary("node_modules/a/lib/libx.so.42", &elf(62)).is_some());
        assert!(wrong_binary("node_modules/a/a.node", b"MZ").is_some());
        assert!(wrong_binary("node_modules/a/a.node", b"\x7fELF").is_some());
        assert!(wrong_binary("node_modules/a/a.js", b"").is_none());
    }
}
