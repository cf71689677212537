//! A request as a value: what is asked, of which route, with what body.

use std::fmt;
use std::sync::Arc;

use neonform_engine::value::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;

/// Characters that need no encoding in a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path below the API's root, every segment percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiPath(String);

impl ApiPath {
    /// The path of these segments.
    pub fn new(segments: &[&str]) -> Self {
        Self(String::new()).join(segments)
    }

    /// This path with more segments.
    #[must_use]
    pub fn join(mut self, segments: &[&str]) -> Self {
        for segment in segments {
            self.0.push('/');
            // For the eye: URL parsing resolves one or two dots all the same, see `is_resolved_away`.
            if segment.chars().all(|c| c == '.') {
                self.0.push_str(&segment.replace('.', "%2E"));
            } else {
                self.0.extend(utf8_percent_encode(segment, SEGMENT));
            }
        }
        self
    }

    /// Whether a segment is `.` or `..`, so that what would be asked about is something else: a URL has
    /// no way to write such a name.
    pub(super) fn is_resolved_away(&self) -> bool {
        self.0.split('/').any(|segment| matches!(segment, "%2E" | "%2E%2E"))
    }

    /// The encoded path, with its leading slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An HTTP method of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Changes.
    Patch,
    /// Takes away.
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        })
    }
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

/// One part of a multipart body.
#[derive(Clone)]
pub struct Part {
    name: &'static str,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Zip(Arc<Vec<u8>>),
    Text(Secret),
}

impl Part {
    /// A function's archive.
    pub fn zip(archive: Arc<Vec<u8>>) -> Self {
        Self { name: "zip", content: Content::Zip(archive) }
    }

    /// A text, which may hold secrets.
    pub fn text(name: &'static str, text: Secret) -> Self {
        Self { name, content: Content::Text(text) }
    }
}

/// A request's body.
#[derive(Clone)]
pub(super) enum Body {
    None,
    Json(Json),
    Parts(Vec<Part>),
}

pub(super) fn form(parts: &[Part]) -> reqwest::multipart::Form {
    parts.iter().fold(reqwest::multipart::Form::new(), |form, part| match &part.content {
        Content::Text(text) => form.text(part.name, text.expose().to_owned()),
        Content::Zip(archive) => {
            let file = reqwest::multipart::Part::bytes(archive.as_ref().clone()).file_name("bundle.zip");
            // The type is a constant that parses; without it the part has none, which is accepted too.
            let typed = file.mime_str("application/zip").unwrap_or_else(|_| {
                reqwest::multipart::Part::bytes(archive.as_ref().clone()).file_name("bundle.zip")
            });
            form.part(part.name, typed)
        }
    })
}

/// One request.
#[derive(Clone)]
pub struct Request {
    /// The API operation, for messages and logs.
    pub operation: &'static str,
    pub(super) method: Method,
    pub(super) path: ApiPath,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Body,
    pub(super) feature: Option<&'static str>,
    /// Whether sending it twice does what sending it once does.
    pub(super) repeatable: bool,
}

impl Request {
    fn new(operation: &'static str, method: Method, path: ApiPath) -> Self {
        // A change names what something becomes, and what is gone stays gone.
        let repeatable = method != Method::Post;
        Self { operation, method, path, query: Vec::new(), body: Body::None, feature: None, repeatable }
    }

    /// A GET.
    pub fn get(operation: &'static str, path: ApiPath) -> Self {
        Self::new(operation, Method::Get, path)
    }

    /// A POST.
    pub fn post(operation: &'static str, path: ApiPath) -> Self {
        Self::new(operation, Method::Post, path)
    }

    /// A PATCH.
    pub fn patch(operation: &'static str, path: ApiPath) -> Self {
        Self::new(operation, Method::Patch, path)
    }

    /// A DELETE.
    pub fn delete(operation: &'static str, path: ApiPath) -> Self {
        Self::new(operation, Method::Delete, path)
    }

    /// With one more query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, value.to_owned()));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: Json) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// With a multipart body.
    #[must_use]
    pub fn multipart(mut self, parts: Vec<Part>) -> Self {
        self.body = Body::Parts(parts);
        self
    }

    /// Whose repetition does no more than sending it once does.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Of a feature that a project or region may lack: some failures then say so (API spec 8).
    #[must_use]
    pub fn feature(mut self, name: &'static str) -> Self {
        self.feature = Some(name);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_segment_is_encoded_on_its_own() {
        let path = ApiPath::new(&["projects", "a/b", "..", "ü x"]);
        assert_eq!(path.as_str(), "/projects/a%2Fb/%2E%2E/%C3%BC%20x");
    }

    #[test]
    fn one_or_two_dots_lead_elsewhere() {
        for (name, leads_elsewhere) in
            [(".", true), ("..", true), ("...", false), ("a.", false), ("%2E", false)]
        {
            let path = ApiPath::new(&["buckets", name, "objects"]);
            assert_eq!(path.is_resolved_away(), leads_elsewhere, "{name}");
            let url = reqwest::Url::parse(&format!("http://localhost{}", path.as_str())).unwrap();
            assert_eq!(url.path() != path.as_str(), leads_elsewhere, "{name}");
        }
    }
}
