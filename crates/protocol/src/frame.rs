//! Bodies as they travel: JSON, or JSON in a zstd frame.
//!
//! Signatures are over the bytes as sent, so a frame is verified before it is opened: only who may
//! speak can make the other side expand anything. What is expanded is bounded all the same, because a
//! terminal can be stolen.
//!
//! ```
//! use mostrador_protocol::frame;
//!
//! let json = br#"{"entries":[]}"#.repeat(500);
//! let frame = frame::compress(&json);
//! assert!(frame.len() < json.len() / 10);
//! assert_eq!(frame::expand(&frame, json.len()).unwrap(), json);
//! assert!(frame::expand(&frame, json.len() - 1).is_err());
//! ```

use std::io::Read;

use crate::Error;

/// The name of the encoding in `content-encoding`, `accept-encoding` and a hello's reply.
pub const ZSTD: &str = "zstd";

/// Smaller bodies travel as they are, bytes.
pub const WORTH_BYTES: usize = 1_024;

/// The most that a frame may grow: JSON of sales grows 5 to 60 times, a bomb thousands of times.
pub const MAX_RATIO: usize = 250;

/// Below this the ratio is not looked at, bytes.
const SMALL_BYTES: usize = 64 << 10;

/// The deepest nesting of objects and lists in a body; the protocol's own messages need 9.
pub const MAX_NESTING: usize = 32;

/// The largest window of a frame, as a power of two: 8 MiB of memory.
const MAX_WINDOW_LOG: u32 = 23;

/// The frame of a body.
pub fn compress(body: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(body, zstd::DEFAULT_COMPRESSION_LEVEL)
        .expect("BUG: compressing memory into memory of enough size cannot fail")
}

/// The body of a frame.
///
/// # Errors
/// [`Error::FrameTooLarge`] beyond `max_bytes`, [`Error::FrameRatio`] beyond [`MAX_RATIO`],
/// [`Error::Frame`] when it is damaged or no frame. None of them takes more memory than `max_bytes`.
pub fn expand(frame: &[u8], max_bytes: usize) -> Result<Vec<u8>, Error> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(frame).map_err(Error::Frame)?;
    decoder
        .window_log_max(MAX_WINDOW_LOG)
        .map_err(Error::Frame)?;
    let mut body = Vec::new();
    let mut chunk = [0; 16 << 10];
    loop {
        let read = decoder.read(&mut chunk).map_err(Error::Frame)?;
        if read == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..read]);
        if body.len() > max_bytes {
            return Err(Error::FrameTooLarge { max_bytes });
        }
        if body.len() > SMALL_BYTES && body.len() / MAX_RATIO > frame.len() {
            return Err(Error::FrameRatio);
        }
    }
}

/// How deep objects and lists stand in each other. Text that is no JSON has some depth too; reading it
/// says what is wrong.
pub fn nesting(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_given_up_early() {
        let bomb = compress(&vec![b' '; 8 << 20]);
        assert!(bomb.len() < 2_000, "{}", bomb.len());
        assert!(matches!(expand(&bomb, 64 << 20), Err(Error::FrameRatio)));
        let honest: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        let frame = compress(&honest);
        assert_eq!(expand(&frame, honest.len()).unwrap(), honest);
        let too_large = expand(&frame, honest.len() - 1);
        assert!(matches!(too_large, Err(Error::FrameTooLarge { .. })));
    }

    #[test]
    fn what_is_no_frame_is_named_and_never_panics() {
        let frame = compress(&b"a sale of 90.00 ".repeat(200));
        for length in 0..frame.len() {
            let cut = expand(&frame[..length], 1 << 20);
            assert!(cut.is_err() || length == 0, "{length} of {}", frame.len());
        }
        for nonsense in [b"{}".as_slice(), b"\x28\xb5\x2f\xfd", &[0xff; 100]] {
            assert!(matches!(expand(nonsense, 1 << 20), Err(Error::Frame(_))));
        }
    }

    #[test]
    fn nesting_counts_brackets_outside_of_text() {
        let cases = [
            ("", 0),
            ("7", 0),
            (r#"{"a":[{"b":1}],"c":{}}"#, 3),
            (r#"{"a":"[[[[\"[["}"#, 1),
            (r#"{"a":"\\"}[[]]"#, 2),
            ("}}}[", 1),
        ];
        for (json, depth) in cases {
            assert_eq!(nesting(json.as_bytes()), depth, "{json}");
        }
        assert_eq!(nesting(&vec![b'['; 100_000]), 100_000);
    }
}
