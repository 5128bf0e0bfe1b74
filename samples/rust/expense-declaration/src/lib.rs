//! A case of expenses, with its permit and its trip: the rules of `samples/ExpenseDeclarations/RULES.md`, and byte for byte the state
//! and the events of the C# machine there. Numbers in comments are rows of that page.

#![no_std]

mod case;
mod document;
mod review;
mod role;

use case::{Case, Trip};
use document::{Document, Status};
use loom_guest::*;
use role::Role;

/// Long enough for any real case; keeps the state small.
const MAX_ROUNDS: i64 = 200;

const COMMANDS: &str = "approve-declaration, approve-permit, end-trip, handle-payment, open-case, reject-declaration, reject-permit, \
    request-payment, save-declaration, send-reminder, start-trip, submit-declaration, submit-permit";

machine!(decide);

/// The members of any command's body.
struct Step {
    body: Object,
    context: Context,
    /// When it happened in the world, where that is not the moment of the command.
    at: &'static str,
    role: Role,
}

fn decide(call: &Call) -> Outcome {
    let context = call.context();
    let step = read(call, context)?;
    let before = call.state().map(|value| Case::read(value).unwrap_or_else(|| abort(exit::BAD_STATE)));
    let mut case = match (before, context.command_type) {
        (None, "open-case") => Case::new(),
        (Some(_), "open-case") => return reject("already-open", "The case was opened before."),
        (None, _) => return reject("not-open", join(&[context.actor, " is no open case; send 'open-case' first."])),
        (Some(case), _) => case,
    };
    if context.command_type != "open-case" && !context.has_role(step.role.name()) {
        let message = join(&["This step is taken as ", step.role.name(), "; ", context.principal, " does not hold that role."]);
        return reject("role-missing", message); // R5
    }

    let mut events = Events::new();
    match context.command_type {
        "open-case" => open(&mut case, &step, &mut events)?, // 1
        "save-declaration" => save(&mut case, &step, &mut events)?, // 2
        "submit-declaration" => submit(&mut case, &step, &mut events)?, // 3
        "approve-declaration" => {
            let four_eyes = case.four_eyes;
            approve(&mut case.declaration, four_eyes, &step, "declaration-approved.v1", &mut events)? // 4, 5
        }
        "reject-declaration" => refuse(&mut case.declaration, true, &step, "declaration-rejected.v1", &mut events)?, // 6, 7, 8
        "request-payment" => request_payment(&mut case, &step, &mut events)?, // 9
        "handle-payment" => handle_payment(&mut case, &step, &mut events)?, // 10
        "submit-permit" => submit_permit(&mut case, &step, &mut events)?, // 11
        "approve-permit" => {
            let four_eyes = case.four_eyes;
            approve(&mut case.permit, four_eyes, &step, "permit-approved.v1", &mut events)? // 12, 13
        }
        "reject-permit" => refuse(&mut case.permit, false, &step, "permit-rejected.v1", &mut events)?, // 14, 15, 16
        "start-trip" => start_trip(&mut case, &step, &mut events)?, // 17
        "end-trip" => end_trip(&mut case, &step, &mut events)?, // 18
        _ => remind(&mut case, &step, &mut events)?, // 19
    }

    accept(case.write(), events)
}

// Every member is checked before any rule looks at it.
fn read(call: &Call, context: Context) -> Result<Step, Rejection> {
    let (names, role): (&[&str], Option<Option<Role>>) = match context.command_type {
        "open-case" => (&["amount", "description", "fourEyes", "occurred", "permitBudget"], None),
        "save-declaration" | "submit-declaration" => (&["amount", "occurred"], None),
        "approve-declaration" | "approve-permit" => (&["as", "final", "occurred"], Some(None)),
        "reject-declaration" | "reject-permit" => (&["as", "occurred", "reason"], Some(None)),
        "request-payment" | "handle-payment" | "send-reminder" => (&["as", "occurred"], Some(Some(Role::System))),
        "submit-permit" => (&["budget", "occurred"], None),
        "start-trip" | "end-trip" => (&["occurred"], None),
        other => return Err(Rejection::unknown_command(context.actor_type(), 1, other, COMMANDS)),
    };
    let body = call.body()?;
    body.only(names)?;
    body.optional_cents("amount")?;
    body.optional_cents("budget")?;
    body.optional_cents("permitBudget")?;
    body.optional_text("description")?;
    body.optional_text("reason")?;
    body.bool_or("final", false)?;
    body.bool_or("fourEyes", true)?;
    let role = match (role, body.get("as")) {
        (None, _) => Role::Employee,
        (Some(Some(otherwise)), None) => otherwise,
        (Some(None), None) => return Err(invalid("The body does not fit: It lacks 'as'.")),
        (Some(_), Some(value)) => Role::read(value)
            .ok_or_else(|| invalid("The body does not fit: What stands at $.as is of another kind than expected there."))?,
    };
    let at = body.optional_time("occurred")?.unwrap_or(context.at);
    Ok(Step { body, context, at, role })
}

fn open(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    case.description = step.body.optional_text("description")?;
    case.amount = step.body.optional_cents("amount")?;
    case.permit_budget = step.body.optional_cents("permitBudget")?;
    case.four_eyes = step.body.bool_or("fourEyes", true)?;
    not_negative(case.amount)?;
    not_negative(case.permit_budget)?;
    events.add("case-opened.v1", |data| {
        data.name("amount").cents_or_null(case.amount);
        data.name("description").text_or_null(case.description);
        data.name("fourEyes").bool(case.four_eyes);
        data.name("occurred").word(step.at);
        data.name("permitBudget").cents_or_null(case.permit_budget);
    });
    Ok(())
}

