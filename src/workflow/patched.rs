//! Each citation of a restoration as its author would see it: the note as it stands in the document, with
//! what would be put in.

use std::ops::Range;

use crate::formats::decoded::Decoded;
use crate::formats::format::Format;
use crate::formats::html::head;
use crate::model::citation::Citation;
use crate::model::restoration::Edit;
use crate::workflow::restore::Plan;

/// A note before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patched {
    /// Its pieces, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// It stays.
    Kept(String),
    /// It goes.
    Removed(String),
    /// It is put in.
    Added(String),
}

impl Patched {
    /// The note as it would be.
    pub fn after(&self) -> String {
        let pieces = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Kept(text) | Piece::Added(text) => Some(text.as_str()),
            Piece::Removed(_) => None,
        });
        pieces.collect()
    }

    /// Whether anything is put in.
    pub fn is_changed(&self) -> bool {
        let is_kept = |piece: &Piece| matches!(piece, Piece::Kept(_));
        !self.pieces.iter().all(is_kept)
    }
}

/// So many bytes on each side of a note are shown with it where its lines have more.
const AROUND: usize = 300;

/// The notes of a plan's answers, in their order.
pub fn notes(plan: &Plan) -> Vec<Patched> {
    let format = Format::detect(&plan.document.path, &plan.before).ok();
    let decoded = |bytes: &[u8]| {
        let label = (format == Some(Format::Html))
            .then(|| head::charset(bytes))
            .flatten();
        Decoded::read(bytes, label.as_deref())
    };
    let texts = Texts {
        before: decoded(&plan.before),
        after: decoded(&plan.mended.bytes),
    };
    let citations: Vec<&Citation> = plan
        .answers
        .iter()
        .map(|answer| &answer.cited.cited.citation)
        .collect();
    let mut own: Vec<Vec<Moved<'_>>> = vec![Vec::new(); citations.len()];
    let mut grown = 0_isize;
    for edit in &plan.mended.edits {
        let start = edit.at.start.saturating_add_signed(grown);
        grown += edit.now.len().cast_signed() - edit.at.len().cast_signed();
        let nearest = (0..citations.len()).min_by_key(|at| distance(citations[*at], edit));
        if let Some(nearest) = nearest {
            own[nearest].push(Moved {
                edit,
                after: start..start + edit.now.len(),
            });
        }
    }
    let notes = citations.iter().zip(&own);
    notes
        .map(|(citation, own)| texts.note(citation, own))
        .collect()
}

/// An edit, and where what it puts in stands afterwards.
#[derive(Debug, Clone)]
struct Moved<'a> {
    edit: &'a Edit,
    after: Range<usize>,
}

struct Texts {
    before: Decoded,
    after: Decoded,
}

impl Texts {
    fn note(&self, citation: &Citation, edits: &[Moved<'_>]) -> Patched {
        let whole = whole(citation);
        let firsts = edits.iter().map(|it| it.edit.at.start);
        let lasts = edits.iter().map(|it| it.edit.at.end);
        let start = firsts.chain([whole.start]).min().unwrap_or_default();
        let end = lasts.chain([whole.end]).max().unwrap_or_default();
        let text = &self.before.text;
        let start = self.before.text_position(start);
        let end = self.before.text_position_of_end(end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let mut at = if start - line_start <= AROUND {
            line_start
        } else {
            start
        };
        let end = if line_end - end <= AROUND {
            line_end
        } else {
            end
        };
        let mut pieces = Vec::new();
        let mut put = |kind: fn(String) -> Piece, text: &str| {
            if !text.is_empty() {
                pieces.push(kind(text.to_owned()));
            }
        };
        for Moved { edit, after } in edits {
            let from = self.before.text_position(edit.at.start).max(at);
            let until = self.before.text_position_of_end(edit.at.end).max(from);
            put(Piece::Kept, &text[at..from]);
            let until = if edit.at.is_empty() { from } else { until };
            put(Piece::Removed, &text[from..until]);
            at = until;
            let from = self.after.text_position(after.start);
            let until = self.after.text_position_of_end(after.end).max(from);
            put(Piece::Added, &self.after.text[from..until]);
        }
        put(Piece::Kept, &text[at..end.max(at)]);
        Patched { pieces }
    }
}

/// The bytes of a reference with its address.
fn whole(citation: &Citation) -> Range<usize> {
    let (place, text) = (&citation.place.bytes, &citation.text_bytes);
    place.start.min(text.start)..place.end.max(text.end)
}

/// How far an edit lies from a reference, in bytes.
fn distance(citation: &Citation, edit: &Edit) -> usize {
    let whole = whole(citation);
    whole.start.saturating_sub(edit.at.end) + edit.at.start.saturating_sub(whole.end)
}
