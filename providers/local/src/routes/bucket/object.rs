//! The objects in a bucket: listing and deleting them.
//!
//! Objects come from seeds and from a parent branch; there is no way to store or fetch one, since
//! nothing answers at the storage's address. A listing may fold keys that share a prefix into
//! folders; folders and objects are paged together.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::require;
use crate::call::{Call, Reply, set};
use crate::error::ApiError;
use crate::paging::{Key, Paging};

/// One line of a listing.
enum Entry {
    Folder(String),
    Object(Value),
}

pub(super) fn list(call: &Call<'_>) -> Result<Reply, ApiError> {
    let branch_id = require(call)?;
    let prefix = call.query("prefix").unwrap_or_default();
    let delimiter = call.query("delimiter").filter(|text| !text.is_empty());
    // By key, and each folder once.
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for (key, object) in objects(call.world.sql, &branch_id, call.param("bucket_name"))? {
        let Some(rest) = key.strip_prefix(prefix) else {
            continue;
        };
        match delimiter.and_then(|text| rest.split_once(text).map(|(name, _)| (name, text))) {
            Some((name, text)) => {
                let folder = format!("{prefix}{name}{text}");
                entries.insert(folder.clone(), Entry::Folder(folder));
            }
            None => {
                entries.insert(key, Entry::Object(object));
            }
        }
    }
    let entries: Vec<(String, Entry)> = entries.into_iter().collect();
    let page =
        Paging::new(1000, 1000).page(call, entries, |(key, _)| Key { text: key.clone(), number: 0 })?;
    let next_cursor = page.next().map(str::to_owned);
    let (mut folders, mut objects) = (Vec::new(), Vec::new());
    for (_, entry) in page.items {
        match entry {
            Entry::Folder(folder) => folders.push(folder),
            Entry::Object(object) => objects.push(object),
        }
    }
    let mut body = json!({
        "folders": folders, "objects": objects, "prefix": prefix, "is_truncated": page.more,
    });
    set(&mut body, "next_cursor", next_cursor);
    Reply::ok(body)
}

fn objects(sql: &Connection, branch_id: &str, bucket: &str) -> Result<Vec<(String, Value)>, ApiError> {
    Ok(sql
        .prepare_cached(
            "SELECT key, size, etag, last_modified FROM bucket_object
             WHERE branch_id = ?1 AND bucket_name = ?2",
        )?
        .query_map([branch_id, bucket], |row| {
            let (key, size): (String, i64) = (row.get(0)?, row.get(1)?);
            let (etag, last_modified): (String, String) = (row.get(2)?, row.get(3)?);
            let object = json!({ "key": key, "size": size, "etag": etag, "last_modified": last_modified });
            Ok((key, object))
        })?
        .collect::<Result<_, _>>()?)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Reply, ApiError> {
    let branch_id = require(call)?;
    let deleted = call.world.sql.execute(
        "DELETE FROM bucket_object WHERE branch_id = ?1 AND bucket_name = ?2 AND key = ?3",
        [branch_id.as_str(), call.param("bucket_name"), call.param("object_key")],
    )?;
    if deleted == 0 {
        return Err(ApiError::absent("object"));
    }
    Reply::nothing()
}

pub(super) fn delete_by_prefix(call: &Call<'_>) -> Result<Reply, ApiError> {
    let branch_id = require(call)?;
    let prefix = call.required_query("prefix")?;
    if !prefix.ends_with('/') {
        return Err(ApiError::invalid("query parameter \"prefix\" must end with /"));
    }
    // Not LIKE, to which some characters of a key would mean something.
    let deleted = call.world.sql.execute(
        "DELETE FROM bucket_object WHERE branch_id = ?1 AND bucket_name = ?2
         AND substr(key, 1, length(?3)) = ?3",
        [branch_id.as_str(), call.param("bucket_name"), prefix],
    )?;
    Reply::ok(json!({ "deleted": deleted }))
}
