//! The pattern that was asked for, and the one that a code has.

use loyalty::code::generated::ALPHABET;
use loyalty::code::series::Pattern;
use loyalty::code::{CodeText, text};
use mostrador_loyalty as loyalty;

use super::Refusal;

/// A pattern and how people write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) pattern: Pattern,
    /// Upper case, with dashes, `#` for the check sign.
    pub(super) text: String,
}

/// The pattern of a code's series; of a new one what was asked for.
pub(super) fn choose(
    code: &CodeText,
    has: Option<&str>,
    asked: Option<&str>,
) -> Result<Asked, Refusal> {
    match (has, asked) {
        (None, None) => Err(Refusal::NoPattern(code.to_string())),
        (None, Some(asked)) => read(asked),
        (Some(has), None) => read(has),
        (Some(has), Some(asked)) => {
            let (has, asked) = (read(has)?, read(asked)?);
            if has.pattern != asked.pattern {
                return Err(Refusal::OtherPattern {
                    code: code.to_string(),
                    has: has.text,
                    asked: asked.text,
                });
            }
            // What is on paper already looks like the first ones.
            Ok(has)
        }
    }
}

/// The signs before the random ones, as codes have them.
pub(super) fn beginning(raw: &str) -> String {
    let signs = text::normalised(raw);
    let signs = signs.chars().take_while(|sign| !"?#".contains(*sign));
    signs.filter(|sign| ALPHABET.contains(*sign)).collect()
}

/// The last sign is the check sign; at the command line it may be written as another `?`.
fn read(raw: &str) -> Result<Asked, Refusal> {
    // Whatever stood between the groups, one dash does on paper.
    let written = text::groups(raw).join("-");
    let text = match written.strip_suffix('?') {
        Some(head) => format!("{head}#"),
        None => written,
    };
    let mut strange: Vec<char> = text
        .chars()
        .filter(|sign| !ALPHABET.contains(*sign) && !"?#-".contains(*sign))
        .collect();
    strange.sort_unstable();
    strange.dedup();
    if !strange.is_empty() {
        return Err(Refusal::Signs {
            pattern: raw.to_owned(),
            strange,
        });
    }
    let pattern = Pattern::parse(&text).map_err(|fault| Refusal::Pattern {
        pattern: raw.to_owned(),
        fault,
    })?;
    Ok(Asked { pattern, text })
}

#[cfg(test)]
mod tests {
    use loyalty::code::series::PatternFault;

    use super::*;

    #[test]
    fn the_check_sign_is_a_question_mark_or_a_hash() {
        let canonical = |raw| read(raw).map(|asked| (asked.pattern.to_string(), asked.text));
        let both = Ok(("V2P???????#".to_owned(), "V2P-???????#".to_owned()));
        assert_eq!(canonical("V2P-????????"), both);
        assert_eq!(canonical(" v2p ???????# "), both);
        assert_eq!(canonical("V2P \u{2013} ???????\u{ff03}"), both);
    }

    #[test]
    fn each_strange_sign_is_named_once() {
        let strange = |raw| match read(raw) {
            Err(Refusal::Signs { strange, .. }) => strange,
            other => panic!("{raw}: {other:?}"),
        };
        assert_eq!(strange("VIP-LILO-????????"), ['I', 'L', 'O']);
        assert_eq!(strange("año_????????"), ['O', '_', 'Ñ']);
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        let fault = |raw| match read(raw) {
            Err(Refusal::Pattern { fault, .. }) => fault,
            other => panic!("{raw}: {other:?}"),
        };
        assert_eq!(fault("V2P"), PatternFault::Shape);
        assert_eq!(fault(""), PatternFault::Shape);
        assert_eq!(fault("????V2P??"), PatternFault::Shape);
        assert_eq!(fault("V2P????"), PatternFault::Signs(3));
        assert_eq!(
            fault("ABCDEFGH-????????????????????????"),
            PatternFault::Length(32)
        );
    }
}
