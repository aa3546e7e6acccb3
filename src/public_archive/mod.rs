//! Other people's archives, asked for the mementos of a source.
//!
//! [`interface::PublicArchive`] is the seam; [`wayback::Wayback`],
//! [`timemap::TimeMapArchive`] and [`timegate::TimeGateArchive`] are its adapters. An archive that cannot answer says nothing of a source: every trouble here is
//! [`interface::NotKnown`].

pub mod desk;
pub mod interface;
pub mod timegate;
pub mod timemap;
pub mod wayback;
