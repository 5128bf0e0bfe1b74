use crate::engine::EngineFailure;

/// The id of a job: 1 to 200 characters of `A-Z a-z 0-9 . _ -`, the first a letter or digit. It is the name of a folder, too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(String);

impl JobId {
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let fits = (1..=200).contains(&text.len()) && text.bytes().all(plain) && text.as_bytes()[0].is_ascii_alphanumeric();
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What tells one request from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub module: [u8; 32],
    pub input: [u8; 32],
    pub set: String,
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Queued,
    Running,
    Done,
    Failed(Failure),
}

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub refused: bool,
    pub code: String,
    pub message: String,
}

impl Failure {
    pub fn kind(&self) -> &'static str {
        if self.refused { EngineFailure::Refused.word() } else { EngineFailure::Failed.word() }
    }
}

impl State {
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed(_) => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_names_of_folders_and_nothing_else() {
        for good in ["a", "0f.proven.12", "A_b-c"] {
            assert!(JobId::parse(good).is_some(), "{good}");
        }
        for bad in ["", ".", "..", "../x", "a/b", "a\\b", "-a", "_a", "a b", "é", &"a".repeat(201)] {
            assert!(JobId::parse(bad).is_none(), "{bad}");
        }
    }
}
