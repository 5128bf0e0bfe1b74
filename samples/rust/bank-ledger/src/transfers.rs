//! Money between accounts: it leaves here, is in flight, and arrives or comes back. `send` effects carry the messages.

use crate::account::{Account, InFlight, Status};
use crate::{covered, names, positive, Check};
use loom_guest::*;

/// More transfers may not wait for an answer at once; the state stays small.
const MAX_IN_FLIGHT: usize = 100;

/// What the paying account says.
pub struct Incoming {
    pub id: &'static str,
    pub from: &'static str,
    pub amount: i64,
    pub reference: Option<&'static str>,
}

pub fn send(
    account: &mut Account,
    to: &'static str,
    amount: i64,
    reference: Option<&str>,
    context: &Context,
    events: &mut Events,
) -> Check {
    if !names::is_other_account(to, context) {
        let example = context.actor_type();
        return reject("no-such-target", join(&["'", to, "' is not another account; expected a name like ", example, "-bob."]));
    }

    if account.in_flight.len() >= MAX_IN_FLIGHT {
        return reject("too-many-in-flight", "100 transfers wait for an answer; send this one when some have arrived.");
    }

    positive(amount)?;
    covered(account, amount)?;
    let id = context.command_id;
    events.add("transfer-sent.v1", |data| {
        data.name("amount").cents(amount);
        data.name("reference").text_or_null(reference);
        data.name("to").text(to);
        data.name("transferId").text(id);
    });
    events.add("credit-ordered.v1", |data| {
        data.name("command").text("receive-transfer");
        data.name("data").object();
        data.name("amount").cents(amount);
        data.name("from").text(context.actor);
        data.name("reference").text_or_null(reference);
        data.name("transferId").text(id);
        data.end_object();
        data.name("to").text(to);
    });
    account.balance -= amount;
    account.in_flight.push(InFlight { id, to, amount });
    Ok(())
}

/// Always answered: booked, or returned to the payer.
pub fn receive(account: &mut Account, transfer: Incoming, context: &Context, events: &mut Events) -> Check {
    let Incoming { id, from, amount, reference } = transfer;
    if context.principal.strip_prefix("actor:") != Some(from) {
        let message = join(&["Only ", from, " itself may say that it pays; this came from ", context.principal, "."]);
        return reject("not-the-payer", message);
    }

    positive(amount)?;
    let reason = match account.status {
        Status::Open if account.fits(amount) => None,
        Status::Open => Some("full"),
        _ => Some("not open"),
    };
    events.add(if reason.is_none() { "transfer-received.v1" } else { "transfer-returned.v1" }, |data| {
        data.name("amount").cents(amount);
        data.name("from").text(from);
        match reason {
            None => data.name("reference").text_or_null(reference),
            Some(reason) => data.name("reason").text(reason),
        }
        data.name("transferId").text(id);
    });
    events.add("transfer-answered.v1", |data| {
        data.name("command").text("settle-transfer");
        data.name("data").object();
        data.name("booked").bool(reason.is_none());
        data.name("transferId").text(id);
        data.end_object();
        data.name("to").text(from);
    });
    if reason.is_none() {
        account.balance += amount;
    }

    Ok(())
}

pub fn settle(account: &mut Account, id: &'static str, booked: bool, context: &Context, events: &mut Events) -> Check {
    let transfer = match account.in_flight.iter().copied().find(|t| t.id == id) {
        Some(transfer) => transfer,
        None => return reject("not-in-flight", join(&["No transfer '", id, "' waits for an answer."])),
    };
    if context.principal.strip_prefix("actor:") != Some(transfer.to) {
        return reject("not-the-payee", join(&["Only ", transfer.to, " itself may answer."]));
    }

    if booked {
        events.add("transfer-settled.v1", |data| data.name("transferId").text(id));
    } else {
        events.add("transfer-refunded.v1", |data| {
            data.name("amount").cents(transfer.amount);
            data.name("transferId").text(id);
        });
        account.balance += transfer.amount;
    }

    account.in_flight.retain(|t| t.id != id);
    Ok(())
}
