//! Digests of environments that were made before, so that they are slow only for whoever guesses.
//!
//! A file of the user's cache leads from a MAC over project, slug and environment to the digest that a marker has. The
//! MAC's key comes from the API key: without it nobody can try values on the file, and whoever has it can deploy code
//! that prints them. So a key that could be guessed itself leaves nothing in a file. A second MAC ties each digest to
//! its question, so that a file from elsewhere cannot hide a change: what does not hold is made anew.
//!
//! No name and no value is in the file, and nothing depends on it: one that is missing, damaged or cannot be written
//! counts as none. `marker.rs` says what a digest is, `driver.rs` who asks.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use neonform_engine::value::Secret;
use sha2::{Digest, Sha256};

use super::marker::Digested;
use crate::key::could_be_guessed;
use crate::slow_digest::{KEPT, hex};

/// How many digests are kept; those that were used longest ago go first.
const MOST: usize = 4_096;
/// A file larger than this is not ours.
const LARGEST: u64 = 1024 * 1024;
/// The block of SHA-256, which is the size of an HMAC key.
const BLOCK: usize = 64;

/// Digests that are known; asked before one is made.
pub struct Digests {
    questions: Key,
    entries: Key,
    /// Where they outlast this process, if they do.
    file: Option<PathBuf>,
    known: OnceLock<Mutex<Known>>,
}

/// What a digest is looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Question([u8; KEPT]);

#[derive(Default)]
struct Known {
    answers: HashMap<Question, Answer>,
    /// Asked about in this run, in this order.
    used: Vec<Question>,
    /// Whether something was made that is not in the file.
    is_more: bool,
}

#[derive(Clone, Copy)]
struct Answer {
    digest: [u8; KEPT],
    /// Says that whoever has the key wrote this digest for this question.
    proof: [u8; KEPT],
}

impl Digests {
    /// Digests that are known as long as this value, for a run about several branches.
    pub fn of_this_run() -> Self {
        Self::under(&rand::random::<[u8; 32]>(), None)
    }

    /// Digests that are kept in a file for the next run, unless this API key could be guessed.
    pub fn kept(api_key: &Secret, file: PathBuf) -> Self {
        let key = api_key.expose().trim();
        if could_be_guessed(key) {
            return Self::of_this_run();
        }
        Self::under(key.as_bytes(), Some(file))
    }

    fn under(secret: &[u8], file: Option<PathBuf>) -> Self {
        let root = Key::new(secret);
        let derived = |purpose: &str| Key::new(&root.over(&[purpose.as_bytes()]).finalize().into_bytes());
        let questions = derived("neonform environment digests 1: question");
        let entries = derived("neonform environment digests 1: entry");
        Self { questions, entries, file, known: OnceLock::new() }
    }

    /// What the digest of an environment is looked up by.
    pub(super) fn question(&self, digested: &Digested) -> Question {
        Question(self.questions.mac(&[digested.salt.as_bytes(), &digested.content]))
    }

    /// The digest that was made for this before.
    pub(super) fn recall(&self, question: &Question) -> Option<String> {
        self.with(|known| {
            let answer = known.answers.get(question)?;
            let proof = self.entries.over(&[&question.0, &answer.digest]);
            proof.verify_truncated_left(&answer.proof).ok()?;
            let digest = hex(&answer.digest);
            known.used.push(*question);
            Some(digest)
        })
    }

    /// Keeps a digest that was just made.
    pub(super) fn remember(&self, question: Question, digest: &str) {
        let Some(digest) = bytes(digest) else { return };
        let proof = self.entries.mac(&[&question.0, &digest]);
        self.with(|known| {
            known.answers.insert(question, Answer { digest, proof });
            known.used.push(question);
            known.is_more = true;
        });
    }

