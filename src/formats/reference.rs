//! Finds the citations of a document: one engine for every format's [`Flow`].

use crate::formats::flow::Flow;
use crate::formats::place::Places;
use crate::formats::url_scan;
use crate::model::citation::Citation;
use crate::model::url::CitedUrl;

/// All citations of a document, in the order in which they stand in it. `bytes` is the file that the
/// flow was read from; places are in it.
pub fn read(flow: &Flow, bytes: &[u8]) -> Vec<Citation> {
    let mut places = Places::new(bytes);
    let mut citations = Vec::new();
    for found in url_scan::scan(&flow.text) {
        let Some(file) = flow.file_range(&found.range) else {
            continue;
        };
        citations.push(Citation {
            note: None,
            place: places.place(file.clone()),
            text: flow.text[found.range].to_owned(),
            text_bytes: file.clone(),
            url: Some(CitedUrl {
                as_written: places.as_written(file),
                url: found.url,
                was_joined: found.was_joined,
            }),
            accessed: None,
            title: None,
            title_translated: None,
            authors: Vec::new(),
            year: None,
            container: None,
            quote: None,
            archived: None,
        });
    }
    citations
}
