//! What is known of public archives and their URLs (RFC 7089).

pub mod address;
pub mod known_archives;
pub mod link_format;
pub mod timemap;
