//! What is uploaded: the archive of a function's files, its limits, and the digest that tells two contents apart.
//!
//! The digest is over the files, never over the archive, so another compressor makes no difference. It is the
//! SHA-256 of the text `neonform bundle 1` and a zero byte, then the number of files, then for every file in the
//! order of its path's bytes: the length of the path, the path, the length of the content, the content. Numbers are
//! 64-bit, little-endian. Changing this redeploys every function of every user once.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use sha2::{Digest, Sha256};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// The largest archive the platform takes, in bytes (spec 6.4).
pub const LARGEST_ARCHIVE: u64 = 10 * 1024 * 1024;
/// The largest content the platform takes, in bytes.
pub const LARGEST_CONTENT: u64 = 64 * 1024 * 1024;
/// The most files the platform takes.
pub const MOST_FILES: u64 = 4096;

const DOMAIN: &[u8] = b"neonform bundle 1\0";
const LARGEST_NAMED: usize = 4;

/// The digest of a function's files.
pub fn canonical_digest(files: &BTreeMap<String, Vec<u8>>) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(DOMAIN);
    digest.update(length(files.len()).to_le_bytes());
    for (path, content) in files {
        for part in [path.as_bytes(), content] {
            digest.update(length(part.len()).to_le_bytes());
            digest.update(part);
        }
    }
    digest.finalize().into()
}

/// The ZIP archive of a function's files; the same files give the same bytes.
///
/// # Errors
/// When the platform would not take it: too many files, too much content, too large an archive.
pub fn archive(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Failure> {
    let content = files.values().map(|content| length(content.len())).sum();
    within("files", length(files.len()), MOST_FILES, None)?;
    within("bytes of content", content, LARGEST_CONTENT, Some(files))?;
    let bytes = zip(files).map_err(|error| {
        Diagnostic::error(codes::INTERNAL, "an archive could not be written; this is a bug")
            .found(error.to_string())
    })?;
    within("bytes when compressed", length(bytes.len()), LARGEST_ARCHIVE, Some(files))?;
    Ok(bytes)
}

fn zip(files: &BTreeMap<String, Vec<u8>>) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::DEFAULT
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        writer.start_file(path, options)?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}

fn within(
    unit: &str,
    amount: u64,
    limit: u64,
    named: Option<&BTreeMap<String, Vec<u8>>>,
) -> Result<(), Failure> {
    if amount <= limit {
        return Ok(());
    }
    let told =
        Diagnostic::error(codes::PLATFORM_LIMIT, "a function's bundle is larger than the platform takes")
            .found(format!("{amount} {unit}"))
            .expected(format!("at most {limit} {unit}"))
            .fix("import less, or leave packages out of the bundle");
    Err(Failure(vec![match named {
        Some(files) => told.fact("largest files", largest(files)),
        None => told,
    }]))
}

/// The largest files with their sizes, the largest first.
fn largest(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut sizes: Vec<_> = files.iter().map(|(path, content)| (content.len(), path)).collect();
    sizes.sort_by(|(a, _), (b, _)| b.cmp(a));
    let named = sizes.iter().take(LARGEST_NAMED).map(|(size, path)| format!("{path} ({size} bytes)"));
    named.collect::<Vec<_>>().join(", ")
}

fn length(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(entries: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
        entries.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec())).collect()
    }

    #[test]
    fn the_digest_is_what_its_description_says() {
        let mut spelled = Sha256::new();
        spelled.update(b"neonform bundle 1\0\x01\0\0\0\0\0\0\0");
        spelled.update(b"\x09\0\0\0\0\0\0\0index.mjs\x02\0\0\0\0\0\0\0ab");
        let expected: [u8; 32] = spelled.finalize().into();
        assert_eq!(canonical_digest(&files(&[("index.mjs", b"ab")])), expected);
    }

    #[test]
    fn where_one_file_ends_and_the_next_begins_counts() {
        let digests = [
            canonical_digest(&files(&[])),
            canonical_digest(&files(&[("a", b"bc")])),
            canonical_digest(&files(&[("ab", b"c")])),
            canonical_digest(&files(&[("a", b"b"), ("c", b"")])),
        ];
        for (at, digest) in digests.iter().enumerate() {
            assert!(!digests[at + 1..].contains(digest));
        }
    }

    #[test]
    fn an_archive_is_sorted_dated_1980_and_the_same_every_time() {
        let content = files(&[("b/c.txt", b"hello hello hello hello hello"), ("a.mjs", b"x")]);
        let bytes = archive(&content).expect("small");
        assert_eq!(bytes, archive(&content).expect("small"));
        let mut read = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let names: Vec<_> = (0..2)
            .map(|at| read.by_index(at).expect("an entry").name().expect("UTF-8").into_owned())
            .collect();
        assert_eq!(names, ["a.mjs", "b/c.txt"]);
        let entry = read.by_index(1).expect("an entry");
        assert_eq!(entry.last_modified(), Some(DateTime::DEFAULT));
        assert_eq!(entry.unix_mode().map(|mode| mode & 0o777), Some(0o644));
        assert_eq!(entry.compression(), CompressionMethod::Deflated);
    }

    #[test]
    fn too_many_files_is_refused_with_both_numbers() {
        let many: BTreeMap<_, _> = (0..4097).map(|number| (format!("f{number}"), Vec::new())).collect();
        let told = archive(&many).expect_err("too many").0.remove(0);
        assert_eq!(told.code, codes::PLATFORM_LIMIT);
        assert_eq!(told.found.as_deref(), Some("4097 files"));
        assert_eq!(told.expected.as_deref(), Some("at most 4096 files"));
    }

    #[test]
    fn too_much_content_is_refused_with_the_four_largest_files() {
        let mut content = files(&[("s1", b"1"), ("s2", b"22")]);
        for (name, size) in [("big", 64 << 20), ("mid", 9), ("low", 8)] {
            content.insert(name.to_owned(), vec![0; size]);
        }
        let told = archive(&content).expect_err("too much").0.remove(0);
        assert_eq!(
            told.facts,
            [(
                "largest files",
                "big (67108864 bytes), mid (9 bytes), low (8 bytes), s2 (2 bytes)".to_owned()
            )]
        );
    }

    #[test]
    fn the_limits_themselves_are_allowed() {
        assert!(within("bytes when compressed", LARGEST_ARCHIVE, LARGEST_ARCHIVE, None).is_ok());
        let told = within("bytes when compressed", LARGEST_ARCHIVE + 1, LARGEST_ARCHIVE, None);
        let told = told.expect_err("too large").0.remove(0);
        assert_eq!(told.expected.as_deref(), Some("at most 10485760 bytes when compressed"));
    }
}
