//! What declaration and permit have in common: how a document is reviewed. R1 to R7 are rows of RULES.md of the C# sample.

use crate::document::{Document, Status};
use crate::role::Role;
use loom_guest::*;

pub type Check = Result<(), Rejection>;

pub fn approve(document: &Document, by: Role, last: bool, four_eyes: bool, principal: &str) -> Check {
    let name = document.name;
    let may = if last { matches!(by, Role::Supervisor | Role::Director) } else { !matches!(by.line(), 0 | 4) };
    if !may {
        return reject(
            "role-may-not",
            if last {
                join(&["Only a supervisor or a director approves a ", name, " finally, not ", by.name(), "."])
            } else {
                join(&[by.name(), " does not pass a ", name, " up the line."])
            },
        );
    }

    in_review(document)?;
    in_line(document, by)?;
    if four_eyes { two_people(document, principal) } else { Ok(()) }
}

pub fn refuse(document: &Document, by: Role, director_may: bool) -> Check {
    let (name, status) = (document.name, document.status);
    match by {
        Role::Employee => match status {
            Status::InReview | Status::Rejected => Ok(()),
            _ => reject(
                "nothing-to-take-back",
                join(&["The ", name, " is ", status.words(), "; it can be taken back while it is in review, or rejected."]),
            ),
        },
        // R2
        Role::Missing => match status {
            Status::InReview | Status::Approved | Status::PaymentRequested => Ok(()),
            _ => reject("nothing-to-reject", join(&["The ", name, " is ", status.words(), "."])),
        },
        _ if by.line() == 0 || (by == Role::Director && !director_may) => {
            reject("role-may-not", join(&[by.name(), " does not reject a ", name, "."]))
        }
        _ => in_review(document).and_then(|_| in_line(document, by)),
    }
}

/// Steps that no person takes.
pub fn automatic(by: Role) -> Check {
    match by {
        Role::System | Role::Undefined => Ok(()),
        _ => reject("role-may-not", join(&["This step is the system's, not ", by.name(), "'s."])),
    }
}

fn in_review(document: &Document) -> Check {
    if document.status == Status::InReview {
        return Ok(());
    }

    let status = document.status.words();
    reject("not-in-review", join(&["The ", document.name, " is ", status, "; it is approved or rejected while it is in review."]))
}

// R1: a review goes up the line.
fn in_line(document: &Document, by: Role) -> Check {
    let mut highest: Option<Role> = None;
    for approval in document.approvals.iter() {
        if highest.map_or(true, |h| approval.by.line() > h.line()) {
            highest = Some(approval.by);
        }
    }

    match highest {
        Some(highest) if by.line() <= highest.line() => reject(
            "out-of-line",
            join(&["The ", document.name, " has passed ", highest.name(), " in this round; ", by.name(), " no longer decides on it."]),
        ),
        _ => Ok(()),
    }
}

// R7
fn two_people(document: &Document, principal: &str) -> Check {
    if document.submitted_by.contains(&principal) {
        return reject("four-eyes", join(&[principal, " submitted this ", document.name, " and may not approve it."]));
    }

    if document.approvals.iter().any(|a| a.principal == principal) {
        return reject("four-eyes", join(&[principal, " has approved this ", document.name, " in this round already."]));
    }

    Ok(())
}
