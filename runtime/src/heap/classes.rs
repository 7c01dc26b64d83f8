//! The sizes of blocks.
//!
//! In: bytes that a value takes, its header included. Out: the least size of a block that holds them,
//! and its number. Up to 256 bytes sizes are multiples of eight, at least 16; up to 2 KiB there are four
//! between a power of two and the next; from there on they are powers of two. What values count as
//! follows from this, so it means the same on every machine.

/// The largest size that is a multiple of eight.
const FINE: u64 = 256;

/// The largest size that shares a slab with others.
pub(super) const SMALL: u64 = 2 << 10;

/// How many sizes share slabs.
pub(super) const SMALL_CLASSES: usize = 43;

/// The size of a block for so many bytes.
pub(super) fn rounded(bytes: u64) -> u64 {
    if bytes <= FINE {
        bytes.next_multiple_of(8).max(16)
    } else if bytes <= SMALL {
        bytes.next_multiple_of(bytes.next_power_of_two() / 8)
    } else {
        bytes.checked_next_power_of_two().unwrap_or(u64::MAX)
    }
}

/// The number of a size.
pub(super) fn of(size: u64) -> u32 {
    if size <= FINE {
        size.div_ceil(8).saturating_sub(2) as u32
    } else if size <= SMALL {
        let above = size.next_power_of_two();
        let quarters = (size - above / 2).div_ceil(above / 8) as u32;
        31 + 4 * (above.trailing_zeros() - 9) + quarters - 1
    } else {
        43 + size.next_power_of_two().trailing_zeros() - 12
    }
}

/// The size of this number.
pub(super) fn size(number: u32) -> u64 {
    if number < 31 {
        16 + 8 * u64::from(number)
    } else if number < 43 {
        let (doublings, quarters) = ((number - 31) / 4, (number - 31) % 4 + 1);
        (FINE << doublings) + (FINE << doublings) / 4 * u64::from(quarters)
    } else {
        1 << (number - 43 + 12)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_numbers_agree() {
        for bytes in 0..10_000u64 {
            let size = rounded(bytes);
            assert!(size >= bytes && size.is_multiple_of(8), "{bytes}: {size}");
            assert_eq!(super::size(of(size)), size, "{bytes}");
            assert!(of(size) == 0 || super::size(of(size) - 1) < bytes, "{bytes}: {size}");
            assert_eq!((of(size) as usize) < SMALL_CLASSES, size <= SMALL);
        }
    }
}
