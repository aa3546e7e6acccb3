//! Any bytes are read as a sitemap, a feed and a list of pages, or refused.
#![no_main]

use ibid::documents::{feed, page_list, sitemap};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(sitemap::Sitemap::Pages(entries) | sitemap::Sitemap::Index(entries)) =
        sitemap::read(bytes)
    {
        for entry in entries {
            assert!(!entry.loc.is_empty());
            let _ = entry.lastmod.as_deref().and_then(sitemap::last_moment);
        }
    }
    let _ = feed::read(bytes);
    let list = page_list::read(bytes);
    assert!(list.pages.len() + list.refused.len() <= bytes.len());
});
