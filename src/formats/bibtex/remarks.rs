//! What people write into the free fields of an entry: addresses, access dates, copies.

use std::ops::Range;

use crate::formats::bibtex::entries::Entry;
use crate::formats::decoded::Decoded;
use crate::formats::flow::BlockKind;
use crate::formats::flow_writer::FlowWriter;
use crate::formats::reference;
use crate::model::citation::Citation;

/// The fields that hold free text about where and when a work was seen.
const FREE_FIELDS: &[&str] = &["howpublished", "note", "addendum", "annote", "urlnote"];

/// For each entry, in order, the citations that its remarks make: all of them are read as one
/// document in which each entry is a note.
pub(crate) fn read(decoded: &Decoded, bytes: &[u8], entries: &[Entry]) -> Vec<Vec<Citation>> {
    let mut writer = FlowWriter::new(decoded);
    for (number, entry) in entries.iter().enumerate() {
        let mut remarks = entry
            .fields
            .iter()
            .filter(|field| field.is_verbatim && FREE_FIELDS.contains(&field.name.as_str()))
            .peekable();
        if remarks.peek().is_none() {
            continue;
        }
        writer.open(BlockKind::Note(number.to_string()));
        // The entry's own address comes first, so that a date finds what it belongs to.
        if let Some(url) = entry.field(&["url"]).filter(|url| url.is_verbatim) {
            writer.text(url.range.clone());
            writer.space(url.range.end..url.range.end);
        }
        for remark in remarks {
            write(&mut writer, &decoded.text, remark.range.clone());
            writer.space(remark.range.end..remark.range.end);
        }
        writer.close();
    }
    let flow = writer.finish();
    let mut read: Vec<Vec<Citation>> = entries.iter().map(|_| Vec::new()).collect();
    for citation in reference::read(&flow, bytes) {
        let at = citation.text_bytes.start;
        let after =
            entries.partition_point(|entry| decoded.file_range(entry.range.clone()).start <= at);
        if let Some(of_entry) = after.checked_sub(1).and_then(|at| read.get_mut(at)) {
            of_entry.push(citation);
        }
    }
    read
}

/// Writes a remark without its braces and commands.
fn write(writer: &mut FlowWriter, text: &str, range: Range<usize>) {
    let bytes = text.as_bytes();
    let mut at = range.start;
    let mut from = at;
    while at < range.end {
        match bytes[at] {
            b'{' | b'}' => {
                writer.text(from..at);
                if text[at..range.end].starts_with("}{") {
                    // The arguments of `\href{…}{…}`.
                    writer.space(at..at + 1);
                }
                at += 1;
                from = at;
            }
            b'\\' => {
                writer.text(from..at);
                let letters = bytes[at + 1..range.end]
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphabetic())
                    .count();
                at += 1 + letters;
                // An escaped character stands for itself.
                from = at;
                if letters == 0 && at < range.end {
                    at = text.ceil_char_boundary(at + 1).min(range.end);
                }
            }
            byte if byte.is_ascii_whitespace() => {
                writer.text(from..at);
                writer.space(at..at + 1);
                at += 1;
                from = at;
            }
            _ => at += 1,
        }
    }
    writer.text(from..range.end);
}
