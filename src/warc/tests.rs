//! What is written is read back, for visits of every kind; and nothing that is read breaks the
//! reader.

use std::io::{Cursor, Read as _};

use bytes::Bytes;
use proptest::prelude::*;
use uuid::Uuid;

use crate::model::capture::RecordPlace;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::visit::{
    Body, FailureKind, FetchFailure, Headers, Hop, HttpVersion, Phase, Tls, TlsFault, Truncation,
    Visit,
};
use crate::warc::compose::{self, Composed, Composition, Origin};
use crate::warc::decode::{DecodeError, Member};
use crate::warc::encode::{Coding, Encoder};
use crate::warc::facts::Facts;
use crate::warc::recognize::{Entry, Recognizer};
use crate::warc::record::RecordType;

fn hop(url: &str, coding: &str, body: Vec<u8>) -> Hop {
    let coding_line = if coding.is_empty() {
        String::new()
    } else {
        format!("Content-Encoding: {coding}\r\n")
    };
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{coding_line}\r\n");
    let mut headers = vec![(
        "Content-Type".to_owned(),
        "text/html; charset=utf-8".to_owned(),
    )];
    if !coding.is_empty() {
        headers.push(("Content-Encoding".to_owned(), coding.to_owned()));
    }
    Hop {
        url: url.parse().unwrap(),
        request_head: Bytes::from_static(b"GET / HTTP/1.1\r\nHost: site.example\r\n\r\n"),
        response_head: head.into(),
        status: 200,
        headers: Headers(headers),
        body: Body::of(body.into(), None),
        remote: "192.0.2.7".parse().unwrap(),
        protocol: HttpVersion::Http11,
        tls: None,
        took: std::time::Duration::ZERO,
    }
}

fn visit_of(hops: Vec<Hop>, failure: Option<FetchFailure>) -> Visit {
    Visit {
        source: hops.first().map_or_else(
            || "https://gone.example/".parse().unwrap(),
            |hop| hop.url.clone(),
        ),
        started_at: Timestamp::from_unix(1_606_212_672),
        hops,
        failure,
        retried_after: Vec::new(),
    }
}

fn composed(visit: &Visit, origin: Option<&Origin>) -> Composition {
    let mut serial = 0;
    compose::visit(visit, origin, &mut || {
        serial += 1;
        Uuid::from_u128(serial)
    })
    .unwrap()
}

fn file_of(records: &[Composed]) -> Vec<u8> {
    let mut encoder = Encoder::new();
    let mut file = Vec::new();
    for composed in records {
        encoder.append(&composed.record, composed.coding, &mut file);
    }
    file
}

/// Every entry that can be read from a file of ours.
fn entries(file: &[u8]) -> Vec<Entry> {
    let mut offset = 0;
    while let Some(mut member) = Member::open(&file[offset..]).unwrap() {
        let digest = member.header().block_digest();
        assert_eq!(
            digest,
            Some(Facts::take(&mut member, false).unwrap().block_sha256)
        );
        offset += usize::try_from(member.finish().unwrap()).unwrap();
    }
    entries_of_others(file)
}

fn entries_of_others(file: &[u8]) -> Vec<Entry> {
    let mut recognizer = Recognizer::default();
    let mut entries = Vec::new();
    let mut offset = 0;
    while let Some(mut member) = Member::open(&file[offset..]).unwrap() {
        let header = member.header().clone();
        let facts = Facts::take(&mut member, header.is_http()).unwrap();
        let length = member.finish().unwrap();
        let place = RecordPlace {
            file: "a.warc.gz".to_owned(),
            offset: offset as u64,
            length,
        };
        entries.extend(recognizer.push(&header, &facts, &place));
        offset += usize::try_from(length).unwrap();
    }
    entries.extend(recognizer.finish());
    entries
}

fn failure() -> FetchFailure {
    FetchFailure {
        url: "https://gone.example/next".parse().unwrap(),
        phase: Phase::Tls,
        kind: FailureKind::Tls(TlsFault::WrongHost),
        detail: "the certificate is for another.example".to_owned(),
        addresses: vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()],
    }
}

