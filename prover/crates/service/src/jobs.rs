use crate::engine::{Engine, EngineError, EngineFailure, ImageBytes, Step, Work};
use crate::job::{Failure, JobId, Request, State};
use crate::metrics::Metrics;
use crate::store::Store;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The jobs and the one worker's view of them.
pub struct Jobs {
    engine: Arc<dyn Engine>,
    store: Store,
    most: usize,
    keep: Duration,
    look: Duration,
    pub metrics: Metrics,
    table: Mutex<Table>,
    changed: Condvar,
    /// Held while a job's folder changes, so that what is checked in the table is still so when the disk is written.
    disk: Mutex<()>,
    images: Mutex<VecDeque<([u8; 32], ImageBytes)>>,
}

#[derive(Default)]
struct Table {
    entries: BTreeMap<JobId, Entry>,
    queue: VecDeque<JobId>,
    running: Option<(JobId, Arc<AtomicBool>)>,
    next: u64,
    stopping: bool,
    /// How long proofs of a module took, smoothed.
    seconds: BTreeMap<[u8; 32], f64>,
}

struct Entry {
    number: u64,
    request: Request,
    state: State,
    step: Step,
    begun: Option<Instant>,
}

/// How many jobs there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub queued: usize,
    pub running: usize,
    pub done: usize,
    pub failed: usize,
}

/// A job as callers see it.
pub struct View {
    pub state: State,
    pub step: Step,
    pub remaining: Option<Duration>,
}

/// What became of a request for a job.
pub enum Accepted {
    New,
    Known,
    /// The id is another request's.
    Differs,
    /// There is no room.
    Full,
}

impl Jobs {
    const IMAGES: usize = 32;
    const MODULES: usize = 256;
    /// A job at which the service ended so often is not begun any more.
    const ENDS: u32 = 3;

    pub fn open(store: Store, engine: Arc<dyn Engine>, most: usize, [keep, look]: [Duration; 2]) -> io::Result<Self> {
        let (mut table, metrics) = (Table::default(), Metrics::default());
        let mut all = store.all()?;
        // What the service ended at comes last: should it end there again, the others have been proven.
        all.sort_by_key(|found| (found.begun, found.number));
        for mut found in all {
            if store.is_older(&found.id, keep) {
                store.remove(&found.id)?;
                continue;
            }
            table.next = table.next.max(found.number + 1);
            if found.state == State::Queued && found.begun >= Self::ENDS {
                found.state = failed(&store, &metrics, &found.id, Self::ended());
            }
            if found.state == State::Queued {
                table.queue.push_back(found.id.clone());
            }
            let entry = Entry { number: found.number, request: found.request, state: found.state, step: Step::default(), begun: None };
            table.entries.insert(found.id, entry);
        }
        Ok(Self {
            engine,
            store,
            most,
            keep,
            look,
            metrics,
            table: Mutex::new(table),
            changed: Condvar::new(),
            disk: Mutex::new(()),
            images: Mutex::default(),
        })
    }

    /// Takes a job; durable when this returns.
    pub fn add(&self, id: &JobId, work: &Work) -> io::Result<Accepted> {
        let request = Request { module: hash(&work.module), input: hash(&work.input), set: work.set.clone() };
        let _disk = lock(&self.disk);
        let number = {
            let mut table = lock(&self.table);
            if let Some(known) = table.entries.get(id) {
                return Ok(if known.request == request { Accepted::Known } else { Accepted::Differs });
            }
            if table.entries.len() >= self.most {
                return Ok(Accepted::Full);
            }
            table.next += 1;
            table.next - 1
        };
        self.store.create(id, number, &request, work)?;
        let mut table = lock(&self.table);
        table.entries.insert(id.clone(), Entry { number, request, state: State::Queued, step: Step::default(), begun: None });
        table.queue.push_back(id.clone());
        self.changed.notify_all();
        Ok(Accepted::New)
    }

