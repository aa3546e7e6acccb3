//! WARC 1.1 (ISO 28500:2017): records as bytes and back, and the CDXJ lines that index them.
//!
//! Writing: [`compose`] makes the records of a visit, [`encode`] makes a gzip member of each.
//! Reading: [`decode`] streams a member, [`facts`] takes its digests as it goes by, and
//! [`recognize`] makes captures and failures of the records again.

pub mod cdxj;
pub mod compose;
pub mod decode;
pub mod encode;
pub mod facts;
pub mod header;
pub mod http_head;
pub mod recognize;
pub mod record;

#[cfg(test)]
mod tests;
