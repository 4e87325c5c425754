//! Whole numbers of any size: what keeps a product of decimals exact until its one floor.

/// A number in base 2^32, least significant limb first, without leading zeros.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Natural {
    limbs: Vec<u32>,
}

const BASE_BITS: u32 = 32;
const LIMB_MASK: u64 = 0xffff_ffff;
/// The largest power of ten that fits a limb, and its exponent.
const CHUNK: (u32, u32) = (1_000_000_000, 9);

impl From<u128> for Natural {
    fn from(mut number: u128) -> Self {
        let mut limbs = Vec::new();
        while number > 0 {
            limbs.push(low_limb(number));
            number = number.checked_shr(BASE_BITS).unwrap_or(0);
        }
        Self { limbs }
    }
}

impl Natural {
    /// The product.
    pub(super) fn times(&self, factor: u128) -> Self {
        let mut product = Self::default();
        for limb in Self::from(factor).limbs.into_iter().rev() {
            product.shift_up();
            product = product.plus(&self.times_limb(limb));
        }
        product
    }

    /// `floor(self / 10^places)`.
    pub(super) fn without_decimals(mut self, places: u32) -> Self {
        let mut left = places;
        while left >= CHUNK.1 {
            self.divide_by_limb(CHUNK.0);
            left = left.saturating_sub(CHUNK.1);
        }
        self.divide_by_limb(10_u32.saturating_pow(left));
        self
    }

    /// The number, or `limit` if it is larger.
    pub(super) fn at_most(&self, limit: u128) -> u128 {
        let mut number: u128 = 0;
        for limb in self.limbs.iter().rev() {
            number = number
                .saturating_mul(1 << BASE_BITS)
                .saturating_add(u128::from(*limb));
        }
        number.min(limit)
    }

    fn shift_up(&mut self) {
        if !self.limbs.is_empty() {
            self.limbs.insert(0, 0);
        }
    }

    fn times_limb(&self, factor: u32) -> Self {
        let mut carry: u64 = 0;
        let mut limbs = Vec::new();
        for limb in &self.limbs {
            // (2^32 - 1)^2 + 2^32 - 1 fits 64 bits.
            let wide = u64::from(*limb)
                .saturating_mul(u64::from(factor))
                .saturating_add(carry);
            limbs.push(low_limb(wide.into()));
            carry = wide.checked_shr(BASE_BITS).unwrap_or(0);
        }
        Self::trimmed(limbs, carry)
    }

    fn plus(&self, other: &Self) -> Self {
        let mut carry: u64 = 0;
        let mut limbs = Vec::new();
        let length = self.limbs.len().max(other.limbs.len());
        let zeros = std::iter::repeat(&0_u32);
        let mine = self.limbs.iter().chain(zeros.clone());
        let theirs = other.limbs.iter().chain(zeros);
        for (a, b) in mine.zip(theirs).take(length) {
            let wide = u64::from(*a)
                .saturating_add(u64::from(*b))
                .saturating_add(carry);
            limbs.push(low_limb(wide.into()));
            carry = wide.checked_shr(BASE_BITS).unwrap_or(0);
        }
        Self::trimmed(limbs, carry)
    }

    fn divide_by_limb(&mut self, by: u32) {
        let divisor = u64::from(by);
        let mut rest: u64 = 0;
        for limb in self.limbs.iter_mut().rev() {
            let wide = rest
                .saturating_mul(1 << BASE_BITS)
                .saturating_add(u64::from(*limb));
            *limb = low_limb(wide.checked_div(divisor).unwrap_or(0).into());
            rest = wide.checked_rem(divisor).unwrap_or(0);
        }
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
    }

    fn trimmed(mut limbs: Vec<u32>, carry: u64) -> Self {
        if carry > 0 {
            limbs.push(low_limb(carry.into()));
        }
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        Self { limbs }
    }
}

fn low_limb(number: u128) -> u32 {
    u32::try_from(number & u128::from(LIMB_MASK)).unwrap_or(0)
}
