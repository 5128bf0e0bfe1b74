//! Reading and writing files, with errors that name them.
use crate::failure::{Failure, Kind, Result};
use std::io::{Read, Write};
use std::path::Path;

/// The bytes of a file of at most `limit` bytes; `-` is standard input.
///
/// # Errors
/// It cannot be read, or is larger.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let named = |reason: String| Failure::new(Kind::Files, format!("{}: {reason}", path.display()));
    let mut bytes = Vec::new();
    let result = if path == Path::new("-") {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    };
    result.map_err(|e| named(e.to_string()))?;
    if bytes.len() as u64 > limit { Err(named(format!("larger than the limit of {limit} bytes"))) } else { Ok(bytes) }
}

/// Writes a file beside its place and moves it there, so that nobody sees half of it. What is there and is no file, a pipe or `/dev/stdout`,
/// is written to and stays what it is.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result {
    let named = |e: std::io::Error| Failure::new(Kind::Files, format!("{}: {e}", path.display()));
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return std::fs::OpenOptions::new().write(true).open(path).and_then(|mut to| to.write_all(bytes)).map_err(named);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    written.map_err(|e| {
        // What is left of a failed write is in nobody's way, but of no use either.
        let _ = std::fs::remove_file(&part);
        named(e)
    })
}