    pub fn view(&self, id: &JobId) -> Option<View> {
        let table = lock(&self.table);
        let entry = table.entries.get(id)?;
        let remaining = entry.begun.filter(|_| entry.state == State::Running).and_then(|begun| {
            let elapsed = begun.elapsed();
            // By what is done of this proof as soon as that says something; before, by what proofs of the module took.
            let done = entry.step.millionths.map(|millionths| f64::from(millionths) / 1e6).filter(|done| *done >= 0.05);
            let by_share = done.map(|done| elapsed.mul_f64((1.0 - done) / done));
            let by_module = || Some(Duration::from_secs_f64(*table.seconds.get(&entry.request.module)?).saturating_sub(elapsed));
            by_share.or_else(by_module)
        });
        Some(View { state: entry.state.clone(), step: entry.step.clone(), remaining })
    }

    pub fn receipt(&self, id: &JobId) -> io::Result<Vec<u8>> {
        self.store.receipt(id)
    }

    /// Stops and forgets a job.
    pub fn delete(&self, id: &JobId) -> io::Result<()> {
        let _disk = lock(&self.disk);
        {
            let mut table = lock(&self.table);
            if table.entries.remove(id).is_none() {
                return Ok(());
            }
            table.queue.retain(|queued| queued != id);
            if let Some((_, cancel)) = table.running.as_ref().filter(|(running, _)| running == id) {
                cancel.store(true, Ordering::Relaxed);
            }
        }
        self.metrics.deleted();
        self.store.remove(id)
    }

    /// The image of a module, made once for as long as it is remembered.
    pub fn image(&self, module: &[u8]) -> Result<ImageBytes, EngineError> {
        let digest = hash(module);
        let mut images = lock(&self.images);
        if let Some((_, image)) = images.iter().find(|(known, _)| *known == digest) {
            return Ok(image.clone());
        }
        let image = guarded(|| self.engine.image(module))?;
        if images.len() >= Self::IMAGES {
            images.pop_front();
        }
        images.push_back((digest, image.clone()));
        self.metrics.imaged();
        Ok(image)
    }

    pub fn figures(&self) -> Figures {
        let mut figures = Figures::default();
        for entry in lock(&self.table).entries.values() {
            match entry.state {
                State::Queued => figures.queued += 1,
                State::Running => figures.running += 1,
                State::Done => figures.done += 1,
                State::Failed(_) => figures.failed += 1,
            }
        }
        figures
    }

    pub fn stopping(&self) -> bool {
        lock(&self.table).stopping
    }

    /// Ends [`Self::work`]; a job that is being proven is begun anew after the next start.
    pub fn stop(&self) {
        let mut table = lock(&self.table);
        table.stopping = true;
        if let Some((_, cancel)) = &table.running {
            cancel.store(true, Ordering::Relaxed);
        }
        self.changed.notify_all();
    }

    /// Proves one job after the other until it is stopped.
    pub fn work(&self) {
        while let Some((id, number, request, cancel)) = self.next() {
            let began = Instant::now();
            let result = match self.store.begin(&id).and_then(|()| self.store.work(&id, &request)) {
                Ok(work) => guarded(|| self.engine.prove(&work, &cancel, &|step| self.report(&id, number, step))),
                Err(error) => Err(EngineError {
                    failure: EngineFailure::Failed,
                    code: "disk".to_owned(),
                    message: format!("the job's files cannot be read or written: {error}"),
                }),
            };
            self.end(&id, number, result, began.elapsed());
            self.expire();
        }
    }

    fn ended() -> Failure {
        let message = format!(
            "the service ended {} times while it worked on this job: without enough memory, perhaps; allow proofs less (--memory), or prove a shorter run",
            Self::ENDS
        );
        Failure { refused: false, code: "ended".to_owned(), message }
    }

