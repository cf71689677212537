//! Reading a JSON body strictly.
//!
//! Each handler takes the fields it knows and then says `done`; a field nobody took is refused
//! with the platform's words, a field of the wrong type with its full name.
//! Derived deserialization is not used: its messages name neither the path nor the platform's
//! wording.

use serde_json::{Map, Value};

use crate::error::ApiError;

/// One JSON object of a body, read field by field.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    /// Where in the body it is: empty, or `branch.` with the trailing dot.
    at: String,
    map: Option<&'a Map<String, Value>>,
    taken: Vec<&'static str>,
}

/// A type a field can have.
pub(crate) trait Field<'a>: Sized {
    /// What it is called in a message.
    const KIND: &'static str;
    fn from_value(value: &'a Value) -> Option<Self>;
}

impl<'a> Field<'a> for &'a str {
    const KIND: &'static str = "a string";
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_str()
    }
}

impl Field<'_> for bool {
    const KIND: &'static str = "true or false";
    fn from_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Field<'_> for i64 {
    const KIND: &'static str = "a whole number";
    fn from_value(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

impl Field<'_> for f64 {
    const KIND: &'static str = "a number";
    fn from_value(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}

impl<'a> Field<'a> for &'a Map<String, Value> {
    const KIND: &'static str = "an object";
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_object()
    }
}

impl<'a> Field<'a> for &'a Vec<Value> {
    const KIND: &'static str = "a list";
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_array()
    }
}

impl<'a> Fields<'a> {
    /// The body itself; an empty one is an empty object.
    pub(crate) fn of(body: &'a Value) -> Result<Self, ApiError> {
        match body {
            Value::Null => Ok(Self::at(String::new(), None)),
            Value::Object(map) => Ok(Self::at(String::new(), Some(map))),
            other => {
                Err(ApiError::invalid(format!("the request body must be an object, found {}", kind(other))))
            }
        }
    }

    fn at(at: String, map: Option<&'a Map<String, Value>>) -> Self {
        Self { at, map, taken: Vec::new() }
    }

    /// The field if it is there; `null` is not a way to leave it out.
    pub(crate) fn optional<T: Field<'a>>(&mut self, name: &'static str) -> Result<Option<T>, ApiError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        T::from_value(value).map(Some).ok_or_else(|| self.mistyped(name, T::KIND, value))
    }

    /// The field, which must be there.
    pub(crate) fn required<T: Field<'a>>(&mut self, name: &'static str) -> Result<T, ApiError> {
        self.optional(name)?
            .ok_or_else(|| ApiError::invalid(format!("field \"{}{name}\" is required", self.at)))
    }

    /// The field where `null` means something else than its absence.
    pub(crate) fn nullable<T: Field<'a>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Option<T>>, ApiError> {
        match self.map.and_then(|map| map.get(name)) {
            Some(Value::Null) => {
                self.taken.push(name);
                Ok(Some(None))
            }
            _ => Ok(self.optional(name)?.map(Some)),
        }
    }

    /// An object inside, to be read the same way; an absent one is empty.
    pub(crate) fn object(&mut self, name: &'static str) -> Result<Self, ApiError> {
        let map = self.optional::<&Map<String, Value>>(name)?;
        Ok(Self::at(format!("{}{name}.", self.at), map))
    }

    /// An object inside, to be read the same way, if it is there.
    pub(crate) fn optional_object(&mut self, name: &'static str) -> Result<Option<Self>, ApiError> {
        let map = self.optional::<&Map<String, Value>>(name)?;
        Ok(map.map(|map| Self::at(format!("{}{name}.", self.at), Some(map))))
    }

    /// An object inside that must be there.
    pub(crate) fn required_object(&mut self, name: &'static str) -> Result<Self, ApiError> {
        let map = self.required::<&Map<String, Value>>(name)?;
        Ok(Self::at(format!("{}{name}.", self.at), Some(map)))
    }

    /// The objects of a list inside; an absent list is empty.
    pub(crate) fn objects(&mut self, name: &'static str) -> Result<Vec<Self>, ApiError> {
        let list = self.optional::<&Vec<Value>>(name)?;
        list.into_iter()
            .flatten()
            .enumerate()
            .map(|(index, value)| match value {
                Value::Object(map) => Ok(Self::at(format!("{}{name}[{index}].", self.at), Some(map))),
                other => Err(ApiError::invalid(format!(
                    "field \"{}{name}[{index}]\" must be an object, found {}",
                    self.at,
                    kind(other)
                ))),
            })
            .collect()
    }

    /// A list of strings inside, if it is there.
    pub(crate) fn strings(&mut self, name: &'static str) -> Result<Option<Vec<&'a str>>, ApiError> {
        let Some(list) = self.optional::<&Vec<Value>>(name)? else {
            return Ok(None);
        };
        let strings: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
        strings.map(Some).ok_or_else(|| self.wrong(name, "must hold strings only"))
    }

    /// Refuses whatever was not taken.
    pub(crate) fn done(self) -> Result<(), ApiError> {
        let unknown =
            self.map.into_iter().flat_map(Map::keys).find(|name| !self.taken.contains(&name.as_str()));
        match unknown {
            Some(name) => Err(ApiError::invalid(format!("unexpected field \"{}{name}\"", self.at))),
            None => Ok(()),
        }
    }

    /// An error about one field of this object.
    pub(crate) fn wrong(&self, name: &str, problem: &str) -> ApiError {
        ApiError::invalid(format!("field \"{}{name}\" {problem}", self.at))
    }

    fn take(&mut self, name: &'static str) -> Option<&'a Value> {
        self.taken.push(name);
        self.map.and_then(|map| map.get(name))
    }

    fn mistyped(&self, name: &str, wanted: &str, found: &Value) -> ApiError {
        self.wrong(name, &format!("must be {wanted}, found {}", kind(found)))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn message(error: ApiError) -> String {
        assert_eq!(error.status, 400);
        error.message
    }

    #[test]
    fn an_unknown_field_is_named_with_its_path() {
        let body = json!({ "branch": { "name": "a", "colour": 1 } });
        let mut fields = Fields::of(&body).unwrap();
        let mut branch = fields.object("branch").unwrap();
        assert_eq!(branch.required::<&str>("name").unwrap(), "a");
        assert_eq!(message(branch.done().unwrap_err()), "unexpected field \"branch.colour\"");
        fields.done().unwrap();
    }

    #[test]
    fn a_wrong_type_says_what_was_found() {
        let body = json!({ "endpoints": [{ "type": 7 }, "x"], "branch": [] });
        let mut fields = Fields::of(&body).unwrap();
        assert_eq!(
            message(fields.objects("endpoints").unwrap_err()),
            "field \"endpoints[1]\" must be an object, found a string"
        );
        assert_eq!(
            message(fields.object("branch").unwrap_err()),
            "field \"branch\" must be an object, found a list"
        );
        assert_eq!(message(fields.required::<i64>("count").unwrap_err()), "field \"count\" is required");
    }

    #[test]
    fn null_counts_only_where_it_means_something() {
        let body = json!({ "expires_at": null, "name": null });
        let mut fields = Fields::of(&body).unwrap();
        assert_eq!(fields.nullable::<&str>("expires_at").unwrap(), Some(None));
        assert_eq!(fields.nullable::<&str>("other").unwrap(), None);
        assert!(fields.optional::<&str>("name").is_err());
    }
}
