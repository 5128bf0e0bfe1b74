//! The don't-care manifest: every cell that may be changed without being noticed is listed, and nothing else is.

#[path = "../../air/tests/support/mod.rs"]
mod support;

use air::Table;
use isa::Chip;
use soundness::mutation::{Free, Samples, free_cells, read_manifest, write_manifest};
use support::{INPUT, chips, count_to, every_operation, run};
use testing::{Seeds, tier_count};

#[test]
fn changed_cells_are_rejected_except_those_of_the_manifest_which_are_free() {
    let seeds = Seeds::new("mutation");
    let mut random = seeds.random(0);
    let (mut free, mut samples) = (Free::new(), Samples::new());
    let [bit, arith] = [Chip::Bit, Chip::Arith].map(|chip| chips::operations(chip, 12, &mut random));
    for program in [every_operation(), count_to(20), bit, arith, chips::accesses(4, &mut random)] {
        let run = run(&program, &INPUT).unwrap();
        free_cells(&run.witness, tier_count(6, 40) as usize, &mut random, &mut free, &mut samples);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/dont-care.txt");
    if std::env::var_os("LOOM_UPDATE").is_some() {
        std::fs::write(path, write_manifest(&free)).unwrap();
    }
    let manifest = read_manifest(&std::fs::read_to_string(path).unwrap());
    for (key, columns) in &free {
        let listed = manifest.get(key).cloned().unwrap_or_default();
        let unlisted: Vec<_> = columns.difference(&listed).collect();
        assert!(unlisted.is_empty(), "{} {}: a change of {unlisted:?} is accepted", key.0.name(), key.1);
    }
    for (key, columns) in &manifest {
        let found = free.get(key).cloned().unwrap_or_default();
        let bound: Vec<_> = columns.difference(&found).collect();
        assert!(bound.is_empty(), "{} {}: the manifest lists {bound:?}, which no accepted change showed to be free", key.0.name(), key.1);
    }
    // Every operation of every chip has at least one sample row, most have three and more.
    for table in Table::ALL {
        for op in table.ops() {
            let sampled = samples.iter().any(|((of, kind), _)| *of == table && kind.trim_end_matches('#') == op.mnemonic());
            assert!(sampled, "{op:?} has no sample row in {}", table.name());
        }
    }
}
