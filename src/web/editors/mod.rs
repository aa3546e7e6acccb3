//! The pages of those who write and those who read.

pub mod restore;
