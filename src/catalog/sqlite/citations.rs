//! How a citation lies in its column: its text once, and of all else that stands in the text only
//! where.
//!
//! A reference says its URL, its title, its authors and its date, and all of these are in a citation
//! once more; the URL even twice. So a piece is kept as `[start, length]` in bytes of the text where
//! it is there, and as it is where it is not. What a citation has not takes no room.

use std::ops::Range;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef};
use rusqlite::{ToSql, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::catalog::sqlite::columns::Json;
use crate::model::citation::{Accessed, ArchivedCopy, Citation, Place};
use crate::model::time::AccessDate;
use crate::model::url::CitedUrl;

/// A citation in a column.
///
/// Rows are kept for years: [`Kept`] gets new fields only with `#[serde(default)]`.
pub(super) struct Cited<T>(pub(super) T);

impl ToSql for Cited<&Citation> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        serde_json::to_string(&Kept::of(self.0))
            .map(|text| ToSqlOutput::Owned(Value::Text(text)))
            .map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))
    }
}

impl FromSql for Cited<Citation> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let kept: Kept = serde_json::from_str(value.as_str()?).map_err(FromSqlError::other)?;
        kept.unfold().map(Cited).map_err(FromSqlError::other)
    }
}

/// A place that the text does not have.
#[derive(Debug, thiserror::Error)]
#[error(
    "it names {length} bytes from byte {start} of its text, where there are no such characters"
)]
struct NotInText {
    start: usize,
    length: usize,
}

/// The column's content. Its names are short because they are there three million times.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    note: Option<Piece>,
    /// First and last byte, line, column.
    #[serde(rename = "p")]
    place: (usize, usize, u32, u32),
    #[serde(rename = "t")]
    text: String,
    #[serde(rename = "b")]
    text_bytes: (usize, usize),
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    url_as_written: Option<Piece>,
    /// Where it is another than it was written.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    url: Option<Piece>,
    #[serde(rename = "j", default, skip_serializing_if = "is_not")]
    url_was_joined: bool,
    /// The date, as it was written, its first and last byte.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    accessed: Option<(AccessDate, Piece, usize, usize)>,
    #[serde(rename = "m", default, skip_serializing_if = "is_not")]
    date_is_ambiguous: bool,
    #[serde(rename = "T", default, skip_serializing_if = "Option::is_none")]
    title: Option<Piece>,
    #[serde(rename = "X", default, skip_serializing_if = "Option::is_none")]
    title_translated: Option<Piece>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Piece>,
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    year: Option<i32>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    container: Option<Piece>,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    quote: Option<Piece>,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    archived: Option<(Piece, Option<AccessDate>)>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives fields by reference"
)]
fn is_not(it: &bool) -> bool {
    !it
}

/// What a citation says beside its text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Piece {
    /// So many bytes of the text, from that byte on.
    Of(usize, usize),
    /// Words that the text does not have in this form, or that are as short as their place.
    Words(String),
}

impl Piece {
    fn of(words: &str, text: &str) -> Self {
        /// A place takes about as much as this.
        const NO_SHORTER: usize = 7;
        match text.find(words) {
            Some(start) if words.len() > NO_SHORTER => Self::Of(start, words.len()),
            _ => Self::Words(words.to_owned()),
        }
    }

    fn unfold(self, text: &str) -> Result<String, NotInText> {
        match self {
            Self::Words(words) => Ok(words),
            Self::Of(start, length) => start
                .checked_add(length)
                .and_then(|end| text.get(start..end))
                .map(str::to_owned)
                .ok_or(NotInText { start, length }),
        }
    }
}

impl Kept {
    fn of(citation: &Citation) -> Self {
        let piece = |words: &str| Piece::of(words, &citation.text);
        let any = |words: &Option<String>| words.as_deref().map(piece);
        let url = citation.url.as_ref();
        let accessed = citation.accessed.as_ref();
        let place = &citation.place;
        Self {
            note: any(&citation.note),
            place: (place.bytes.start, place.bytes.end, place.line, place.column),
            text: citation.text.clone(),
            text_bytes: (citation.text_bytes.start, citation.text_bytes.end),
            url_as_written: url.map(|url| piece(&url.as_written)),
            url: url
                .filter(|url| url.url != url.as_written)
                .map(|url| piece(&url.url)),
            url_was_joined: url.is_some_and(|url| url.was_joined),
            accessed: accessed.map(|it| {
                let as_written = piece(&it.as_written);
                (it.date, as_written, it.bytes.start, it.bytes.end)
            }),
            date_is_ambiguous: accessed.is_some_and(|it| it.is_ambiguous),
            title: any(&citation.title),
            title_translated: any(&citation.title_translated),
            authors: citation.authors.iter().map(|it| piece(it)).collect(),
            year: citation.year,
            container: any(&citation.container),
            quote: any(&citation.quote),
            archived: citation
                .archived
                .as_ref()
                .map(|copy| (piece(&copy.url), copy.date)),
        }
    }

