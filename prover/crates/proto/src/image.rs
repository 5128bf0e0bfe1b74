use crate::ParameterSet;
use crate::merkle::cap_log;
use crate::wire::Reader;
use hash::{Digest, Sha256};
use std::fmt;

/// The version of the instruction set that this build knows.
pub const ISA_VERSION: u16 = 1;

/// Pages of linear memory are at most this many.
const MAX_PAGES: u32 = 65536;

/// What commits to a program (section 1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// [`ISA_VERSION`] in images made by this build.
    pub isa_version: u16,
    /// Which translator made it; informative.
    pub translator_version: u16,
    /// Pages of linear memory at the start.
    pub init_pages: u32,
    /// The most pages, up to 65536.
    pub max_pages: u32,
    /// Instructions, from 1 to 2^`rom_log_height`.
    pub instructions: u32,
    /// log2 of the height of the ROM table.
    pub rom_log_height: u8,
    /// SHA-256 of the WebAssembly module.
    pub module_sha256: Digest,
    /// The cap of the ROM table for each parameter set, by strictly ascending id; 2^min(5, rom_log_height + b) nodes each.
    pub rom_caps: Vec<(u16, Vec<Digest>)>,
}

impl Image {
    /// The cap of the ROM table for a parameter set.
    pub fn rom_cap(&self, param_id: u16) -> Option<&[Digest]> {
        self.rom_caps.iter().find(|(id, _)| *id == param_id).map(|(_, cap)| cap.as_slice())
    }

    /// The bytes that are hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.isa_version.to_le_bytes());
        bytes.extend(self.translator_version.to_le_bytes());
        for number in [self.init_pages, self.max_pages, self.instructions] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([self.rom_log_height, u8::try_from(self.rom_caps.len()).expect("there are four parameter sets"), 0, 0]);
        bytes.extend(self.module_sha256);
        for (id, cap) in &self.rom_caps {
            bytes.extend(id.to_le_bytes());
            bytes.extend([0, 0]);
            bytes.extend(cap.as_flattened());
        }
        bytes
    }

    /// SHA-256("loom/image/v1" || image).
    pub fn id(&self) -> Digest {
        image_id(&self.to_bytes())
    }

    /// The image of bytes, all rules of section 1.3 kept.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        let mut reader = Reader::new(bytes);
        let image = Self::read(&mut reader)?;
        match reader.rest().len() {
            0 => Ok(image),
            count => Err(ImageError::Leftover { count }),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ImageError> {
        let cut = |at| ImageError::Truncated { at };
        let fields = (|| {
            let versions = (reader.u16()?, reader.u16()?);
            let numbers = (reader.u32()?, reader.u32()?, reader.u32()?);
            let [rom_log_height, count] = reader.array()?;
            Some((versions, numbers, rom_log_height, count, reader.u16()?, reader.array()?))
        })();
        let (versions, numbers, rom_log_height, count, reserved, module_sha256) = fields.ok_or(cut(reader.offset()))?;
        let ((isa_version, translator_version), (init_pages, max_pages, instructions)) = (versions, numbers);
        if reserved != 0 {
            return Err(ImageError::Reserved { got: reserved });
        }
        if init_pages > max_pages || max_pages > MAX_PAGES {
            return Err(ImageError::Pages { init: init_pages, max: max_pages });
        }
        let rows = 1u64.checked_shl(u32::from(rom_log_height)).unwrap_or(u64::MAX);
        if instructions == 0 || u64::from(instructions) > rows {
            return Err(ImageError::Instructions { got: instructions, rom_log_height });
        }
        let mut rom_caps: Vec<(u16, Vec<Digest>)> = Vec::new();
        for _ in 0..count {
            let (id, reserved) = reader.u16().zip(reader.u16()).ok_or(cut(reader.offset()))?;
            if reserved != 0 {
                return Err(ImageError::Reserved { got: reserved });
            }
            let params = ParameterSet::by_id(id).ok_or(ImageError::Parameter { got: id })?;
            if rom_caps.last().is_some_and(|(before, _)| *before >= id) {
                return Err(ImageError::Order { got: id });
            }
            let nodes = 1usize << cap_log(u32::from(rom_log_height) + params.log_blowup);
            let cap = reader.take(32 * nodes).ok_or(cut(reader.offset()))?;
            rom_caps.push((id, cap.as_chunks::<32>().0.to_vec()));
        }
        Ok(Self { isa_version, translator_version, init_pages, max_pages, instructions, rom_log_height, module_sha256, rom_caps })
    }
}

