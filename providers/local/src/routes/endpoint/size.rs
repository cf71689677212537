//! How large a compute may be and how soon it goes to sleep.
//!
//! A request may give any part of a size; the rest comes from the project's defaults or from what
//! the compute has. Invariant: a size that leaves this file by `complete` keeps the platform's
//! rules, whoever gave its parts.

use crate::body::Fields;
use crate::error::ApiError;

/// Sizes above this are fixed: minimum and maximum must be equal.
const AUTOSCALING_TOP: f64 = 16.0;
/// How far apart minimum and maximum may be.
const AUTOSCALING_SPAN: f64 = 8.0;

/// What the platform gives a compute nobody sized.
pub(crate) const PLATFORM_DEFAULT: Size = Size { min: 0.25, max: 2.0, suspend: 0 };

/// The size of one compute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size {
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Seconds; -1 is never, 0 the platform's default.
    pub(crate) suspend: i64,
}

/// What a request says about a size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) suspend: Option<i64>,
}

impl Wanted {
    /// Takes the three fields of a body, each checked by itself.
    pub(crate) fn take(fields: &mut Fields<'_>) -> Result<Self, ApiError> {
        let wanted = Self {
            min: fields.optional("autoscaling_limit_min_cu")?,
            max: fields.optional("autoscaling_limit_max_cu")?,
            suspend: fields.optional("suspend_timeout_seconds")?,
        };
        let bounds = [("autoscaling_limit_min_cu", wanted.min), ("autoscaling_limit_max_cu", wanted.max)];
        for (name, value) in bounds {
            if value.is_some_and(|units| !is_compute_size(units)) {
                return Err(
                    fields.wrong(name, "must be 0.25, 0.5, 1 to 16 in steps of 1, or 18 to 56 in steps of 2")
                );
            }
        }
        match wanted.suspend {
            Some(seconds) if !matches!(seconds, -1 | 0 | 60..=604_800) => Err(fields
                .wrong("suspend_timeout_seconds", "must be -1 (never), 0 (the default), or 60 to 604800")),
            _ => Ok(wanted),
        }
    }

    /// The whole size, parts not given taken from `rest`.
    pub(crate) fn complete(self, rest: Size) -> Result<Size, ApiError> {
        let size = Size {
            min: self.min.unwrap_or(rest.min),
            max: self.max.unwrap_or(rest.max),
            suspend: self.suspend.unwrap_or(rest.suspend),
        };
        // Only what the request touches is judged: a compute that was seeded or grandfathered
        // with an odd range can still have its timeout changed.
        if self.min.is_some() || self.max.is_some() {
            check_range(size.min, size.max)?;
        }
        Ok(size)
    }

    /// For a pair of defaults, where either may be missing.
    pub(crate) fn check(self) -> Result<(), ApiError> {
        match (self.min, self.max) {
            (Some(min), Some(max)) => check_range(min, max),
            _ => Ok(()),
        }
    }
}

fn check_range(min: f64, max: f64) -> Result<(), ApiError> {
    let problem = if min > max {
        "autoscaling_limit_min_cu must not exceed autoscaling_limit_max_cu"
    } else if min < max && max > AUTOSCALING_TOP {
        "sizes above 16 are fixed: autoscaling_limit_min_cu and autoscaling_limit_max_cu must be equal"
    } else if max - min > AUTOSCALING_SPAN {
        "autoscaling_limit_max_cu must not exceed autoscaling_limit_min_cu by more than 8"
    } else {
        return Ok(());
    };
    Err(ApiError::invalid(format!("{problem}, found {min} and {max}")))
}

fn is_compute_size(units: f64) -> bool {
    let whole = units.fract() == 0.0;
    units == 0.25
        || units == 0.5
        || (whole && (1.0..=16.0).contains(&units))
        || (whole && units % 2.0 == 0.0 && (18.0..=56.0).contains(&units))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn complete(min: Option<f64>, max: Option<f64>) -> Result<Size, ApiError> {
        let wanted = Wanted { min, max, suspend: None };
        wanted.complete(PLATFORM_DEFAULT)
    }

    #[test]
    fn a_single_bound_is_completed() {
        let size = complete(Some(0.5), None).unwrap();
        assert_eq!((size.min, size.max, size.suspend), (0.5, 2.0, 0));
    }

    #[test]
    fn ranges_outside_the_rules_are_refused() {
        assert!(complete(Some(1.0), Some(9.0)).is_ok());
        assert!(complete(Some(18.0), Some(18.0)).is_ok());
        assert!(complete(Some(4.0), Some(2.0)).is_err());
        assert!(complete(Some(4.0), None).is_err());
        assert!(complete(Some(1.0), Some(10.0)).is_err());
        assert!(complete(Some(12.0), Some(18.0)).is_err());
    }

    #[test]
    fn only_real_sizes_pass() {
        for good in [0.25, 0.5, 1.0, 7.0, 16.0, 18.0, 56.0] {
            assert!(is_compute_size(good), "{good}");
        }
        for bad in [0.0, 0.75, 1.5, 17.0, 19.0, 58.0, -1.0, f64::NAN] {
            assert!(!is_compute_size(bad), "{bad}");
        }
    }
}
