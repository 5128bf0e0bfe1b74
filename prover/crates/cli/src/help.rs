//! The texts of `--help`.
use crate::args::Command;
use crate::failure::Kind;
use std::fmt::Write;

/// The help of the program.
pub fn program(commands: &[Command]) -> String {
    let mut text = String::from("Proves runs of WebAssembly modules and verifies the receipts. The proof system is unaudited.\n\n");
    text.push_str("usage: loom-prover COMMAND [ARGUMENTS]\n\ncommands:\n");
    rows(&mut text, commands.iter().map(|command| (command.name.to_owned(), command.about)));
    text.push_str("\nloom-prover COMMAND --help says more. loom-prover --version prints the version.\n\nexit codes:\n");
    rows(&mut text, std::iter::once(("0".to_owned(), "done")).chain(Kind::ALL.map(|(kind, about)| ((kind as u8).to_string(), about))));
    text
}

/// The help of one command.
pub fn command(command: &Command) -> String {
    let places: String = command.places.iter().map(|(name, _)| format!(" {name}")).collect();
    let mut text = format!("{}\n\nusage: loom-prover {}{places} [OPTIONS]\n", command.about, command.name);
    if !command.details.is_empty() {
        let _ = write!(text, "\n{}\n", command.details);
    }
    if !command.places.is_empty() {
        text.push_str("\narguments:\n");
        rows(&mut text, command.places.iter().map(|(name, about)| ((*name).to_owned(), *about)));
    }
    text.push_str("\noptions:\n");
    let options = command.options.iter().map(|option| {
        let value = option.value.map_or(String::new(), |value| format!(" <{value}>"));
        (format!("{}{value}", option.name), option.about)
    });
    rows(&mut text, options);
    text
}

fn rows<'a>(text: &mut String, rows: impl IntoIterator<Item = (String, &'a str)>) {
    let rows: Vec<_> = rows.into_iter().collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, about) in rows {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {name:width$}  {about}");
    }
}