/// The id of the bytes of an image.
pub fn image_id(bytes: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"loom/image/v1");
    hash.update(bytes);
    hash.finish()
}

/// Why bytes are no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// They end too soon.
    Truncated {
        /// Where something more should come.
        at: usize,
    },
    /// Bytes behind the last cap.
    Leftover {
        /// How many.
        count: usize,
    },
    /// A reserved field that is not zero.
    Reserved {
        /// What it holds.
        got: u16,
    },
    /// Not init_pages <= max_pages <= 65536.
    Pages {
        /// init_pages.
        init: u32,
        /// max_pages.
        max: u32,
    },
    /// Not 1 <= n_instr <= 2^rom_log_height.
    Instructions {
        /// n_instr.
        got: u32,
        /// rom_log_height.
        rom_log_height: u8,
    },
    /// No parameter set has this id.
    Parameter {
        /// The id.
        got: u16,
    },
    /// Parameter ids do not ascend strictly.
    Order {
        /// The id that comes too late.
        got: u16,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { at } => write!(f, "the image ends too soon, at byte {at}"),
            Self::Leftover { count } => write!(f, "{count} bytes follow the image"),
            Self::Reserved { got } => write!(f, "a reserved field of the image is zero, here it holds {got}"),
            Self::Pages { init, max } => write!(f, "the image wants {init} to {max} pages; init <= max <= {MAX_PAGES} must hold"),
            Self::Instructions { got, rom_log_height } => {
                write!(f, "the image has {got} instructions, from 1 to 2^{rom_log_height} are allowed")
            }
            Self::Parameter { got } => write!(f, "the image names parameter set {got}, which there is not"),
            Self::Order { got } => write!(f, "the parameter sets of the image do not ascend at {got}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> Image {
        let rom_caps = ParameterSet::ALL.map(|set| (set.id, vec![[set.id as u8; 32]; 1 << cap_log(3 + set.log_blowup)])).to_vec();
        let versions = (ISA_VERSION, 1);
        Image {
            isa_version: versions.0,
            translator_version: versions.1,
            init_pages: 1,
            max_pages: 16,
            instructions: 5,
            rom_log_height: 3,
            module_sha256: [9; 32],
            rom_caps,
        }
    }

    fn changed(at: usize, value: u8) -> Result<Image, ImageError> {
        let mut bytes = image().to_bytes();
        bytes[at] = value;
        Image::from_bytes(&bytes)
    }

    #[test]
    fn images_go_there_and_back() {
        let image = image();
        assert_eq!(Image::from_bytes(&image.to_bytes()), Ok(image.clone()));
        assert_eq!(image.to_bytes().len(), 52 + 4 * 4 + 32 * (32 + 32 + 32 + 16));
        assert_eq!(image.rom_cap(4).map(<[Digest]>::len), Some(16));
        assert_eq!(image.rom_cap(5), None);
    }

    #[test]
    fn every_rule_is_kept() {
        let bytes = image().to_bytes();
        for len in 0..bytes.len() {
            assert!(matches!(Image::from_bytes(&bytes[..len]), Err(ImageError::Truncated { .. })), "{len}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(Image::from_bytes(&longer), Err(ImageError::Leftover { count: 1 }));
        assert_eq!(changed(18, 1), Err(ImageError::Reserved { got: 1 }));
        assert_eq!(changed(54, 1), Err(ImageError::Reserved { got: 1 }));
        assert_eq!(changed(4, 17), Err(ImageError::Pages { init: 17, max: 16 }));
        assert_eq!(changed(10, 2), Err(ImageError::Pages { init: 1, max: 0x20010 }));
        assert_eq!(changed(12, 0), Err(ImageError::Instructions { got: 0, rom_log_height: 3 }));
        assert_eq!(changed(12, 9), Err(ImageError::Instructions { got: 9, rom_log_height: 3 }));
        assert_eq!(changed(52, 0), Err(ImageError::Parameter { got: 0 }));
        assert_eq!(changed(52 + 4 + 1024, 1), Err(ImageError::Order { got: 1 }));
        assert_eq!(changed(17, 3), Err(ImageError::Leftover { count: 4 + 32 * 16 }));
        assert!(matches!(
            changed(16, 0xFF),
            Err(ImageError::Leftover { .. } | ImageError::Truncated { .. } | ImageError::Parameter { .. })
        ));
    }
}
