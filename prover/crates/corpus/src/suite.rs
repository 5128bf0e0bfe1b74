//! The WebAssembly core suite as JSON commands and modules. It lies beside the repository: in `LOOM_SHARED`, else in `../shared`.
use crate::encode::{self, HEADER, I32, I64};
use crate::json::{self, Value};
use std::path::PathBuf;

/// One file of the suite; `None` where the suite is absent.
pub struct File {
    folder: PathBuf,
    /// The commands in order.
    pub commands: Vec<Value>,
}

fn folder() -> PathBuf {
    let shared = match std::env::var_os("LOOM_SHARED") {
        Some(path) if !path.is_empty() => PathBuf::from(path),
        _ => crate::samples::root().join("../shared"),
    };
    shared.join("data/wasm-spec")
}

/// The names of all files, sorted; none where the suite is absent.
pub fn names() -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder()) else { return Vec::new() };
    let folders = entries.filter_map(|entry| entry.ok().filter(|e| e.path().is_dir()));
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Opens a file by its name, such as `i32`.
pub fn open(name: &str) -> Option<File> {
    let folder = folder().join(name);
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).ok()?;
    Some(File { folder, commands: json::parse(&text).list("commands").to_vec() })
}

impl File {
    /// The bytes of a module that a command names.
    pub fn module(&self, filename: &str) -> Vec<u8> {
        let path = self.folder.join(filename);
        std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }
}

/// A call of an exported function, and what it must give.
#[derive(Clone, Debug)]
pub struct Call {
    /// The export.
    pub field: String,
    /// Arguments: type and bits.
    pub arguments: Vec<(u8, u64)>,
    /// Results: type and bits; `None`: whatever they are.
    pub expected: Option<Vec<(u8, u64)>>,
}

impl Call {
    /// The call that a command describes; `None` if a value of it is no i32 or i64.
    pub fn of(command: &Value) -> Option<Call> {
        let action = command.get("action")?;
        let values = |list: &[Value]| list.iter().map(value).collect::<Option<Vec<_>>>();
        let expected = if command.text("type") == "assert_return" { Some(values(command.list("expected"))?) } else { None };
        (action.text("type") == "invoke").then_some(())?;
        Some(Call { field: action.text("field").to_owned(), arguments: values(action.list("args"))?, expected })
    }
}

fn value(value: &Value) -> Option<(u8, u64)> {
    let bits = value.text("value").parse().ok()?;
    match value.text("type") {
        "i32" => Some((I32, bits)),
        "i64" => Some((I64, bits)),
        _ => None,
    }
}

