use super::{GO, listing};
use air::Public;
use isa::Program;
use vm::{Error, Execution, Limits};

/// The fast run. The trace must give the same execution and, if `check`, pass the checker (which takes ten times as long).
///
/// # Errors
/// The run ends without HALT, in both modes with the same error; or it ends, and is too long for a trace.
pub fn run_both(program: &Program, input: &[u8], check: bool) -> Result<Execution, Error> {
    let limits = Limits::default();
    let fast = vm::run(program, input, &limits, &GO);
    match (fast, vm::trace(program, input, &limits, &GO)) {
        (Ok(fast), Ok((traced, witness))) => {
            assert!(fast == traced, "the two modes differ:\n{}", listing(program));
            if !check {
                return Ok(fast);
            }
            let public = Public {
                init_pages: program.init_pages,
                cycles: traced.cycles,
                input: isa::input_tape(input),
                output: isa::output_tape(&traced.output, traced.exit_code),
            };
            air::check(&witness, &public).unwrap_or_else(|violation| panic!("{violation}\n{}", listing(program)));
            Ok(fast)
        }
        (Err(fast), Err(traced)) => {
            assert_eq!(fast, traced);
            Err(fast)
        }
        // It ends, and no segment has room for it.
        (Ok(_), Err(error @ Error::TooManyRows { .. })) => Err(error),
        (fast, traced) => panic!("fast: {fast:?}\ntrace: {:?}", traced.map(|(execution, _)| execution)),
    }
}
