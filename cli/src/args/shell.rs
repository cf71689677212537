//! Flags of commands that put `neonform` into its surroundings: completions and manual pages.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Flags of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell [default: the one of $SHELL]
    #[arg(value_enum)]
    pub shell: Option<Shell>,
}

/// Shells that can be told what could come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// In ~/.bashrc: source <(neonform completions bash)
    Bash,
    /// In ~/.zshrc, behind compinit: source <(neonform completions zsh)
    Zsh,
    /// In ~/.config/fish/completions/neonform.fish: neonform completions fish | source
    Fish,
    /// In $PROFILE: neonform completions powershell | Out-String | Invoke-Expression
    Powershell,
}

/// Flags of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder, neonform.1 and so on
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}
