//! The colours of everything that people look at, as variables of a style sheet: light, dark, on paper.

/// Where the variables are set, on `:root`.
pub const PALETTE: &str = include_str!("palette.css");
