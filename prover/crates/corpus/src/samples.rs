//! The modules of the folder `samples/modules`.
use std::path::PathBuf;

/// The checkout's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// Name and bytes of every sample module, by name.
pub fn modules() -> Vec<(String, Vec<u8>)> {
    let folder = root().join("samples/modules");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut modules: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.expect("a folder that can be listed").path();
            (path.extension()? == "wasm").then(|| {
                let name = path.file_stem().expect("a file name").to_string_lossy().into_owned();
                (name, std::fs::read(&path).expect("a file that can be read"))
            })
        })
        .collect();
    modules.sort();
    modules
}
