//! Why no codes were generated: each with what to do.

use std::path::PathBuf;

use loyalty::code::generated::{ALPHABET, LONGEST};
use loyalty::code::series::{FEWEST_SIGNS, MOST_SIGNS, PatternFault, SPARSENESS};
use mostrador_loyalty as loyalty;
use thiserror::Error;

use super::MOST_AT_ONCE;

/// An expected "no" of `codes generate`. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Another run holds the program file.
    #[error("another run is generating codes for {}", .0.display())]
    Busy(PathBuf),
    /// Somebody saved the program file during the run.
    #[error("{} was changed while codes were generated for it", .0.display())]
    Changed(PathBuf),
    /// None, or more than one run makes.
    #[error("{0} codes cannot be generated at once")]
    Count(u64),
    /// The program has no such code.
    #[error("the program has no code {text:?}")]
    UnknownCode {
        /// What was named.
        text: String,
        /// The code that was probably meant.
        near: Option<String>,
    },
    /// The code has no generated codes that a file could list.
    #[error("{0} has no generated codes")]
    NoSeries(String),
    /// The code has variants, and members of a series are not assigned any.
    #[error("{0} has variants")]
    HasVariants(String),
    /// The code has no series yet, and no pattern was named.
    #[error("{0} has no series yet, so that it needs a pattern")]
    NoPattern(String),
    /// The beginning has signs that generated codes do not have, each once.
    #[error("{pattern:?} has {}", signs(.strange))]
    Signs {
        /// What was named.
        pattern: String,
        /// Which.
        strange: Vec<char>,
    },
    /// It is no pattern for another reason.
    #[error("{pattern:?} is no pattern: {}", shape(.fault))]
    Pattern {
        /// What was named.
        pattern: String,
        /// Why.
        fault: PatternFault,
    },
    /// The code's series has another pattern.
    #[error("{code} has a series already, and its pattern is {has}, not {asked}")]
    OtherPattern {
        /// The code.
        code: String,
        /// The pattern that it has.
        has: String,
        /// What was named.
        asked: String,
    },
    /// Members would be too easy to guess.
    #[error(
        "{pattern} has room for {room} codes, and {count} are wanted: of {SPARSENESS} texts at most \
         one may be a code, or codes can be guessed"
    )]
    Space {
        /// The pattern.
        pattern: String,
        /// The members that it has room for, all its series together.
        room: u64,
        /// How many there would be.
        count: u64,
        /// The smallest pattern that would do; none is large enough for every number.
        smallest: Option<String>,
    },
    /// The free numbers lie in pieces between other series.
    #[error("the series of {pattern} lie so that at most {largest} codes fit between them")]
    Fragmented {
        /// The pattern.
        pattern: String,
        /// The most that fit.
        largest: u64,
    },
    /// Another series of the pattern begins where this one would go on.
    #[error(
        "the series of {code} can grow by {room} codes only: another series of its pattern follows"
    )]
    NoRoomToGrow {
        /// The code.
        code: String,
        /// By how many.
        room: u64,
    },
    /// A series of another pattern could claim the same texts.
    #[error("codes of {pattern} could be codes of {other}, the pattern of {code}, too")]
    Ambiguous {
        /// What was named.
        pattern: String,
        /// The pattern that is there.
        other: String,
        /// Whose.
        code: String,
    },
    /// The file says its codes in a way that cannot be edited without changing more.
    #[error("the series cannot be written into the program as it is laid out")]
    Layout,
    /// The file of codes is there already.
    #[error("{} exists already", .0.display())]
    ExportExists(PathBuf),
    /// Codes of a run that was stopped wait for a place that somebody took meanwhile.
    #[error("codes that were generated before cannot be put in their place: {} is there", .0.display())]
    InTheWay(PathBuf),
    /// The codes were to be written over the program.
    #[error("{} is the program itself", .0.display())]
    ExportIsProgram(PathBuf),
}

impl Refusal {
    /// What a person can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Busy(_) => "wait until it has ended, then run this again".into(),
            Self::Changed(_) => "run this again: it reads the file anew".into(),
            Self::Count(_) => format!("ask for 1 to {MOST_AT_ONCE}; a second run adds more"),
            Self::UnknownCode { near, .. } => match near {
                Some(near) => format!("did you mean {near}?"),
                None => "add it to the program with what its codes give, then run this again".into(),
            },
            Self::HasVariants(_) => {
                "name a code without variants, or add one with what the codes shall give".into()
            }
            Self::NoSeries(_) => "make some with `codes generate`".into(),
            Self::NoPattern(_) => {
                "add --pattern, for example MAR-????-????: `?` is a random sign, the last one the \
                 check sign"
                    .into()
            }
            Self::Signs { strange, .. } => because(strange),
            Self::Pattern { .. } => format!(
                "write a fixed beginning (or none), then `?` for each random sign, for example \
                 MAR-????-????; the last `?` is the check sign, before it {FEWEST_SIGNS} to \
                 {MOST_SIGNS} are random, {LONGEST} signs at most in all"
            ),
            Self::OtherPattern { .. } => {
                "leave --pattern out to get more of the same, or make another code for the other \
                 pattern"
                    .into()
            }
            Self::Space { smallest, .. } => match smallest {
                Some(smallest) => format!("the smallest pattern that would do is {smallest}"),
                None => "ask for fewer, or choose a shorter beginning".into(),
            },
            Self::NoRoomToGrow { .. } => {
                "ask for so many at most, or make another code with a series of its own".into()
            }
            Self::Fragmented { .. } => {
                "ask for so many at most, or choose another pattern".into()
            }
            Self::Layout => "write the code as a [[codes]] table of its own, then run this again".into(),
            Self::Ambiguous { .. } => {
                "choose a pattern with another beginning or another length".into()
            }
            Self::ExportExists(_) => {
                "its codes may be in people's hands: choose another --export, or replace it with \
                 --force; `codes export` lists every code of a series again"
                    .into()
            }
            Self::InTheWay(_) => {
                "move that file away and run this again: the codes are whole, in the file with .part \
                 behind its name"
                    .into()
            }
            Self::ExportIsProgram(_) => "choose another --export".into(),
        }
    }
}

fn signs(strange: &[char]) -> String {
    let quoted: Vec<String> = strange.iter().map(|sign| format!("{sign:?}")).collect();
    format!(
        "{}, which generated codes do not have",
        quoted.join(" and ")
    )
}

/// Why each sign is not in the alphabet, and which ones are.
fn because(strange: &[char]) -> String {
    let reasons = strange.iter().map(|sign| match sign {
        '0' | 'O' => format!("{sign} is left out because 0 and O look alike"),
        '1' | 'I' | 'L' => format!("{sign} is left out because 1, I and L look alike"),
        _ => format!("{sign:?} is neither a digit nor a letter from A to Z"),
    });
    let reasons: Vec<String> = reasons.collect();
    format!(
        "{}; write the beginning with {ALPHABET}",
        reasons.join(", ")
    )
}

fn shape(fault: &PatternFault) -> String {
    match fault {
        PatternFault::Sign(sign) => format!("{sign:?} is no sign of generated codes"),
        PatternFault::Shape => "a fixed beginning is followed by `?` only".to_owned(),
        PatternFault::Signs(random) => format!("it has {random} random signs"),
        PatternFault::Length(length) => format!("it has {length} signs"),
    }
}
