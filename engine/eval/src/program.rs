//! What was loaded into one isolate, and the way from places in it back to the sources.

use neonform_bundle::{Input, PolicyModule, SourceMap};
use neonform_engine::diagnostic::Failure;
use neonform_engine::node::Position;

use crate::instrument::{Import, Insertion, Literal, Parts, instrument};
use crate::places::Place;

/// The bundles of one isolate, the policy's own first.
#[derive(Default)]
pub(crate) struct Program {
    units: Vec<Unit>,
    literals: Vec<(usize, Literal)>,
    throws: Vec<(usize, Place)>,
    failures: Vec<Failure>,
}

struct Unit {
    map: SourceMap,
    inserted: Vec<Insertion>,
}

/// One bundle, ready to be compiled.
pub(crate) struct Prepared {
    /// The name under which the engine knows it.
    pub(crate) name: String,
    /// Its text.
    pub(crate) code: String,
    /// What it imports.
    pub(crate) imports: Vec<Import>,
    /// What went into it.
    pub(crate) inputs: Vec<Input>,
}

const NAME: &str = "neonform:policy/";

impl Program {
    /// Takes in one bundle.
    pub(crate) fn add(&mut self, module: PolicyModule) -> Prepared {
        let number = self.units.len();
        let found = instrument(&module.code, self.literals.len(), self.throws.len());
        self.units.push(Unit { map: module.map, inserted: found.inserted });
        self.literals.extend(found.literals.into_iter().map(|literal| (number, literal)));
        self.throws.extend(found.throws.into_iter().map(|place| (number, place)));
        Prepared {
            name: format!("{NAME}{number}"),
            code: found.code,
            imports: found.imports,
            inputs: module.inputs,
        }
    }

    /// Keeps a failure that crosses JavaScript as a number.
    pub(crate) fn keep(&mut self, failure: Failure) -> usize {
        self.failures.push(failure);
        self.failures.len() - 1
    }

    /// A failure that was kept.
    pub(crate) fn kept(&self, number: usize) -> Option<&Failure> {
        self.failures.get(number)
    }

    /// Where a literal was written.
    pub(crate) fn literal(&self, number: usize) -> Option<Position> {
        let (unit, literal) = self.literals.get(number)?;
        self.position(*unit, literal.at)
    }

    /// Where a key of an object literal and its value were written; the last one of a name counts.
    pub(crate) fn key(&self, number: usize, name: &str) -> Option<(Option<Position>, Option<Position>)> {
        let (unit, literal) = self.literals.get(number)?;
        let Parts::Keys(keys) = &literal.parts else { return None };
        let (_, key, value) = keys.iter().rfind(|(key, _, _)| key == name)?;
        Some((self.position(*unit, *key), self.position(*unit, *value)))
    }

    /// Where an element of an array literal was written.
    pub(crate) fn item(&self, number: usize, index: usize) -> Option<Position> {
        let (unit, literal) = self.literals.get(number)?;
        let Parts::Items(items) = &literal.parts else { return None };
        self.position(*unit, *items.get(index)?)
    }

    /// Where a `throw` was written.
    pub(crate) fn throw(&self, number: usize) -> Option<Position> {
        let (unit, place) = self.throws.get(number)?;
        self.position(*unit, *place)
    }

    /// Where the place of a stack frame was written, by the name of its script.
    pub(crate) fn frame(&self, script: &str, place: Place) -> Option<Position> {
        let number: usize = script.strip_prefix(NAME)?.parse().ok()?;
        let unit = self.units.get(number)?;
        self.position(number, unit.before_insertion(place))
    }

    fn position(&self, unit: usize, place: Place) -> Option<Position> {
        self.units.get(unit)?.map.position(place.line, place.column)
    }
}

impl Unit {
    /// The place in the bundle of a place in the text that was compiled.
    fn before_insertion(&self, place: Place) -> Place {
        let first = self.inserted.partition_point(|one| one.at.line < place.line);
        let mut column = place.column;
        for insertion in self.inserted.iter().skip(first) {
            if insertion.at.line != place.line || insertion.at.column > column {
                break;
            }
            column = column.saturating_sub(insertion.length).max(insertion.at.column);
        }
        Place { line: place.line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insertions_are_taken_out_of_columns() {
        let found = instrument("f({a:[x]});\nthrow y", 0, 0);
        let unit = Unit { map: SourceMap::default(), inserted: found.inserted };
        for (line, text) in found.code.lines().enumerate() {
            let original = ["f({a:[x]});", "throw y"][line];
            for name in ["x", "y", "f("] {
                let (Some(after), Some(before)) = (text.rfind(name), original.rfind(name)) else { continue };
                let place = |column: usize| Place { line: line as u32 + 1, column: column as u32 + 1 };
                assert_eq!(unit.before_insertion(place(after)), place(before), "{name} in {text}");
            }
        }
    }
}
