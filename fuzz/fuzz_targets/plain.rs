//! Any bytes are read as plain text; every citation stands in the file where it is said to.
#![no_main]

use ibid::formats::{encoding, plain, reference};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (encoding, _) = encoding::detect(bytes);
    for citation in reference::read(&plain::read(bytes), bytes) {
        assert!(citation.text_bytes.end <= bytes.len());
        let place = &bytes[citation.place.bytes];
        if let Some(url) = citation.url {
            assert_eq!(
                encoding.decode_without_bom_handling(place).0,
                url.as_written
            );
        }
    }
});
