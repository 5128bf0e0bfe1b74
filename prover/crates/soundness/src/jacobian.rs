//! Under-constrained columns by linear algebra: at a valid row, in which directions can cells move so that, to first order, every
//! constraint still holds, every lookup asks the same and everything received is the same? What is sent may move: that is how a wrong
//! result would show.

use crate::is_lookup;
use air::symbolic::{Description, Polynomial};
use air::{Bus, Sign, Table};
use field::{Goldilocks, Ring};

/// The main columns that can move at `row` (main columns, then preprocessed ones).
pub fn movable(description: &Description, row: &[Goldilocks]) -> Vec<usize> {
    let table = description.table;
    let width = table.main_width();
    let mut equations: Vec<Vec<Goldilocks>> = description.constraints.iter().map(|c| gradient(c, row, width)).collect();
    for interaction in &description.interactions {
        equations.push(gradient(&interaction.multiplicity, row, width));
        if interaction.multiplicity.at(row) == Goldilocks::ZERO {
            continue;
        }
        // INW asks the input tape as others ask LUT.
        if interaction.sign == Sign::Recv || is_lookup(interaction.bus) || interaction.bus == Bus::Inp {
            equations.extend(interaction.tuple.iter().map(|entry| gradient(entry, row, width)));
        } else if interaction.bus == Bus::Mem {
            // Where something is written is part of the instruction, not of its result.
            equations.extend(interaction.tuple[..2].iter().map(|entry| gradient(entry, row, width)));
        }
    }
    let free = reduce(&mut equations, width);
    let moves = |column: usize| {
        free.contains(&column)
            || equations.iter().any(|equation| {
                let pivot = equation.iter().position(|entry| *entry != Goldilocks::ZERO);
                pivot == Some(column) && free.iter().any(|free| equation[*free] != Goldilocks::ZERO)
            })
    };
    (0..width).filter(|column| moves(*column)).collect()
}

/// The names of the columns that can move.
pub fn movable_names(table: Table, description: &Description, row: &[Goldilocks]) -> Vec<String> {
    let names = table.main_names();
    movable(description, row).into_iter().map(|column| names[column].clone()).collect()
}

/// The derivatives of a polynomial by the main columns.
fn gradient(polynomial: &Polynomial, row: &[Goldilocks], width: usize) -> Vec<Goldilocks> {
    let mut gradient = vec![Goldilocks::ZERO; width];
    for (monomial, coefficient) in polynomial.terms() {
        for (i, column) in monomial.iter().enumerate().filter(|(_, column)| usize::from(**column) < width) {
            let others = monomial.iter().enumerate().filter(|(j, _)| *j != i);
            gradient[usize::from(*column)] += others.fold(coefficient, |product, (_, column)| product * row[usize::from(*column)]);
        }
    }
    gradient
}

/// Brings the equations to reduced row echelon form, without rows of zeros; answers the columns without pivot.
fn reduce(equations: &mut Vec<Vec<Goldilocks>>, width: usize) -> Vec<usize> {
    let mut rank = 0;
    let mut free = Vec::new();
    for column in 0..width {
        let Some(pivot) = (rank..equations.len()).find(|i| equations[*i][column] != Goldilocks::ZERO) else {
            free.push(column);
            continue;
        };
        equations.swap(rank, pivot);
        let inverse = equations[rank][column].inverse();
        equations[rank].iter_mut().for_each(|entry| *entry *= inverse);
        let pivot = equations[rank].clone();
        for (_, equation) in equations.iter_mut().enumerate().filter(|(i, equation)| *i != rank && equation[column] != Goldilocks::ZERO) {
            let factor = equation[column];
            equation.iter_mut().zip(&pivot).for_each(|(entry, pivot)| *entry -= factor * *pivot);
        }
        rank += 1;
    }
    equations.truncate(rank);
    free
}
