use super::{GO, listing};
use air::{Public, Table};
use isa::Program;
use vm::{Error, Execution, Limits};

/// The fast run. When every chip it needs exists, the trace must give the same execution and pass the checker.
///
/// # Errors
/// The run ends without HALT, in both modes with the same error.
pub fn run_both(program: &Program, input: &[u8]) -> Result<Execution, Error> {
    let limits = Limits::default();
    let fast = vm::run(program, input, &limits, &GO);
    match (fast, vm::trace(program, input, &limits, &GO)) {
        (Ok(fast), Err(Error::Unprovable { table, .. })) => {
            let chip = Table::ALL.into_iter().find(|known| known.name() == table).expect("a table");
            assert!(chip.ops().is_empty(), "{table} has a chip");
            Ok(fast)
        }
        (Ok(fast), Ok((traced, witness))) => {
            assert!(fast == traced, "the two modes differ:\n{}", listing(program));
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
        (fast, traced) => panic!("fast: {fast:?}\ntrace: {:?}", traced.map(|(execution, _)| execution)),
    }
}
