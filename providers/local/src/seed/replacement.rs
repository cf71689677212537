//! Whole tables in place of what there was: the platform as it is after someone else changed it.

use rusqlite::{Connection, Result};

use super::insert::{bucket, function};
use super::{BucketSeed, DomainSeed, FunctionSeed, TriggerSeed};

/// What to put in the place of everything of a kind, on all branches; `None` leaves a kind alone.
#[derive(Clone, Debug, Default)]
pub struct Replacement {
    /// All custom domains there are afterwards.
    pub domains: Option<Vec<DomainSeed>>,
    /// All functions there are afterwards.
    pub functions: Option<Vec<FunctionSeed>>,
    /// All triggers there are afterwards.
    pub triggers: Option<Vec<TriggerSeed>>,
    /// All buckets there are afterwards.
    pub buckets: Option<Vec<BucketSeed>>,
}

impl Replacement {
    /// Replaces in the open transaction; `now` is when it was all created.
    pub(crate) fn apply(&self, sql: &Connection, now: &str) -> Result<()> {
        if let Some(seeds) = &self.domains {
            sql.execute("DELETE FROM custom_domain", [])?;
            seeds.iter().try_for_each(|seed| seed.insert(sql))?;
        }
        if let Some(seeds) = &self.functions {
            sql.execute("DELETE FROM function", [])?;
            seeds.iter().try_for_each(|seed| function(sql, seed, now))?;
        }
        if let Some(seeds) = &self.triggers {
            sql.execute("DELETE FROM function_trigger", [])?;
            seeds.iter().try_for_each(|seed| seed.insert(sql))?;
        }
        if let Some(seeds) = &self.buckets {
            sql.execute("DELETE FROM bucket", [])?;
            seeds.iter().try_for_each(|seed| bucket(sql, seed, now))?;
        }
        Ok(())
    }
}
