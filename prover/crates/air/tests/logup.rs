//! The auxiliary columns satisfy L1, L2 and L3 on every row, sums balance with the public terms, and a wrong sum or column is seen.

mod support;

use air::logup::{aux, selectors};
use air::{Challenges, Composer, Table, Trace};
use field::{Cubic, F3, Goldilocks, Ring};
use support::{INPUT, every_operation, run};
use testing::{Random, Seeds};

fn f3(random: &mut Random) -> F3 {
    Cubic([random.next(), random.next(), random.next()].map(Goldilocks::new))
}

/// The composition on every row of the trace domain.
fn on_domain(trace: &Trace, columns: &[Vec<Goldilocks>], sum: F3, challenges: &Challenges, lambda: F3) -> Vec<F3> {
    let height = trace.height();
    let mut power = F3::ONE;
    let composer = Composer::<Goldilocks>::new(trace.table, challenges, lambda, sum, &mut power);
    assert_eq!(power, lambda.pow(trace.table.all_constraints() as u64));
    let acc = columns.len() - 3;
    let rows = (0..height).map(|row| {
        let aux: Vec<_> = columns.iter().map(|column| column[row]).collect();
        let next = (row + 1) % height;
        let acc_next = [columns[acc][next], columns[acc + 1][next], columns[acc + 2][next]];
        let selector = |at: usize| if row == at { Goldilocks::ONE } else { Goldilocks::ZERO };
        composer.compose(&trace.row(row), &trace.prep_row(row), &aux, &acc_next, selector(0), selector(height - 1))
    });
    rows.collect()
}

#[test]
fn honest_columns_vanish_on_the_trace_domain_and_the_sums_balance() {
    let seeds = Seeds::new("logup");
    let mut random = seeds.random(0);
    let run = run(&every_operation(), &INPUT).unwrap();
    let challenges = Challenges::new(f3(&mut random), f3(&mut random));
    let mut total = run.public.sum(&challenges).unwrap();
    for trace in &run.witness.traces {
        let aux = aux(trace, &challenges).unwrap();
        assert_eq!(aux.columns.len(), trace.table.aux_width());
        total += aux.sum;
        let lambda = f3(&mut random);
        assert!(on_domain(trace, &aux.columns, aux.sum, &challenges, lambda).iter().all(|value| *value == F3::ZERO));
        if trace.table == Table::Lut {
            continue;
        }
        let shifted = on_domain(trace, &aux.columns, aux.sum + F3::ONE, &challenges, lambda);
        assert_ne!(shifted.last(), Some(&F3::ZERO), "another sum is seen in the last row of {}", trace.table.name());
        for column in 0..aux.columns.len() {
            let mut wrong = aux.columns.clone();
            wrong[column][0] += Goldilocks::ONE;
            assert_ne!(on_domain(trace, &wrong, aux.sum, &challenges, lambda)[0], F3::ZERO, "{} column {column}", trace.table.name());
        }
    }
    assert_eq!(total, F3::ZERO);
}

#[test]
fn selectors_are_the_lagrange_polynomials_of_the_first_and_last_row() {
    let seeds = Seeds::new("selectors");
    let mut random = seeds.random(0);
    for log_height in [0, 1, 3] {
        let n = 1u64 << log_height;
        let omega = Goldilocks::root_of_unity(log_height);
        let y = f3(&mut random);
        let lagrange = |at: u64| {
            let others = (0..n).filter(|i| *i != at);
            others.fold(F3::ONE, |product, i| {
                let (point, other) = (F3::from(omega.pow(at)), F3::from(omega.pow(i)));
                product * (y - other) * (point - other).inverse()
            })
        };
        assert_eq!(selectors(log_height, y), (lagrange(0), lagrange(n - 1)));
    }
}
