//! What of valid WebAssembly can be proven (section 2.1), each rule with its error.

mod bodies;
mod imports;
mod segments;

use crate::Error;
use crate::module::Kind;
use crate::types::ValType;
use crate::validate::Valid;
pub(crate) use imports::Host;

/// A module within the subset, and what its translation needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Provable<'a> {
    pub valid: Valid<'a>,
    /// The host function behind each imported function.
    pub hosts: Vec<Host>,
    /// The functions that can run.
    pub reachable: Vec<bool>,
    pub init_pages: u32,
    pub max_pages: u32,
    /// The function table up to its last entry that is not null.
    pub table: Vec<Option<u32>>,
}

/// Checks that the module can be proven when `roots` are called from outside.
pub(crate) fn check<'a>(valid: Valid<'a>, roots: &[u32], page_limit: u32) -> Result<Provable<'a>, Error> {
    let hosts = imports::check(&valid)?;
    check_exports(&valid)?;
    check_table(&valid)?;
    let (init_pages, max_pages) = memory(&valid, page_limit)?;
    let table = segments::table(&valid)?;
    segments::check_data(&valid)?;
    let reachable = bodies::reachable(&valid, roots)?;
    bodies::check(&valid, &reachable)?;
    Ok(Provable { valid, hosts, reachable, init_pages, max_pages, table })
}

/// The entry: `loom_main`, else `_start`, of type () -> ().
pub(crate) fn entry(valid: &Valid<'_>) -> Result<u32, Error> {
    let plain = |&function: &u32| {
        let ty = valid.module.type_of(function);
        ty.params.is_empty() && ty.results.is_empty()
    };
    ["loom_main", "_start"].iter().find_map(|name| valid.export(name).filter(plain)).ok_or(Error::NoEntry)
}

fn check_exports(valid: &Valid<'_>) -> Result<(), Error> {
    for export in &valid.module.exports {
        if export.kind == Kind::Function && (export.index as usize) < valid.module.imported_functions {
            return Err(Error::ImportAsValue { function: export.index, offset: export.offset, place: "is exported" });
        }
    }
    Ok(())
}

fn check_table(valid: &Valid<'_>) -> Result<(), Error> {
    if let Some(second) = valid.module.tables.get(1) {
        return Err(Error::TableNotSupported { offset: second.offset, reason: "the module has a second table" });
    }
    match valid.module.tables.first() {
        Some(table) if table.element != ValType::FuncRef => {
            Err(Error::TableNotSupported { offset: table.offset, reason: "the table holds something else than functions" })
        }
        _ => Ok(()),
    }
}

/// Pages at the start and at most; 0 and 0 without a memory.
fn memory(valid: &Valid<'_>, page_limit: u32) -> Result<(u32, u32), Error> {
    let Some(memory) = valid.module.memories.first() else { return Ok((0, 0)) };
    let page_limit = page_limit.min(isa::MAX_PAGES);
    let pages = memory.limits.min.max(memory.limits.max.unwrap_or(0));
    if pages > page_limit {
        return Err(Error::MemoryTooLarge { offset: memory.offset, pages, limit: page_limit });
    }
    Ok((memory.limits.min, memory.limits.max.unwrap_or(page_limit)))
}
