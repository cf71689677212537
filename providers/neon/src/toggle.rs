//! A service toggle: `true`, `false`, or an object with an optional `enabled` (spec 1.4).

use neonform_engine::diagnostic::{Layer, codes};
use neonform_engine::node::Shape;
use neonform_engine::policy::Cursor;

/// Whether the toggle is on; a fault is reported and reads as off.
pub(crate) fn is_on(cursor: &Cursor<'_>) -> bool {
    match cursor.shape() {
        Shape::Bool(on) => *on,
        Shape::Object(_) => cursor.object().is_some_and(|object| is_enabled(&object)),
        _ => {
            cursor.report(
                cursor
                    .problem(codes::WRONG_TYPE, "the value is not a service toggle")
                    .layer(Layer::Type)
                    .expected("true, false, or an object")
                    .fix("write true to turn the service on"),
            );
            false
        }
    }
}

/// The `enabled` key of an object that stands for a service: on unless it is `false`.
pub(crate) fn is_enabled(object: &neonform_engine::policy::Object<'_>) -> bool {
    object.get("enabled").is_none_or(|enabled| enabled.boolean() != Some(false))
}
