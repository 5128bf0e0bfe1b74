use air::Seen;

/// Cells of a block that is allocated at once: a page of linear memory, 8192 cells of 8 bytes.
const BLOCK: usize = 8192;

/// The last value and timestamp of every touched address of one space; absent = value 0 at time 0.
///
/// Memory: 96 KiB for each touched block of 8192 addresses, 8 bytes for each block up to the highest.
#[derive(Default)]
pub(crate) struct Cells {
    blocks: Vec<Option<Box<Block>>>,
}

struct Block {
    words: [(u32, u32); BLOCK],
    times: [u32; BLOCK],
}

impl Cells {
    /// Reads `addr` at `ts`: what was there and since when.
    #[inline]
    pub(crate) fn read(&mut self, addr: u64, ts: u64) -> Seen {
        let (word, time) = self.entry(addr);
        let seen = Seen { lo: word.0, hi: word.1, ts: u64::from(*time) };
        *time = ts as u32;
        seen
    }

    /// Replaces `addr` at `ts`: what was there and since when.
    #[inline]
    pub(crate) fn write(&mut self, addr: u64, ts: u64, new: (u32, u32)) -> Seen {
        let (word, time) = self.entry(addr);
        let seen = Seen { lo: word.0, hi: word.1, ts: u64::from(*time) };
        *word = new;
        *time = ts as u32;
        seen
    }

    /// What is at `addr`, without touching it.
    pub(crate) fn peek(&self, addr: u64) -> (u32, u32) {
        let (block, at) = split(addr);
        self.blocks.get(block).and_then(|b| b.as_deref()).map_or((0, 0), |b| b.words[at])
    }

    /// Every touched address, ascending, with its last value and time.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (u64, Seen)> + '_ {
        let blocks = self.blocks.iter().enumerate().filter_map(|(i, block)| block.as_deref().map(|b| (i, b)));
        blocks.flat_map(|(i, block)| {
            block.times.iter().enumerate().filter(|&(_, &time)| time != 0).map(move |(at, &time)| {
                let (lo, hi) = block.words[at];
                ((i * BLOCK + at) as u64, Seen { lo, hi, ts: u64::from(time) })
            })
        })
    }

    #[inline]
    fn entry(&mut self, addr: u64) -> (&mut (u32, u32), &mut u32) {
        let (block, at) = split(addr);
        if block >= self.blocks.len() {
            self.blocks.resize_with(block + 1, || None);
        }
        let block = self.blocks[block].get_or_insert_with(|| Box::new(Block { words: [(0, 0); BLOCK], times: [0; BLOCK] }));
        (&mut block.words[at], &mut block.times[at])
    }
}

fn split(addr: u64) -> (usize, usize) {
    let addr = addr as usize;
    (addr / BLOCK, addr % BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_sees_the_one_before_it() {
        let mut cells = Cells::default();
        assert_eq!(cells.read(20_000, 4), Seen { lo: 0, hi: 0, ts: 0 });
        assert_eq!(cells.write(20_000, 7, (1, 2)), Seen { lo: 0, hi: 0, ts: 4 });
        assert_eq!(cells.write(3, 11, (5, 6)), Seen::default());
        assert_eq!(cells.read(20_000, 12), Seen { lo: 1, hi: 2, ts: 7 });
        assert_eq!(cells.peek(20_000), (1, 2));
        assert_eq!(cells.peek(1 << 30), (0, 0));
        let touched: Vec<_> = cells.touched().map(|(addr, last)| (addr, last.ts)).collect();
        assert_eq!(touched, [(3, 11), (20_000, 12)]);
    }
}
