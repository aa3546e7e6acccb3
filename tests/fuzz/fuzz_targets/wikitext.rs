//! Whatever bytes come as wikitext, they are read, and every place is in the file.

#![no_main]

use ibid::formats::wikitext;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (citations, _) = wikitext::read(bytes);
    for citation in &citations {
        assert!(bytes.get(citation.place.bytes.clone()).is_some());
        assert!(bytes.get(citation.text_bytes.clone()).is_some());
        if let Some(accessed) = &citation.accessed {
            assert!(bytes.get(accessed.bytes.clone()).is_some());
        }
    }
});
