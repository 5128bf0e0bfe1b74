use super::expression;
use crate::module::{Data, Element, Expression, Items, Mode, Module};
use crate::reader::Reader;
use crate::types::ValType;
use crate::{Error, decode};

/// Element segments. Bit 0 of the flags: not active; bit 1: a table is named, or (with bit 0) declarative; bit 2: expressions.
pub(super) fn elements<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        let offset = section.offset();
        let flags = section.u32()?;
        if flags > 7 {
            return Err(Error::Malformed { offset, reason: "malformed elements segment kind" });
        }
        let mode = match flags & 3 {
            0 => Mode::Active { index: 0, offset: expression(section)? },
            2 => Mode::Active { index: section.u32()?, offset: expression(section)? },
            1 => Mode::Passive,
            _ => Mode::Declarative,
        };
        let expressions = flags & 4 != 0;
        let ty = match (flags & 3, expressions) {
            (0, _) => ValType::FuncRef,
            (_, true) => decode::ref_type(section)?,
            (_, false) => element_kind(section)?,
        };
        let items =
            if expressions { Items::Expressions(items(section, expression)?) } else { Items::Functions(items(section, |r| r.u32())?) };
        module.elements.push(Element { mode, ty, items, offset });
    }
    Ok(())
}

fn items<'a, T>(section: &mut Reader<'a>, read: impl Fn(&mut Reader<'a>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    (0..section.count()?).map(|_| read(section)).collect()
}

fn element_kind(section: &mut Reader<'_>) -> Result<ValType, Error> {
    let offset = section.offset();
    match section.byte()? {
        0 => Ok(ValType::FuncRef),
        _ => Err(Error::Malformed { offset, reason: "malformed element kind" }),
    }
}

/// Data segments.
pub(super) fn data<'a>(module: &mut Module<'a>, section: &mut Reader<'a>) -> Result<(), Error> {
    for _ in 0..section.count()? {
        let offset = section.offset();
        let active = |index: u32, offset: Expression| Mode::Active { index, offset };
        let mode = match section.u32()? {
            0 => active(0, expression(section)?),
            1 => Mode::Passive,
            2 => active(section.u32()?, expression(section)?),
            _ => return Err(Error::Malformed { offset, reason: "malformed data segment kind" }),
        };
        let len = section.u32()? as usize;
        module.data.push(Data { mode, bytes: section.take(len)?, offset });
    }
    Ok(())
}
