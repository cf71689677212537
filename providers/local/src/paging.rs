//! Cutting a list into pages.
//!
//! A cursor holds the sort key of the last item sent, not its position, so that items created or
//! deleted between two pages make nobody miss another item. Clients see it as opaque text.

use std::cmp::Ordering;

use crate::call::Call;
use crate::error::ApiError;

/// Where an item stands in its list: by text in the list's direction, then by number upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) number: i64,
}

impl Key {
    /// A list that is in one order only.
    pub(crate) fn number(number: i64) -> Self {
        Self { text: String::new(), number }
    }
}

/// The limits of one list and its direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    pub(crate) default: usize,
    pub(crate) max: usize,
    pub(crate) descending: bool,
}

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Points behind the last item; absent on an empty page.
    pub(crate) cursor: Option<String>,
    /// Whether more items follow.
    pub(crate) more: bool,
}

impl<T> Page<T> {
    /// The cursor where a list only gives one while more follows.
    pub(crate) fn next(&self) -> Option<&str> {
        self.cursor.as_deref().filter(|_| self.more)
    }
}

impl Paging {
    pub(crate) const fn new(default: usize, max: usize) -> Self {
        Self { default, max, descending: false }
    }

    /// The page of `items` that the request's `limit` and `cursor` ask for.
    pub(crate) fn page<T>(
        self,
        call: &Call<'_>,
        items: Vec<T>,
        key: impl Fn(&T) -> Key,
    ) -> Result<Page<T>, ApiError> {
        let limit = self.limit(call)?;
        let after = match call.query("cursor") {
            None | Some("") => None,
            Some(text) => Some(decoded(text).ok_or_else(|| ApiError::invalid("invalid cursor"))?),
        };
        let mut keyed: Vec<(Key, T)> = items.into_iter().map(|item| (key(&item), item)).collect();
        keyed.sort_by(|(a, _), (b, _)| self.compare(a, b));
        if let Some(after) = after {
            keyed.retain(|(key, _)| self.compare(key, &after) == Ordering::Greater);
        }
        let more = keyed.len() > limit;
        keyed.truncate(limit);
        let cursor = keyed.last().map(|(key, _)| encoded(key));
        Ok(Page { items: keyed.into_iter().map(|(_, item)| item).collect(), cursor, more })
    }

    fn compare(self, a: &Key, b: &Key) -> Ordering {
        let by_text = a.text.cmp(&b.text);
        let by_text = if self.descending { by_text.reverse() } else { by_text };
        by_text.then(a.number.cmp(&b.number))
    }

    fn limit(self, call: &Call<'_>) -> Result<usize, ApiError> {
        let Some(text) = call.query("limit") else {
            return Ok(self.default);
        };
        text.parse()
            .ok()
            .filter(|limit| (1..=self.max).contains(limit))
            .ok_or_else(|| ApiError::invalid(format!("invalid limit: must be 1 to {}", self.max)))
    }
}

fn encoded(key: &Key) -> String {
    crate::ids::hex(format!("{}:{}", key.number, key.text).as_bytes())
}

fn decoded(cursor: &str) -> Option<Key> {
    let digits: Option<Vec<u32>> = cursor.chars().map(|digit| digit.to_digit(16)).collect();
    let bytes: Option<Vec<u8>> = digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect();
    let text = String::from_utf8(bytes?).ok()?;
    let (number, text) = text.split_once(':')?;
    Some(Key { number: number.parse().ok()?, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_round_trip_and_nonsense_does_not() {
        let key = Key { text: "2026-01-02T03:04:05Z:é".to_owned(), number: -7 };
        assert_eq!(decoded(&encoded(&key)), Some(key));
        for nonsense in ["x", "7", "ff", "3a3a", "é"] {
            assert_eq!(decoded(nonsense), None, "{nonsense}");
        }
    }
}
