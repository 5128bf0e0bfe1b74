//! MEMB and INTAB in the miniature model: a limb has 4 values, so keys are the numbers below 64, four spaces of 16 addresses.

use crate::model::Model;
use crate::search::Plan;
use air::Table;
use std::collections::BTreeSet;

/// The keys of a row of MEMB behind the key `pk`, with their spaces and addresses, without what `without` names.
fn keys(model: &Model, pk: u16, without: &[(bool, usize)]) -> BTreeSet<(u16, u16, u16)> {
    let mut given = vec![None; Table::Memb.main_width()];
    (given[usize::from(model.column("rm"))], given[usize::from(model.column("re"))]) = (Some(1), Some(0));
    let (inputs, outputs) = (model.columns(&["pk"]), model.columns(&["key", "sp", "addr"]));
    let plan = Plan::new(&model.said, &given, &inputs, &outputs, &|constraint, index| without.contains(&(constraint, index)));
    let mut at = [0; 256];
    (at[usize::from(model.column("rm"))], at[usize::from(inputs[0])]) = (1, pk);
    let mut found = BTreeSet::new();
    plan.search(&mut at, &mut |row| {
        found.insert((row[usize::from(outputs[0])], row[usize::from(outputs[1])], row[usize::from(outputs[2])]));
        true
    });
    found
}

#[test]
fn keys_ascend_as_integers_and_are_those_of_their_addresses() {
    let model = Model::of(Table::Memb);
    for pk in 0..64 {
        let expected: BTreeSet<_> = (pk + 1..64).map(|key| (key, key / 16, key % 16)).collect();
        assert_eq!(keys(&model, pk, &[]), expected, "behind {pk}");
    }
}

#[test]
fn without_any_rule_of_memb_other_keys_are_accepted() {
    let model = Model::of(Table::Memb);
    // The key of MB1, then the lookups: R32 of the address (0, 1), the space (2), the three limbs of the step (5, 6, 7).
    for rule in [(true, 3), (false, 0), (false, 1), (false, 2), (false, 5), (false, 6), (false, 7)] {
        let other =
            (0..64).any(|pk| keys(&model, pk, &[rule]).iter().any(|(key, sp, addr)| *key >= 64 || *key <= pk || *key != 16 * sp + addr));
        assert!(other, "{rule:?}");
    }
    // Without MB2 the keys beyond 64 lead around 241 and back: the cycle that gives a cell a second initial value (section 3.8).
    let mb2 = [(false, 0), (false, 1), (false, 2)];
    let mut reached = BTreeSet::from([5u16]);
    for _ in 0..4 {
        reached = reached.iter().flat_map(|pk| keys(&model, *pk, &mb2).into_iter().map(|(key, ..)| key)).collect();
    }
    assert!(reached.contains(&5), "a cycle of four steps");
}

#[test]
fn a_row_of_intab_is_a_word_or_gives_nothing() {
    let model = Model::of(Table::Intab);
    let outputs = model.columns(&["real", "m"]);
    let rows = |without: &[(bool, usize)]| {
        let given = vec![None; Table::Intab.main_width()];
        let plan = Plan::new(&model.said, &given, &[], &outputs, &|constraint, index| without.contains(&(constraint, index)));
        let mut found = BTreeSet::new();
        plan.search(&mut [0; 256], &mut |row| {
            found.insert((row[usize::from(outputs[0])], row[usize::from(outputs[1])]));
            true
        });
        found
    };
    let expected: BTreeSet<(u16, u16)> = (0..241).map(|m| (1, m)).chain([(0, 0)]).collect();
    assert_eq!(rows(&[]), expected);
    assert!(rows(&[(true, 0)]).iter().any(|(real, _)| *real > 1));
    assert!(rows(&[(true, 1)]).contains(&(0, 7)), "a free input word");
}
