use field::Simd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// The run was cancelled through [`crate::Options::cancel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// Bytes written between two looks at the cancellation.
const PIECE: usize = 1 << 20;

/// Items of a map in one work item.
const MAPPED: usize = 1 << 12;

/// How much work lies between two looks at the cancellation, counted in tests.
#[cfg(test)]
pub mod lapse {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering};

    thread_local! {
        static SPENT: Cell<usize> = const { Cell::new(0) };
    }

    static MOST: AtomicUsize = AtomicUsize::new(0);
    static TOTAL: AtomicUsize = AtomicUsize::new(0);

    /// So many rows more.
    pub fn spend(rows: usize) {
        SPENT.set(SPENT.get() + rows);
        TOTAL.fetch_add(rows, Ordering::Relaxed);
        MOST.fetch_max(SPENT.get(), Ordering::Relaxed);
    }

    /// A look at the cancellation.
    pub fn look() {
        SPENT.set(0);
    }

    /// The most rows between two looks, on any thread and in any test so far, and all rows.
    pub fn most() -> (usize, usize) {
        (MOST.load(Ordering::Relaxed), TOTAL.load(Ordering::Relaxed))
    }
}

/// Receives progress; called from any thread, one call at a time.
pub type ProgressFn<'a> = &'a (dyn Fn(Progress) + Sync);

/// How far a phase has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// The segment, from 0.
    pub segment: usize,
    /// Parts of the phase that are done, by what they cost.
    pub done: u64,
    /// Parts of the phase: [`Progress::TOTAL`].
    pub total: u64,
    /// How much of the whole proof is done by its cost, in millionths; `None` until the run is over and the size of the proof is known.
    pub millionths: Option<u32>,
}

impl Progress {
    /// In how many parts of equal cost a phase is told of.
    pub const TOTAL: u64 = 1000;

    /// The share of the whole proof that is done, 0 to 1; `None` until the run is over.
    pub fn fraction(&self) -> Option<f64> {
        self.millionths.map(|millionths| f64::from(millionths) / 1e6)
    }

    /// How long the rest takes when `elapsed` is what it took so far: by the share that is done, which says something from a fiftieth on.
    pub fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        self.fraction().filter(|done| *done >= 0.02).map(|done| elapsed.mul_f64((1.0 - done) / done))
    }
}

/// The phases of a proof, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Executing the program and writing its trace.
    Execute,
    /// The preprocessed tables: ROM and LUT.
    Preprocessed,
    /// Extending and committing main columns.
    Main,
    /// LogUp columns: inversion, extension, commitment.
    Aux,
    /// The constraint quotient.
    Quotient,
    /// Values out of the domain and the DEEP polynomial.
    Deep,
    /// FRI layers.
    Fri,
    /// Grinding and query openings.
    Open,
}

impl Phase {
    /// A lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Execute => "execute",
            Phase::Preprocessed => "preprocessed",
            Phase::Main => "main",
            Phase::Aux => "aux",
            Phase::Quotient => "quotient",
            Phase::Deep => "deep",
            Phase::Fri => "fri",
            Phase::Open => "open",
        }
    }
}

/// The threads that share the work of a proof. Every work item writes only what it owns, so results do not depend on their number.
#[derive(Clone, Copy)]
pub struct Team<'a> {
    /// At least 1.
    pub threads: usize,
    /// The instruction set.
    pub simd: Simd,
    /// Set by the caller to stop.
    pub cancel: &'a AtomicBool,
}

