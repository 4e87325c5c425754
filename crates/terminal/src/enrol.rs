//! Enrolment: a till joins a store with the owner's one-time code.

use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_ledger::branch::Branch;
use mostrador_ledger::identity::Identity;
use mostrador_protocol::message::EnrolReply;
use mostrador_protocol::signature::{PublicKey, SecretKey};
use mostrador_sync::conversation::Failure;
use mostrador_sync::enrol::{Applicant, enrol};
use mostrador_sync::{Attention, BOUND_SETTING, Phase, Trouble};

use crate::Error;
use crate::error::shortened;
use crate::stamp::stamp;
use crate::till::Till;
use crate::view::TillView;

/// How long enrolment waits for the store's data before it leaves the rest to sync.
const FIRST_DATA: Duration = Duration::from_secs(10);

/// The longest code that is sent.
const MAX_CODE_CHARS: usize = 100;

impl Till {
    /// Joins the store that `code` stands for, starts sync, and waits a while for the store's data.
    /// The terminal's secret key is made here and never leaves this till.
    ///
    /// A till whose server does not know it any more is enrolled again: it goes on as the new terminal, of the
    /// same company, and sends everything that it ever wrote under the ids that it has.
    pub async fn enrol(&self, server_url: &str, code: &str) -> Result<TillView, Error> {
        let before = self.identity();
        if before.is_some() && !self.is_unknown() {
            return Err(Error::AlreadyEnrolled);
        }
        let server_url = check_address(server_url)?;
        let transport = self.transport_to(&server_url)?;
        let key = SecretKey::from_bytes(&self.shared.random.bytes());
        let code: String = code.trim().chars().take(MAX_CODE_CHARS).collect();
        let applicant = Applicant {
            code: &code,
            key: &key.public(),
            is_private: is_private(&server_url),
        };
        let enrolled = enrol(&*transport, applicant).await.map_err(Error::Enrol)?;
        let identity = identity_of(enrolled.reply, server_url, &key)?;
        if let Some(before) = before.filter(|before| before.tenant != identity.tenant) {
            return Err(Error::OtherTenant {
                own: before.tenant_name.clone(),
                other: identity.tenant_name,
            });
        }
        self.stop_sync().await;
        let joined = self.join(&identity, enrolled.binds_replies);
        if joined.is_ok() {
            self.set_identity(identity);
            self.shared.state.send_modify(|state| {
                state.phase = Phase::Sending;
                state.trouble = None;
            });
        }
        self.start_sync()?;
        joined?;
        self.wait_for_data().await;
        Ok(self.lock())
    }

    /// Whether the server that this till is enrolled at says that it does not know it.
    pub(crate) fn is_unknown(&self) -> bool {
        let unknown = Trouble::Attention(Attention::TerminalUnknown);
        self.shared.state.borrow().trouble == Some(unknown)
    }

    /// Becomes the terminal, in one transaction with the stream that it writes from now on.
    /// `binds_replies`: whether the server of now does, which the one before may have done or not.
    fn join(&self, identity: &Identity, binds_replies: bool) -> Result<(), Error> {
        let terminal_id = identity.terminal_id;
        self.shared.ledger.transact(|tx| {
            ledger::setting::remove(tx, BOUND_SETTING)?;
            if binds_replies {
                ledger::setting::set(tx, BOUND_SETTING, "1")?;
            }
            ledger::identity::save(tx, identity)?;
            if ledger::stream::head(tx)?.is_none() {
                return self.open_stream(tx, terminal_id, "enrolled", None);
            }
            let branch = Branch {
                stream: self.shared.random.name(),
                terminal_id,
                reason: "enrolled",
                stamp: stamp(&self.shared, tx, self.shared.clock.now_ms(), 0, 0)?,
            };
            ledger::branch::begin_anew(tx, &branch)?;
            Ok(())
        })
    }

    /// Until the first conversation is through and the till holds rights of its own: the PIN screen needs
    /// the staff, the first sale its codes. Where the till begins with a snapshot, they come before the
    /// customers, who go on arriving.
    async fn wait_for_data(&self) {
        let mut state = self.sync_changes();
        let caught_up = state.wait_for(|state| {
            let has_rights = !state.server_grants_leases || state.lease_round_done > 0;
            let can_sell = state
                .bringing
                .is_some_and(|bringing| bringing.customers.0 > 0);
            let is_through = state.phase == Phase::UpToDate && has_rights;
            is_through || can_sell || state.phase == Phase::NeedsAttention
        });
        if tokio::time::timeout(FIRST_DATA, caught_up).await.is_err() {
            tracing::info!("the store's data goes on arriving in the background");
        }
    }
}

fn identity_of(reply: EnrolReply, server_url: String, key: &SecretKey) -> Result<Identity, Error> {
    // The reply was verified by this key, so it is one.
    let server = PublicKey::from_hex(&reply.server_public_key)
        .map_err(|_| Error::Enrol(Failure::NotTheServer { status: 200 }))?;
    Ok(Identity {
        terminal_id: reply.terminal_id,
        terminal_name: reply.terminal_name,
        tenant: reply.tenant,
        tenant_name: reply.tenant_name,
        store: reply.store,
        store_name: reply.store_name,
        server_url,
        server_public_key: server.to_bytes(),
        secret_key: key.to_bytes(),
    })
}

/// `http://` or `https://` and a host; a slash at the end goes.
fn check_address(text: &str) -> Result<String, Error> {
    let typed = text.trim().trim_end_matches('/');
    // What the server prints when it starts on the same machine.
    let address = if is_this_machine(typed) {
        format!("http://{typed}")
    } else {
        typed.to_owned()
    };
    let host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    let signs_are_fine = |host: &str| {
        !host.is_empty()
            && host
                .chars()
                .all(|sign| sign.is_ascii_graphic() && sign != '?')
    };
    if host.is_some_and(signs_are_fine) {
        return Ok(address);
    }
    Err(Error::ServerAddress {
        text: shortened(text),
    })
}

/// Whether nobody on the way to an address of [`check_address`] reads what is sent.
fn is_private(address: &str) -> bool {
    let plain = address.strip_prefix("http://");
    plain.is_none_or(is_this_machine)
}

fn is_this_machine(host: &str) -> bool {
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|own| host.strip_prefix(own).is_some_and(is_port))
}

/// Nothing, or a colon and digits.
fn is_port(rest: &str) -> bool {
    rest.is_empty()
        || rest
            .strip_prefix(':')
            .is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_private_by_tls_or_because_it_leaves_nothing() {
        for private in [
            "https://tienda.example",
            "http://127.0.0.1:8787",
            "http://[::1]",
        ] {
            assert!(is_private(private), "{private}");
        }
        for open in [
            "http://tienda.example",
            "http://10.0.0.7:8787",
            "http://localhost.example",
        ] {
            assert!(!is_private(open), "{open}");
        }
    }

    #[test]
    fn an_address_is_http_and_a_host() {
        assert!(check_address(" https://tienda.example.com/ ").is_ok_and(|a| !a.ends_with('/')));
        assert!(check_address("http://127.0.0.1:8080").is_ok());
        for (typed, address) in [
            ("127.0.0.1:8787", "http://127.0.0.1:8787"),
            ("localhost:8787/", "http://localhost:8787"),
        ] {
            assert!(check_address(typed).is_ok_and(|read| read == address));
        }
        for text in [
            "",
            "tienda",
            "localhost.example.com",
            "127.0.0.1:99999",
            "ftp://x",
            "https://",
            "http://a b",
            "http://ñ",
            "🎉",
        ] {
            assert!(check_address(text).is_err(), "{text}");
        }
    }
}
