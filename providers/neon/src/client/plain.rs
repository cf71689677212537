//! A request that is none of the API's: without a key, without the client's pace, sent once.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::{connector, error};

/// The status of the answer to a GET.
///
/// # Errors
/// Why there is none, in words.
pub(crate) async fn status(url: &str, limit: Duration) -> Result<u16, String> {
    let parsed = reqwest::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = parsed.ok_or("it is not the URL of a web server")?;
    let http = connector(&url, HeaderMap::new()).map_err(|_| "the HTTP client could not be built")?;
    let answer = http.get(url).timeout(limit).send().await;
    answer.map(|answer| answer.status().as_u16()).map_err(|broken| match error::broken(&broken, limit) {
        error::Cause::TimedOut(why) | error::Cause::Unreachable(why) | error::Cause::Network(why) => why,
        _ => "it was not answered".to_owned(),
    })
}