fn save(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    let amount = step.body.optional_cents("amount")?;
    with_author(&case.declaration)?;
    not_negative(amount)?;
    events.add("declaration-saved.v1", |data| {
        data.name("amount").cents_or_null(amount);
        data.name("occurred").word(step.at);
    });
    case.amount = amount.or(case.amount);
    case.declaration.status = Status::Draft;
    Ok(())
}

fn submit(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    with_author(&case.declaration)?;
    if !matches!(case.permit.status, Status::Absent | Status::Approved) {
        let message = join(&["The trip's permit is ", case.permit.status.words(), "; its costs are declared once it is approved."]);
        return reject("permit-open", message); // R3
    }

    let amount = match step.body.optional_cents("amount")?.or(case.amount) {
        Some(amount) => amount,
        None => return reject("amount-missing", "Neither the declaration nor the case names an amount."), // R6
    };
    not_negative(Some(amount))?;
    rounds_left(&case.declaration)?;
    events.add("declaration-submitted.v1", |data| {
        data.name("amount").cents(amount);
        data.name("occurred").word(step.at);
        data.name("principal").text(step.context.principal);
    });
    case.amount = Some(amount);
    case.declaration.submit(step.context.principal);
    Ok(())
}

fn submit_permit(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    let budget = step.body.optional_cents("budget")?;
    with_author(&case.permit)?;
    not_negative(budget)?;
    rounds_left(&case.permit)?;
    events.add("permit-submitted.v1", |data| {
        data.name("budget").cents_or_null(budget);
        data.name("occurred").word(step.at);
        data.name("principal").text(step.context.principal);
    });
    case.permit_budget = budget.or(case.permit_budget);
    case.permit.submit(step.context.principal);
    Ok(())
}

fn approve(document: &mut Document, four_eyes: bool, step: &Step, event: &str, events: &mut Events) -> review::Check {
    let last = step.body.bool_or("final", false)?;
    let principal = step.context.principal;
    review::approve(document, step.role, last, four_eyes, principal)?;
    events.add(event, |data| {
        data.name("by").word(step.role.name());
        data.name("final").bool(last);
        data.name("occurred").word(step.at);
        data.name("principal").text(principal);
    });
    document.approve(step.role, principal, last);
    Ok(())
}

fn refuse(document: &mut Document, director_may: bool, step: &Step, event: &str, events: &mut Events) -> review::Check {
    let reason = step.body.optional_text("reason")?;
    review::refuse(document, step.role, director_may)?;
    events.add(event, |data| {
        data.name("by").word(step.role.name());
        data.name("occurred").word(step.at);
        data.name("reason").text_or_null(reason);
    });
    document.reject(step.role);
    Ok(())
}

fn request_payment(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    review::automatic(step.role)?;
    let status = case.declaration.status;
    if status != Status::Approved {
        let message = join(&["A payment is requested once the declaration is finally approved; it is ", status.words(), "."]);
        return reject("not-approved", message);
    }

    pay(case, step, "payment-requested.v1", events);
    case.declaration.status = Status::PaymentRequested;
    Ok(())
}

fn handle_payment(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    review::automatic(step.role)?;
    let status = case.declaration.status;
    if status != Status::PaymentRequested {
        return reject("no-payment-requested", join(&["No payment is under way; the declaration is ", status.words(), "."]));
    }

    pay(case, step, "payment-handled.v1", events);
    case.declaration.status = Status::Paid;
    Ok(())
}

// A declaration that was approved was submitted, and with an amount.
fn pay(case: &Case, step: &Step, event: &str, events: &mut Events) {
    let amount = case.amount.unwrap_or_else(|| abort(exit::BAD_STATE));
    events.add(event, |data| {
        data.name("amount").cents(amount);
        data.name("by").word(step.role.name());
        data.name("occurred").word(step.at);
    });
}

fn start_trip(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    if case.trip != Trip::NotStarted {
        return reject("trip-started", "The trip was started before.");
    }

    events.add("trip-started.v1", |data| data.name("occurred").word(step.at));
    case.trip = Trip::Started;
    Ok(())
}

fn end_trip(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    match case.trip {
        Trip::Started => {}
        Trip::Ended => return reject("trip-not-under-way", "The trip ended before."),
        Trip::NotStarted => return reject("trip-not-under-way", "The trip has not started."),
    }

    events.add("trip-ended.v1", |data| data.name("occurred").word(step.at));
    case.trip = Trip::Ended;
    Ok(())
}

// R4
fn remind(case: &mut Case, step: &Step, events: &mut Events) -> review::Check {
    review::automatic(step.role)?;
    if case.trip != Trip::Ended {
        return reject("trip-not-ended", "A reminder is sent once the trip is over.");
    }

    if !case.declaration.is_with_author() {
        return reject("nothing-owed", join(&["The declaration is ", case.declaration.status.words(), "; nothing is owed."]));
    }

    events.add("reminder-sent.v1", |data| {
        data.name("by").word(step.role.name());
        data.name("occurred").word(step.at);
    });
    case.reminders += 1;
    Ok(())
}

fn with_author(document: &Document) -> review::Check {
    if document.is_with_author() {
        return Ok(());
    }

    let message = join(&["The ", document.name, " is ", document.status.words(), "; it can be changed when it is a draft, rejected or taken back."]);
    reject(if document.name == "permit" { "permit-not-open" } else { "declaration-not-open" }, message)
}

fn not_negative(amount: Option<i64>) -> review::Check {
    if matches!(amount, Some(a) if a < 0) { reject("amount-negative", "An amount is zero or more.") } else { Ok(()) }
}

fn rounds_left(document: &Document) -> review::Check {
    if document.round < MAX_ROUNDS { Ok(()) } else { reject("too-many-rounds", "It was submitted 200 times; open a new case.") }
}
