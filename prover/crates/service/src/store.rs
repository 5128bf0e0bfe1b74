//! Jobs on disk: a folder each, named by its id. It appears at once with all that it needs, by a rename; the receipt and the failure appear in
//! it the same way. So whatever the service dies at, a job is there or not, and done or not.
use crate::engine::Work;
use crate::job::{Failure, JobId, Request, State};
use json::hex;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub struct Store {
    folder: PathBuf,
}

/// A job found on disk.
pub struct Found {
    pub id: JobId,
    pub number: u64,
    pub request: Request,
    pub state: State,
    /// How often it was begun and neither ended nor put down: the service ended while it worked on it.
    pub begun: u32,
}

impl Store {
    const MODULE: &'static str = "module.wasm";
    const INPUT: &'static str = "input.bin";
    const ABOUT: &'static str = "about.txt";
    const RECEIPT: &'static str = "receipt.bin";
    const FAILURE: &'static str = "failure.txt";
    const BEGUN: &'static str = "begun.txt";

    /// Opens the folder, makes it when it is not there, and removes what was left half done.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let store = Self { folder: folder.join("jobs") };
        private(folder)?;
        private(&store.folder)?;
        for entry in fs::read_dir(&store.folder)? {
            let entry = entry?;
            // Files with such names are somebody else's, a file browser's for example.
            if entry.file_name().to_string_lossy().starts_with('.') && entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(store)
    }

    /// Every job, in the order in which they came. Folders that are no jobs are left alone.
    pub fn all(&self) -> io::Result<Vec<Found>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let Some(id) = entry.file_name().to_str().and_then(JobId::parse) else { continue };
            let Some((number, request)) = fs::read_to_string(entry.path().join(Self::ABOUT)).ok().and_then(|text| about(&text)) else {
                continue;
            };
            let state = if entry.path().join(Self::RECEIPT).exists() {
                State::Done
            } else {
                fs::read_to_string(entry.path().join(Self::FAILURE))
                    .ok()
                    .and_then(|text| failure(&text))
                    .map_or(State::Queued, State::Failed)
            };
            let begun = self.begun(&id);
            found.push(Found { id, number, request, state, begun });
        }
        found.sort_by_key(|job| job.number);
        Ok(found)
    }

    pub fn create(&self, id: &JobId, number: u64, request: &Request, work: &Work) -> io::Result<()> {
        let hidden = self.folder.join(format!(".{}", id.as_str()));
        let _ = fs::remove_dir_all(&hidden);
        fs::create_dir(&hidden)?;
        durable(&hidden.join(Self::MODULE), &work.module)?;
        durable(&hidden.join(Self::INPUT), &work.input)?;
        let about = format!("{number}\n{}\n{}\n{}\n", request.set, hex(&request.module), hex(&request.input));
        durable(&hidden.join(Self::ABOUT), about.as_bytes())?;
        fs::rename(&hidden, self.folder.join(id.as_str()))?;
        sync_folder(&self.folder)
    }

    pub fn work(&self, id: &JobId, request: &Request) -> io::Result<Work> {
        let folder = self.folder.join(id.as_str());
        Ok(Work { module: fs::read(folder.join(Self::MODULE))?, input: fs::read(folder.join(Self::INPUT))?, set: request.set.clone() })
    }

    /// Notes that a job is being worked on from now on.
    pub fn begin(&self, id: &JobId) -> io::Result<()> {
        self.put(id, Self::BEGUN, format!("{}\n", self.begun(id).saturating_add(1)).as_bytes())
    }

    /// Notes that the work was stopped in order: whatever was begun before is no sign of anything.
    pub fn put_down(&self, id: &JobId) -> io::Result<()> {
        fs::remove_file(self.folder.join(id.as_str()).join(Self::BEGUN))
    }

    fn begun(&self, id: &JobId) -> u32 {
        let text = fs::read_to_string(self.folder.join(id.as_str()).join(Self::BEGUN));
        text.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }

    pub fn finish(&self, id: &JobId, receipt: &[u8]) -> io::Result<()> {
        self.put(id, Self::RECEIPT, receipt)
    }

    pub fn fail(&self, id: &JobId, failure: &Failure) -> io::Result<()> {
        let line = |text: &str| text.replace(['\r', '\n'], " ");
        self.put(id, Self::FAILURE, format!("{}\n{}\n{}\n", failure.kind(), line(&failure.code), line(&failure.message)).as_bytes())
    }

    pub fn receipt(&self, id: &JobId) -> io::Result<Vec<u8>> {
        fs::read(self.folder.join(id.as_str()).join(Self::RECEIPT))
    }

    pub fn remove(&self, id: &JobId) -> io::Result<()> {
        // Renamed first, so that a half-removed job is never found.
        let hidden = self.folder.join(format!(".{}", id.as_str()));
        let _ = fs::remove_dir_all(&hidden);
        match fs::rename(self.folder.join(id.as_str()), &hidden) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e),
            Ok(()) => fs::remove_dir_all(hidden),
        }
    }

    /// Whether a job was done, or failed, longer ago than that.
    pub fn is_older(&self, id: &JobId, than: Duration) -> bool {
        let folder = self.folder.join(id.as_str());
        let changed = [Self::RECEIPT, Self::FAILURE].iter().find_map(|name| fs::metadata(folder.join(name)).ok()?.modified().ok());
        changed.and_then(|at| SystemTime::now().duration_since(at).ok()).is_some_and(|age| age > than)
    }

    fn put(&self, id: &JobId, name: &str, content: &[u8]) -> io::Result<()> {
        let folder = self.folder.join(id.as_str());
        let hidden = folder.join(format!(".{name}"));
        durable(&hidden, content)?;
        fs::rename(hidden, folder.join(name))?;
        sync_folder(&folder)
    }
}

fn about(text: &str) -> Option<(u64, Request)> {
    let mut lines = text.lines();
    let number = lines.next()?.parse().ok()?;
    let set = lines.next()?.to_owned();
    Some((number, Request { set, module: digest(lines.next()?)?, input: digest(lines.next()?)? }))
}

fn failure(text: &str) -> Option<Failure> {
    let mut lines = text.lines();
    Some(Failure { refused: lines.next()? == "refused", code: lines.next()?.to_owned(), message: lines.next()?.to_owned() })
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

/// Makes a folder that only its owner can look into: inputs are in it, and receipts, which are not zero-knowledge. One that is there stays as
/// it is.
fn private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn durable(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(()) // a folder cannot be opened there; its entries are journaled by the file system
}