#[test]
fn a_plain_visit_is_two_records_and_a_redirected_one_tells_its_source() {
    let plain = composed(
        &visit_of(vec![hop("https://a.example/", "", b"x".to_vec())], None),
        None,
    );
    let kinds = |composition: &Composition| {
        composition
            .records
            .iter()
            .map(|composed| composed.record.header.kind())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&plain), [RecordType::Response, RecordType::Request]);

    let hops = vec![
        hop("https://a.example/", "", Vec::new()),
        hop("https://b.example/", "", b"x".to_vec()),
    ];
    let redirected = composed(&visit_of(hops, None), None);
    let triple = [
        RecordType::Response,
        RecordType::Request,
        RecordType::Metadata,
    ];
    assert_eq!(kinds(&redirected), [triple, triple].concat());
    let read = entries(&file_of(&redirected.records));
    let [Entry::Capture(capture)] = &read[..] else {
        panic!("{read:?}");
    };
    assert_eq!(capture.source_url.as_str(), "https://a.example/");
    assert_eq!(capture.url.as_str(), "https://b.example/");

    // Without its last record the answer is there, and nobody claims to know whose it is.
    let read = entries(&file_of(&redirected.records[..5]));
    assert!(
        matches!(&read[..], [Entry::Unplaced { url, .. }] if url.as_str() == "https://b.example/"),
        "{read:?}"
    );
}

#[test]
fn a_failure_is_read_back_with_all_it_says() {
    for (hops, count) in [
        (Vec::new(), 0),
        (vec![hop("https://gone.example/", "", Vec::new())], 1),
    ] {
        let visit = visit_of(hops, Some(failure()));
        let read = entries(&file_of(&composed(&visit, None).records));
        let [Entry::Failure(stored)] = &read[..] else {
            panic!("{read:?}");
        };
        assert_eq!(stored.failure, failure());
        assert_eq!(stored.source, visit.source);
        assert_eq!(stored.hops, count);
    }
}

#[test]
fn the_connection_is_told_in_standard_fields() {
    let mut http2 = hop("https://a.example/", "", b"x".to_vec());
    http2.protocol = HttpVersion::Http2;
    http2.response_head = Bytes::from_static(b"HTTP/2 200\r\n\r\n");
    http2.tls = Some(Tls {
        version: "1.3".to_owned(),
        cipher: "TLS_AES_128_GCM_SHA256".to_owned(),
        fault: Some(TlsFault::Expired),
        chain: Vec::new(),
    });
    http2.body.truncated = Some(Truncation::Time);
    let composition = composed(&visit_of(vec![http2], None), None);
    let fields = &composition.records[0].record.header.fields;
    assert_eq!(
        fields.all("WARC-Protocol").collect::<Vec<_>>(),
        ["h2", "tls/1.3"]
    );
    assert_eq!(fields.get("WARC-IP-Address"), Some("192.0.2.7"));
    assert_eq!(
        fields.get("WARC-Cipher-Suite"),
        Some("TLS_AES_128_GCM_SHA256")
    );
    assert_eq!(fields.get("WARC-Truncated"), Some("time"));
    let notes = &composition.records[2].record.head;
    assert!(
        String::from_utf8_lossy(notes).contains("tls-fault: expired\r\n"),
        "{notes:?}"
    );
}

#[test]
fn an_empty_payload_is_never_a_revisit() {
    let origin = Origin {
        record_id: "urn:uuid:x".to_owned(),
        url: "https://a.example/".to_owned(),
        captured_at: Timestamp::from_unix(0),
    };
    let empty = visit_of(vec![hop("https://a.example/", "", Vec::new())], None);
    let kind = |visit: &Visit| {
        composed(visit, Some(&origin)).records[0]
            .record
            .header
            .kind()
    };
    assert_eq!(kind(&empty), RecordType::Response);
    let full = visit_of(vec![hop("https://a.example/", "", b"x".to_vec())], None);
    assert_eq!(kind(&full), RecordType::Revisit);
}

