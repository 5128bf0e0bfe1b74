use super::{PAGES, module, pages, run_failure, translate};
use crate::args::{Args, Command, JSON, Opt};
use crate::failure::{Failure, Kind, Result};
use crate::{files, interrupt, print};
use isa::Program;
use json::{Object, hex};
use proto::{Image, ParameterSet};

const OUTPUT: Opt = Opt { name: "--output", value: Some("FILE"), about: "write the image there (about 4 KB): what a verifier needs" };
const LISTING: Opt = Opt { name: "--listing", value: None, about: "print the program, one instruction a line, instead" };

/// `loom-prover image`.
pub const COMMAND: Command = Command {
    name: "image",
    about: "Compute the image id of a module: what a policy pins",
    details: "The id commits to the program that this version of the translator makes of the module, and to nothing else. Anybody who has the\n\
              module computes the same id. Pin ids that you computed yourself; never take one from a receipt.",
    places: &[("MODULE", "the WebAssembly module")],
    options: &[PAGES, OUTPUT, LISTING, JSON],
    run,
};

fn run(args: &Args) -> Result {
    let program = translate(&module(args.place(0))?, pages(args)?)?;
    if args.flag(LISTING.name) {
        return print(&wasm::disassemble(&program));
    }
    let image = make(&program)?;
    if let Some(path) = args.path(OUTPUT.name) {
        files::write(&path, &image.to_bytes())?;
    }
    if args.flag(JSON.name) {
        let object = Object::new()
            .bytes("imageId", &image.id())
            .bytes("moduleSha256", &image.module_sha256)
            .number("isaVersion", image.isa_version)
            .number("translatorVersion", image.translator_version)
            .number("instructions", image.instructions)
            .number("romLogHeight", image.rom_log_height)
            .number("initPages", image.init_pages)
            .number("maxPages", image.max_pages)
            .number("imageBytes", image.to_bytes().len());
        return print(&(object.finish() + "\n"));
    }
    print(&format!(
        "image id       {}\nmodule         SHA-256 {}\nversions       instruction set {}, translator {}\nprogram        {} instructions, 2^{} rows\nmemory         {} to {} pages\n",
        hex(&image.id()),
        hex(&image.module_sha256),
        image.isa_version,
        image.translator_version,
        image.instructions,
        image.rom_log_height,
        image.init_pages,
        image.max_pages
    ))
}

/// The image of a program, for all parameter sets.
pub fn make(program: &Program) -> Result<Image> {
    let options = prove::Options { cancel: interrupt::flag(), ..prove::Options::default() };
    prove::image(program, wasm::TRANSLATOR_VERSION, &options).map_err(prove_failure)
}

/// What a proof that did not come about says.
pub fn prove_failure(error: prove::Error) -> Failure {
    match error {
        prove::Error::Run(error) => run_failure(error),
        prove::Error::Cancelled => Failure::new(Kind::Cancelled, error),
        other => Failure::new(Kind::Run, other),
    }
}

/// A parameter set by its name.
pub fn parameters(name: &str) -> Result<ParameterSet> {
    ParameterSet::by_name(name).ok_or_else(|| {
        let names = ParameterSet::ALL.map(|set| set.name).join(", ");
        Failure::usage(format!("there is no parameter set {name:?}; there are {names}"))
    })
}
