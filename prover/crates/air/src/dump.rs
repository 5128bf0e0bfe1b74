//! The list of all columns, constraints and interactions, generated from the chips: `constraints.md` (sections 3.2 and 6.5).

use crate::symbolic::{Interaction, Polynomial, describe};
use crate::{Sign, Table};
use std::fmt::Write;

/// The whole list as Markdown. Its order is protocol: it fixes leaf bytes, exponents of lambda and helper pairs.
pub fn dump() -> String {
    let mut text = String::from(
        "# Columns, constraints and interactions\n\n\
         Generated from the chips (a test compares; `LOOM_UPDATE=1 cargo test -p loom-air --test dump` writes it anew). Normative for the \
         order of columns, constraints and interactions (docs/formats/prover.md, sections 3.2 and 6.5). Every constraint is a polynomial that \
         is 0 on every row, written out: a product stands as names side by side, a square as a name twice, coefficients are signed residues \
         modulo p.\n\nAfter its own constraints each table has, in this order: for each helper h of a pair of interactions with signed \
         multiplicities m, m' and fingerprints d, d' the constraint h d d' - m d' - m' d (for an odd last one h d - m); then \
         acc(next) - acc - sum of h + S Llast; then Lfirst acc. Auxiliary columns: the helpers, then acc, three base columns each.\n",
    );
    for table in Table::ALL {
        let description = describe(table);
        let names: Vec<String> = table.main_names().into_iter().chain(table.prep_names().iter().map(|name| (*name).to_owned())).collect();
        let show = |polynomial: &Polynomial| polynomial.display(&names);
        let _ = write!(text, "\n## {} {}\n\nMain columns ({}):", table.id(), table.name(), table.main_width());
        names[..table.main_width()].iter().for_each(|name| text.extend([" ", name]));
        text.push('\n');
        if table.prep_width() > 0 {
            let _ = write!(text, "\nPreprocessed columns ({}):", table.prep_width());
            names[table.main_width()..].iter().for_each(|name| text.extend([" ", name]));
            text.push('\n');
        }
        if !table.ops().is_empty() {
            text.push_str("\nFlags:");
            for (name, op) in names.iter().zip(table.ops()) {
                let _ = write!(text, " {name} = {}", op.mnemonic());
            }
            text.push('\n');
        }
        let _ = write!(text, "\nConstraints ({}):\n\n", description.constraints.len());
        for (i, constraint) in description.constraints.iter().enumerate() {
            let _ = writeln!(text, "    {i:>3}  {}", show(constraint));
        }
        let _ = write!(text, "\nInteractions ({}), helpers {}:\n\n", description.interactions.len(), table.helpers());
        for (i, Interaction { sign, multiplicity, bus, tuple }) in description.interactions.iter().enumerate() {
            let sign = if *sign == Sign::Send { "send" } else { "recv" };
            let tuple: Vec<_> = tuple.iter().map(show).collect();
            let bus = format!("{bus:?}").to_uppercase();
            let _ = writeln!(text, "    {i:>3}  {sign} ({}) x {bus}({})", show(multiplicity), tuple.join("; "));
        }
    }
    text
}
