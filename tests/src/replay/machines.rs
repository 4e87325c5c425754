//! What a replay's server runs on: its process and, where it has one of its own, its PostgreSQL. Both are
//! killed on the way and started again.

use std::io;
use std::net::SocketAddr;

use tokio::runtime::Handle;

use super::stage::Stage;
use crate::cluster::Cluster;
use crate::process::ServerProcess;

/// The running server and its database.
#[derive(Debug)]
pub struct Machines {
    stage: Stage,
    address: SocketAddr,
    /// None only between a kill and the start after it.
    server: Option<ServerProcess>,
    cluster: Option<Cluster>,
    handle: Handle,
}

impl Machines {
    /// Starts the server on the data of the stage, in `cluster` where there is one.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(stage: &Stage, cluster: Option<Cluster>, handle: Handle) -> io::Result<Self> {
        let server = ServerProcess::start_on(&stage.data(), &stage.server(), "127.0.0.1:0")?;
        Ok(Self {
            stage: stage.clone(),
            address: server.address(),
            server: Some(server),
            cluster,
            handle,
        })
    }

    /// Where the server listens, also after it was killed.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether there is a database to crash.
    pub const fn has_database(&self) -> bool {
        self.cluster.is_some()
    }

    /// SIGKILL for the server, and another one on the same data at the same address.
    ///
    /// # Errors
    /// When it does not start again.
    pub fn kill_server(&mut self) -> io::Result<()> {
        if let Some(server) = self.server.take() {
            server.kill()?;
        }
        let listen = self.address.to_string();
        let (data, folder) = (self.stage.data(), self.stage.server());
        self.server = Some(ServerProcess::start_on(&data, &folder, &listen)?);
        Ok(())
    }

    /// Ends the database as a crash does, under the server that uses it, and starts it again.
    ///
    /// # Errors
    /// When it does not start again.
    pub fn crash_database(&mut self) -> io::Result<()> {
        let Some(cluster) = &mut self.cluster else {
            return Ok(());
        };
        cluster.crash()?;
        self.handle.block_on(cluster.start_again())
    }

    /// Stops the server in order. The database goes on until this is dropped.
    ///
    /// # Errors
    /// When it does not stop cleanly.
    pub fn stop_server(&mut self) -> io::Result<()> {
        self.server.take().map_or(Ok(()), ServerProcess::stop)
    }
}
