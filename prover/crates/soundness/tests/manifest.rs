//! The don't-care manifest: every cell that may be changed without being noticed is listed, and nothing else is.

mod rows;

use air::{Table, Witness};
use soundness::manifest;
use soundness::mutation::{Free, Samples, free_cells};
use testing::{Random, Seeds, tier_count};

/// What is free with a seed and a number of sample rows of each kind.
fn free_with(random: &mut Random, witnesses: &[Witness], rows: usize) -> (Free, Samples) {
    let (mut free, mut samples) = (Free::new(), Samples::new());
    witnesses.iter().for_each(|witness| free_cells(witness, rows, random, &mut free, &mut samples));
    (free, samples)
}

#[test]
fn changed_cells_are_rejected_except_those_of_the_manifest_which_are_free() {
    let seeds = Seeds::new("mutation");
    let witnesses = rows::witnesses(4);
    // The same changes in every run show what is listed to be free; other ones in each run, that nothing else is.
    let (always, samples) = free_with(&mut Random::new(1), &witnesses, 6);
    let (now, _) = free_with(&mut seeds.random(0), &witnesses, tier_count(6, 40) as usize);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/dont-care.txt");
    if std::env::var_os("LOOM_UPDATE").is_some() {
        std::fs::write(path, manifest::write(&always)).unwrap();
    }
    let manifest = manifest::read(&std::fs::read_to_string(path).unwrap());
    for (key, columns) in always.iter().chain(&now) {
        let listed = manifest.get(key).cloned().unwrap_or_default();
        let unlisted: Vec<_> = columns.difference(&listed).collect();
        assert!(unlisted.is_empty(), "{} {}: a change of {unlisted:?} is accepted", key.0.name(), key.1);
    }
    for (key, columns) in &manifest {
        let found = always.get(key).cloned().unwrap_or_default();
        let bound: Vec<_> = columns.difference(&found).collect();
        assert!(bound.is_empty(), "{} {}: the manifest lists {bound:?}, which no accepted change showed to be free", key.0.name(), key.1);
    }
    for (table, op) in Table::ALL.into_iter().flat_map(|table| table.ops().iter().map(move |op| (table, op))) {
        let of = samples.iter().filter(|((t, kind), _)| *t == table && kind.trim_end_matches('#') == op.mnemonic());
        let rows: usize = of.map(|(_, rows)| rows).sum();
        assert!(rows >= 3, "{} {op:?} has {rows} sample rows", table.name());
    }
}

#[test]
fn every_entry_has_its_reason() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/dont-care.txt")).unwrap();
    assert_eq!(manifest::unfounded(&text), Vec::<String>::new(), "entries whose reason is another");
    assert_eq!(manifest::write(&manifest::read(&text)), text, "the file is as LOOM_UPDATE=1 writes it");
    assert!(manifest::lines(&text).len() > 100);
}
