//! Entries: one fact each, hashed into a terminal's stream.

mod check;
mod derived;
mod effect;
mod effective;
mod people;
mod points;
mod sale;
mod undo;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use self::check::Fault;
pub use self::derived::{DerivedFigures, DerivedPaid, DerivedUse, PaymentReached, ReachedCode};
pub use self::effect::{CodeUsed, Effects, Merge};
pub use self::people::{
    ApprovalGiven, BadgeAwarded, CustomerLinked, ReferralBonus, ReferralCodeMade,
    ReferralRegistered, TierMoved,
};
pub use self::points::{PointsAdjusted, PointsExpired, RewardRedeemed};
pub use self::sale::{
    PointsFactor, PointsRedeemed, SaleCode, SaleCompleted, SaleLine, SalePoints, SaleRefusal,
    SaleReward, SaleTierDiscount, Tender,
};
pub use self::undo::{
    Chosen, CodeGivenBack, PointsUndone, ReturnedUnits, SaleRefunded, SaleVoided, UndoneAt,
};
use crate::Error;
use crate::lease::LeaseClosed;

/// The format of headers and payloads written by this version.
pub const FORMAT: u16 = 1;

/// A SHA-256 over the chain up to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryHash(#[serde(with = "hex::serde")] pub [u8; 32]);

impl EntryHash {
    /// What stands before the first entry of a stream.
    pub const ZERO: Self = Self([0; 32]);

    /// 64 hexadecimal signs.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// Reads what [`EntryHash::to_hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

/// An entry exactly as it was made: never re-serialised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawEntry {
    /// The [`Header`] as JSON text.
    pub header: String,
    /// The payload as JSON text.
    pub payload: String,
}

impl RawEntry {
    /// The hash of this entry after `previous`:
    /// `SHA-256("mostrador/entry/1" || previous || header || payload)`.
    pub fn hash(&self, previous: &EntryHash) -> EntryHash {
        let mut hasher = Sha256::new();
        hasher.update(b"mostrador/entry/1");
        hasher.update(previous.0);
        hasher.update(self.header.as_bytes());
        hasher.update(self.payload.as_bytes());
        EntryHash(hasher.finalize().into())
    }

    /// Bytes of header and payload together, what batch limits count.
    pub fn len(&self) -> usize {
        self.header.len() + self.payload.len()
    }

    /// Whether there is nothing in it; such an entry cannot be decoded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the header.
    ///
    /// # Errors
    /// [`Error::Header`] when it is not a header, [`Error::PayloadLength`] when the payload has not
    /// the length that the header names.
    pub fn header(&self) -> Result<Header, Error> {
        let header: Header = serde_json::from_str(&self.header).map_err(Error::Header)?;
        if header.payload_len as usize != self.payload.len() {
            return Err(Error::PayloadLength {
                seq: header.seq,
                named: header.payload_len,
                found: self.payload.len(),
            });
        }
        Ok(header)
    }

    /// Reads the payload as the kind that its header names.
    ///
    /// # Errors
    /// [`Error::Payload`] when a known kind cannot be read, [`Error::Format`] when the entry was
    /// written by a later version.
    pub fn payload(&self, header: &Header) -> Result<Decoded, Error> {
        if header.format > FORMAT {
            return Err(Error::Format {
                seq: header.seq,
                format: header.format,
            });
        }
        let payload = match header.kind.as_str() {
            STREAM_OPENED => Payload::StreamOpened(self.read(header)?),
            SALE_COMPLETED => Payload::SaleCompleted(Box::new(self.read(header)?)),
            SALE_REFUNDED => Payload::SaleRefunded(Box::new(self.read(header)?)),
            SALE_VOIDED => Payload::SaleVoided(Box::new(self.read(header)?)),
            POINTS_ADJUSTED => Payload::PointsAdjusted(self.read(header)?),
            POINTS_EXPIRED => Payload::PointsExpired(self.read(header)?),
            REWARD_REDEEMED => Payload::RewardRedeemed(Box::new(self.read(header)?)),
            REWARD_RETURNED => Payload::RewardReturned(Box::new(self.read(header)?)),
            REFERRAL_CODE_MADE => Payload::ReferralCodeMade(self.read(header)?),
            REFERRAL_REGISTERED => Payload::ReferralRegistered(self.read(header)?),
            REFERRAL_BONUS => Payload::ReferralBonus(self.read(header)?),
            CUSTOMER_LINKED => Payload::CustomerLinked(self.read(header)?),
            TIER_MOVED => Payload::TierMoved(self.read(header)?),
            BADGE_AWARDED => Payload::BadgeAwarded(self.read(header)?),
            APPROVAL_GIVEN => Payload::ApprovalGiven(self.read(header)?),
            SHIFT_OPENED => Payload::ShiftOpened(self.read(header)?),
            SHIFT_CLOSED => Payload::ShiftClosed(self.read(header)?),
            LEASE_CLOSED => Payload::LeaseClosed(self.read(header)?),
            PAYMENT_REACHED => Payload::PaymentReached(self.read(header)?),
            _ => return Ok(Decoded::Unknown),
        };
        Ok(Decoded::Known(payload))
    }

