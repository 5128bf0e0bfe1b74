//! The WebAssembly core suite: what must decode and validate, what must be malformed, what must be invalid.

use corpus::suite;
use std::collections::BTreeMap;

/// Modules that are refused as they must be, but for another reason than the suite gives.
const REFUSED_OTHERWISE: [(&str, &str, &str); 3] = [
    ("binary", "1817", "bodies are decoded and validated in one pass: the unknown type is met before the missing end"),
    ("memory_init", "190", "the converter left out the data count section: malformed before it is invalid"),
    ("memory_init", "227", "the converter left out the data count section: malformed before it is invalid"),
];

#[test]
fn every_module_of_the_suite_validates_or_is_refused_as_it_says() {
    let names = suite::names();
    if names.is_empty() {
        eprintln!("the WebAssembly core suite is absent (LOOM_SHARED or ../shared): nothing was checked");
        return;
    }
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for name in &names {
        let file = suite::open(name).unwrap_or_else(|| panic!("{name}.json cannot be read"));
        for command in &file.commands {
            let kind = command.text("type");
            let filename = command.text("filename");
            if filename.is_empty() || command.text("module_type") == "text" {
                continue;
            }
            *counts.entry(kind.to_owned()).or_default() += 1;
            let expected = match kind {
                "assert_malformed" => "Malformed",
                "assert_invalid" => "Invalid",
                _ => "",
            };
            let got = loom_wasm::validate(&file.module(filename));
            let name_of = got.as_ref().err().map_or("", |e| e.name());
            let line = command.text("line");
            let listed = REFUSED_OTHERWISE.iter().any(|(file, at, _)| file == name && *at == line);
            // What later proposals gave a meaning is refused by the proposal's name.
            let newer = expected == "Malformed" && name_of == "Unsupported";
            let fits = name_of == expected || newer || listed && !name_of.is_empty() && !expected.is_empty();
            if !fits {
                wrong.push(format!("{name}:{line} {kind} ({}): {got:?}", command.text("text")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((counts["assert_malformed"], counts["assert_invalid"], counts["module"]), (736, 1475, 1125));
}
