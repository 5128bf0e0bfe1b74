use crate::reader::Reader;
use crate::types::ValType;
use crate::{Error, decode, limits};

/// The locals of a function as the module states them, in groups of one type: a few bytes can declare tens of thousands.
#[derive(Clone, Debug)]
pub(crate) struct Locals<'a> {
    params: &'a [ValType],
    /// One past the last local of each group, and its type.
    groups: Vec<(u32, ValType)>,
    count: u32,
}

impl<'a> Locals<'a> {
    /// Reads the declarations at the start of a body.
    pub(crate) fn read(params: &'a [ValType], reader: &mut Reader<'_>) -> Result<Self, Error> {
        let offset = reader.offset();
        let mut groups = Vec::new();
        let mut count = params.len() as u64;
        for _ in 0..reader.count()? {
            let more = reader.u32()?;
            count += u64::from(more);
            if count > u64::from(u32::MAX) {
                return Err(Error::Malformed { offset, reason: "too many locals" });
            }
            groups.push((count as u32, decode::val_type(reader)?));
        }
        if count > limits::MAX_SLOTS as u64 {
            let limit = limits::MAX_SLOTS as u64;
            return Err(Error::TooLarge { function: None, offset, what: "slots of one function", size: count, limit });
        }
        Ok(Self { params, groups, count: count as u32 })
    }

    /// Parameters and locals.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// The type of a local.
    pub(crate) fn get(&self, index: u32) -> Option<ValType> {
        if let Some(&ty) = self.params.get(index as usize) {
            return Some(ty);
        }
        let group = self.groups.partition_point(|&(end, _)| end <= index);
        self.groups.get(group).map(|&(_, ty)| ty)
    }

    /// The types that occur in declarations of at least one local.
    pub(crate) fn declared(&self) -> impl Iterator<Item = ValType> {
        let before = std::iter::once(self.params.len() as u32).chain(self.groups.iter().map(|&(end, _)| end));
        before.zip(&self.groups).filter(|(before, (end, _))| before < end).map(|(_, &(_, ty))| ty)
    }
}