    /// Writes the file where there is something new; what another process wrote meanwhile stays.
    pub fn keep(&self) {
        let (Some(file), Some(known)) = (&self.file, self.known.get()) else { return };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::take(&mut known.is_more) {
            return;
        }
        let mut used = HashSet::new();
        let mut newest_first: Vec<(Question, Answer)> = Vec::new();
        let own =
            known.used.iter().rev().filter_map(|question| Some((*question, *known.answers.get(question)?)));
        for (question, answer) in own.chain(read(file).into_iter().rev()) {
            if newest_first.len() < MOST && used.insert(question) {
                newest_first.push((question, answer));
            }
        }
        let lines: String = newest_first.iter().rev().map(line).collect();
        if let Err(cause) = write(file, lines.as_bytes()) {
            tracing::debug!(%cause, "digests of environments cannot be kept");
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        let known = self.known.get_or_init(|| {
            let answers = self.file.as_deref().map(read).unwrap_or_default().into_iter().collect();
            Mutex::new(Known { answers, ..Known::default() })
        });
        act(&mut known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The key of a MAC.
struct Key(Hmac<Sha256>);

impl Key {
    fn new(secret: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        block[..32].copy_from_slice(&Sha256::digest(secret));
        Self(Hmac::new(&block.into()))
    }

    /// A MAC over all parts, which cannot be taken for one over other parts.
    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }

    /// The same, truncated.
    fn mac(&self, parts: &[&[u8]]) -> [u8; KEPT] {
        let mut kept = [0; KEPT];
        kept.copy_from_slice(&self.over(parts).finalize().into_bytes()[..KEPT]);
        kept
    }
}

/// The entries of a file, those that were used last at the end; none where it cannot be read.
fn read(file: &Path) -> Vec<(Question, Answer)> {
    let mut text = String::new();
    let opened = std::fs::File::open(file).and_then(|file| file.take(LARGEST).read_to_string(&mut text));
    if let Err(cause) = opened {
        tracing::debug!(%cause, "no digests of environments are kept");
        return Vec::new();
    }
    text.lines().filter_map(entry).collect()
}

fn line((question, answer): &(Question, Answer)) -> String {
    format!("{} {} {}\n", hex(&question.0), hex(&answer.digest), hex(&answer.proof))
}

fn entry(line: &str) -> Option<(Question, Answer)> {
    let mut words = line.split(' ').map(bytes);
    let (question, digest, proof) = (words.next()??, words.next()??, words.next()??);
    words.next().is_none().then_some((Question(question), Answer { digest, proof }))
}

fn bytes(text: &str) -> Option<[u8; KEPT]> {
    let mut read = [0; KEPT];
    if text.len() != 2 * KEPT || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in read.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(read)
}

/// Writes the file whole or not at all, for its owner alone.
fn write(file: &Path, text: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)?;
    // Made with mode 0600, which it keeps in its place.
    let mut scratch = tempfile::NamedTempFile::new_in(folder)?;
    scratch.write_all(text)?;
    scratch.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "no-key-of-any-service-but-as-long-and-as-mixed-as-one-0123456789";
    const DIGEST: &str = "000102030405060708090a0b0c0d0e0f";

    struct World {
        folder: tempfile::TempDir,
    }

    impl World {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap() }
        }

        fn file(&self) -> PathBuf {
            self.folder.path().join("below").join("digests")
        }

        fn with_key(&self, key: &str) -> Digests {
            Digests::kept(&Secret::new(key), self.file())
        }

        fn keep(&self, key: &str, value: &str) {
            let digests = self.with_key(key);
            digests.remember(digests.question(&environment("api", value)), DIGEST);
            digests.keep();
        }

        fn recall(&self, key: &str, slug: &str, value: &str) -> Option<String> {
            let digests = self.with_key(key);
            digests.recall(&digests.question(&environment(slug, value)))
        }

        fn text(&self) -> String {
            std::fs::read_to_string(self.file()).unwrap()
        }
    }

    fn environment(slug: &str, value: &str) -> Digested {
        Digested::of("project", slug, &[("TOKEN".to_owned(), Secret::new(value))])
    }

    #[test]
    fn a_digest_is_known_to_the_next_run_with_the_same_key_and_environment() {
        let world = World::new();
        world.keep(KEY, "swordfish");
        assert_eq!(world.recall(KEY, "api", "swordfish").as_deref(), Some(DIGEST));
        assert_eq!(world.recall(&format!(" {KEY}\n"), "api", "swordfish").as_deref(), Some(DIGEST));
        assert_eq!(world.recall(KEY, "api", "tench"), None);
        assert_eq!(world.recall(KEY, "mail", "swordfish"), None);
        assert_eq!(world.recall(&KEY.replace("0123", "0124"), "api", "swordfish"), None);
    }

    #[test]
    fn nothing_is_kept_for_a_key_that_could_be_guessed() {
        for key in ["", "no-key", &KEY[..39], &"ab".repeat(40)] {
            let world = World::new();
            world.keep(key, "swordfish");
            assert!(!world.file().exists(), "{key}");
            assert_eq!(world.recall(key, "api", "swordfish"), None);
            // Nor is believed what somebody else kept.
            let digests = world.with_key(key);
            assert!(digests.file.is_none());
        }
    }

