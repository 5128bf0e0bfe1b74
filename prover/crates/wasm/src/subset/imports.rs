use crate::Error;
use crate::module::Kind;
use crate::types::{FuncType, ValType};
use crate::validate::Valid;

/// A function of the host interface (section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Host {
    InputSize,
    InputRead,
    Output,
    Abort,
    Sha256,
    EnvAbort,
}

/// Names, parameters and results (all i32).
const HOSTS: [(&str, &str, usize, usize, Host); 6] = [
    ("loom", "input_size", 0, 1, Host::InputSize),
    ("loom", "input_read", 3, 0, Host::InputRead),
    ("loom", "output", 2, 0, Host::Output),
    ("loom", "abort", 1, 0, Host::Abort),
    ("loom", "sha256", 3, 0, Host::Sha256),
    ("env", "abort", 4, 0, Host::EnvAbort),
];

/// The host function behind each import.
pub(super) fn check(valid: &Valid<'_>) -> Result<Vec<Host>, Error> {
    let mut hosts = Vec::with_capacity(valid.module.imported_functions);
    for import in &valid.module.imports {
        let unknown = |reason| {
            let (module, name) = (shortened(import.module), shortened(import.name));
            Error::UnknownImport { offset: import.offset, module, name, reason }
        };
        if import.kind != Kind::Function {
            return Err(unknown("is no function"));
        }
        let found = HOSTS.iter().find(|h| h.0 == import.module && h.1 == import.name);
        let &(_, _, params, results, host) = found.ok_or(unknown("is not offered"))?;
        let expected = FuncType { params: vec![ValType::I32; params], results: vec![ValType::I32; results] };
        if *valid.module.type_of(hosts.len() as u32) != expected {
            return Err(unknown("is imported with another type than it has"));
        }
        hosts.push(host);
    }
    Ok(hosts)
}

/// A name for an error message: a hostile one may be megabytes long.
fn shortened(name: &str) -> String {
    name.chars().take(100).collect()
}
