use loom_guest::Value;

/// In which capacity a step is taken; also the roles that callers hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Employee,
    PreApprover,
    Administration,
    BudgetOwner,
    Supervisor,
    Director,
    System,
    Missing,
    Undefined,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Role::Employee => "employee",
            Role::PreApprover => "pre-approver",
            Role::Administration => "administration",
            Role::BudgetOwner => "budget-owner",
            Role::Supervisor => "supervisor",
            Role::Director => "director",
            Role::System => "system",
            Role::Missing => "missing",
            Role::Undefined => "undefined",
        }
    }

    pub fn read(value: Value) -> Option<Role> {
        Some(match value.as_text()? {
            "employee" => Role::Employee,
            "pre-approver" => Role::PreApprover,
            "administration" => Role::Administration,
            "budget-owner" => Role::BudgetOwner,
            "supervisor" => Role::Supervisor,
            "director" => Role::Director,
            "system" => Role::System,
            "missing" => Role::Missing,
            "undefined" => Role::Undefined,
            _ => return None,
        })
    }

    /// Where the role stands in the review; 0 when it does not review.
    pub fn line(self) -> u32 {
        match self {
            Role::PreApprover | Role::Administration => 1,
            Role::BudgetOwner => 2,
            Role::Supervisor => 3,
            Role::Director => 4,
            _ => 0,
        }
    }
}
