use super::image::{make, parameters};
use super::inspect::{RECEIPT_LIMIT, claim_object, claim_text};
use super::security::{account_object, account_text};
use super::{INPUT_LIMIT, PAGES, module, pages, rejected, translate};
use crate::args::{Args, Command, JSON, Opt};
use crate::failure::{Failure, Result};
use crate::{files, print};
use proto::{Claim, Digest, ReceiptView};
use std::path::Path;

const MODULE: Opt = Opt { name: "--module", value: Some("FILE"), about: "the module: its image is computed and pinned" };
const IMAGE_ID: Opt = Opt { name: "--image-id", value: Some("HEX"), about: "or: the image id that you pin, computed by you before" };
const IMAGE: Opt = Opt { name: "--image", value: Some("FILE"), about: "with --image-id: the image [the one attached to the receipt]" };
const INPUT: Opt = Opt { name: "--input", value: Some("FILE"), about: "the input [the one attached to the receipt]" };
const OUTPUT: Opt = Opt { name: "--output", value: Some("FILE"), about: "the output [the one attached to the receipt]" };
const PARAMS: Opt = Opt { name: "--params", value: Some("LIST"), about: "parameter sets that you accept, with commas [proven]" };

/// `loom-prover verify`.
pub const COMMAND: Command = Command {
    name: "verify",
    about: "Verify a receipt",
    details: "A receipt that verifies says: the pinned program, run on this input, gives this output and exit code after so many cycles, up to\n\
              the soundness error that is printed. It does not say that the module is free of mistakes or that the input is authentic.",
    places: &[("RECEIPT", "the receipt's file, - for standard input")],
    options: &[MODULE, PAGES, IMAGE_ID, IMAGE, INPUT, OUTPUT, PARAMS, JSON],
    run,
};

fn run(args: &Args) -> Result {
    let (pinned, image) = pin(args)?;
    let names = args.value(PARAMS.name).unwrap_or("proven").split(',');
    let allowed = names.map(|name| parameters(name.trim()).map(|set| set.id)).collect::<Result<Vec<u16>>>()?;
    let read = |option: &Opt| args.path(option.name).map(|path| files::read(&path, INPUT_LIMIT)).transpose();
    let (input, output) = (read(&INPUT)?, read(&OUTPUT)?);
    let receipt = files::read(Path::new(args.place(0)), RECEIPT_LIMIT)?;

    // The claim is the receipt's own: everything in it is checked against what is pinned and given, or printed.
    let claim = ReceiptView::parse(&receipt).map_err(rejected).and_then(|view| Claim::from_bytes(view.claim).map_err(rejected))?;
    let policy = verify::Policy::pinned([pinned]).allowing(allowed);
    let verified = verify::verify(&policy, image.as_deref(), &claim, input.as_deref(), output.as_deref(), &receipt).map_err(rejected)?;
    let account = verified.account();
    if args.flag(JSON.name) {
        let object = claim_object(&verified.claim).object("security", account_object(&account)).truth("verified", true);
        return print(&(object.finish() + "\n"));
    }
    print(&format!("verified\n{}\n{}", claim_text(&verified.claim), account_text(&account)))
}

/// The pinned image id, and the image where it is given.
fn pin(args: &Args) -> Result<(Digest, Option<Vec<u8>>)> {
    match (args.value(MODULE.name), args.value(IMAGE_ID.name)) {
        (Some(path), None) => {
            if args.flag(IMAGE.name) {
                return Err(Failure::usage("--image does not go with --module, whose image is computed"));
            }
            let image = make(&translate(&module(path)?, pages(args)?)?)?;
            Ok((image.id(), Some(image.to_bytes())))
        }
        (None, Some(text)) => {
            let id = digest(text).ok_or_else(|| Failure::usage(format!("--image-id takes 64 hexadecimal digits, not {text:?}")))?;
            let image = args.path(IMAGE.name).map(|path| files::read(&path, 1 << 20)).transpose()?;
            Ok((id, image))
        }
        _ => Err(Failure::usage("verify needs either --module or --image-id: which program is trusted is your decision")),
    }
}

fn digest(text: &str) -> Option<Digest> {
    let mut digest = Digest::default();
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_id_is_64_digits() {
        let id = digest(&"0aF1".repeat(16)).expect("64 digits");
        assert_eq!(id[..2], [0x0A, 0xF1]);
        for bad in ["", "0a", &"0".repeat(65), &"g".repeat(64), &"+1".repeat(32)] {
            assert!(bad.starts_with('+') || digest(bad).is_none(), "{bad}");
        }
    }
}