    fn next(&self) -> Option<(JobId, u64, Request, Arc<AtomicBool>)> {
        let mut table = lock(&self.table);
        loop {
            if table.stopping {
                return None;
            }
            if let Some(id) = table.queue.pop_front() {
                let cancel = Arc::new(AtomicBool::new(false));
                table.running = Some((id.clone(), Arc::clone(&cancel)));
                let entry = table.entries.get_mut(&id)?;
                entry.state = State::Running;
                entry.begun = Some(Instant::now());
                return Some((id, entry.number, entry.request.clone(), cancel));
            }
            let (guard, waited) = self.changed.wait_timeout(table, self.look).unwrap_or_else(PoisonError::into_inner);
            table = guard;
            if waited.timed_out() {
                drop(table);
                self.expire();
                table = lock(&self.table);
            }
        }
    }

    fn report(&self, id: &JobId, number: u64, step: Step) {
        if let Some(entry) = lock(&self.table).entries.get_mut(id).filter(|entry| entry.number == number) {
            entry.step = step;
        }
    }

    fn end(&self, id: &JobId, number: u64, result: Result<Vec<u8>, EngineError>, took: Duration) {
        let _disk = lock(&self.disk);
        {
            let mut table = lock(&self.table);
            table.running = None;
            if table.entries.get(id).is_none_or(|entry| entry.number != number) {
                return; // deleted meanwhile
            }
        }
        let state = match result {
            Ok(receipt) => match self.store.finish(id, &receipt) {
                Ok(()) => {
                    self.metrics.done(receipt.len(), took);
                    State::Done
                }
                Err(error) => {
                    let message = format!("the receipt cannot be stored: {error}; free some space");
                    failed(&self.store, &self.metrics, id, Failure { refused: false, code: "disk".to_owned(), message })
                }
            },
            Err(error) if error.failure == EngineFailure::Cancelled => {
                // Stopping: the next start takes it up. A note that stays counts one start too many, which is no harm.
                let _ = self.store.put_down(id);
                State::Queued
            }
            Err(error) => {
                let failure = Failure { refused: error.failure == EngineFailure::Refused, code: error.code, message: error.message };
                failed(&self.store, &self.metrics, id, failure)
            }
        };
        let mut table = lock(&self.table);
        if let Some(entry) = table.entries.get_mut(id) {
            let (module, is_done) = (entry.request.module, state == State::Done);
            entry.state = state;
            entry.begun = None;
            if is_done {
                if table.seconds.len() >= Self::MODULES && !table.seconds.contains_key(&module) {
                    table.seconds.clear();
                }
                let seconds = table.seconds.entry(module).or_insert(took.as_secs_f64());
                *seconds = 0.7 * *seconds + 0.3 * took.as_secs_f64();
            }
        }
    }

    fn expire(&self) {
        let ended: Vec<JobId> = {
            let table = lock(&self.table);
            table
                .entries
                .iter()
                .filter(|(_, entry)| matches!(entry.state, State::Done | State::Failed(_)))
                .map(|(id, _)| id.clone())
                .collect()
        };
        for id in ended.iter().filter(|id| self.store.is_older(id, self.keep)) {
            // What cannot be removed now is tried again after the next job.
            let _ = self.delete(id);
        }
    }
}

fn failed(store: &Store, metrics: &Metrics, id: &JobId, failure: Failure) -> State {
    metrics.failed(failure.refused);
    // Without a place for it on disk it is tried again after a restart, which is no harm.
    let _ = store.fail(id, &failure);
    State::Failed(failure)
}

/// A prover that panics has a mistake; it costs this job and not the service.
fn guarded<T>(what: impl FnOnce() -> Result<T, EngineError>) -> Result<T, EngineError> {
    catch_unwind(AssertUnwindSafe(what)).unwrap_or_else(|_| {
        Err(EngineError {
            failure: EngineFailure::Failed,
            code: "internal".to_owned(),
            message: "the prover ended unexpectedly; please report it with the module and the input".to_owned(),
        })
    })
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    hash::digest(bytes)
}

// What a panicking thread leaves behind is whole: nothing is changed in several steps under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
