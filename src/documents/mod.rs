//! The texts that cite, read from a disk.

pub mod folder;