    /// The same entry at another place: its payload byte for byte, its header with another stream and
    /// position. An id has effects once, wherever it stands.
    ///
    /// # Errors
    /// As [`RawEntry::header`].
    pub fn written_again(&self, stream: Uuid, seq: u64) -> Result<(Header, Self), Error> {
        let header = Header {
            stream,
            seq,
            ..self.header()?
        };
        let again = Self {
            header: serde_json::to_string(&header)
                .expect("BUG: headers have string keys only and always serialise"),
            payload: self.payload.clone(),
        };
        Ok((header, again))
    }

    fn read<T: DeserializeOwned>(&self, header: &Header) -> Result<T, Error> {
        serde_json::from_str(&self.payload).map_err(|source| Error::Payload {
            seq: header.seq,
            kind: header.kind.clone(),
            source,
        })
    }
}

const STREAM_OPENED: &str = "stream_opened";
const SALE_COMPLETED: &str = "sale_completed";
const SALE_REFUNDED: &str = "sale_refunded";
const SALE_VOIDED: &str = "sale_voided";
const POINTS_ADJUSTED: &str = "points_adjusted";
const POINTS_EXPIRED: &str = "points_expired";
const REWARD_REDEEMED: &str = "reward_redeemed";
const REWARD_RETURNED: &str = "reward_returned";
const REFERRAL_CODE_MADE: &str = "referral_code_made";
const REFERRAL_REGISTERED: &str = "referral_registered";
const REFERRAL_BONUS: &str = "referral_bonus";
const CUSTOMER_LINKED: &str = "customer_linked";
const TIER_MOVED: &str = "tier_moved";
const BADGE_AWARDED: &str = "badge_awarded";
const APPROVAL_GIVEN: &str = "approval_given";
const SHIFT_OPENED: &str = "shift_opened";
const SHIFT_CLOSED: &str = "shift_closed";
const LEASE_CLOSED: &str = "lease_closed";
const PAYMENT_REACHED: &str = "payment_reached";

/// What an entry says, as far as this version understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// A kind that this version knows.
    Known(Payload),
    /// A kind of a later version: kept raw, without effects.
    Unknown,
}

/// How far ahead of the server's clock the time of an entry may be, milliseconds; beyond it that time is not
/// believed. A till's correction is never exact: up to here its time counts as it is, so that till and server
/// fold the same.
pub const CLOCK_SUSPECT_MS: i64 = 10 * 60 * 1_000;

/// What stands in front of every payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`] of the writer.
    pub format: u16,
    /// Kind of payload, see [`Payload`]; kinds that are not known are kept raw.
    pub kind: String,
    /// The stream: random 128 bits, made at enrolment and after every fork.
    pub stream: Uuid,
    /// Position in the stream: 1, 2, 3 without gaps.
    pub seq: u64,
    /// UUIDv7 made on the till; an id has effects once.
    pub entry_id: Uuid,
    /// Hybrid logical clock: milliseconds x 65536 + counter.
    pub hlc: u64,
    /// The till's wall clock, milliseconds since the epoch.
    pub wall_ms: i64,
    /// The wall clock corrected by the known offset, never before the previous entry's.
    pub effective_ms: i64,
    /// Made at each start of the program.
    pub boot_id: Uuid,
    /// Milliseconds since that start.
    pub monotonic_ms: u64,
    /// The program that priced it; 0 when none did.
    pub program_version: u32,
    /// The first of the leases that it spends or closes, if any; the payload names them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<Uuid>,
    /// Bytes of the payload.
    pub payload_len: u32,
}

/// The payloads that this version understands. The wire carries `kind` in the header and the inner
/// value as the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// `stream_opened`
    StreamOpened(StreamOpened),
    /// `sale_completed`
    SaleCompleted(Box<SaleCompleted>),
    /// `sale_refunded`
    SaleRefunded(Box<SaleRefunded>),
    /// `sale_voided`
    SaleVoided(Box<SaleVoided>),
    /// `points_adjusted`
    PointsAdjusted(PointsAdjusted),
    /// `points_expired`
    PointsExpired(PointsExpired),
    /// `reward_redeemed`
    RewardRedeemed(Box<RewardRedeemed>),
    /// `reward_returned`
    RewardReturned(Box<RewardRedeemed>),
    /// `referral_code_made`
    ReferralCodeMade(ReferralCodeMade),
    /// `referral_registered`
    ReferralRegistered(ReferralRegistered),
    /// `referral_bonus`
    ReferralBonus(ReferralBonus),
    /// `customer_linked`
    CustomerLinked(CustomerLinked),
    /// `tier_moved`
    TierMoved(TierMoved),
    /// `badge_awarded`
    BadgeAwarded(BadgeAwarded),
    /// `approval_given`
    ApprovalGiven(ApprovalGiven),
    /// `shift_opened`
    ShiftOpened(Shift),
    /// `shift_closed`
    ShiftClosed(Shift),
    /// `lease_closed`
    LeaseClosed(LeaseClosed),
    /// `payment_reached`
    PaymentReached(PaymentReached),
}

