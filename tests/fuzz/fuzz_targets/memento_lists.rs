//! Any text is read as links, as a TimeMap and as CDX rows; nothing breaks, and a link in a TimeMap
//! is one of the links that were read.
#![no_main]

use ibid::memento::{link_format, timemap};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let links = link_format::read(text);
    for listed in timemap::read_links(text) {
        assert!(links.iter().any(|link| link.target == listed.url));
    }
    let _ = timemap::read_json(text);
    for row in timemap::read_cdx(text).unwrap_or_default() {
        assert!(row.url.is_empty() && row.original.is_some());
    }
});
