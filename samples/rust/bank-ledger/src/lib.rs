//! A bank account, with the rules of the C# machine in `samples/BankLedger`. What it guarantees: the balance never falls below the
//! agreed overdraft, and a transfer's money is always in exactly one place: here, in flight, or there.

#![no_std]

mod account;
mod names;
mod orders;
mod transfers;

use account::{Account, Status};
use loom_guest::*;

const COMMANDS: &str = "cancel-standing-order, close, deposit, loom.timerFired, open, place-standing-order, receive-transfer, \
    settle-transfer, transfer, withdraw";

pub(crate) type Check = Result<(), Rejection>;

machine!(decide);

fn decide(call: &Call) -> Outcome {
    let context = call.context();
    let command = Command::read(call, &context)?;
    let mut account = match call.state() {
        Some(value) => Account::read(value).unwrap_or_else(|| abort(exit::BAD_STATE)),
        None => Account::unopened(),
    };
    let mut events = Events::new();
    match command {
        Command::Open { owner, overdraft } => open(&mut account, owner, overdraft, &mut events)?,
        Command::Receive(transfer) => transfers::receive(&mut account, transfer, &context, &mut events)?,
        _ if account.status == Status::Unopened => {
            return reject("not-open", join(&[context.actor, " is not open; send 'open' first."]));
        }
        Command::Settle { id, booked } => transfers::settle(&mut account, id, booked, &context, &mut events)?,
        _ if account.status == Status::Closed => return reject("closed", join(&[context.actor, " is closed."])),
        Command::Deposit { amount, reference } => deposit(&mut account, amount, reference, &mut events)?,
        Command::Withdraw { amount, reference } => withdraw(&mut account, amount, reference, &mut events)?,
        Command::Transfer { to, amount, reference } => {
            transfers::send(&mut account, to, amount, reference, &context, &mut events)?
        }
        Command::PlaceOrder { order, first } => orders::place(&mut account, order, first, &context, &mut events)?,
        Command::CancelOrder { name } => orders::cancel(&mut account, name, &mut events)?,
        Command::TimerFired { name, due } => match account.order(name) {
            Some(order) => orders::due(&mut account, order, due, &context, &mut events)?,
            None => return unchanged(call), // cancelled meanwhile: nothing to do
        },
        Command::Close => close(&mut account, &mut events)?,
    }

    accept(account.write(), events)
}

