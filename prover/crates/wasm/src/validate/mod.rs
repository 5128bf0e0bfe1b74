//! Validation as the specification of WebAssembly 2.0 says it, of everything but vectors: what is refused later for being outside of the
//! provable subset must be valid first.

mod body;
mod bulk;
mod constant;
mod control;
mod operators;

use crate::module::{Constant, Items, Kind, Mode, Module};
use crate::types::{FuncType, ValType};
use crate::{Error, limits};
use std::collections::{BTreeMap, BTreeSet};

/// The offset of an active element segment, and what a segment holds.
pub(crate) type ElementValues = (Option<Constant>, Vec<Constant>);

/// A module that is valid, with what its constant expressions give.
#[derive(Clone, Debug)]
pub(crate) struct Valid<'a> {
    pub module: Module<'a>,
    /// Initial values of the globals that are not imported.
    pub globals: Vec<Constant>,
    /// Of every element segment: its offset (active ones) and its items.
    pub elements: Vec<ElementValues>,
    /// Offsets of the active data segments.
    pub data: Vec<Option<Constant>>,
    /// For each type the first one that is equal to it.
    pub canonical: Vec<u32>,
}

impl<'a> Valid<'a> {
    /// The exported function `name`.
    pub(crate) fn export(&self, name: &str) -> Option<u32> {
        self.module.exports.iter().find(|e| e.kind == Kind::Function && e.name == name).map(|e| e.index)
    }
}

/// Validates.
pub(crate) fn validate(module: Module<'_>) -> Result<Valid<'_>, Error> {
    check_types(&module)?;
    check_sizes(&module)?;
    let declared = declared_functions(&module)?;
    let mut globals = Vec::new();
    for (global, &offset) in module.globals.iter().zip(&module.global_offsets) {
        if let Some(init) = global.init {
            globals.push(constant::evaluate(&module, init, global.ty.value, offset)?);
        }
    }
    check_exports(&module)?;
    check_start(&module)?;
    let elements = elements(&module)?;
    let data = data(&module)?;
    let mut work = 0;
    let imported = module.imported_functions;
    for index in 0..module.bodies.len() {
        let function = (imported + index) as u32;
        body::validate(&module, &declared, index, &mut work).map_err(|e| e.in_function(function))?;
    }
    let canonical = canonical(&module.types);
    Ok(Valid { module, globals, elements, data, canonical })
}

fn invalid(offset: usize, reason: &'static str) -> Error {
    Error::Invalid { function: None, offset, opcode: None, reason }
}

fn check_types(module: &Module<'_>) -> Result<(), Error> {
    if module.functions.len() > limits::MAX_FUNCTIONS {
        let (size, limit) = (module.functions.len() as u64, limits::MAX_FUNCTIONS as u64);
        return Err(Error::TooLarge { function: None, offset: 0, what: "functions of the module", size, limit });
    }
    for (&ty, &offset) in module.functions.iter().zip(&module.function_offsets) {
        if ty as usize >= module.types.len() {
            return Err(invalid(offset, "unknown type"));
        }
    }
    Ok(())
}

fn check_sizes(module: &Module<'_>) -> Result<(), Error> {
    for table in &module.tables {
        if table.limits.max.is_some_and(|max| max < table.limits.min) {
            return Err(invalid(table.offset, "size minimum must not be greater than maximum"));
        }
    }
    if let Some(second) = module.memories.get(1) {
        return Err(invalid(second.offset, "multiple memories"));
    }
    for memory in &module.memories {
        if memory.limits.min > isa::MAX_PAGES || memory.limits.max.is_some_and(|max| max > isa::MAX_PAGES) {
            return Err(invalid(memory.offset, "memory size must be at most 65536 pages (4GiB)"));
        }
        if memory.limits.max.is_some_and(|max| max < memory.limits.min) {
            return Err(invalid(memory.offset, "size minimum must not be greater than maximum"));
        }
    }
    Ok(())
}

/// The functions that `ref.func` may name in a body: those that occur outside of bodies, the start function apart.
fn declared_functions(module: &Module<'_>) -> Result<BTreeSet<u32>, Error> {
    let mut declared = BTreeSet::new();
    for element in &module.elements {
        match &element.items {
            Items::Functions(functions) => declared.extend(functions),
            Items::Expressions(items) => {
                for &item in items {
                    constant::named_functions(module, item, &mut declared)?;
                }
            }
        }
    }
    for init in module.globals.iter().filter_map(|g| g.init) {
        constant::named_functions(module, init, &mut declared)?;
    }
    declared.extend(module.exports.iter().filter(|e| e.kind == Kind::Function).map(|e| e.index));
    Ok(declared)
}

fn check_exports(module: &Module<'_>) -> Result<(), Error> {
    let mut names = BTreeSet::new();
    for export in &module.exports {
        let (count, reason) = match export.kind {
            Kind::Function => (module.functions.len(), "unknown function"),
            Kind::Table => (module.tables.len(), "unknown table"),
            Kind::Memory => (module.memories.len(), "unknown memory"),
            Kind::Global => (module.globals.len(), "unknown global"),
        };
        if export.index as usize >= count {
            return Err(invalid(export.offset, reason));
        }
        if !names.insert(export.name) {
            return Err(invalid(export.offset, "duplicate export name"));
        }
    }
    Ok(())
}

fn check_start(module: &Module<'_>) -> Result<(), Error> {
    let Some((function, offset)) = module.start else { return Ok(()) };
    if function as usize >= module.functions.len() {
        return Err(invalid(offset, "unknown function"));
    }
    if *module.type_of(function) != FuncType::default() {
        return Err(invalid(offset, "start function: it must have no parameters and no results"));
    }
    Ok(())
}

fn elements(module: &Module<'_>) -> Result<Vec<ElementValues>, Error> {
    let mut all = Vec::with_capacity(module.elements.len());
    for element in &module.elements {
        let offset = match element.mode {
            Mode::Active { index, offset } => {
                let table = module.tables.get(index as usize).ok_or(invalid(element.offset, "unknown table"))?;
                if table.element != element.ty {
                    return Err(invalid(element.offset, "type mismatch: the table holds another type"));
                }
                Some(constant::evaluate(module, offset, ValType::I32, element.offset)?)
            }
            Mode::Passive | Mode::Declarative => None,
        };
        let items = match &element.items {
            Items::Functions(functions) => {
                if functions.iter().any(|&f| f as usize >= module.functions.len()) {
                    return Err(invalid(element.offset, "unknown function"));
                }
                functions.iter().map(|&f| Constant::Function(f)).collect()
            }
            Items::Expressions(items) => {
                items.iter().map(|&item| constant::evaluate(module, item, element.ty, element.offset)).collect::<Result<_, _>>()?
            }
        };
        all.push((offset, items));
    }
    Ok(all)
}

fn data(module: &Module<'_>) -> Result<Vec<Option<Constant>>, Error> {
    let offset = |data: &crate::module::Data<'_>| match data.mode {
        Mode::Active { index, offset } => {
            if index as usize >= module.memories.len() {
                return Err(invalid(data.offset, "unknown memory"));
            }
            constant::evaluate(module, offset, ValType::I32, data.offset).map(Some)
        }
        Mode::Passive | Mode::Declarative => Ok(None),
    };
    module.data.iter().map(offset).collect()
}

fn canonical(types: &[FuncType]) -> Vec<u32> {
    let mut first = BTreeMap::new();
    types.iter().enumerate().map(|(i, ty)| *first.entry(ty).or_insert(i as u32)).collect()
}
