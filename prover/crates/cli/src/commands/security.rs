use super::inspect::{RECEIPT_LIMIT, claim_object};
use super::rejected;
use crate::args::{Args, Command, JSON};
use crate::failure::Result;
use crate::{files, print};
use json::Object;
use proto::security::{Account, Basis};
use std::path::Path;

/// `loom-prover security`.
pub const COMMAND: Command = Command {
    name: "security",
    about: "Print the account of soundness of a receipt, term by term, without verifying it",
    details: "Each term bounds how a false claim could be accepted, in bits (section 4.9 of docs/formats/prover.md). \"proven\" rests on\n\
              published theorems in the random-oracle model, \"conjectured\" on the list-decoding-capacity form that survives 2025.",
    places: &[("RECEIPT", "the receipt's file, - for standard input")],
    options: &[JSON],
    run,
};

fn run(args: &Args) -> Result {
    let bytes = files::read(Path::new(args.place(0)), RECEIPT_LIMIT)?;
    let statement = verify::security(&bytes).map_err(rejected)?;
    if args.flag("--json") {
        return print(&(claim_object(&statement.claim).object("security", account_object(&statement.account)).finish() + "\n"));
    }
    print(&account_text(&statement.account))
}

/// The account as JSON; bits with one decimal, rounded down.
pub fn account_object(account: &Account) -> Object {
    let terms = account.terms.iter().map(|term| {
        Object::new()
            .text("term", term.name)
            .text("bound", term.bound)
            .text("basis", basis(term.basis))
            .number("bits", bits(term.bits))
            .truth("countsAsProven", term.in_proven)
            .truth("countsAsConjectured", term.in_conjectured)
    });
    Object::new()
        .text("parameters", account.params.name)
        .number("segments", account.segments)
        .number("provenBits", bits(account.proven_bits))
        .number("conjecturedBits", bits(account.conjectured_bits))
        .list("terms", terms)
}

/// The account as a table.
pub fn account_text(account: &Account) -> String {
    let width = account.terms.iter().map(|term| term.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for term in &account.terms {
        let counted = match (term.in_proven, term.in_conjectured) {
            (true, true) => "both sums",
            (true, false) => "proven sum",
            (false, true) => "conjectured sum",
            (false, false) => "for comparison",
        };
        text.push_str(&format!(
            "{:width$}  {:>7} bits  {:<11}  {counted:<15}  {}\n",
            term.name,
            bits(term.bits),
            basis(term.basis),
            term.bound
        ));
    }
    text.push_str(&format!(
        "parameters {}, {} segment(s): {} bits proven, {} bits conjectured; unaudited proof system\n",
        account.params.name,
        account.segments,
        bits(account.proven_bits),
        bits(account.conjectured_bits)
    ));
    text
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Proven => "proven",
        Basis::Conjectured => "conjectured",
    }
}

/// One decimal, rounded down: never more than there are.
fn bits(bits: f64) -> String {
    format!("{:.1}", (bits * 10.0).floor() / 10.0)
}
