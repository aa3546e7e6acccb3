//! Any text is read for access dates; what is found stands in the text.
#![no_main]

use ibid::formats::{access_date, url_scan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let urls: Vec<_> = url_scan::scan(text)
        .into_iter()
        .map(|found| found.range)
        .collect();
    for remark in access_date::find(text, &urls, None).dated {
        assert!(text.get(remark.range.clone()).is_some());
        assert!(!text[remark.date_range].is_empty());
    }
    for language in [None, Some("en-US"), Some("de"), Some("")] {
        let _ = access_date::parse_field(text, language);
    }
});
