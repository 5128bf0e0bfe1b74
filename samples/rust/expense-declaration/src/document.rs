use crate::role::Role;
use loom_guest::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Absent,
    Draft,
    InReview,
    Approved,
    Rejected,
    TakenBack,
    PaymentRequested,
    Paid,
}

impl Status {
    /// How the state writes it.
    fn code(self) -> &'static str {
        match self {
            Status::Absent => "Absent",
            Status::Draft => "Draft",
            Status::InReview => "InReview",
            Status::Approved => "Approved",
            Status::Rejected => "Rejected",
            Status::TakenBack => "TakenBack",
            Status::PaymentRequested => "PaymentRequested",
            Status::Paid => "Paid",
        }
    }

    fn read(value: Value) -> Option<Status> {
        Some(match value.as_text()? {
            "Absent" => Status::Absent,
            "Draft" => Status::Draft,
            "InReview" => Status::InReview,
            "Approved" => Status::Approved,
            "Rejected" => Status::Rejected,
            "TakenBack" => Status::TakenBack,
            "PaymentRequested" => Status::PaymentRequested,
            "Paid" => Status::Paid,
            _ => return None,
        })
    }

    /// How people say it.
    pub fn words(self) -> &'static str {
        match self {
            Status::Absent => "absent",
            Status::Draft => "draft",
            Status::InReview => "in review",
            Status::Approved => "approved",
            Status::Rejected => "rejected",
            Status::TakenBack => "taken back",
            Status::PaymentRequested => "payment requested",
            Status::Paid => "paid",
        }
    }
}

/// An approval of the current round.
#[derive(Clone, Copy)]
pub struct Approval {
    pub by: Role,
    pub principal: &'static str,
}

/// The declaration or the permit.
pub struct Document {
    /// `declaration` or `permit`.
    pub name: &'static str,
    pub status: Status,
    pub round: i64,
    pub approvals: List<Approval>,
    pub submitted_by: List<&'static str>,
}

impl Document {
    pub fn absent(name: &'static str) -> Document {
        Document { name, status: Status::Absent, round: 0, approvals: List::new(), submitted_by: List::new() }
    }

    /// Absent, draft, rejected or taken back: with its author.
    pub fn is_with_author(&self) -> bool {
        matches!(self.status, Status::Absent | Status::Draft | Status::Rejected | Status::TakenBack)
    }

    pub fn submit(&mut self, principal: &'static str) {
        self.status = Status::InReview;
        self.round += 1;
        self.approvals = List::new();
        if !self.submitted_by.contains(&principal) {
            self.submitted_by.push(principal);
        }
    }

    pub fn approve(&mut self, by: Role, principal: &'static str, last: bool) {
        self.status = if last { Status::Approved } else { Status::InReview };
        self.approvals.push(Approval { by, principal });
    }

    pub fn reject(&mut self, by: Role) {
        self.status = if by == Role::Employee { Status::TakenBack } else { Status::Rejected };
    }

    pub fn read(name: &'static str, value: Value) -> Option<Document> {
        let mut document = Document::absent(name);
        for &(member, value) in value.members() {
            match (member, value) {
                ("status", status) => document.status = Status::read(status)?,
                ("round", Value::Integer(round)) => document.round = round,
                ("approvals", Value::List(approvals)) => {
                    for approval in approvals {
                        let (by, principal) = (Role::read(approval.get("by"))?, approval.get("principal").as_text()?);
                        document.approvals.push(Approval { by, principal });
                    }
                }
                ("submittedBy", Value::List(names)) => {
                    for name in names {
                        document.submitted_by.push(name.as_text()?);
                    }
                }
                _ => return None,
            }
        }

        Some(document)
    }

    pub fn write(&self, json: &mut Json) {
        json.object();
        json.name("approvals").list();
        for approval in self.approvals.iter() {
            json.object();
            json.name("by").word(approval.by.name());
            json.name("principal").text(approval.principal);
            json.end_object();
        }

        json.end_list();
        json.name("round").integer(self.round);
        json.name("status").word(self.status.code());
        json.name("submittedBy").list();
        for name in self.submitted_by.iter() {
            json.text(name);
        }

        json.end_list();
        json.end_object();
    }
}
