use crate::translate::Builder;

/// (start, len, to).
pub(super) fn routine(builder: &mut Builder<'_>) {
    let _ = builder;
}
