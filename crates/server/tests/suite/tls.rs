//! Reaching PostgreSQL as one does over a network: encrypted, with passwords; and what a person is told when
//! that does not work.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use mostrador_server::{Error, Mint, PostgresStore, Store};
use tempfile::TempDir;

use crate::cluster::{Cluster, Setup, command_of_its_user, shared_folder};

/// Only encrypted, only with a password; a plain connection on the socket is for the test.
const RULES: &str = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";

/// An authority, and a certificate that it signed for the name `localhost` only.
struct Papers {
    folder: TempDir,
}

impl Papers {
    fn made() -> Self {
        let papers = Self {
            folder: shared_folder().unwrap(),
        };
        papers.authority("root");
        papers.authority("stranger");
        papers.openssl(
            "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost \
             -addext subjectAltName=DNS:localhost",
        );
        papers.openssl(
            "x509 -req -in server.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 \
             -copy_extensions copyall -out server.pem",
        );
        papers
    }

    fn authority(&self, name: &str) {
        self.openssl(&format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {name}.key -out {name}.pem \
             -subj /CN={name}"
        ));
    }

    fn openssl(&self, arguments: &str) {
        let mut openssl = command_of_its_user(Path::new("openssl"));
        let made = openssl
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success(), "openssl {arguments}");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

async fn refusal(url: &str) -> (Error, String) {
    let error = PostgresStore::open(url, &Mint::system()).await.unwrap_err();
    let said = format!("{}. {}", error.sentence(), error.hint());
    assert!(
        !said.contains("right") && !said.contains("wrong-one"),
        "{said}"
    );
    (error, said)
}

#[tokio::test]
async fn a_database_is_reached_encrypted_and_what_is_wrong_is_told() {
    let papers = Papers::made();
    let setting = |name: &str, file: &str| format!("{name}={}", papers.path(file).display());
    let setup = Setup {
        tcp: true,
        rules: Some(RULES.to_owned()),
        settings: vec![
            "ssl=on".to_owned(),
            setting("ssl_cert_file", "server.pem"),
            setting("ssl_key_file", "server.key"),
        ],
        ..Setup::default()
    };
    let Some(cluster) = Cluster::start_with(&setup).await.unwrap() else {
        return;
    };
    let owner = cluster.connect("postgres").await.unwrap();
    let roles = "create role mostrador login password 'right';
                 create role guest login password 'right'";
    owner.batch_execute(roles).await.unwrap();
    let make = "create database shop owner mostrador";
    owner.batch_execute(make).await.unwrap();
    let port = cluster.port();
    let url =
        |who: &str, host: &str, rest: &str| format!("postgres://{who}@{host}:{port}/shop?{rest}");
    let root = papers.path("root.pem");
    let (root, stranger) = (root.display(), papers.path("stranger.pem"));
    let right = "mostrador:right";

    for mode in ["require", "verify-full", "verify-ca"] {
        let rest = format!("sslmode={mode}&sslrootcert={root}");
        let store = PostgresStore::open(&url(right, "localhost", &rest), &Mint::system()).await;
        store.unwrap().identity().await.unwrap();
    }
    let sql = "select count(*) from pg_stat_ssl s join pg_stat_activity a using (pid)
               where a.datname = 'shop' and s.ssl";
    assert!(owner.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) >= 0);
    // Preferred is encrypted too, unverified: here nothing else is let in.
    let preferred = url(right, "127.0.0.1", "");
    let store = PostgresStore::open(&preferred, &Mint::system()).await;
    store.unwrap();

    let trusted = format!("sslmode=verify-full&sslrootcert={root}");
    let cases = [
        (url(right, "localhost", "sslmode=require"), "sslrootcert="),
        (
            url(
                right,
                "localhost",
                &format!("sslmode=verify-full&sslrootcert={}", stranger.display()),
            ),
            "sslrootcert=",
        ),
        (url(right, "127.0.0.1", &trusted), "another name"),
        (
            url("mostrador:wrong-one", "localhost", &trusted),
            "password",
        ),
        (url(right, "localhost", "sslmode=disable"), "pg_hba.conf"),
        (
            url(right, "localhost", &trusted).replace("/shop?", "/shelf?"),
            "createdb",
        ),
        (
            url(right, "localhost", &trusted).replace(&format!(":{port}/"), ":1/"),
            "listen_addresses",
        ),
        (
            url("guest:right", "localhost", &trusted),
            "own the database",
        ),
    ];
    for (url, told) in cases {
        let (_, said) = refusal(&url).await;
        assert!(said.contains(told), "{told}: {said}");
    }
}

#[tokio::test]
async fn a_database_without_tls_is_named_where_it_is_required() {
    let setup = Setup {
        tcp: true,
        ..Setup::default()
    };
    let Some(cluster) = Cluster::start_with(&setup).await.unwrap() else {
        return;
    };
    let port = cluster.port();
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=require");
    let (error, said) = refusal(&url).await;
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    assert!(said.contains("sslmode=disable"), "{said}");
}
