//! What is left out of JSON because it says nothing.

/// Whether a value is the one that a reader takes where there is none.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
