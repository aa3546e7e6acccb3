//! A citation put right in its document: what was changed, byte by byte, so that it can be taken back.

use std::ops::Range;

use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One change of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The bytes of the document as it was that are replaced; empty where something is put in.
    pub at: Range<usize>,
    /// These bytes.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub was: Vec<u8>,
    /// What stands there now.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub now: Vec<u8>,
}

/// Why edits cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Irrevocable {
    /// What was put in is there no more, or was changed.
    #[error("«{}» is there no more; it was changed since", String::from_utf8_lossy(.0))]
    Gone(Vec<u8>),
    /// What was put in is there several times, and none of them where it was put.
    #[error(
        "«{}» is there several times, and not where it was put",
        String::from_utf8_lossy(.0)
    )]
    Several(Vec<u8>),
}

/// The document with these edits made, which are in order and do not overlap.
pub fn apply(document: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(document.len());
    let mut from = 0;
    for edit in edits {
        bytes.extend_from_slice(document.get(from..edit.at.start).unwrap_or_default());
        bytes.extend_from_slice(&edit.now);
        from = edit.at.end;
    }
    bytes.extend_from_slice(document.get(from..).unwrap_or_default());
    bytes
}

/// The document with these edits taken back, whatever else was changed meanwhile.
///
/// # Errors
/// When an edit can not be found any more: none is taken back then.
pub fn revoke(document: &[u8], edits: &[Edit]) -> Result<Vec<u8>, Irrevocable> {
    let mut reverse = Vec::new();
    let mut shift = 0_isize;
    for edit in edits {
        let expected = edit.at.start.saturating_add_signed(shift);
        let start = find(document, &edit.now, expected)?;
        // What was put in before this moved it, and so did what others changed there.
        shift = start.cast_signed() - edit.at.start.cast_signed() + edit.now.len().cast_signed()
            - edit.was.len().cast_signed();
        reverse.push(Edit {
            at: start..start + edit.now.len(),
            was: edit.now.clone(),
            now: edit.was.clone(),
        });
    }
    reverse.sort_by_key(|edit| edit.at.start);
    let overlap = reverse
        .windows(2)
        .find(|pair| pair[0].at.end > pair[1].at.start);
    match overlap {
        Some(pair) => Err(Irrevocable::Gone(pair[1].was.clone())),
        None => Ok(apply(document, &reverse)),
    }
}

/// Where bytes stand: at the place expected, else at their only one.
fn find(document: &[u8], sought: &[u8], expected: usize) -> Result<usize, Irrevocable> {
    if document
        .get(expected..)
        .is_some_and(|rest| rest.starts_with(sought))
    {
        return Ok(expected);
    }
    if sought.is_empty() {
        // A removal leaves nothing by which its place is known.
        return Err(Irrevocable::Gone(Vec::new()));
    }
    let mut found = (0..document.len()).filter(|at| document[*at..].starts_with(sought));
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(Irrevocable::Several(sought.to_vec())),
        (None, _) => Err(Irrevocable::Gone(sought.to_vec())),
    }
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    BASE64
        .decode(text.as_bytes())
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(at: Range<usize>, was: &str, now: &str) -> Edit {
        Edit {
            at,
            was: was.into(),
            now: now.into(),
        }
    }

    #[test]
    fn edits_are_taken_back_though_the_text_around_them_moved() {
        let before = b"one two three";
        let edits = [edit(3..3, "", ", inserted"), edit(7..13, " three", " 3!")];
        let after = apply(before, &edits);
        assert_eq!(after, b"one, inserted two 3!");
        assert_eq!(revoke(&after, &edits).unwrap(), before);
        assert_eq!(
            revoke(b"Well: one, inserted two 3!", &edits).unwrap(),
            b"Well: one two three"
        );
        assert_eq!(
            revoke(b"one, altered two 3!", &edits),
            Err(Irrevocable::Gone(b", inserted".to_vec()))
        );
        let json = serde_json::to_string(&edits).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Edit>>(&json).unwrap(), edits);
    }

    proptest! {
        #[test]
        fn what_was_applied_is_taken_back(
            document in prop::collection::vec(any::<u8>(), 0..60),
            cuts in prop::collection::vec((0_usize..60, 0_usize..5, prop::collection::vec(any::<u8>(), 1..8)), 0..5),
        ) {
            let mut edits: Vec<Edit> = Vec::new();
            let mut from = 0;
            for (skip, length, now) in cuts {
                let start = from + skip;
                let end = start + length;
                if end > document.len() {
                    break;
                }
                edits.push(Edit { at: start..end, was: document[start..end].to_vec(), now });
                from = end;
            }
            let after = apply(&document, &edits);
            prop_assert_eq!(revoke(&after, &edits), Ok(document));
        }
    }
}
