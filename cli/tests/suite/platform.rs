//! The embedded backend in the test's own process, with what it takes to look into it.

use neonform_local::{Options, Server};
use tokio::runtime::Runtime;

/// A backend that is running.
pub struct Platform {
    pub server: Server,
    pub runtime: Runtime,
}

impl Platform {
    pub fn start(options: Options) -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(neonform_local::start(options)).unwrap();
        Self { server, runtime }
    }

    pub fn end(self) {
        self.runtime.block_on(self.server.shutdown());
    }
}
