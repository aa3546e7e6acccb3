//! Whatever bytes come in whatever format, what is mended is taken back to the byte.

#![no_main]

use ibid::formats::extract;
use ibid::formats::format::Format;
use ibid::formats::mend::mending::{Repair, mend};
use ibid::model::restoration;
use ibid::model::time::Timestamp;
use ibid::model::verdict::State;
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 5] = [
    Format::Plain,
    Format::Markdown,
    Format::Html,
    Format::Bibtex,
    Format::Wikitext,
];

fuzz_target!(|input: (u8, &[u8])| {
    let (which, bytes) = input;
    let format = FORMATS[usize::from(which) % FORMATS.len()];
    let repairs: Vec<Repair> = extract::extract(format, bytes)
        .citations
        .into_iter()
        .map(|citation| Repair {
            archived_url: "https://archive.example/web/20201125101112/http://a.example/".to_owned(),
            archived_at: Timestamp::from_unix(1_606_298_472),
            state: State::Dead,
            citation,
        })
        .collect();
    if let Ok(mended) = mend(format, bytes, &repairs) {
        let back = restoration::revoke(&mended.bytes, &mended.edits);
        assert_eq!(back.as_deref(), Ok(bytes));
    }
});
