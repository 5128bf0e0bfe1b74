//! Standing orders: a `timer` effect comes back as `loom.timerFired` when the next payment is due.

use crate::account::{Account, Order};
use crate::{names, positive, transfers, Check};
use loom_guest::*;

const MAX_ORDERS: usize = 20;

/// Exit code: an order runs beyond the year 9999.
const NO_SUCH_DATE: u32 = 5;

/// A number of days as the command has it: a 32-bit integer, in range or not.
pub fn days(value: i64) -> Result<i64, Rejection> {
    match i32::try_from(value) {
        Ok(_) => Ok(value),
        Err(_) => Err(invalid("The body does not fit: What stands at $.everyDays is of another kind than expected there.")),
    }
}

pub fn place(account: &mut Account, order: Order, first: &'static str, context: &Context, events: &mut Events) -> Check {
    if names::is_blank(order.name) || utf16_length(order.name) > 40 {
        return reject("order-unnamed", "Give the order a name of at most 40 characters.");
    }

    if account.order(order.name).is_some() {
        return reject("order-exists", join(&["There is a standing order '", order.name, "' already."]));
    }

    if account.orders.len() >= MAX_ORDERS {
        return reject("too-many-orders", "An account has at most 20 standing orders.");
    }

    if !names::is_other_account(order.to, context) {
        return reject("no-such-target", join(&["'", order.to, "' is not another account."]));
    }

    if !(1..=366).contains(&order.every_days) {
        return reject("bad-interval", "An order runs every 1 to 366 days.");
    }

    if first <= context.at {
        return reject("date-passed", join(&["The first date must lie after ", context.at, "."]));
    }

    positive(order.amount)?;
    events.add("standing-order-placed.v1", |data| {
        data.name("amount").cents(order.amount);
        data.name("everyDays").integer(order.every_days);
        data.name("order").text(order.name);
        data.name("to").text(order.to);
    });
    comes_due(order.name, first, events);
    account.orders.push(order);
    Ok(())
}

pub fn cancel(account: &mut Account, name: &'static str, events: &mut Events) -> Check {
    if account.order(name).is_none() {
        return reject("no-such-order", join(&["There is no standing order '", name, "'."]));
    }

    events.add("standing-order-cancelled.v1", |data| data.name("order").text(name));
    account.orders.retain(|o| o.name != name);
    Ok(())
}

/// Pays, or notes that the money was not there; the next date stands either way.
pub fn due(account: &mut Account, order: Order, due: &'static str, context: &Context, events: &mut Events) -> Check {
    let reference = join(&["standing order ", order.name]);
    if let Err(no) = transfers::send(account, order.to, order.amount, Some(reference), context, events) {
        events.add("standing-order-skipped.v1", |data| {
            data.name("due").text(due);
            data.name("order").text(order.name);
            data.name("reason").text(no.message);
        });
    }

    let next = add_days(due, order.every_days as u32).unwrap_or_else(|| abort(NO_SUCH_DATE));
    comes_due(order.name, next, events);
    Ok(())
}

fn comes_due(order: &str, when: &str, events: &mut Events) {
    events.add("standing-order-due.v1", |data| {
        data.name("data").object();
        data.name("order").text(order);
        data.end_object();
        data.name("due").text(when);
    });
}