/// The module with one more function, exported as `loom_main`, that makes the calls in order. A result that is not as expected ends it with
/// `unreachable`. `None` if the module has no such export.
pub fn with_calls(module: &[u8], calls: &[Call]) -> Option<Vec<u8>> {
    let mut sections = split(module)?;
    let types = items(payload(&sections, 1), function_type)?;
    let imports = items(payload(&sections, 2), import)?;
    let functions = items(payload(&sections, 3), Reader::number)?;
    let exports = items(payload(&sections, 7), export)?;
    let imported: Vec<u64> = imports.into_iter().flatten().collect();
    let all: Vec<u64> = imported.iter().chain(&functions).copied().collect();

    let mut body = vec![0, 0x02, 0x40]; // no locals; block
    for call in calls {
        let (_, index) = exports.iter().find(|(name, index)| index.is_some() && *name == call.field.as_bytes())?;
        let index = (*index)?;
        let (_, results) = types.get(*all.get(index as usize)? as usize)?;
        for &(kind, bits) in &call.arguments {
            constant(&mut body, kind, bits);
        }
        body.push(0x10);
        encode::unsigned(&mut body, index);
        match &call.expected {
            Some(expected) => expected.iter().rev().for_each(|&(kind, bits)| {
                constant(&mut body, kind, bits);
                body.extend_from_slice(&[if kind == I32 { 0x47 } else { 0x52 }, 0x0D, 0]); // ne; br_if 0
            }),
            None => body.resize(body.len() + results.len(), 0x1A), // drop
        }
    }
    body.extend_from_slice(&[0x0F, 0x0B, 0x00, 0x0B]); // return; end; unreachable; end

    let mut append = |id: u8, item: &[u8]| {
        let mut reader = Reader { bytes: payload(&sections, id), at: 0 };
        let count = if reader.bytes.is_empty() { 0 } else { reader.number()? };
        let mut grown = Vec::new();
        encode::unsigned(&mut grown, count + 1);
        grown.extend_from_slice(&reader.bytes[reader.at..]);
        grown.extend_from_slice(item);
        match sections.iter_mut().find(|(present, _)| *present == id) {
            Some((_, payload)) => *payload = grown,
            None => {
                let order = |id: u8| [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11].iter().position(|known| *known == id);
                let place = sections.iter().position(|(present, _)| *present != 0 && order(*present) > order(id)).unwrap_or(sections.len());
                sections.insert(place, (id, grown));
            }
        }
        Some(())
    };
    let number = |value: u64| {
        let mut out = Vec::new();
        encode::unsigned(&mut out, value);
        out
    };
    let mut code = Vec::new();
    encode::sized(&mut code, &body);
    let mut name = Vec::new();
    encode::sized(&mut name, b"loom_main");
    name.push(0);
    name.extend(number(all.len() as u64));
    append(1, &[0x60, 0, 0])?;
    append(3, &number(types.len() as u64))?;
    append(7, &name)?;
    append(10, &code)?;
    let mut out = HEADER.to_vec();
    sections.iter().for_each(|(id, payload)| encode::section(&mut out, *id, payload));
    Some(out)
}

fn constant(out: &mut Vec<u8>, kind: u8, bits: u64) {
    if kind == I32 {
        out.push(0x41);
        encode::signed(out, i64::from(bits as i32));
    } else {
        out.push(0x42);
        encode::signed(out, bits as i64);
    }
}

fn split(module: &[u8]) -> Option<Vec<(u8, Vec<u8>)>> {
    let mut reader = Reader { bytes: module, at: HEADER.len() };
    let mut sections = Vec::new();
    while reader.at < module.len() {
        let id = reader.byte()?;
        sections.push((id, reader.sized()?.to_vec()));
    }
    Some(sections)
}

fn payload(sections: &[(u8, Vec<u8>)], id: u8) -> &[u8] {
    sections.iter().find(|(present, _)| *present == id).map_or(&[], |(_, payload)| payload)
}

fn items<'a, T>(payload: &'a [u8], mut item: impl FnMut(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
    let mut reader = Reader { bytes: payload, at: 0 };
    if payload.is_empty() {
        return Some(Vec::new());
    }
    (0..reader.number()?).map(|_| item(&mut reader)).collect()
}

fn function_type(reader: &mut Reader<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    reader.byte()?;
    Some((reader.sized()?.to_vec(), reader.sized()?.to_vec()))
}

/// The type of an imported function; `None` inside for another import.
fn import(reader: &mut Reader<'_>) -> Option<Option<u64>> {
    reader.sized()?;
    reader.sized()?;
    match reader.byte()? {
        0 => return Some(Some(reader.number()?)),
        1 => {
            reader.byte()?;
            reader.limits()?;
        }
        2 => reader.limits()?,
        _ => reader.at += 2,
    }
    Some(None)
}

/// Name and index of an exported function; no index for another export.
fn export<'a>(reader: &mut Reader<'a>) -> Option<(&'a [u8], Option<u64>)> {
    let name = reader.sized()?;
    let kind = reader.byte()?;
    let index = reader.number()?;
    Some((name, (kind == 0).then_some(index)))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        self.at += 1;
        self.bytes.get(self.at - 1).copied()
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let len = self.number()? as usize;
        let bytes = self.bytes.get(self.at..self.at + len)?;
        self.at += len;
        Some(bytes)
    }

    fn limits(&mut self) -> Option<()> {
        let bounded = self.byte()? & 1 == 1;
        self.number()?;
        if bounded {
            self.number()?;
        }
        Some(())
    }
}
