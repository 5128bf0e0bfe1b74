use crate::ntt::Twiddles;
use crate::preprocessed::Preprocessed;
use crate::{Error, Options};
use air::chips::{lut, rom};
use field::Goldilocks;
use hash::Digest;
use isa::{MAX_INSTRUCTIONS, Program};
use proto::{ISA_VERSION, Image, ParameterSet};

/// The image of a program for all parameter sets (section 1.3): what a policy pins. A pure function of the program and the version.
///
/// # Errors
/// A malformed instruction, no instruction or too many, or when cancelled.
pub fn image(program: &Program, translator_version: u16, options: &Options) -> Result<Image, Error> {
    let count = program.instructions.len();
    if count == 0 || count > MAX_INSTRUCTIONS {
        return Err(Error::ProgramLength { got: count });
    }
    program.check().map_err(|(pc, reason)| Error::Malformed { pc, reason })?;
    let rom_log_height = program.rom_log_height();
    let columns = rom::preprocessed(program);
    let mut rom_caps = Vec::new();
    for params in ParameterSet::ALL {
        rom_caps.push((params.id, cap(options, &params, &columns)?));
    }
    Ok(Image {
        isa_version: ISA_VERSION,
        translator_version,
        init_pages: program.init_pages,
        max_pages: program.max_pages,
        instructions: count as u32,
        rom_log_height: rom_log_height as u8,
        module_sha256: program.module_sha256,
        rom_caps,
    })
}

/// The cap of LUT's preprocessed columns: a constant of the verifier for each parameter set (section 3.11).
///
/// # Errors
/// When cancelled.
pub fn lut_cap(params: &ParameterSet, options: &Options) -> Result<Vec<Digest>, Error> {
    cap(options, params, &lut::preprocessed())
}

fn cap(options: &Options, params: &ParameterSet, columns: &[Vec<Goldilocks>]) -> Result<Vec<Digest>, Error> {
    let team = options.team();
    let twiddles = Twiddles::new(&team, columns[0].len().trailing_zeros() + params.log_blowup)?;
    let preprocessed = Preprocessed::new(&team, &twiddles, params.log_blowup, columns)?;
    Ok(preprocessed.tree.cap().to_vec())
}
