//! Identifiers outside ASCII.
//!
//! In: words. Out: their normalised form; messages about words that look like others.
//! Holds always: a name is in Unicode normalisation form C, its characters are allowed in
//! identifiers (Unicode Standard Annex 31, Technical Standard 39), and it mixes no scripts but those
//! that are written together, such as Han with Latin.

use std::collections::HashMap;

use deed_base::{Diagnostic, Span, catalogue};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_security::confusable_detection::skeleton;
use unicode_security::{GeneralSecurityProfile, RestrictionLevel, RestrictionLevelDetection};

use crate::reporter::Reporter;

/// How many bytes of `rest` continue a word, beyond what the raw lexer took.
pub(super) fn continue_len(rest: &str) -> usize {
    let ends = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'_';
    if rest.as_bytes().first().is_none_or(ends) {
        return 0;
    }
    rest.find(|c: char| !unicode_ident::is_xid_continue(c)).unwrap_or(rest.len())
}

/// The name that a word means.
pub(crate) fn normalise(word: &str) -> String {
    word.nfc().collect()
}

/// Checks the words of one source.
#[derive(Default)]
pub(super) struct WordChecker<'s> {
    /// The first word of each appearance, by the form that looks the same.
    seen: HashMap<String, (&'s str, Span)>,
}

impl<'s> WordChecker<'s> {
    /// Checks a word that is not all ASCII.
    pub(super) fn check(&mut self, word: &'s str, span: Span, diagnostics: &mut Reporter<'_>) {
        if let Some(c) = word.chars().find(|c| !c.identifier_allowed() && is_nfc(word)) {
            diagnostics.push(
                Diagnostic::new(
                    catalogue::CONFUSABLE_NAME,
                    span,
                    format!("`{c}` (U+{:04X}) is not for names", u32::from(c)),
                )
                .help("use a letter of a script that is in common use"),
            );
        } else if !word.check_restriction_level(RestrictionLevel::HighlyRestrictive) {
            diagnostics.push(mixed_scripts(word, span));
        } else {
            self.check_twin(word, span, diagnostics);
        }
    }

    fn check_twin(&mut self, word: &'s str, span: Span, diagnostics: &mut Reporter<'_>) {
        let look: String = skeleton(word).collect();
        if look.is_ascii() {
            diagnostics.push(
                Diagnostic::new(
                    catalogue::CONFUSABLE_NAME,
                    span,
                    format!("this name looks like `{look}` but is another"),
                )
                .help("spell it in Latin letters, or choose a name that cannot be mistaken"),
            );
            return;
        }
        let (first, place) = *self.seen.entry(look).or_insert((word, span));
        if !first.nfc().eq(word.nfc()) {
            diagnostics.push(
                Diagnostic::new(
                    catalogue::CONFUSABLE_NAME,
                    span,
                    format!("`{word}` looks like `{first}` but is another name"),
                )
                .also(place, "the other one")
                .help("choose names that cannot be mistaken for each other"),
            );
        }
    }
}

fn mixed_scripts(word: &str, span: Span) -> Diagnostic {
    let foreign = word.chars().find(|c| !c.is_ascii()).unwrap_or('?');
    Diagnostic::new(
        catalogue::CONFUSABLE_NAME,
        span,
        format!("this name mixes scripts: `{foreign}` (U+{:04X}) among others", u32::from(foreign)),
    )
    .help("write a name in one script; Han, Kana or Hangul may stand with Latin")
}
