//! URLs by the URL standard, as one text of eleven lines: the parts that `URL` has, in `prelude/url.js`'s order.

use deno_core::url::{Url, quirks};

/// The parts of `input`, taken relative to `base`; nothing when it is no URL.
pub(crate) fn parse(input: &str, base: Option<&str>) -> Option<String> {
    let url = match base {
        None => Url::parse(input).ok()?,
        Some(base) => Url::parse(base).ok()?.join(input).ok()?,
    };
    Some(parts(&url))
}

/// The parts of `href` after one of its parts was set; nothing when the value is refused.
pub(crate) fn set(href: &str, part: &str, value: &str) -> Option<String> {
    let mut url = Url::parse(href).ok()?;
    let done = match part {
        "href" => return parse(value, None),
        "protocol" => quirks::set_protocol(&mut url, value),
        "username" => quirks::set_username(&mut url, value),
        "password" => quirks::set_password(&mut url, value),
        "host" => quirks::set_host(&mut url, value),
        "hostname" => quirks::set_hostname(&mut url, value),
        "port" => quirks::set_port(&mut url, value),
        "pathname" => {
            quirks::set_pathname(&mut url, value);
            Ok(())
        }
        "search" => {
            quirks::set_search(&mut url, value);
            Ok(())
        }
        "hash" => {
            quirks::set_hash(&mut url, value);
            Ok(())
        }
        _ => Err(()),
    };
    done.ok().map(|()| parts(&url))
}

fn parts(url: &Url) -> String {
    [
        quirks::href(url),
        &quirks::origin(url),
        quirks::protocol(url),
        quirks::username(url),
        quirks::password(url),
        quirks::host(url),
        quirks::hostname(url),
        quirks::port(url),
        quirks::pathname(url),
        quirks::search(url),
        quirks::hash(url),
    ]
    .join("\n")
}