#[test]
fn a_revisit_holds_no_payload_and_still_gives_its_capture_whole() {
    let origin = Origin {
        record_id: "urn:uuid:x".to_owned(),
        url: "https://a.example/".to_owned(),
        captured_at: Timestamp::from_unix(0),
    };
    let visit = visit_of(vec![hop("https://a.example/", "", vec![7; 5000])], None);
    let composition = composed(&visit, Some(&origin));
    let file = file_of(&composition.records);
    assert!(file.len() < 2000, "{}", file.len());
    let (_, expected) = composition.capture.unwrap();
    let read = entries(&file);
    let [Entry::Capture(capture)] = &read[..] else {
        panic!("{read:?}");
    };
    assert_eq!(
        (
            capture.payload_bytes,
            &capture.payload_sha1,
            capture.is_revisit
        ),
        (5000, &expected.payload_sha1, true)
    );
}

#[test]
fn what_came_compressed_lies_in_the_file_as_it_came() {
    let body: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    let visit = visit_of(vec![hop("https://a.example/", "gzip", body.clone())], None);
    let file = file_of(&composed(&visit, None).records);
    assert!(
        file.windows(60_000).any(|window| window == &body[..60_000]),
        "the body was compressed again"
    );
}

#[test]
fn a_member_that_lies_of_its_length_is_refused() {
    let record = |length: &str, block: &str| {
        let text = format!("WARC/1.1\r\nContent-Length: {length}\r\n\r\n{block}");
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gz, text.as_bytes()).unwrap();
        let file = gz.finish().unwrap();
        Member::open(Cursor::new(file)).and_then(|member| member.unwrap().finish())
    };
    assert!(record("2", "ab\r\n\r\n").is_ok());
    assert!(matches!(
        record("3", "ab\r\n\r\n"),
        Err(DecodeError::LongBlock)
    ));
    assert!(matches!(
        record("99", "ab\r\n\r\n"),
        Err(DecodeError::ShortBlock)
    ));
    assert!(matches!(
        record("1", "ab\r\n\r\n"),
        Err(DecodeError::LongBlock)
    ));
    assert!(matches!(
        record("2", "ab\r\n\r\nx"),
        Err(DecodeError::LongBlock)
    ));
    for length in [
        "-1",
        "",
        "x",
        "99999999999999999",
        "18446744073709551617",
        "+2",
    ] {
        assert!(
            matches!(record(length, "ab\r\n\r\n"), Err(DecodeError::Length(_))),
            "{length}"
        );
    }
    let endless = format!("{}\r\n", "x".repeat(2 << 20));
    let head = format!("WARC/1.1\r\nA: {endless}");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, head.as_bytes()).unwrap();
    let file = gz.finish().unwrap();
    assert!(matches!(
        Member::open(&file[..]),
        Err(DecodeError::HeadTooLong)
    ));
}

#[test]
fn records_of_other_writers_are_read() {
    let text = "WARC/1.0\r\nwarc-type: response\r\nWARC-Target-URI: <http://a.example/>\r\n\
        WARC-Date: 2011-02-03T04:05:06Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n\
        WARC-Payload-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\n\
        Content-Type: application/http; msgtype=response\r\nContent-Length: 34\r\n\r\n\
        HTTP/1.1 200 OK\r\nServer: x\r\n\r\nbody\r\n\r\n";
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut gz, text.as_bytes()).unwrap();
    let read = entries_of_others(&gz.finish().unwrap());
    let [Entry::Capture(capture)] = &read[..] else {
        panic!("{read:?}");
    };
    assert_eq!(capture.url.as_str(), "http://a.example/");
    assert_eq!(capture.captured_at.to_digits14(), "20110203040506");
    assert_eq!(capture.payload_bytes, 4);
}

