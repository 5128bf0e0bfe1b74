//! Whether a household can carry a loan: monthly debts against monthly income, in basis points, whole numbers only.

#![no_std]
use loom_guest::*;

/// Debts beyond 43 % of the income are declined.
const LIMIT: i64 = 4_300;

/// Beyond 36 % somebody looks at it.
const REVIEW: i64 = 3_600;

const MAX_DEBTS: usize = 100;

/// Whatever is a hundred times the income or more.
const MAX_RATIO: i64 = 1_000_000;

machine!(decide);

fn decide(call: &Call) -> Outcome {
    let context = call.context();
    match context.command_type {
        "assess" => assess(call),
        other => Err(Rejection::unknown_command(context.actor_type(), 1, other, "assess")),
    }
}

fn assess(call: &Call) -> Outcome {
    let body = call.body()?;
    body.only(&["applicant", "debts", "income"])?;
    let applicant = body.text("applicant")?;
    let income = body.cents("income")?;
    let debts = match body.required("debts")? {
        Value::List(items) => items,
        _ => return Err(invalid("The body does not fit: 'debts' is a list of {amount, kind}.")),
    };
    if income < 1 {
        return reject("no-income", "A ratio needs an income of one cent or more.");
    }

    if debts.len() > MAX_DEBTS {
        return reject("too-many-debts", "An application names at most 100 debts.");
    }

    let mut total = 0;
    for debt in debts {
        let (kind, amount) = (debt.get("kind").as_text(), debt.get("amount").as_text().and_then(read_cents));
        match (kind, amount) {
            (Some(_), Some(amount)) if amount >= 0 => total += amount,
            _ => return reject("debt-unclear", "Each debt has a kind and an amount of zero or more."),
        }
    }

    let ratio = ratio(total, income);
    let verdict = if ratio > LIMIT { "declined" } else if ratio > REVIEW { "review" } else { "approved" };

    let mut events = Events::new();
    events.add("assessed.v1", |data| {
        data.name("applicant").text(applicant);
        write(data, total, income, ratio, verdict);
    });
    let mut state = Json::new();
    state.object();
    state.name("applicant").text(applicant);
    write(&mut state, total, income, ratio, verdict);
    state.end_object();
    accept(state, events)
}

// Rounded up: a ratio just above the limit is above the limit. The remainder is below 10^15, so that 10^4 times it fits 64 bits.
fn ratio(debts: i64, income: i64) -> i64 {
    let (debts, income) = (debts as u64, income as u64);
    let whole = debts / income;
    if whole >= MAX_RATIO as u64 / 10_000 {
        return MAX_RATIO;
    }

    (whole * 10_000 + (debts % income * 10_000 + income - 1) / income) as i64
}

fn write(json: &mut Json, debts: i64, income: i64, ratio: i64, verdict: &str) {
    json.name("debts").cents(debts);
    json.name("income").cents(income);
    json.name("ratioBasisPoints").integer(ratio);
    json.name("verdict").text(verdict);
}
