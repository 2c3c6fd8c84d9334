//! [`Trace`]: W3C Trace Context (<https://www.w3.org/TR/trace-context/>). What an article came with, and what its events go out with: the same
//! trace, and a span of our own as their parent.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A place in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    pub trace: u128,
    pub span: u64,
    pub flags: u8,
}

/// The trace that an article belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The span that the article came from; `None` where the trace begins here.
    pub parent: Option<u64>,
    /// Ours.
    pub here: Context,
    /// `tracestate`, as it came.
    pub state: Option<String>,
}

const SAMPLED: u8 = 1;

impl Context {
    /// Reads a `traceparent`. Of a later version than 00 the first four fields count, as the standard says.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.trim().split('-');
        let mut hex = |digits: usize| {
            let field = fields.next()?;
            let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            (field.len() == digits && field.bytes().all(lower)).then_some(field)
        };
        let (version, trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
        let more = fields.next().is_some();
        if version == "ff" || (version == "00" && more) {
            return None;
        }
        let context = Self {
            trace: u128::from_str_radix(trace, 16).ok()?,
            span: u64::from_str_radix(span, 16).ok()?,
            flags: u8::from_str_radix(flags, 16).ok()? & SAMPLED,
        };
        (context.trace != 0 && context.span != 0).then_some(context)
    }

    pub fn sampled(self) -> bool {
        self.flags & SAMPLED != 0
    }
}

impl std::fmt::Display for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

impl Trace {
    /// The trace to go on with. A `traceparent` that cannot be read counts as none; without one a trace begins here, sampled with the
    /// probability `share`, where `begin` says so.
    pub fn of(traceparent: Option<&[u8]>, tracestate: Option<&[u8]>, begin: bool, share: f64) -> Option<Self> {
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        match traceparent.and_then(text).and_then(|text| Context::parse(&text)) {
            Some(parent) => Some(Self {
                parent: Some(parent.span),
                here: Context { span: random(), ..parent },
                state: tracestate.and_then(text),
            }),
            None if begin => {
                let trace = u128::from(random()) << 64 | u128::from(random());
                // By the trace's number, as other samplers decide, so that they agree.
                let sampled = ((trace as u64) >> 11) as f64 / (1u64 << 53) as f64 <= share && share > 0.0;
                let here = Context { trace, span: random(), flags: u8::from(sampled) };
                Some(Self { parent: None, here, state: None })
            }
            None => None,
        }
    }
}

/// A number that no other process draws, never 0. (SplitMix64, seeded from the system's randomness by way of the standard library.)
fn random() -> u64 {
    static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
    let mut x = SEED.wrapping_add(drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (x ^ (x >> 31)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    // From the standard.
    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_written_as_it_was_read() {
        assert_eq!(Context::parse(GIVEN).unwrap().to_string(), GIVEN);
    }

    #[test]
    fn what_the_standard_calls_invalid_is_none() {
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert_eq!(Context::parse(wrong), None, "{wrong}");
        }
        assert!(Context::parse("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").is_some());
    }

    #[test]
    fn the_trace_goes_on_under_a_span_of_ours() {
        let trace = Trace::of(Some(GIVEN.as_bytes()), Some(b"vendor=1"), false, 0.0).unwrap();
        let given = Context::parse(GIVEN).unwrap();
        assert_eq!((trace.parent, trace.here.trace, trace.here.flags), (Some(given.span), given.trace, given.flags));
        assert_ne!(trace.here.span, given.span);
        assert_eq!(trace.state.as_deref(), Some("vendor=1"));
        assert_eq!(Trace::of(Some(b"nonsense"), None, false, 1.0), None);
    }

    #[test]
    fn a_trace_that_begins_here_is_sampled_as_often_as_wanted() {
        let sampled = |share| (0..2000).filter(|_| Trace::of(None, None, true, share).unwrap().here.sampled()).count();
        assert_eq!((sampled(0.0), sampled(1.0)), (0, 2000));
        assert!((300..500).contains(&sampled(0.2)));
    }
}
