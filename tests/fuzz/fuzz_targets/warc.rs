//! Any bytes as a WARC file, plain and behind a gzip head that is right: they are records or
//! refused. What is read as a head can be written, and is then read as the same.

#![no_main]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use ibid::model::capture::RecordPlace;
use ibid::warc::cdxj::Line;
use ibid::warc::decode::Member;
use ibid::warc::facts::Facts;
use ibid::warc::http_head;
use ibid::warc::recognize::Recognizer;
use ibid::warc::record::RecordHeader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    let mut gz = GzEncoder::new(Vec::new(), Compression::none());
    gz.write_all(b"WARC/1.1\r\n")
        .and_then(|()| gz.write_all(bytes))
        .expect("memory takes every byte");
    read(&gz.finish().expect("memory takes every byte"));

    if let Ok(header) = RecordHeader::parse(bytes) {
        let mut written = Vec::new();
        header.write_to(&mut written);
        assert_eq!(RecordHeader::parse(&written).as_ref(), Ok(&header));
    }
    let head = http_head::stored(bytes);
    assert!(http_head::end(&head).is_some_and(|end| end == head.len() || end == 2));
    if let Ok(line) = String::from_utf8_lossy(bytes).parse::<Line>() {
        assert_eq!(line.to_string().parse(), Ok(line));
    }
});

fn read(mut file: &[u8]) {
    let mut recognizer = Recognizer::default();
    let mut offset = 0;
    while let Ok(Some(mut member)) = Member::open(file) {
        let header = member.header().clone();
        let Ok(facts) = Facts::take(&mut member, header.is_http()) else {
            break;
        };
        let Ok(length) = member.finish() else { break };
        assert!(length > 0, "a member has bytes");
        let place = RecordPlace {
            file: "a.warc.gz".to_owned(),
            offset,
            length,
        };
        recognizer.push(&header, &facts, &place);
        offset += length;
        file = &file[usize::try_from(length).expect("no longer than the input")..];
    }
    recognizer.finish();
}