impl Payload {
    /// The kind that stands in the header.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::StreamOpened(_) => STREAM_OPENED,
            Self::SaleCompleted(_) => SALE_COMPLETED,
            Self::SaleRefunded(_) => SALE_REFUNDED,
            Self::SaleVoided(_) => SALE_VOIDED,
            Self::PointsAdjusted(_) => POINTS_ADJUSTED,
            Self::PointsExpired(_) => POINTS_EXPIRED,
            Self::RewardRedeemed(_) => REWARD_REDEEMED,
            Self::RewardReturned(_) => REWARD_RETURNED,
            Self::ReferralCodeMade(_) => REFERRAL_CODE_MADE,
            Self::ReferralRegistered(_) => REFERRAL_REGISTERED,
            Self::ReferralBonus(_) => REFERRAL_BONUS,
            Self::CustomerLinked(_) => CUSTOMER_LINKED,
            Self::TierMoved(_) => TIER_MOVED,
            Self::BadgeAwarded(_) => BADGE_AWARDED,
            Self::ApprovalGiven(_) => APPROVAL_GIVEN,
            Self::ShiftOpened(_) => SHIFT_OPENED,
            Self::ShiftClosed(_) => SHIFT_CLOSED,
            Self::LeaseClosed(_) => LEASE_CLOSED,
            Self::PaymentReached(_) => PAYMENT_REACHED,
        }
    }

    fn to_json(&self) -> String {
        let json = match self {
            Self::StreamOpened(opened) => serde_json::to_string(opened),
            Self::SaleCompleted(sale) => serde_json::to_string(sale),
            Self::SaleRefunded(payload) => serde_json::to_string(payload),
            Self::SaleVoided(payload) => serde_json::to_string(payload),
            Self::PointsAdjusted(payload) => serde_json::to_string(payload),
            Self::PointsExpired(payload) => serde_json::to_string(payload),
            Self::ReferralCodeMade(payload) => serde_json::to_string(payload),
            Self::ReferralRegistered(payload) => serde_json::to_string(payload),
            Self::ReferralBonus(payload) => serde_json::to_string(payload),
            Self::CustomerLinked(payload) => serde_json::to_string(payload),
            Self::TierMoved(payload) => serde_json::to_string(payload),
            Self::BadgeAwarded(payload) => serde_json::to_string(payload),
            Self::ApprovalGiven(payload) => serde_json::to_string(payload),
            Self::RewardRedeemed(payload) | Self::RewardReturned(payload) => {
                serde_json::to_string(payload)
            }
            Self::ShiftOpened(shift) | Self::ShiftClosed(shift) => serde_json::to_string(shift),
            Self::LeaseClosed(closed) => serde_json::to_string(closed),
            Self::PaymentReached(reached) => serde_json::to_string(reached),
        };
        json.expect("BUG: payloads have string keys only and always serialise")
    }

    /// Makes the entry's bytes: the only place where an entry is serialised.
    ///
    /// `header.kind` and `header.payload_len` are set from the payload, whatever they were.
    pub fn seal(&self, header: &Header) -> RawEntry {
        let payload = self.to_json();
        let header = Header {
            kind: self.kind().to_owned(),
            payload_len: u32::try_from(payload.len())
                .expect("BUG: a payload of 4 GiB cannot come from one basket"),
            ..header.clone()
        };
        let header = serde_json::to_string(&header)
            .expect("BUG: headers have string keys only and always serialise");
        RawEntry { header, payload }
    }
}

/// The first entry of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamOpened {
    /// The terminal that writes it.
    pub terminal_id: Uuid,
    /// Why: `enrolled`, `rewound`, `fork`.
    pub reason: String,
    /// The stream it continues, with its last position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<StreamPosition>,
}

/// A position in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamPosition {
    /// Which stream.
    pub stream: Uuid,
    /// Its last entry.
    pub seq: u64,
    /// The chain up to it.
    pub hash: EntryHash,
}

/// A cashier comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Who.
    pub cashier_id: Uuid,
}
