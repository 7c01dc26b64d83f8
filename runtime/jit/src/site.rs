//! Why and where compiled code is left, as one number that an exit passes.

/// A place in the bytecode and what happened there. Packed it is never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) why: Why,
    pub(crate) function: u16,
    pub(crate) pc: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// A trap, by the number of its kind, which is neither 0 nor one of the next two.
    Trap(u8),
    OutOfGas,
    /// An operation stopped the run, and the context says how.
    Stopped,
}

const OUT_OF_GAS: u8 = 0xfe;
const STOPPED: u8 = 0xff;

impl Site {
    pub(crate) fn pack(self) -> u64 {
        let why = match self.why {
            Why::Trap(kind) => kind,
            Why::OutOfGas => OUT_OF_GAS,
            Why::Stopped => STOPPED,
        };
        u64::from(why) | u64::from(self.function) << 8 | u64::from(self.pc) << 24
    }

    pub(crate) fn unpack(packed: u64) -> Site {
        let why = match packed as u8 {
            OUT_OF_GAS => Why::OutOfGas,
            STOPPED => Why::Stopped,
            kind => Why::Trap(kind),
        };
        Site { why, function: (packed >> 8) as u16, pc: (packed >> 24) as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_goes_both_ways() {
        for why in [Why::Trap(1), Why::Trap(18), Why::OutOfGas, Why::Stopped] {
            let site = Site { why, function: u16::MAX, pc: u32::MAX };
            assert_eq!(Site::unpack(site.pack()), site);
        }
    }
}
