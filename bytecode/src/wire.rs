//! Reading and writing bytes: numbers, counted lists, UTF-8 texts.
//!
//! Most numbers take as many bytes as they need, seven bits in each, the lowest first, the highest bit
//! set in all but the last; there is one form of each. A *shared* text stands in full where it is used
//! first, behind a 0, and by its number, counted from 1, wherever it is used again.
//!
//! A reader never allocates for a count before it has seen that so many entries can stand in
//! what is left, so memory stays in proportion to the input.

use std::collections::{HashMap, HashSet};
use std::fmt;

/// Why bytes were refused: where, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The byte where reading stopped.
    pub offset: usize,
    pub what: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The bytes do not begin as a module does.
    NotAModule,
    /// The bytes do not begin as symbols do.
    NoSymbols,
    /// The symbols of another module.
    OtherModule,
    /// A format this version does not know.
    Version(u16),
    /// More bytes than a module may have.
    TooLarge { limit: usize },
    /// The bytes end inside this.
    Truncated { what: &'static str },
    /// A count that cannot stand in the bytes left.
    Count { what: &'static str, count: u32 },
    /// A byte that means nothing here.
    Byte { what: &'static str, byte: u8 },
    /// A number that means nothing here.
    Number { what: &'static str, number: u16 },
    /// A text that is no UTF-8.
    NotUtf8 { what: &'static str },
    /// Bytes after the end of this.
    Trailing { what: &'static str },
    /// A text that means nothing here.
    Text { what: &'static str },
}

impl DecodeError {
    /// What whoever gave the bytes can do about it.
    pub fn remedy(&self) -> &'static str {
        match self.what {
            Fault::NotAModule | Fault::NoSymbols => "pass a file that `deed build` wrote",
            Fault::OtherModule => "pass the symbols that were built with this module",
            Fault::Version(_) => "build the contract again with this version of Deed",
            Fault::TooLarge { .. } => "split the contract into several",
            Fault::Truncated { .. } | Fault::Trailing { .. } => {
                "the file was cut or joined with another: copy or build it again"
            }
            Fault::Count { .. }
            | Fault::Byte { .. }
            | Fault::Number { .. }
            | Fault::NotUtf8 { .. }
            | Fault::Text { .. } => {
                "the file is damaged or was not written by `deed`: build it again"
            }
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: ", self.offset)?;
        match &self.what {
            Fault::NotAModule => write!(f, "this is no Deed module")?,
            Fault::NoSymbols => write!(f, "these are no symbols of a Deed module")?,
            Fault::OtherModule => write!(f, "these symbols belong to another module")?,
            Fault::Version(version) => write!(f, "format version {version} is not known")?,
            Fault::TooLarge { limit } => write!(f, "a module has at most {limit} bytes")?,
            Fault::Truncated { what } => write!(f, "the bytes end inside {what}")?,
            Fault::Count { what, count } => {
                write!(f, "a count of {count} for {what} is more than the bytes left hold")?;
            }
            Fault::Byte { what, byte } => write!(f, "{byte:#04x} is no {what}")?,
            Fault::Number { what, number } => write!(f, "{number} is no {what}")?,
            Fault::NotUtf8 { what } => write!(f, "{what} is not UTF-8")?,
            Fault::Trailing { what } => write!(f, "there are bytes after the end of {what}")?,
            Fault::Text { what } => write!(f, "the text here is no {what}")?,
        }
        write!(f, "; {}", self.remedy())
    }
}

impl std::error::Error for DecodeError {}

/// Appends to a vector of bytes.
#[derive(Debug, Default)]
pub struct Writer {
    pub bytes: Vec<u8>,
    /// The shared texts with their numbers.
    texts: HashMap<String, u32>,
}

impl Writer {
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// A number in as few bytes as it needs.
    pub fn number(&mut self, value: impl Into<u32>) {
        let mut rest: u32 = value.into();
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    /// A count; one that is too large becomes one that every reader refuses.
    pub fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// A text that may have been used before.
    pub fn shared(&mut self, text: &str) {
        if let Some(number) = self.texts.get(text) {
            return self.number(*number);
        }
        let number = self.texts.len() as u32 + 1;
        self.texts.insert(text.to_owned(), number);
        self.number(0u32);
        self.text(text);
    }

    pub fn blob(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub fn text(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    pub fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Writer, &T)) {
        self.count(items.len());
        for item in items {
            each(self, item);
        }
    }
}

/// Reads from the front of a slice.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
    /// The shared texts so far.
    texts: Vec<&'a str>,
    known: HashSet<&'a str>,
    /// Bytes of shared texts that may still be used again.
    again: usize,
}

/// Bytes of texts that may be used again, beside those in proportion to the input.
const AGAIN: usize = 1 << 20;

impl<'a> Reader<'a> {
    /// A reader whose first byte counts as byte `offset` in errors.
    pub fn new(rest: &'a [u8], offset: usize) -> Reader<'a> {
        let again = AGAIN + 16 * rest.len();
        Reader { rest, offset, texts: Vec::new(), known: HashSet::new(), again }
    }

    pub fn offset(&self) -> usize {
        self.offset
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// An error at the byte that comes next.
    pub fn fault(&self, what: Fault) -> DecodeError {
        DecodeError { offset: self.offset, what }
    }

    #[inline]
    pub fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let Some((head, tail)) = self.rest.split_at_checked(count) else {
            return Err(self.fault(Fault::Truncated { what }));
        };
        self.rest = tail;
        self.offset += count;
        Ok(head)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N, what)?);
        Ok(bytes)
    }

    pub fn u8(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        Ok(self.array::<1>(what)?[0])
    }

    pub fn u16(&mut self, what: &'static str) -> Result<u16, DecodeError> {
        self.array(what).map(u16::from_le_bytes)
    }

    pub fn u32(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        self.array(what).map(u32::from_le_bytes)
    }

    /// Four bytes as they are.
    pub fn code(&mut self, what: &'static str) -> Result<[u8; 4], DecodeError> {
        self.array(what)
    }

    /// A number of up to 32 bits in as few bytes as it needs.
    #[inline]
    pub fn number(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        match self.rest.split_first() {
            // Nearly all are.
            Some((byte @ 0..0x80, rest)) => {
                self.rest = rest;
                self.offset += 1;
                Ok(u32::from(*byte))
            }
            _ => self.long_number(what),
        }
    }

    fn long_number(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        let at = self.offset;
        let mut value = 0;
        for place in 0..5 {
            let byte = self.u8(what)?;
            // The fifth byte has four bits, and no last byte but the first is 0.
            if place == 4 && byte > 0x0f || place > 0 && byte == 0 {
                return Err(DecodeError { offset: at, what: Fault::Byte { what, byte } });
            }
            value |= u32::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                break;
            }
        }
        Ok(value)
    }

    /// A number of up to 16 bits in as few bytes as it needs.
    #[inline]
    pub fn short(&mut self, what: &'static str) -> Result<u16, DecodeError> {
        let at = self.offset;
        let count = self.number(what)?;
        let fault = |_| DecodeError { offset: at, what: Fault::Count { what, count } };
        u16::try_from(count).map_err(fault)
    }

    /// A text that may have been used before.
    pub fn shared(&mut self, what: &'static str) -> Result<&'a str, DecodeError> {
        let at = self.offset;
        let fault = |what| Err(DecodeError { offset: at, what });
        let number = self.number(what)? as usize;
        let Some(before) = number.checked_sub(1) else {
            let text = self.text(what)?;
            self.texts.push(text);
            return if self.known.insert(text) { Ok(text) } else { fault(Fault::Text { what }) };
        };
        let Some(text) = self.texts.get(before) else { return fault(Fault::Text { what }) };
        match self.again.checked_sub(text.len()) {
            Some(again) => self.again = again,
            None => return fault(Fault::TooLarge { limit: AGAIN }),
        }
        Ok(text)
    }

    /// A byte that `decode` knows.
    pub fn known<T>(
        &mut self,
        what: &'static str,
        decode: impl Fn(u8) -> Option<T>,
    ) -> Result<T, DecodeError> {
        let at = self.offset;
        let byte = self.u8(what)?;
        decode(byte).ok_or(DecodeError { offset: at, what: Fault::Byte { what, byte } })
    }

    /// `false` as 0 or `true` as 1.
    pub fn flag(&mut self, what: &'static str) -> Result<bool, DecodeError> {
        self.known(what, |byte| (byte < 2).then_some(byte == 1))
    }

    pub fn blob(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let count = self.count(what, 1)?;
        self.take(count, what)
    }

    pub fn text(&mut self, what: &'static str) -> Result<&'a str, DecodeError> {
        let at = self.offset;
        let bytes = self.blob(what)?;
        let fault = DecodeError { offset: at, what: Fault::NotUtf8 { what } };
        std::str::from_utf8(bytes).map_err(|_| fault)
    }

    /// A count of entries that take at least `least` bytes each.
    fn count(&mut self, what: &'static str, least: usize) -> Result<usize, DecodeError> {
        let at = self.offset;
        let count = self.number(what)?;
        let fits = u64::from(count) * least as u64 <= self.rest.len() as u64;
        let fault = || DecodeError { offset: at, what: Fault::Count { what, count } };
        if fits { Ok(count as usize) } else { Err(fault()) }
    }

    /// A counted list of entries that take at least `least` bytes (one or more) each.
    pub fn list<T>(
        &mut self,
        what: &'static str,
        least: usize,
        mut each: impl FnMut(&mut Reader<'a>) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.count(what, least)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(each(self)?);
        }
        Ok(items)
    }

    /// Checks that nothing is left.
    pub fn finish(&self, what: &'static str) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault(Fault::Trailing { what })) }
    }
}