impl Team<'_> {
    /// Whether the caller wants the run to stop.
    pub fn cancelled(&self) -> bool {
        #[cfg(test)]
        lapse::look();
        self.cancel.load(Ordering::Relaxed)
    }

    /// Says that the work since the last look at the cancellation comes to so many rows of eight numbers more: tests hold the most of it
    /// against a bound (section 6.3).
    #[inline(always)]
    pub fn spend(&self, rows: usize) {
        #[cfg(test)]
        lapse::spend(rows);
        #[cfg(not(test))]
        let _ = rows;
    }

    /// Zeros, written a piece at a time: fresh memory takes its time.
    ///
    /// # Errors
    /// When cancelled.
    pub fn zeros<T: Clone + Default>(&self, count: usize) -> Result<Vec<T>, Cancelled> {
        let mut zeros = Vec::with_capacity(count);
        let piece = (PIECE / size_of::<T>()).max(1);
        while zeros.len() < count {
            self.check()?;
            self.spend(PIECE / 64);
            zeros.resize(count.min(zeros.len() + piece), T::default());
        }
        Ok(zeros)
    }

    /// A value for every item of a slice, made on all threads.
    ///
    /// # Errors
    /// When cancelled.
    pub fn map<T: Sync, R: Clone + Default + Send>(&self, items: &[T], make: impl Fn(&T) -> R + Sync) -> Result<Vec<R>, Cancelled> {
        let mut made = self.zeros(items.len())?;
        self.each(made.chunks_mut(MAPPED).zip(items.chunks(MAPPED)), |(made, items)| {
            self.spend(items.len());
            made.iter_mut().zip(items).for_each(|(made, item)| *made = make(item));
        })?;
        Ok(made)
    }

    /// Cancelled as an error.
    ///
    /// # Errors
    /// When the caller wants the run to stop.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// Calls `work` with every item, on all threads; items are handed out in order.
    ///
    /// # Errors
    /// When cancelled; items may then be undone or half done.
    pub fn each<I, T>(&self, items: I, work: impl Fn(T) + Sync) -> Result<(), Cancelled>
    where
        I: IntoIterator<Item = T>,
        I::IntoIter: Send,
    {
        self.each_with(items, || (), |(), item| work(item))
    }

    /// As [`Team::each`], with scratch space that each thread makes once.
    ///
    /// # Errors
    /// When cancelled.
    pub fn each_with<I, T, S>(&self, items: I, scratch: impl Fn() -> S + Sync, work: impl Fn(&mut S, T) + Sync) -> Result<(), Cancelled>
    where
        I: IntoIterator<Item = T>,
        I::IntoIter: Send,
    {
        let queue = Mutex::new(items.into_iter());
        let run = || {
            let mut own = scratch();
            while !self.cancelled() {
                let item = queue.lock().expect("no thread panics in an iterator").next();
                match item {
                    Some(item) => work(&mut own, item),
                    None => break,
                }
            }
        };
        if self.threads <= 1 {
            run();
        } else {
            std::thread::scope(|scope| {
                for _ in 1..self.threads {
                    scope.spawn(run);
                }
                run();
            });
        }
        self.check()
    }

    /// Calls `find` with 0, 1, 2, .. in blocks until it answers; the answer of the smallest block wins, whatever the number of threads.
    ///
    /// # Errors
    /// When cancelled.
    pub fn first<R: Send>(&self, find: impl Fn(usize) -> Option<R> + Sync) -> Result<R, Cancelled> {
        let (next, best) = (AtomicUsize::new(0), Mutex::new(None::<(usize, R)>));
        let run = || {
            while !self.cancelled() {
                let block = next.fetch_add(1, Ordering::Relaxed);
                if best.lock().expect("no thread panics here").as_ref().is_some_and(|(found, _)| *found < block) {
                    break;
                }
                if let Some(result) = find(block) {
                    let mut best = best.lock().expect("no thread panics here");
                    if best.as_ref().is_none_or(|(found, _)| block < *found) {
                        *best = Some((block, result));
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads {
                scope.spawn(run);
            }
            run();
        });
        self.check()?;
        Ok(best.into_inner().expect("no thread panics here").expect("the loop ends only with an answer").1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(threads: usize, cancel: &AtomicBool) -> Team<'_> {
        Team { threads, simd: Simd::PORTABLE, cancel }
    }

    #[test]
    fn every_item_is_worked_once() {
        let cancel = AtomicBool::new(false);
        for threads in [1, 2, 5] {
            let mut items = vec![0u32; 100];
            team(threads, &cancel).each(items.iter_mut(), |x| *x += 1).unwrap();
            assert!(items.iter().all(|&x| x == 1));
        }
    }

    #[test]
    fn the_smallest_answer_wins() {
        let cancel = AtomicBool::new(false);
        for threads in [1, 2, 5] {
            let found = team(threads, &cancel).first(|i| (i >= 37).then_some(i));
            assert_eq!(found, Ok(37));
        }
    }

    #[test]
    fn a_cancelled_run_says_so() {
        let cancel = AtomicBool::new(false);
        let seen = AtomicUsize::new(0);
        let result = team(2, &cancel).each(0..1000, |i| {
            seen.fetch_add(1, Ordering::Relaxed);
            if i == 3 {
                cancel.store(true, Ordering::Relaxed);
            }
        });
        assert_eq!(result, Err(Cancelled));
        assert!(seen.load(Ordering::Relaxed) < 1000);
        assert_eq!(team(2, &cancel).first(|_| None::<()>), Err(Cancelled));
    }
}
