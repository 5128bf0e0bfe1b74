use crate::Seeds;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

/// A long run over the streams of one seed, with what it counted. Where `LOOM_PROGRESS` names a folder (the long tier does), what is done is
/// kept there, and a run that was cut off goes on after it.
pub struct Progress {
    seeds: Seeds,
    file: Option<PathBuf>,
    done: u64,
    counts: BTreeMap<String, u64>,
}

impl Progress {
    /// Begins the run of `count` streams, or goes on with one that was cut off.
    ///
    /// # Panics
    /// If the folder cannot be read, or another program wrote the file.
    pub fn start(name: &'static str, count: u64) -> Self {
        let folder = env::var_os("LOOM_PROGRESS").filter(|folder| !folder.is_empty());
        Self::at(folder.map(|folder| PathBuf::from(folder).join(format!("{name}-{count}.txt"))), name)
    }

    fn at(file: Option<PathBuf>, name: &'static str) -> Self {
        let mut run = Self { seeds: Seeds::new(name), file, done: 0, counts: BTreeMap::new() };
        let Some(kept) = run.file.as_ref().filter(|file| file.exists()) else { return run };
        let kept = fs::read_to_string(kept).expect("the progress can be read");
        for line in kept.lines() {
            let (key, value) = line.rsplit_once(' ').expect("a line of progress is a name and a number");
            let value: u64 = value.parse().expect("a number in the progress");
            match key {
                "seed" => run.seeds = Seeds::of(name, value),
                "done" => run.done = value,
                _ => _ = run.counts.insert(key.to_owned(), value),
            }
        }
        println!("{name} goes on after {} of seed {}", run.done, run.seeds.seed());
        run
    }

    /// The seed.
    pub fn seeds(&self) -> &Seeds {
        &self.seeds
    }

    /// Streams below this are done.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// What was counted over all that is done.
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// All streams below `done` are done now; `counts` are what the new ones add.
    ///
    /// # Panics
    /// If the progress cannot be kept.
    pub fn finish(&mut self, done: u64, counts: impl IntoIterator<Item = (String, u64)>) {
        self.done = done;
        for (what, times) in counts {
            *self.counts.entry(what).or_default() += times;
        }
        let Some(file) = &self.file else { return };
        let mut text = format!("seed {}\ndone {}\n", self.seeds.seed(), self.done);
        for (what, times) in &self.counts {
            writeln!(text, "{what} {times}").expect("a text grows");
        }
        // Whole or not at all: the run may be killed at any time.
        let new = file.with_extension("new");
        fs::write(&new, text).and_then(|()| fs::rename(&new, file)).expect("the progress can be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_cut_off_goes_on_with_its_seed_and_counts() {
        let file = env::temp_dir().join(format!("loom-progress-{}.txt", std::process::id()));
        let mut first = Progress::at(Some(file.clone()), "runs");
        first.finish(2, [("exit 0".to_owned(), 2)]);
        first.finish(3, [("exit 0".to_owned(), 1), ("exit 5".to_owned(), 1)]);
        let again = Progress::at(Some(file.clone()), "runs");
        fs::remove_file(&file).expect("the file is there");
        assert_eq!((again.done(), again.seeds().seed()), (3, first.seeds().seed()));
        assert_eq!(again.counts(), &BTreeMap::from([("exit 0".to_owned(), 3), ("exit 5".to_owned(), 1)]));
        assert_eq!(Progress::at(None, "runs").done(), 0);
    }
}
