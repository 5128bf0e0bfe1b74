//! WebAssembly to LoomVM: parser, validator and translator of the subset that can be proven (docs/formats/prover.md, section 2).
//!
//! The translator is in the trusted base: what it makes of a module is what a receipt speaks about. Its output is a pure function of the
//! module's bytes, [`TRANSLATOR_VERSION`] and the page limit, so anybody can make it again and compare image ids.
#![forbid(unsafe_code)]

mod decode;
mod disassemble;
mod error;
pub mod limits;
mod locals;
mod module;
mod names;
mod operator;
#[cfg(test)]
mod oracle;
mod parse;
mod reader;
mod routines;
pub mod script;
mod signature;
mod subset;
mod translate;
mod types;
mod validate;

pub use disassemble::disassemble;
pub use error::Error;

use isa::Program;
use script::Call;

/// The version of the translator, part of every image (section 1.3). It changes with every change of what is made of some module.
pub const TRANSLATOR_VERSION: u16 = 1;

/// What the caller decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The most pages of memory: of a module that states no maximum this is it, and one that states a larger one is refused.
    pub max_pages: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_pages: limits::DEFAULT_MAX_PAGES }
    }
}

/// Decodes and validates `bytes` without asking whether they can be proven.
///
/// # Errors
/// [`Error::Malformed`], [`Error::Invalid`], [`Error::Unsupported`], [`Error::TooLarge`].
pub fn validate(bytes: &[u8]) -> Result<(), Error> {
    validate::validate(parse::parse(bytes)?).map(|_| ())
}

/// Translates the machine in `bytes`: a run calls its start function and its entry, and gives what `loom.output` named.
///
/// # Errors
/// The first thing that keeps the module from being proven.
pub fn translate(bytes: &[u8], options: &Options) -> Result<Program, Error> {
    let valid = validate::validate(parse::parse(bytes)?)?;
    let entry = subset::entry(&valid)?;
    let provable = subset::check(valid, &[entry], options.max_pages)?;
    translate::translate(&provable, &translate::Entry::Main(entry))
}

/// Translates a script of calls of exported functions, for tests: all of them in one instance, one after the other, traps included.
/// [`script::outcomes`] reads the output.
///
/// # Errors
/// As [`translate`]; [`Error::BadCall`] for a call that the module does not have. Only what the calls reach must be free of floats.
pub fn translate_script(bytes: &[u8], options: &Options, calls: &[Call]) -> Result<Program, Error> {
    let valid = validate::validate(parse::parse(bytes)?)?;
    let calls = calls
        .iter()
        .map(|call| {
            let bad = |reason| Error::BadCall { export: call.export.clone(), reason };
            let function = valid.export(&call.export).ok_or_else(|| bad("names no exported function"))?;
            let params = &valid.module.type_of(function).params;
            if params.len() != call.args.len() {
                return Err(bad("has another number of arguments than the function"));
            }
            let fits = |(ty, &arg): (&types::ValType, &u64)| *ty != types::ValType::I32 || arg <= u64::from(u32::MAX);
            if !params.iter().zip(&call.args).all(fits) {
                return Err(bad("gives an i32 more than 32 bits"));
            }
            Ok((function, call.clone()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let roots: Vec<u32> = calls.iter().map(|(function, _)| *function).collect();
    let provable = subset::check(valid, &roots, options.max_pages)?;
    translate::translate(&provable, &translate::Entry::Script(&calls))
}
