//! Memory that only grows: the instance ends with the call.

use crate::host::{abort, exit};
use core::ops::{Deref, DerefMut};

mod arena {
    use super::*;
    use core::arch::wasm32::{memory_grow, memory_size};

    const PAGE: usize = 65536;

    extern "C" {
        static __heap_base: u8;
    }

    static mut NEXT: usize = 0;
    static mut END: usize = 0;

    #[inline]
    pub fn allocate(size: usize, align: usize) -> *mut u8 {
        unsafe {
            if NEXT == 0 {
                NEXT = &__heap_base as *const u8 as usize;
                END = memory_size(0) * PAGE;
            }

            let start = (NEXT + align - 1) & !(align - 1);
            reach(start, size);
            start as *mut u8
        }
    }

    /// Makes the block larger where it stands, if nothing lies behind it.
    #[inline]
    pub fn extend(start: *mut u8, size: usize, larger: usize) -> bool {
        unsafe {
            let last = start as usize + size == NEXT;
            if last {
                reach(start as usize, larger);
            }

            last
        }
    }

    unsafe fn reach(start: usize, size: usize) {
        let end = match start.checked_add(size) {
            Some(end) => end,
            None => abort(exit::OUT_OF_MEMORY),
        };
        if end > END {
            grow(end);
        }

        NEXT = end;
    }

    #[cold]
    unsafe fn grow(end: usize) {
        let pages = (end - END + PAGE - 1) / PAGE;
        if memory_grow(0, pages) == usize::MAX {
            abort(exit::OUT_OF_MEMORY);
        }

        END += pages * PAGE;
    }
}

pub use arena::allocate;

/// A growing list. It reads like a slice; what it outgrows is never freed.
pub struct List<T: Copy + 'static> {
    start: *mut T,
    length: usize,
    capacity: usize,
}

impl<T: Copy> List<T> {
    /// An empty list that takes no memory yet.
    pub const fn new() -> Self {
        List { start: core::ptr::NonNull::dangling().as_ptr(), length: 0, capacity: 0 }
    }

    /// A copy of these items.
    pub fn of(items: &[T]) -> Self {
        let mut list = Self::new();
        list.extend(items);
        list
    }

    /// Adds one item at the end.
    #[inline]
    pub fn push(&mut self, item: T) {
        self.reserve(1);
        unsafe { self.start.add(self.length).write(item) };
        self.length += 1;
    }

    /// Adds these items at the end.
    #[inline]
    pub fn extend(&mut self, items: &[T]) {
        self.reserve(items.len());
        unsafe { core::ptr::copy_nonoverlapping(items.as_ptr(), self.start.add(self.length), items.len()) };
        self.length += items.len();
    }

    /// Keeps the first items only.
    pub fn truncate(&mut self, length: usize) {
        if length < self.length {
            self.length = length;
        }
    }

    /// Leaves out the items that the test does not keep; the others stay in order.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        let mut kept = 0;
        for i in 0..self.length {
            let item = unsafe { self.start.add(i).read() };
            if keep(&item) {
                unsafe { self.start.add(kept).write(item) };
                kept += 1;
            }
        }

        self.length = kept;
    }

    /// Makes room for so many more items.
    #[inline]
    pub fn reserve(&mut self, more: usize) {
        if self.capacity - self.length < more {
            self.grow(more);
        }
    }

    /// The items, for as long as the call lasts.
    pub fn leak(self) -> &'static [T] {
        unsafe { core::slice::from_raw_parts(self.start, self.length) }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) {
        let size = core::mem::size_of::<T>();
        let least = if size == 1 { 256 } else { 8 };
        let capacity = match self.length.checked_add(more) {
            Some(needed) => needed.max(self.capacity * 2).max(least),
            None => abort(exit::OUT_OF_MEMORY),
        };
        let bytes = match capacity.checked_mul(size) {
            Some(bytes) => bytes,
            None => abort(exit::OUT_OF_MEMORY),
        };
        if self.capacity == 0 || !arena::extend(self.start as *mut u8, self.capacity * size, bytes) {
            let start = allocate(bytes, core::mem::align_of::<T>()) as *mut T;
            unsafe { core::ptr::copy_nonoverlapping(self.start, start, self.length) };
            self.start = start;
        }

        self.capacity = capacity;
    }
}

impl<T: Copy> Deref for List<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        unsafe { core::slice::from_raw_parts(self.start, self.length) }
    }
}

impl<T: Copy> DerefMut for List<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        unsafe { core::slice::from_raw_parts_mut(self.start, self.length) }
    }
}
