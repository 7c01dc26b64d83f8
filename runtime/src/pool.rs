//! What finished calls leave for those to come: room, and what is likely to be wanted again.
//!
//! In: work that needs a `T`. Out: what the work gives. A `T` has one place as long as the pool lives, and
//! work takes the first place that no other work has, for as long as it goes on. So work of one
//! thread finds what its last work left, and costs one lock; where all places are taken, and inside
//! other work of the same thread, it has a `T` of its own.

use std::sync::{Mutex, MutexGuard, TryLockError};

/// Places: one for each thread that is likely to work.
const PLACES: usize = 32;

#[derive(Debug)]
pub(crate) struct Pool<T>([Mutex<Option<Box<T>>>; PLACES]);

impl<T: Default> Pool<T> {
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        match self.0.iter().find_map(take) {
            Some(mut place) => work(place.get_or_insert_default()),
            None => work(&mut T::default()),
        }
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool([const { Mutex::new(None) }; PLACES])
    }
}

/// A place, if no one has it.
fn take<T>(place: &Mutex<Option<Box<T>>>) -> Option<MutexGuard<'_, Option<Box<T>>>> {
    match place.try_lock() {
        Ok(taken) => Some(taken),
        // The work panicked: what it left is not used again.
        Err(TryLockError::Poisoned(left)) => {
            place.clear_poison();
            let mut taken = left.into_inner();
            *taken = None;
            Some(taken)
        }
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn work_finds_what_was_left_unless_it_is_taken_or_broken() {
        let pool = Pool::<Vec<u32>>::default();
        pool.with(|kept| kept.push(1));
        pool.with(|kept| {
            assert_eq!(*kept, [1]);
            pool.with(|other| {
                assert!(other.is_empty());
                other.push(2);
            });
        });
        let broken = catch_unwind(AssertUnwindSafe(|| {
            pool.with(|kept| {
                assert_eq!(*kept, [1]);
                panic!("on purpose");
            });
        }));
        assert!(broken.is_err());
        pool.with(|kept| assert!(kept.is_empty()));
    }

    #[test]
    fn more_work_than_places_goes_on() {
        fn deep(pool: &Pool<Vec<u32>>, left: usize) -> usize {
            pool.with(|kept| {
                kept.push(0);
                kept.len() + if left > 0 { deep(pool, left - 1) } else { 0 }
            })
        }
        let pool = Pool::default();
        assert_eq!(deep(&pool, PLACES + 2), PLACES + 3);
        assert_eq!(deep(&pool, PLACES - 1), 2 * PLACES);
    }
}
