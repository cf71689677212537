//! The API's root URL as it is given, and what it must not hold.
//!
//! The root is shown in messages and stands in the command that a journal keeps and that people are told to run again.
//! So it holds no secret: a name and password in it are refused, as the reference's `fetch` refuses them, and so is
//! what is no part of a root. An error shows it without either.

use neonform_engine::diagnostic::{Diagnostic, Failure, codes};
use reqwest::Url;

/// Reads a root (`/api/v2` included); slashes at its end do not count.
///
/// # Errors
/// When it is no URL, or says more than where the API is.
pub(super) fn root(written: &str) -> Result<Url, Failure> {
    let parsed = Url::parse(written.trim_end_matches('/')).ok();
    let Some(url) = parsed.filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return Err(refused("the API host is not a URL", "correct", written));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("the API host holds a name or a password", "leave them out of", written));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("the API host holds a query or a fragment", "leave it out of", written));
    }
    Ok(url)
}

fn refused(summary: &str, remedy: &str, written: &str) -> Failure {
    Diagnostic::error(codes::USAGE, summary)
        .found(format!("{:?}", masked(written)))
        .expected("a URL such as https://console.neon.tech/api/v2")
        .fix(format!("{remedy} --api-host or NEON_API_HOST"))
        .into()
}

/// The text without what may be secret: whatever is before the last `@`, and a query or fragment. Not only in a URL:
/// a text that is none may have been meant as one.
fn masked(written: &str) -> String {
    let (scheme, rest) = match written.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('@') => (format!("{scheme}://"), rest),
        _ => (String::new(), written),
    };
    let (user, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("***@", rest));
    let end = rest.find(['?', '#']).map_or(rest.len(), |place| place + 1);
    let more = if end < rest.len() { "***" } else { "" };
    format!("{scheme}{user}{}{more}", &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(written: &str) -> String {
        let failure = root(written).unwrap_err();
        failure.0.into_iter().next().and_then(|problem| problem.found).unwrap_or_default()
    }

    #[test]
    fn a_root_says_where_the_api_is_and_nothing_else() {
        for written in
            ["http://127.0.0.1:4200/api/v2/", "https://console.neon.tech/api/v2", "http://[::1]/a@b"]
        {
            assert!(root(written).is_ok(), "{written}");
        }
        for written in ["", "console.neon.tech", "ftp://host/api", "https://", "https://host:port/api"] {
            assert!(root(written).is_err(), "{written}");
        }
    }

    #[test]
    fn what_may_be_secret_is_not_shown() {
        for (written, shown) in [
            ("https://user:hunter2@host/api/v2", r#""https://***@host/api/v2""#),
            ("https://hunter2@host", r#""https://***@host""#),
            ("https://:hunter2@host", r#""https://***@host""#),
            ("https://user:hun@ter2@host", r#""https://***@host""#),
            ("https://user:hun/ter2@host", r#""https://***@host""#),
            ("user:hunter2@host/api/v2", r#""***@host/api/v2""#),
            ("user:hunter2@https://host", r#""***@https://host""#),
            ("https://host/api/v2?key=hunter2", r#""https://host/api/v2?***""#),
            ("https://host/api/v2#hunter2", r#""https://host/api/v2#***""#),
            ("https://host/api/v2?", r#""https://host/api/v2?""#),
            ("https://user:hunter2@host?a=b@c#d", r#""https://***@c#***""#),
        ] {
            assert_eq!(found(written), shown, "{written}");
        }
    }
}
