//! Any text is scanned for URLs; each stands where it is said to, in order.
#![no_main]

use ibid::formats::url_scan;
use ibid::memento::known_archives;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut last = 0;
    for found in url_scan::scan(text) {
        assert!(found.range.start >= last && found.range.start < found.range.end);
        last = found.range.end;
        let written = &text[found.range];
        assert!(!written.ends_with(char::is_whitespace), "{written:?}");
        assert!(
            found
                .url
                .get(..4)
                .is_some_and(|head| head.eq_ignore_ascii_case("http"))
        );
        assert!(!found.url.contains(char::is_whitespace));
        let _ = known_archives::unwrap(&found.url);
    }
});
