//! Landlock: nothing may be opened but files of the repository for reading; no TCP; no signals and no abstract sockets
//! across the border. What this kernel does not have yet is left out, and the answer says so.

use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, PathBeneath, PathFd, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};

/// The newest version of Landlock whose rights are asked for.
const NEWEST: ABI = ABI::V6;

/// Confines this process; what holds it now.
pub(super) fn confine(root: &Path) -> Result<String, String> {
    let status = restrict(root).map_err(|error| error.to_string())?;
    let version = match status.landlock {
        LandlockStatus::NotEnabled => return Err("this kernel has it and it is not enabled".to_owned()),
        LandlockStatus::NotImplemented => return Err("this kernel does not have it".to_owned()),
        LandlockStatus::Available { effective_abi, kernel_abi } => kernel_abi.unwrap_or(effective_abi as i32),
    };
    let what = "files: the repository, read-only; no TCP; no signals to others";
    match status.ruleset {
        RulesetStatus::FullyEnforced => Ok(format!("version {version}; {what}")),
        RulesetStatus::PartiallyEnforced => Ok(format!("version {version}, not all of: {what}")),
        RulesetStatus::NotEnforced => Err(format!("version {version} took nothing away")),
    }
}

fn restrict(root: &Path) -> Result<RestrictionStatus, Box<dyn std::error::Error>> {
    let reading = AccessFs::ReadFile | AccessFs::ReadDir;
    let rules = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rule(PathBeneath::new(PathFd::new(root)?, reading))?;
    Ok(rules.restrict_self()?)
}
