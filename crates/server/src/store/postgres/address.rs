//! A `postgres://` URL: where the database is, and how its bytes travel.

use std::time::Duration;

use native_tls::{Certificate, TlsConnector};
use postgres_native_tls::MakeTlsConnector;
use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

use crate::Error;

/// How long one address may take to answer, so that the next of several is tried.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// After so much silence a connection is probed.
const PROBE_AFTER: Duration = Duration::from_secs(30);

/// A connection whose bytes nobody takes for so long is lost, as when a machine vanished.
const LOST_AFTER: Duration = Duration::from_secs(15);

/// Where and how to connect.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: MakeTlsConnector,
}

impl Address {
    /// Reads a URL. Of several hosts, the one that takes writes is used.
    pub(super) fn read(url: &str) -> Result<Self, Error> {
        let (known, root) = plain(url);
        let mut config: Config = known
            .parse()
            .map_err(|source: tokio_postgres::Error| refused(&source))?;
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        config.keepalives_idle(PROBE_AFTER);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WITHIN);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(LOST_AFTER);
        }
        if config.get_application_name().is_none() {
            config.application_name("mostrador-server");
        }
        let tls = tls(config.get_ssl_mode(), root.as_deref())?;
        Ok(Self { config, tls })
    }

    /// Where it is, without who asks: for people and logs.
    pub(super) fn name(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            tokio_postgres::config::Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            tokio_postgres::config::Host::Unix(folder) => folder.display().to_string(),
        });
        let hosts: Vec<String> = hosts.collect();
        let database = self.config.get_dbname().unwrap_or("(no name)");
        format!("{database} at {}", hosts.join(", "))
    }
}

/// The URL in the words that the driver knows, and the file of the certificate to trust.
fn plain(url: &str) -> (String, Option<String>) {
    let Some((place, options)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let mut root = None;
    let mut kept = Vec::new();
    for option in options.split('&') {
        match option.split_once('=') {
            Some(("sslrootcert", path)) => root = Some(path.to_owned()),
            Some(("sslmode", "verify-full" | "verify-ca")) => kept.push("sslmode=require"),
            _ => kept.push(option),
        }
    }
    (format!("{place}?{}", kept.join("&")), root)
}

/// What is required is verified; what is merely preferred hides bytes from who listens, as anywhere.
fn tls(mode: SslMode, root: Option<&str>) -> Result<MakeTlsConnector, Error> {
    let mut builder = TlsConnector::builder();
    if let Some(path) = root {
        let pem = std::fs::read(path).map_err(|source| Error::File {
            attempt: "reading the certificate",
            path: path.into(),
            source,
        })?;
        let certificate = Certificate::from_pem(&pem).map_err(|source| refused(&source))?;
        builder.add_root_certificate(certificate);
    }
    builder.danger_accept_invalid_certs(mode != SslMode::Require);
    builder.danger_accept_invalid_hostnames(mode != SslMode::Require);
    let connector = builder.build().map_err(|source| refused(&source))?;
    Ok(MakeTlsConnector::new(connector))
}

fn refused(source: &dyn std::error::Error) -> Error {
    let mut found = source.to_string();
    if let Some(cause) = source.source() {
        found = format!("{found}: {cause}");
    }
    Error::DatabaseUrl { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_with_what_other_programs_write_into_it() {
        let url = "postgres://m:secret@db1,db2/shop?sslmode=verify-full&connect_timeout=3";
        let address = Address::read(url).unwrap();
        assert_eq!(address.name(), "shop at db1, db2");
        assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
        assert_eq!(
            address.config.get_connect_timeout(),
            Some(&Duration::from_secs(3))
        );
    }

    #[test]
    fn a_url_that_cannot_be_read_does_not_tell_its_password() {
        let error = Address::read("postgres://m:secret@db/shop?sslmode=perhaps").err();
        let said = error.unwrap().sentence();
        assert!(!said.contains("secret"), "{said}");
        let missing = "postgres://db/shop?sslrootcert=/nowhere/root.pem&sslmode=require";
        let error = Address::read(missing).err().unwrap();
        assert!(matches!(error, Error::File { .. }), "{error:?}");
    }
}