    fn unfold(self) -> Result<Citation, NotInText> {
        let text = self.text;
        let words = |piece: Piece| piece.unfold(&text);
        let any = |piece: Option<Piece>| piece.map(words).transpose();
        let url = match self.url_as_written {
            None => None,
            Some(written) => {
                let as_written = words(written)?;
                Some(CitedUrl {
                    url: any(self.url)?.unwrap_or_else(|| as_written.clone()),
                    as_written,
                    was_joined: self.url_was_joined,
                })
            }
        };
        let accessed = match self.accessed {
            None => None,
            Some((date, as_written, start, end)) => Some(Accessed {
                date,
                as_written: words(as_written)?,
                bytes: start..end,
                is_ambiguous: self.date_is_ambiguous,
            }),
        };
        let archived = match self.archived {
            None => None,
            Some((url, date)) => Some(ArchivedCopy {
                url: words(url)?,
                date,
            }),
        };
        let (start, end, line, column) = self.place;
        Ok(Citation {
            note: any(self.note)?,
            place: Place {
                bytes: start..end,
                line,
                column,
            },
            text_bytes: Range {
                start: self.text_bytes.0,
                end: self.text_bytes.1,
            },
            url,
            accessed,
            title: any(self.title)?,
            title_translated: any(self.title_translated)?,
            authors: self
                .authors
                .into_iter()
                .map(words)
                .collect::<Result<_, _>>()?,
            year: self.year,
            container: any(self.container)?,
            quote: any(self.quote)?,
            archived,
            text,
        })
    }
}

/// Shortens the citations that an earlier version kept whole. One that cannot be read stays as it is,
/// and is told of when it is asked for.
pub(super) fn shorten(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    const TOGETHER: i64 = 1000;
    let mut last = i64::MIN;
    loop {
        let rows: Vec<(i64, Option<Json<Citation>>)> = transaction
            .prepare_cached(
                "SELECT id, citation FROM citations WHERE id > ?1 ORDER BY id LIMIT ?2",
            )?
            .query_map([last, TOGETHER], |row| Ok((row.get(0)?, row.get(1).ok())))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((id, _)) = rows.last() else {
            return Ok(());
        };
        last = *id;
        for (id, whole) in rows {
            if let Some(Json(citation)) = whole {
                transaction
                    .prepare_cached("UPDATE citations SET citation = ?2 WHERE id = ?1")?
                    .execute(params![id, Cited(&citation)])?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(citation: &Citation) -> String {
        serde_json::to_string(&Kept::of(citation)).unwrap()
    }

    fn unfolded(json: &str) -> Result<Citation, NotInText> {
        serde_json::from_str::<Kept>(json).unwrap().unfold()
    }

    fn bare(text: &str) -> Citation {
        Citation {
            note: None,
            place: Place {
                bytes: 0..1,
                line: 1,
                column: 1,
            },
            text: text.to_owned(),
            text_bytes: 0..text.len(),
            url: None,
            accessed: None,
            title: None,
            title_translated: None,
            authors: vec![],
            year: None,
            container: None,
            quote: None,
            archived: None,
        }
    }

    #[test]
    fn what_stands_in_the_text_is_kept_once() {
        let text = "Öz, A. «The long way». https://site.example/way (Accessed 2024/05/01)";
        let citation = Citation {
            title: Some("The long way".to_owned()),
            url: Some(CitedUrl {
                as_written: "https://site.example/way".to_owned(),
                url: "https://site.example/way".to_owned(),
                was_joined: false,
            }),
            accessed: Some(Accessed {
                date: "2024-05-01".parse().unwrap(),
                as_written: "2024/05/01".to_owned(),
                bytes: 60..70,
                is_ambiguous: true,
            }),
            ..bare(text)
        };
        let kept = kept(&citation);
        assert_eq!(kept.matches("site.example").count(), 1, "{kept}");
        assert_eq!(kept.matches("long way").count(), 1, "{kept}");
        assert!(kept.len() < text.len() + 100, "{kept}");
        assert_eq!(unfolded(&kept).unwrap(), citation);
    }

    #[test]
    fn a_place_outside_the_text_or_within_a_character_is_refused() {
        for place in ["[0,99]", "[18446744073709551615,2]", "[1,1]"] {
            let json = format!(r#"{{"p":[0,1,1,1],"t":"ö","b":[0,2],"T":{place}}}"#);
            assert!(unfolded(&json).is_err(), "{place}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back(
            text in "\\PC{0,60}",
            cut in (0_usize..60, 0_usize..60),
            other in proptest::option::of("\\PC{0,20}"),
            flag: bool,
            numbers in (0_usize..9_999_999, 0_u32..99_999),
        ) {
            let piece: String = text.chars().skip(cut.0).take(cut.1).collect();
            let date = "2020-11".parse().unwrap();
            let citation = Citation {
                note: other.clone(),
                place: Place { bytes: numbers.0..numbers.0 + 9, line: numbers.1, column: 7 },
                text_bytes: numbers.0..numbers.0 + 99,
                url: flag.then(|| CitedUrl {
                    as_written: piece.clone(),
                    url: other.clone().unwrap_or_else(|| piece.clone()),
                    was_joined: flag,
                }),
                accessed: Some(Accessed {
                    date,
                    as_written: piece.clone(),
                    bytes: 1..2,
                    is_ambiguous: flag,
                }),
                title: Some(piece.clone()),
                title_translated: other.clone(),
                authors: vec![piece.clone(), "Öz, A.".to_owned()],
                year: flag.then_some(-44),
                container: other,
                quote: Some(text.clone()),
                archived: Some(ArchivedCopy { url: piece, date: flag.then_some(date) }),
                ..bare(&text)
            };
            prop_assert_eq!(unfolded(&kept(&citation)).unwrap(), citation);
        }
    }
}
