//! Whatever bytes come as Markdown, they are read, and every place is in the file.

#![no_main]

use ibid::formats::markdown;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let flow = markdown::read(bytes);
    let mut last = 0;
    for stretch in &flow.sources {
        assert!(stretch.text.start >= last && stretch.file.end <= bytes.len());
        last = stretch.text.end;
        if stretch.is_verbatim {
            assert_eq!(
                flow.text[stretch.text.clone()].as_bytes(),
                &bytes[stretch.file.clone()]
            );
        }
    }
    for link in &flow.links {
        assert!(link.file.start < link.file.end && link.file.end <= bytes.len());
        assert!(flow.text.get(link.text.clone()).is_some());
    }
    let mut last = 0;
    for block in &flow.blocks {
        assert!(block.text.start >= last && flow.text.get(block.text.clone()).is_some());
        last = block.text.end;
    }
});
