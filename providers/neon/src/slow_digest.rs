//! Digests of what must not be guessed: slow by design, and under a salt.

use scrypt::{Params, scrypt};

/// Bytes that remain of a digest.
pub(crate) const KEPT: usize = 16;

/// The digest of a content in hexadecimal; a try to guess it takes 2^`log_cost` blocks of 1 KiB, 13 being some 20 ms and
/// 8 MiB.
pub fn slow_digest(content: &[u8], salt: &str, log_cost: u8) -> String {
    let mut digest = [0; KEPT];
    let derived = Params::new(log_cost, 8, 1)
        .map(|params| scrypt(content, salt.as_bytes(), &params, &mut digest))
        .is_ok_and(|result| result.is_ok());
    // Both calls only refuse lengths and costs, which are constants.
    debug_assert!(derived, "scrypt takes these parameters");
    hex(&digest)
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
