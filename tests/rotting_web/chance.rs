//! Choices that look like chance and are the same in every run: drawn from a name.

/// A source of choices.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// The choices that belong to a name.
    pub(super) fn of(name: &str) -> Self {
        Self(hash(name))
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        usize::try_from(mixed(self.0) % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    /// One of these.
    pub(super) fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// A number for a name, the same in every run (FNV-1a, then mixed).
pub(super) fn hash(name: &str) -> u64 {
    let folded = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mixed(folded)
}

/// The finaliser of `SplitMix64`.
fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
