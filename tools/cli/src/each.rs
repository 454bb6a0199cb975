//! Tables with an entry for each detector.

use voiced::Kind;

/// One `T` for each detector of the registry.
///
/// A table that lacks a detector does not compile, and neither does one that has them in another order.
pub(crate) struct Each<T>([(Kind, T); Kind::ALL.len()]);

impl<T> Each<T> {
    /// The entries, in the order of [`Kind::ALL`].
    pub(crate) const fn new(entries: [(Kind, T); Kind::ALL.len()]) -> Self {
        let mut place = 0;
        while place < entries.len() {
            let (here, wanted) = (entries[place].0 as usize, Kind::ALL[place] as usize);
            assert!(here == wanted, "the entries must be in the order of Kind::ALL");
            place += 1;
        }
        Self(entries)
    }

    /// A detector's entry.
    pub(crate) fn of(&self, kind: Kind) -> &T {
        let (_, entry) = &self.0[kind as usize]; // `new` has checked that it lies there
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_detector_has_its_own_entry() {
        let mut place = 0;
        let entries = [(); Kind::ALL.len()].map(|()| {
            place += 1;
            (Kind::ALL[place - 1], Kind::ALL[place - 1].info().name)
        });
        let names = Each::new(entries);
        for &kind in Kind::ALL {
            assert_eq!(*names.of(kind), kind.to_string());
        }
    }

    #[test]
    #[should_panic(expected = "in the order of Kind::ALL")]
    fn another_order_is_refused() {
        let mut place = Kind::ALL.len();
        Each::new([(); Kind::ALL.len()].map(|()| {
            place -= 1;
            (Kind::ALL[place], ())
        }));
    }
}
