//! Ids, passwords and the patterns they follow.
//!
//! Ids look like the platform's (`br-quiet-meadow-a1b2c3d4`), since clients tell an id from a name
//! by its shape. A new compute takes its branch's words, so that the two are seen to belong
//! together.

use rand::RngExt;

const FIRST: [&str; 16] = [
    "aged", "bold", "calm", "cool", "dawn", "dry", "fancy", "green", "hidden", "little", "misty", "noisy",
    "proud", "quiet", "royal", "shy",
];
const SECOND: [&str; 16] = [
    "bird", "cloud", "dew", "field", "fog", "forest", "grass", "hill", "lake", "leaf", "meadow", "moon",
    "queen", "river", "sun", "wave",
];
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const PASSWORD: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";

pub(crate) fn project() -> String {
    format!("{}-{}", words(), random_text(DIGITS, 8))
}

/// The part of an id after `br-` or `ep-`.
pub(crate) fn stem() -> String {
    format!("{}-{}", words(), random_text(LETTERS, 8))
}

/// The compute id that goes with a branch id.
pub(crate) fn endpoint_of(branch_id: &str) -> String {
    format!("ep-{}", branch_id.strip_prefix("br-").unwrap_or(branch_id))
}

pub(crate) fn password() -> String {
    format!("npg_{}", random_text(PASSWORD, 16))
}

/// A random (version 4) UUID.
pub(crate) fn uuid() -> String {
    let mut bytes: [u8; 16] = rand::rng().random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

/// Random bytes, two digits each.
pub(crate) fn random_hex(bytes: usize) -> String {
    random_text(HEX, bytes.saturating_mul(2))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `^[a-z0-9]{1,20}$`
pub(crate) fn is_slug(text: &str) -> bool {
    (1..=20).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn words() -> String {
    let mut random = rand::rng();
    let first = FIRST[random.random_range(0..FIRST.len())];
    let second = SECOND[random.random_range(0..SECOND.len())];
    format!("{first}-{second}")
}

fn random_text(alphabet: &[u8], length: usize) -> String {
    let mut random = rand::rng();
    (0..length).map(|_| char::from(alphabet[random.random_range(0..alphabet.len())])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_version_and_variant() {
        let id = uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"));
    }

    #[test]
    fn slugs_are_short_lower_case_and_digits() {
        for good in ["a", "api2", "abcdefghij0123456789"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "Api", "a-b", "abcdefghij01234567890", "é"] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
