//! What an owner looks at: what an entry did beyond what it was allowed to, or than was left. It stands.

use serde::{Deserialize, Serialize};

/// Something about an entry that stands all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// What happened.
    pub code: ExceptionCode,
    /// To what: the text of a code, the slug of a reward, the number of a sale, a right, a terminal.
    pub subject: String,
    /// How much, in the unit of its code.
    pub amount: i64,
    /// What a person reads.
    pub said: String,
}

/// What kinds of exceptions there are, and in which unit each is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionCode {
    /// A code was used beyond one of its limits: what it took off, minor units.
    CodeOverLimit,
    /// A reward was had beyond its stock or by one customer too often: what it cost, points.
    RewardOverLimit,
    /// A right was used that the terminal did not have, or no longer: what its code took off, minor units; 0 for
    /// the right to decide on a customer.
    RightMissing,
    /// A refund gave back more than was left of its sale: how much more, minor units.
    RefundAdjusted,
    /// A void gave back more than was left of its sale: how much more, minor units.
    VoidAdjusted,
    /// The till's clock was ahead of the server's: by how much, milliseconds.
    ClockSuspect,
    /// One of a later version.
    #[serde(other)]
    Unknown,
}

impl ExceptionCode {
    /// Every code that this version writes.
    pub const ALL: [Self; 6] = [
        Self::CodeOverLimit,
        Self::RewardOverLimit,
        Self::RightMissing,
        Self::RefundAdjusted,
        Self::VoidAdjusted,
        Self::ClockSuspect,
    ];

    /// The stable word in the database and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CodeOverLimit => "code_over_limit",
            Self::RewardOverLimit => "reward_over_limit",
            Self::RightMissing => "right_missing",
            Self::RefundAdjusted => "refund_adjusted",
            Self::VoidAdjusted => "void_adjusted",
            Self::ClockSuspect => "clock_suspect",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is about a limit: those share one code on the wire.
    const fn is_over_limit(self) -> bool {
        matches!(
            self,
            Self::CodeOverLimit | Self::RewardOverLimit | Self::RightMissing
        )
    }
}

/// The reason that the terminal is told: stable codes, each with a colon and what a person reads. None when
/// nothing of it changed what the entry did.
pub fn reason(exceptions: &[Exception]) -> Option<String> {
    let over: Vec<&str> = exceptions
        .iter()
        .filter(|it| it.code.is_over_limit())
        .map(|it| it.said.as_str())
        .collect();
    let undone = exceptions.iter().filter(|it| {
        matches!(
            it.code,
            ExceptionCode::RefundAdjusted | ExceptionCode::VoidAdjusted
        )
    });
    let mut reasons: Vec<String> = undone
        .map(|it| format!("{}: {}", it.code.as_str(), it.said))
        .collect();
    if !over.is_empty() {
        reasons.push(format!("over_limit: {}", over.join("; ")));
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: ExceptionCode, said: &str) -> Exception {
        Exception {
            code,
            subject: "VERANO".to_owned(),
            amount: 1,
            said: said.to_owned(),
        }
    }

    #[test]
    fn a_terminal_is_told_what_changed_and_limits_share_a_code() {
        let clock = of(ExceptionCode::ClockSuspect, "an hour ahead");
        assert_eq!(reason(std::slice::from_ref(&clock)), None);
        let all = [
            of(ExceptionCode::CodeOverLimit, "a"),
            of(ExceptionCode::VoidAdjusted, "b"),
            of(ExceptionCode::RightMissing, "c"),
            clock,
        ];
        let expected = "void_adjusted: b; over_limit: a; c";
        assert_eq!(reason(&all).as_deref(), Some(expected));
    }

    #[test]
    fn the_word_of_a_code_is_what_is_stored() {
        for code in ExceptionCode::ALL {
            let stored = serde_json::to_string(&code).unwrap();
            assert_eq!(stored, format!("{:?}", code.as_str()));
        }
        let later: ExceptionCode = serde_json::from_str(r#""of_tomorrow""#).unwrap();
        assert_eq!(later, ExceptionCode::Unknown);
    }
}
