use super::rejected;
use crate::args::{Args, Command, JSON};
use crate::failure::Result;
use crate::{files, print};
use json::{Object, hex};
use proto::{Claim, ParameterSet, ProofHeader, ReceiptView};
use std::path::Path;

/// Receipts are read up to this size.
pub const RECEIPT_LIMIT: u64 = 64 << 20;

/// `loom-prover inspect`.
pub const COMMAND: Command = Command {
    name: "inspect",
    about: "Say what a receipt claims, without verifying it",
    details: "Nothing that this prints is evidence: use verify. A receipt is succinct and meant to be sound, but not zero-knowledge: it can\n\
              leak what was computed on. The proof system is unaudited.",
    places: &[("RECEIPT", "the receipt's file, - for standard input")],
    options: &[JSON],
    run,
};

fn run(args: &Args) -> Result {
    let bytes = files::read(Path::new(args.place(0)), RECEIPT_LIMIT)?;
    let view = ReceiptView::parse(&bytes).map_err(rejected)?;
    let claim = Claim::from_bytes(view.claim).map_err(rejected)?;
    let header = ProofHeader::read(view.proof).ok_or_else(|| rejected("the proof is too short to name its parameter set"))?;
    let heights = header.heights().ok_or_else(|| rejected("the proof is too short for its table heights"))?;
    let params = ParameterSet::by_id(header.param_id);
    let name = params.map_or("unknown", |set| set.name);
    let tables = heights.iter().enumerate().flat_map(|(segment, heights)| heights.present().map(move |(table, log)| (segment, table, log)));
    let tables = tables.map(|(segment, table, log)| {
        let table = u8::try_from(table).ok().and_then(air::Table::from_id).map_or("unknown", air::Table::name);
        (segment, table, log)
    });
    let attached = [
        ("input", view.attachments.input),
        ("output", view.attachments.output),
        ("image", view.attachments.image),
        ("note", view.attachments.note),
    ];
    if args.flag("--json") {
        let attached =
            attached.into_iter().filter_map(|(name, bytes)| Some(Object::new().text("name", name).number("bytes", bytes?.len())));
        let object = claim_object(&claim)
            .text("parameters", name)
            .number("parameterId", header.param_id)
            .number("segments", header.segments)
            .number("receiptBytes", bytes.len())
            .number("proofBytes", view.proof.len())
            .list(
                "tables",
                tables.map(|(segment, table, log)| Object::new().number("segment", segment).text("table", table).number("logHeight", log)),
            )
            .list("attachments", attached)
            .truth("verified", false);
        return print(&(object.finish() + "\n"));
    }
    let mut text = claim_text(&claim);
    text.push_str(&format!("parameters     {name} ({}), {} segment(s)\n", header.param_id, header.segments));
    text.push_str(&format!("receipt        {} bytes, {} of them proof\n", bytes.len(), view.proof.len()));
    for (segment, table, log) in tables {
        text.push_str(&format!("table          {table:<6} 2^{log} rows (segment {segment})\n"));
    }
    for (name, bytes) in attached {
        if let Some(bytes) = bytes {
            text.push_str(&format!("attachment     {name}, {} bytes\n", bytes.len()));
        }
    }
    text.push_str("not verified; unaudited proof system\n");
    print(&text)
}

/// The claim's fields as JSON.
pub fn claim_object(claim: &Claim) -> Object {
    Object::new()
        .bytes("imageId", &claim.image_id)
        .bytes("inputDigest", &claim.input_digest)
        .bytes("outputDigest", &claim.output_digest)
        .number("inputBytes", claim.input_len)
        .number("outputBytes", claim.output_len)
        .number("exitCode", claim.exit_code)
        .number("cycles", claim.cycles)
}

/// The claim's fields as lines.
pub fn claim_text(claim: &Claim) -> String {
    format!(
        "image id       {}\ninput          {} bytes, SHA-256 {}\noutput         {} bytes, SHA-256 {}\nexit code      {}\ncycles         {}\n",
        hex(&claim.image_id),
        claim.input_len,
        hex(&claim.input_digest),
        claim.output_len,
        hex(&claim.output_digest),
        claim.exit_code,
        claim.cycles
    )
}