    #[test]
    fn a_digest_that_was_put_there_by_somebody_else_does_not_count() {
        let world = World::new();
        world.keep(KEY, "swordfish");
        world.keep(KEY, "tench");
        let text = world.text();
        let entries: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
        let forged = [
            // Another digest for the same question, by itself and with a proof that holds elsewhere.
            format!("{} {} {}\n", entries[0][0], "f".repeat(32), entries[0][2]),
            format!("{} {} {}\n", entries[0][0], entries[1][1], entries[1][2]),
            // A proof of nothing.
            format!("{} {} {}\n", entries[0][0], entries[0][1], "0".repeat(32)),
        ];
        for text in forged {
            std::fs::write(world.file(), &text).unwrap();
            assert_eq!(world.recall(KEY, "api", "swordfish"), None, "{text}");
        }
        // What is made anew takes its place.
        world.keep(KEY, "swordfish");
        assert_eq!(world.text().lines().count(), 1);
        assert_eq!(world.recall(KEY, "api", "swordfish").as_deref(), Some(DIGEST));
    }

    #[test]
    fn what_is_no_entry_is_none_and_does_not_stay() {
        let world = World::new();
        world.keep(KEY, "swordfish");
        let entry = world.text();
        let torn =
            format!("{}\nnonsense\n{} f\n{entry}é é é\n{}", "0".repeat(32), entry.trim(), &entry[..50]);
        std::fs::write(world.file(), torn).unwrap();
        assert_eq!(world.recall(KEY, "api", "swordfish").as_deref(), Some(DIGEST));
        world.keep(KEY, "tench");
        assert_eq!(world.text().lines().count(), 2);
        std::fs::write(world.file(), [0xff, 0xfe, b'\n']).unwrap();
        assert_eq!(world.recall(KEY, "api", "swordfish"), None);
    }

    #[test]
    fn the_file_holds_neither_name_nor_value_and_is_the_owners_alone() {
        let world = World::new();
        world.keep(KEY, "swordfish");
        let text = world.text();
        assert!(text.bytes().all(|byte| byte.is_ascii_hexdigit() || b" \n".contains(&byte)), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(world.file()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let world = World::new();
        let fill = |from: usize, to: usize| {
            let digests = world.with_key(KEY);
            for number in from..to {
                let question = digests.question(&environment("api", &number.to_string()));
                if digests.recall(&question).is_none() {
                    digests.remember(question, DIGEST);
                }
            }
            digests.keep();
        };
        fill(0, MOST);
        // The first is used once more, and two are new.
        let digests = world.with_key(KEY);
        for value in ["0", "new", "newer"] {
            let question = digests.question(&environment("api", value));
            if digests.recall(&question).is_none() {
                digests.remember(question, DIGEST);
            }
        }
        digests.keep();
        assert_eq!(world.text().lines().count(), MOST);
        assert!(world.text().len() as u64 <= LARGEST);
        let is_known = |value: &str| world.recall(KEY, "api", value).is_some();
        assert!(is_known("0") && is_known("newer") && is_known("3"));
        assert!(!is_known("1") && !is_known("2"));
    }

    #[test]
    fn two_that_write_at_once_lose_nothing_of_each_other() {
        let world = World::new();
        let (one, other) = (world.with_key(KEY), world.with_key(KEY));
        for (digests, value) in [(&one, "swordfish"), (&other, "tench")] {
            let question = digests.question(&environment("api", value));
            assert_eq!(digests.recall(&question), None);
            digests.remember(question, DIGEST);
        }
        one.keep();
        other.keep();
        assert!(
            world.recall(KEY, "api", "swordfish").is_some() && world.recall(KEY, "api", "tench").is_some()
        );
    }

    #[test]
    fn a_file_that_cannot_be_written_is_none() {
        let world = World::new();
        std::fs::write(world.folder.path().join("below"), "a file").unwrap();
        world.keep(KEY, "swordfish");
        assert_eq!(world.recall(KEY, "api", "swordfish"), None);
        // A run that knows it goes on knowing it.
        let digests = world.with_key(KEY);
        let question = digests.question(&environment("api", "tench"));
        digests.remember(question, DIGEST);
        assert_eq!(digests.recall(&question).as_deref(), Some(DIGEST));
    }
}
