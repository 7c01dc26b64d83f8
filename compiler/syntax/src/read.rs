//! Bytes to sources.
//!
//! In: bytes of unknown origin. Out: a source, or a message why they are none.

use deed_base::{Diagnostic, Diagnostics, SourceId, SourceMap, Span, catalogue};

/// Takes a file's bytes in as a source, if they are UTF-8 and not too many.
///
/// A source that is refused is in the map too, empty, so that its message has a place.
pub fn read_source(
    name: &str,
    bytes: &[u8],
    sources: &mut SourceMap,
    diagnostics: &mut Diagnostics,
) -> Option<SourceId> {
    let refusal = match std::str::from_utf8(bytes) {
        _ if bytes.len() > SourceMap::MAX_LEN => {
            let (size, most) = (bytes.len(), SourceMap::MAX_LEN);
            let message = format!("`{name}` has {size} bytes; a source holds at most {most}");
            (catalogue::SOURCE_TOO_LARGE, message, "split it into modules")
        }
        Ok(text) => return Some(sources.add(name, text)),
        Err(error) => {
            let at = error.valid_up_to();
            let message = format!("`{name}` is not UTF-8: byte {at} is wrong");
            (catalogue::NOT_UTF8, message, "save the file as UTF-8")
        }
    };
    let id = sources.add(name, "");
    let (code, message, help) = refusal;
    diagnostics.push(Diagnostic::new(code, Span::new(id, 0, 0), message).help(help));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Option<SourceId>, Vec<&'static str>) {
        let (mut sources, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
        let id = read_source("a.deed", bytes, &mut sources, &mut diagnostics);
        (id, diagnostics.iter().map(|d| d.code.id).collect())
    }

    #[test]
    fn text_is_taken_in_and_the_rest_refused() {
        assert_eq!(read("契".as_bytes()), (Some(SourceId(0)), vec![]));
        assert_eq!(read(b"a\xff"), (None, vec!["E0002"]));
        assert_eq!(read(&vec![b' '; SourceMap::MAX_LEN + 1]), (None, vec!["E0003"]));
    }
}
