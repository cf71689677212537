//! A body that arrives slowly, in part, or with its end missing.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Response;
use axum::http::header::{CONTENT_LENGTH, HeaderValue};
use futures::{StreamExt, stream};

use crate::fault::Delivery;

/// Into how many pieces a slow body is cut.
const PIECES: usize = 4;
/// Between the part of a body that arrives and the end of the connection.
const PAUSE: Duration = Duration::from_millis(5);

/// A response with this body, delivered as a fault has it.
pub(super) fn response(text: String, delivery: Option<&Delivery>) -> Response<Body> {
    match delivery {
        Some(Delivery::Slowly(takes)) => Response::new(slow(text, *takes)),
        Some(Delivery::CutOff) => {
            let length = HeaderValue::from(text.len());
            let part = stream::iter([Ok(half(text))]).chain(stream::once(async {
                // What was written is flushed meanwhile: an error takes what is still buffered with it.
                tokio::time::sleep(PAUSE).await;
                Err(io::Error::from(io::ErrorKind::BrokenPipe))
            }));
            let mut response = Response::new(Body::from_stream(part));
            response.headers_mut().insert(CONTENT_LENGTH, length);
            response
        }
        Some(Delivery::Garbled) => Response::new(Body::from(half(text))),
        _ => Response::new(Body::from(text)),
    }
}

fn half(text: String) -> Bytes {
    let whole = Bytes::from(text);
    whole.slice(..whole.len() / 2)
}

fn slow(text: String, takes: Duration) -> Body {
    let whole = Bytes::from(text);
    let length = whole.len().div_ceil(PIECES).max(1);
    let starts = (0..whole.len()).step_by(length);
    let pieces: Vec<Bytes> =
        starts.map(|start| whole.slice(start..whole.len().min(start + length))).collect();
    let pause = takes / u32::try_from(PIECES).unwrap_or(1);
    Body::from_stream(stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(piece)
    }))
}