/// A command whose body fits.
enum Command {
    Open { owner: &'static str, overdraft: Option<i64> },
    Deposit { amount: i64, reference: Option<&'static str> },
    Withdraw { amount: i64, reference: Option<&'static str> },
    Transfer { to: &'static str, amount: i64, reference: Option<&'static str> },
    Receive(transfers::Incoming),
    Settle { id: &'static str, booked: bool },
    PlaceOrder { order: account::Order, first: &'static str },
    CancelOrder { name: &'static str },
    TimerFired { name: &'static str, due: &'static str },
    Close,
}

impl Command {
    fn read(call: &Call, context: &Context) -> Result<Command, Rejection> {
        let name = context.command_type;
        let names: &[&str] = match name {
            "open" => &["overdraft", "owner"],
            "deposit" | "withdraw" => &["amount", "reference"],
            "transfer" => &["amount", "reference", "to"],
            "receive-transfer" => &["amount", "from", "reference", "transferId"],
            "settle-transfer" => &["booked", "transferId"],
            "place-standing-order" => &["amount", "everyDays", "first", "order", "to"],
            "cancel-standing-order" => &["order"],
            "loom.timerFired" => &["data", "due", "effect"],
            "close" => &[],
            other => return Err(Rejection::unknown_command(context.actor_type(), 1, other, COMMANDS)),
        };
        let body = call.body()?;
        body.only(names)?;
        Ok(match name {
            "open" => Command::Open { owner: body.text("owner")?, overdraft: body.optional_cents("overdraft")? },
            "deposit" => Command::Deposit { amount: body.cents("amount")?, reference: body.optional_text("reference")? },
            "withdraw" => Command::Withdraw { amount: body.cents("amount")?, reference: body.optional_text("reference")? },
            "transfer" => Command::Transfer {
                to: body.text("to")?,
                amount: body.cents("amount")?,
                reference: body.optional_text("reference")?,
            },
            "receive-transfer" => {
                body.required("reference")?;
                Command::Receive(transfers::Incoming {
                    id: body.text("transferId")?,
                    from: body.text("from")?,
                    amount: body.cents("amount")?,
                    reference: body.optional_text("reference")?,
                })
            }
            "settle-transfer" => Command::Settle { id: body.text("transferId")?, booked: body.bool("booked")? },
            "place-standing-order" => Command::PlaceOrder {
                order: account::Order {
                    name: body.text("order")?,
                    to: body.text("to")?,
                    amount: body.cents("amount")?,
                    every_days: orders::days(body.integer("everyDays")?)?,
                },
                first: body.time("first")?,
            },
            "cancel-standing-order" => Command::CancelOrder { name: body.text("order")? },
            "loom.timerFired" => {
                let data = body.object("data")?;
                data.only(&["order"])?;
                body.text("effect")?;
                Command::TimerFired { name: data.text("order")?, due: body.time("due")? }
            }
            _ => Command::Close,
        })
    }
}

fn open(account: &mut Account, owner: &'static str, overdraft: Option<i64>, events: &mut Events) -> Check {
    if account.status != Status::Unopened {
        return reject("already-open", "The account was opened before.");
    }

    if names::is_blank(owner) || utf16_length(owner) > 100 {
        return reject("owner-missing", "Name the owner, in at most 100 characters.");
    }

    let overdraft = overdraft.unwrap_or(0);
    if overdraft < 0 {
        return reject("overdraft-negative", "An overdraft is zero or more.");
    }

    events.add("account-opened.v1", |data| {
        data.name("overdraft").cents(overdraft);
        data.name("owner").text(owner);
    });
    account.status = Status::Open;
    account.owner = owner;
    account.overdraft = overdraft;
    Ok(())
}

fn deposit(account: &mut Account, amount: i64, reference: Option<&str>, events: &mut Events) -> Check {
    positive(amount)?;
    if !account.fits(amount) {
        return reject("account-full", "The balance would become larger than an account can hold.");
    }

    book("deposited.v1", amount, reference, events);
    account.balance += amount;
    Ok(())
}

fn withdraw(account: &mut Account, amount: i64, reference: Option<&str>, events: &mut Events) -> Check {
    positive(amount)?;
    covered(account, amount)?;
    book("withdrawn.v1", amount, reference, events);
    account.balance -= amount;
    Ok(())
}

fn book(event: &str, amount: i64, reference: Option<&str>, events: &mut Events) {
    events.add(event, |data| {
        data.name("amount").cents(amount);
        data.name("reference").text_or_null(reference);
    });
}

fn close(account: &mut Account, events: &mut Events) -> Check {
    if !account.in_flight.is_empty() {
        return reject("in-flight", "Transfers still wait for an answer.");
    }

    if account.balance != 0 {
        return reject("not-empty", join(&["The balance is ", as_units(account.balance), "; bring it to zero first."]));
    }

    events.add("account-closed.v1", |_| {});
    account.status = Status::Closed;
    account.orders = List::new();
    Ok(())
}

pub(crate) fn positive(amount: i64) -> Check {
    if amount > 0 { Ok(()) } else { reject("amount-not-positive", "An amount is one cent or more.") }
}

pub(crate) fn covered(account: &Account, amount: i64) -> Check {
    if amount <= account.available() {
        return Ok(());
    }

    let available = as_units(account.available());
    reject("overdrawn", join(&[as_units(amount), " asked, ", available, " available (overdraft included)."]))
}
