use crate::failure::{Failure, Result};
use std::path::PathBuf;

/// What a command takes. The help is made from it, so nothing is taken that the help does not show.
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// What it does, one line.
    pub about: &'static str,
    /// More about it, for its own help.
    pub details: &'static str,
    /// Arguments by place: name, what it is.
    pub places: &'static [(&'static str, &'static str)],
    /// Options.
    pub options: &'static [Opt],
    /// Does it.
    pub run: fn(&Args) -> Result,
}

/// An option of a command.
pub struct Opt {
    /// With its dashes.
    pub name: &'static str,
    /// What its value is; `None` for a flag.
    pub value: Option<&'static str>,
    /// What it does.
    pub about: &'static str,
}

/// `--json`, which every command takes.
pub const JSON: Opt = Opt { name: "--json", value: None, about: "print one JSON object" };

/// A command line that fits its command.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Args {
    places: Vec<String>,
    options: Vec<(&'static str, String)>,
}

impl Args {
    /// Reads what follows the command's name.
    ///
    /// # Errors
    /// An unknown or repeated option, a missing value, a missing or surplus argument.
    pub fn parse(command: &Command, words: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut args = Self::default();
        let mut words = words.into_iter();
        let mut only_places = false;
        while let Some(word) = words.next() {
            if word == "--" && !only_places {
                only_places = true;
                continue;
            }
            if only_places || !word.starts_with("--") {
                args.places.push(word);
                continue;
            }
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            let option = command.options.iter().find(|option| option.name == name);
            let option = option.ok_or_else(|| Failure::usage(format!("{} has no option {name}", command.name)))?;
            let value = match (option.value, inline) {
                (None, None) => String::new(),
                (None, Some(_)) => return Err(Failure::usage(format!("{name} takes no value"))),
                (Some(_), Some(value)) => value,
                (Some(what), None) => words.next().ok_or_else(|| Failure::usage(format!("{name} needs a value: {what}")))?,
            };
            if args.value(option.name).is_some() {
                return Err(Failure::usage(format!("{name} is given twice")));
            }
            args.options.push((option.name, value));
        }
        if let Some((name, about)) = command.places.get(args.places.len()) {
            return Err(Failure::usage(format!("{} needs {name}: {about}", command.name)));
        }
        if let Some(surplus) = args.places.get(command.places.len()) {
            return Err(Failure::usage(format!("{} does not take {surplus:?}", command.name)));
        }
        Ok(args)
    }

    /// An argument by its place.
    pub fn place(&self, index: usize) -> &str {
        &self.places[index]
    }

    /// Whether a flag is given.
    pub fn flag(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The value of an option.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// The value of an option as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.value(name).map(PathBuf::from)
    }

    /// The value of an option as a number from `least` to `most`.
    ///
    /// # Errors
    /// Anything else.
    pub fn number(&self, name: &str, least: u64, most: u64) -> Result<Option<u64>> {
        let Some(text) = self.value(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(Failure::usage(format!("{name} takes a number from {least} to {most}, not {text:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAND: Command = Command {
        name: "try",
        about: "",
        details: "",
        places: &[("FILE", "a file")],
        options: &[JSON, Opt { name: "--n", value: Some("a number"), about: "" }],
        run: |_| Ok(()),
    };

    fn parse(words: &[&str]) -> Result<Args> {
        Args::parse(&COMMAND, words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn options_stand_anywhere_and_values_behind_a_space_or_an_equals_sign() {
        for words in [&["f", "--json", "--n", "7"][..], &["--n=7", "f", "--json"], &["--n", "7", "--json", "--", "f"]] {
            let args = parse(words).expect("a good line");
            assert_eq!((args.place(0), args.flag("--json"), args.number("--n", 0, 9)), ("f", true, Ok(Some(7))));
        }
        assert_eq!(parse(&["--", "--json"]).expect("a good line").place(0), "--json");
    }

    #[test]
    fn every_mistake_is_named() {
        let message = |words: &[&str]| parse(words).expect_err("a bad line").message;
        assert_eq!(message(&[]), "try needs FILE: a file");
        assert_eq!(message(&["f", "g"]), "try does not take \"g\"");
        assert_eq!(message(&["f", "--m"]), "try has no option --m");
        assert_eq!(message(&["f", "--n"]), "--n needs a value: a number");
        assert_eq!(message(&["f", "--json=1"]), "--json takes no value");
        assert_eq!(message(&["f", "--n=1", "--n=2"]), "--n is given twice");
        for bad in ["10", "-1", "x", ""] {
            assert!(parse(&["f", "--n", bad]).expect("a good line").number("--n", 0, 9).is_err());
        }
    }
}
