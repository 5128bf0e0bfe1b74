//! What text stands for an account, and what stands for nothing.

use loom_guest::Context;

/// Whether the text is the name of another actor of the same type, `TYPE-ID`.
pub fn is_other_account(to: &str, context: &Context) -> bool {
        let id = match to.as_bytes().strip_prefix(context.actor_type().as_bytes()) {
        Some([b'-', id @ ..]) => id,
        _ => return false,
    };
    (1..=200).contains(&id.len())
        && id.iter().all(|c| c.is_ascii_alphanumeric() || b"._~:@-".contains(c))
        && to != context.actor
}

/// Nothing but white space, or nothing at all.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c, '\u{9}'..='\u{d}' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
            | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
    })
}