#[test]
fn every_flipped_byte_of_a_member_is_noticed_or_changes_nothing() {
    let visit = visit_of(
        vec![hop("https://a.example/", "gzip", b"some words".to_vec())],
        None,
    );
    let file = file_of(&composed(&visit, None).records[..1]);
    let read = |file: &[u8]| -> Result<(Vec<u8>, u64), DecodeError> {
        let mut member = Member::open(file)?.ok_or(DecodeError::Cut)?;
        let mut block = Vec::new();
        member.read_to_end(&mut block)?;
        Ok((block, member.finish()?))
    };
    let whole = read(&file).unwrap();
    for at in 0..file.len() {
        let mut flipped = file.clone();
        flipped[at] ^= 0x40;
        // The gzip head's time and system, and the bits that pad a stored block, mean nothing.
        if let Ok(other) = read(&flipped) {
            assert_eq!(other, whole, "byte {at}");
        }
        assert!(read(&file[..at]).is_err(), "cut at {at}");
    }
}

fn any_hop() -> impl Strategy<Value = Hop> {
    (
        "https://[a-z]{1,8}\\.example/[a-z%?&=é]{0,12}",
        prop_oneof![Just(""), Just("gzip"), Just("br")],
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..2000),
            (any::<u8>(), 65_000_usize..140_000).prop_map(|(byte, length)| vec![byte; length]),
        ],
        prop::collection::vec(any::<u8>(), 0..60),
    )
        .prop_filter_map("no URL", |(url, coding, body, noise)| {
            let url: TargetUrl = url.parse().ok()?;
            let mut hop = hop(url.as_str(), coding, body);
            // Anything that a server may send in a header's value.
            let noise: Vec<u8> = noise
                .into_iter()
                .filter(|byte| !b"\r\n".contains(byte))
                .collect();
            let head = hop.response_head.strip_suffix(b"\r\n").unwrap().to_vec();
            hop.response_head = [&head[..], b"X: ", &noise, b"\r\n\r\n"].concat().into();
            Some(hop)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_visit_written_is_the_visit_read(
        hops in prop::collection::vec(any_hop(), 1..4),
        fails in any::<bool>(),
        retried in prop::collection::vec("\\PC{0,30}", 0..2),
    ) {
        let mut visit = visit_of(hops, fails.then(failure));
        visit.retried_after = retried;
        let composition = composed(&visit, None);
        let file = file_of(&composition.records);
        let read = entries(&file);
        match (&read[..], composition.capture) {
            ([Entry::Capture(read)], Some((_, mut expected))) => {
                expected.record = read.record.clone();
                prop_assert_eq!(read, &expected);
                let offset = usize::try_from(read.record.offset).unwrap();
                let mut member = Member::open(&file[offset..]).unwrap().unwrap();
                let mut block = Vec::new();
                member.read_to_end(&mut block).unwrap();
                let last = visit.hops.last().unwrap();
                prop_assert_eq!(&block, &[&last.response_head[..], &last.body.bytes].concat());
            }
            ([Entry::Failure(stored)], None) => prop_assert_eq!(&stored.failure, &failure()),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn any_bytes_are_a_record_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for coding in [None, Some(Coding::Deflated)] {
            let mut input = bytes.clone();
            if coding.is_some() {
                // The same noise behind a gzip head that is right.
                let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                std::io::Write::write_all(&mut gz, b"WARC/1.1\r\n").unwrap();
                std::io::Write::write_all(&mut gz, &bytes).unwrap();
                input = gz.finish().unwrap();
            }
            if let Ok(Some(mut member)) = Member::open(&input[..]) {
                let _ = Facts::take(&mut member, true);
                let _ = member.finish();
            }
        }
    }

    #[test]
    fn no_text_of_the_world_makes_a_field_of_its_own(words in any::<String>()) {
        let mut visit = visit_of(Vec::new(), Some(failure()));
        visit.retried_after = vec![words.clone()];
        if let Some(failure) = &mut visit.failure {
            failure.detail.clone_from(&words);
        }
        let composition = composed(&visit, None);
        let lines = composition.records[0].record.head.clone();
        let count = String::from_utf8_lossy(&lines).lines().count();
        prop_assert_eq!(count, 9, "{:?}", lines);
    }
}
