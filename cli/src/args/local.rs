//! `neonform local …`: commands and flags.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `neonform local …`.
#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// Serve the Neon API on a loopback port until interrupted
    Serve(ServeArgs),
}

/// Flags of `local serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 4200)]
    pub port: u16,
    /// The database file
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// How long every request takes at least, to try things out as if the API was far away
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    pub latency: u32,
    /// Add a line for each request to a file: operation, method, path, status, client
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
}
