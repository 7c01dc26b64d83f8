//! Bytes of a key or a value of the state: short ones without memory of their own.
//!
//! In: bytes. Out: [`Bytes`], which compare, order and hash as the bytes do. Up to
//! [`Bytes::SHORT`] of them, such as the keys of most maps and every scalar, lie in the value
//! itself, so a call that touches only such entries allocates nothing for them.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// Bytes that do not change.
#[derive(Clone)]
pub struct Bytes(Form);

#[derive(Clone)]
enum Form {
    Short { length: u8, bytes: Words },
    Long(Vec<u8>),
}

/// Bytes that begin where a word does, so that they are moved by words.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct Words([u8; Bytes::SHORT]);

impl Bytes {
    /// As many need no memory of their own.
    pub const SHORT: usize = 48;

    /// Bytes that nothing has been put into yet.
    pub const fn new() -> Bytes {
        Bytes(Form::Short { length: 0, bytes: Words([0; Bytes::SHORT]) })
    }

    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Form::Short { length, bytes } => &bytes.0[..usize::from(*length).min(Bytes::SHORT)],
            Form::Long(bytes) => bytes,
        }
    }

    /// Appends bytes.
    pub fn push(&mut self, more: &[u8]) {
        match &mut self.0 {
            Form::Long(bytes) => bytes.extend_from_slice(more),
            Form::Short { length, bytes } => {
                let at = usize::from(*length);
                match bytes.0.get_mut(at..at + more.len()) {
                    Some(room) => {
                        room.copy_from_slice(more);
                        *length += more.len() as u8;
                    }
                    None => self.0 = Form::Long([&bytes.0[..at], more].concat()),
                }
            }
        }
    }

    /// Appends the first `length` of these bytes. Where there is room, all of them are copied: so many as are
    /// known here take few instructions.
    #[inline(always)]
    pub(crate) fn push_first<const N: usize>(&mut self, more: &[u8; N], length: usize) {
        if let Form::Short { length: before, bytes } = &mut self.0
            && let Some(room) = bytes.0.get_mut(usize::from(*before)..)
            && let Some(room) = room.first_chunk_mut()
        {
            *room = *more;
            *before += length as u8;
        } else {
            self.push(&more[..length]);
        }
    }

    /// Takes them, and leaves none. What is left costs less to write than [`Bytes::new`].
    #[inline]
    pub(crate) fn take(&mut self) -> Bytes {
        std::mem::replace(self, Bytes(Form::Long(Vec::new())))
    }

    pub fn into_vec(self) -> Vec<u8> {
        match self.0 {
            Form::Short { .. } => self.as_slice().to_vec(),
            Form::Long(bytes) => bytes,
        }
    }
}

impl Default for Bytes {
    fn default() -> Bytes {
        Bytes::new()
    }
}

impl From<&[u8]> for Bytes {
    #[inline]
    fn from(from: &[u8]) -> Bytes {
        if from.len() > Bytes::SHORT {
            return Bytes(Form::Long(from.to_vec()));
        }
        let mut bytes = [0; Bytes::SHORT];
        bytes[..from.len()].copy_from_slice(from);
        Bytes(Form::Short { length: from.len() as u8, bytes: Words(bytes) })
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(from: Vec<u8>) -> Bytes {
        match from.len() > Bytes::SHORT {
            true => Bytes(Form::Long(from)),
            false => Bytes::from(from.as_slice()),
        }
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(from: Bytes) -> Vec<u8> {
        from.into_vec()
    }
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl Borrow<[u8]> for Bytes {
    #[inline]
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Bytes {
    #[inline]
    fn eq(&self, other: &Bytes) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl PartialEq<Vec<u8>> for Bytes {
    fn eq(&self, other: &Vec<u8>) -> bool {
        **self == **other
    }
}

impl PartialOrd for Bytes {
    fn partial_cmp(&self, other: &Bytes) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bytes {
    fn cmp(&self, other: &Bytes) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Bytes {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_bytes_are_what_they_were_made_of() {
        for length in [0, 1, 40, Bytes::SHORT, Bytes::SHORT + 1, 1000] {
            let of: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let (lent, taken) = (Bytes::from(of.as_slice()), Bytes::from(of.clone()));
            assert_eq!(lent, taken);
            assert_eq!((lent.as_slice(), taken.into_vec()), (of.as_slice(), of.clone()));
            assert_eq!(lent > Bytes::from(&of[..length / 2]), length > 0);
        }
        let mut grown = Bytes::new();
        for length in 1..20u8 {
            grown.push(&vec![length; length.into()]);
        }
        let wanted: Vec<u8> = (1..20u8).flat_map(|length| vec![length; length.into()]).collect();
        assert_eq!(grown, wanted);
        for length in [0, 7, 40, 48] {
            let mut first = Bytes::from(vec![1; length]);
            first.push_first(&[2; 8], 3);
            assert_eq!(first, [vec![1; length], vec![2; 3]].concat());
        }
        let (short, long) = (Bytes::from(vec![2]), Bytes::from(vec![1; 100]));
        assert!(short > long);
        assert_eq!(size_of::<Bytes>(), 56);
    }
}
