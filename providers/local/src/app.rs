//! What all requests share: the database, the clock, and the knobs of tests.

use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::call::{Pace, World};
use crate::clock::Moment;
use crate::error::{ApiError, StoreError};
use crate::fault::Faults;
use crate::log::Log;
use crate::pins::Pins;
use crate::routes;
use crate::seed::{Replacement, Seed};
use crate::store::Store;

/// One running server's state.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) pins: Mutex<Pins>,
    pub(crate) pace: Pace,
    pub(crate) api_key: Option<String>,
}

impl App {
    pub(crate) fn new(store: Store, log: Log, pace: Pace, api_key: Option<String>) -> Self {
        Self { store, faults: Faults::default(), log, pins: Mutex::default(), pace, api_key }
    }

    /// The state as an open transaction sees it. Made inside the transaction, so that times grow
    /// in the order in which transactions run.
    pub(crate) fn world<'a>(&'a self, sql: &'a Connection) -> World<'a> {
        World { sql, at: self.moment(), pace: self.pace, pins: &self.pins }
    }

    /// Deletes branches that have expired, unless a seed switched the rules about them off.
    pub(crate) fn sweep(&self) -> Result<(), ApiError> {
        if self.pins.lock().unwrap_or_else(PoisonError::into_inner).lenient_expiration {
            return Ok(());
        }
        let now = self.moment().now;
        if self.store.read(|sql| routes::sweep(sql, now, false))? {
            self.store.write(|sql| routes::sweep(sql, now, true))?;
        }
        Ok(())
    }

    /// Takes a seed whole or not at all.
    pub(crate) fn seed(&self, seed: &Seed) -> Result<(), StoreError> {
        let frozen = seed.frozen()?;
        let now = Moment::current(frozen.or(self.moment_pinned())).text();
        self.store
            .write(|sql| seed.insert(sql, &now))
            .map_err(|error| StoreError::Refused(error.to_string()))?;
        Pins::take(&self.pins, seed, frozen);
        Ok(())
    }

    /// Replaces whole tables, all of them or none.
    pub(crate) fn replace(&self, replacement: &Replacement) -> Result<(), ApiError> {
        let now = self.moment().text();
        self.store.write(|sql| Ok(replacement.apply(sql, &now)?))
    }

    fn moment(&self) -> Moment {
        Moment::current(self.moment_pinned())
    }

    fn moment_pinned(&self) -> Option<jiff::Timestamp> {
        self.pins.lock().unwrap_or_else(PoisonError::into_inner).now
    }
}
