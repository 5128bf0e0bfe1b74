//! Writing WebAssembly's binary format.

/// `i32` as a value type.
pub const I32: u8 = 0x7F;
/// `i64` as a value type.
pub const I64: u8 = 0x7E;
/// The magic number and the version.
pub const HEADER: [u8; 8] = *b"\0asm\x01\0\0\0";

/// Appends an unsigned LEB128 number.
pub fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed LEB128 number.
pub fn signed(out: &mut Vec<u8>, mut value: i64) {
    loop {
        let byte = (value & 0x7F) as u8;
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

/// Appends a length and the bytes.
pub fn sized(out: &mut Vec<u8>, bytes: &[u8]) {
    unsigned(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a section.
pub fn section(out: &mut Vec<u8>, id: u8, payload: &[u8]) {
    out.push(id);
    sized(out, payload);
}

/// A vector: the number of items, then the items.
pub fn vector<T>(items: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) -> Vec<u8> {
    let mut out = Vec::new();
    unsigned(&mut out, items.len() as u64);
    items.iter().for_each(|item| write(&mut out, item));
    out
}

/// Appends a function type.
pub fn function_type(out: &mut Vec<u8>, (parameters, results): &(Vec<u8>, Vec<u8>)) {
    out.push(0x60);
    sized(out, parameters);
    sized(out, results);
}
