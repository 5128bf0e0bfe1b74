use crate::document::Document;
use loom_guest::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trip {
    NotStarted,
    Started,
    Ended,
}

/// The state: one case of expenses, with its permit and its trip.
pub struct Case {
    pub description: Option<&'static str>,
    pub amount: Option<i64>,
    pub four_eyes: bool,
    pub declaration: Document,
    pub permit: Document,
    pub permit_budget: Option<i64>,
    pub trip: Trip,
    pub reminders: i64,
}

impl Case {
    pub fn new() -> Case {
        Case {
            description: None,
            amount: None,
            four_eyes: true,
            declaration: Document::absent("declaration"),
            permit: Document::absent("permit"),
            permit_budget: None,
            trip: Trip::NotStarted,
            reminders: 0,
        }
    }

    /// The case that the state's bytes hold; none where they are no state of this machine.
    pub fn read(value: Value) -> Option<Case> {
        let mut case = Case::new();
        for &(member, value) in value.members() {
            match (member, value) {
                ("amount", Value::Text(text)) => case.amount = Some(read_cents(text)?),
                ("declaration", value) => case.declaration = Document::read("declaration", value)?,
                ("description", Value::Text(text)) => case.description = Some(text),
                ("fourEyes", Value::Bool(on)) => case.four_eyes = on,
                ("permit", value) => case.permit = Document::read("permit", value)?,
                ("permitBudget", Value::Text(text)) => case.permit_budget = Some(read_cents(text)?),
                ("reminders", Value::Integer(count)) => case.reminders = count,
                ("trip", Value::Text("NotStarted")) => case.trip = Trip::NotStarted,
                ("trip", Value::Text("Started")) => case.trip = Trip::Started,
                ("trip", Value::Text("Ended")) => case.trip = Trip::Ended,
                ("amount" | "description" | "permitBudget", Value::Null) => {}
                _ => return None,
            }
        }

        Some(case)
    }

    pub fn write(&self) -> Json {
        let mut json = Json::new();
        json.object();
        json.name("amount").cents_or_null(self.amount);
        json.name("declaration");
        self.declaration.write(&mut json);
        json.name("description").text_or_null(self.description);
        json.name("fourEyes").bool(self.four_eyes);
        json.name("permit");
        self.permit.write(&mut json);
        json.name("permitBudget").cents_or_null(self.permit_budget);
        json.name("reminders").integer(self.reminders);
        json.name("trip").word(match self.trip {
            Trip::NotStarted => "NotStarted",
            Trip::Started => "Started",
            Trip::Ended => "Ended",
        });
        json.end_object();
        json
    }
}
