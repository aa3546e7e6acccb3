//! What is wrong with an archive, in words: where, what it costs, and what is spared.

use std::fmt;

use crate::archive::scan::{Damage, ScannedRecord};
use crate::warc::cdxj::Line;

/// How many lost answers a fault names.
const NAMED: usize = 3;

/// One thing that is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file's name.
    pub file: String,
    /// The first byte of the record or stretch, where it is one.
    pub offset: Option<u64>,
    /// What is wrong.
    pub what: String,
    /// What cannot be had any more.
    pub lost: String,
    /// What still can.
    pub kept: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(offset) = self.offset {
            write!(f, ", byte {offset}")?;
        }
        write!(
            f,
            ": {}. Lost: {}. Kept: {}.",
            self.what, self.lost, self.kept
        )
    }
}

impl Fault {
    /// Words for what is wrong, lost and kept.
    pub(crate) fn new(
        file: &str,
        offset: Option<u64>,
        what: String,
        lost: &str,
        kept: &str,
    ) -> Self {
        Self {
            file: file.to_owned(),
            offset,
            what,
            lost: lost.to_owned(),
            kept: kept.to_owned(),
        }
    }

    /// A stretch in which no record can be read. `lines` are what the index says of the file.
    pub fn damage(file: &str, damage: &Damage, lines: &[Line]) -> Self {
        let end = damage.offset + damage.bytes;
        let inside: Vec<&Line> = lines
            .iter()
            .filter(|line| (damage.offset..end).contains(&line.entry.offset))
            .collect();
        let lost = match (&damage.header, inside.is_empty()) {
            (_, false) => named(&inside),
            (Some(header), true) => format!(
                "the {} record of {}",
                header.kind().as_str(),
                header.target_uri().unwrap_or("this file")
            ),
            (None, true) => "nothing that the index knows of".to_owned(),
        };
        let what = format!("{} bytes cannot be read: {}", damage.bytes, damage.why);
        let kept = if damage.is_tail {
            "every record before it"
        } else {
            "every record before and behind it"
        };
        Self::new(file, Some(damage.offset), what, &lost, kept)
    }

    /// A file that was sealed or indexed, and is not there.
    pub fn missing_warc(name: &str, lines: &[Line]) -> Self {
        let lines: Vec<&Line> = lines.iter().collect();
        let what = "the file is gone".to_owned();
        Self::new(name, None, what, &named(&lines), "all other files")
    }

    /// A sealed file of another length than it had.
    pub fn wrong_length(name: &str, bytes: u64, sealed: u64) -> Self {
        let what = format!("the file is {bytes} bytes long, and was {sealed} when it was sealed");
        let lost = "what `ibid archive verify` names";
        Self::new(name, None, what, lost, "all other records")
    }

    /// A sealed file that is not in the list of sealed files.
    pub fn unlisted(name: &str) -> Self {
        let what = "the file is not in sealed.sha256; `ibid archive reindex` adds it".to_owned();
        Self::new(name, None, what, "nothing", "every record")
    }

    /// A file that is not listed, and holds what another one does.
    pub fn copy_of(name: &str, twin: &str) -> Self {
        let what = format!("the file is not in sealed.sha256, and is a copy of {twin}: remove it");
        Self::new(name, None, what, "nothing", "every record, in both files")
    }

    /// A file that is not listed, and whose name says that it is of another archive.
    pub fn foreign(name: &str, instance: &str) -> Self {
        let what = format!(
            "the file is not in sealed.sha256, and is of another archive, {instance}: move it back \
             there, or run `ibid archive reindex` to take it in"
        );
        Self::new(name, None, what, "nothing", "every record")
    }

    /// A sealed file in whose place another one's bytes lie. `lines` are what the index says of it.
    pub fn in_place_of(name: &str, twin: &str, lines: &[Line]) -> Self {
        let what = format!(
            "the file holds what was sealed as {twin}: the two were swapped, or one was copied over \
             the other; give each its name again"
        );
        let lines: Vec<&Line> = lines.iter().collect();
        let lost = format!("{}, unless it lies under that name", named(&lines));
        Self::new(name, None, what, &lost, &format!("what is of {twin}"))
    }

    /// A sealed file of no bytes. `lines` are what the index says of it.
    pub fn empty(name: &str, sealed: u64, lines: &[Line]) -> Self {
        let what = format!("the file is empty, and was {sealed} bytes long when it was sealed");
        let lines: Vec<&Line> = lines.iter().collect();
        Self::new(name, None, what, &named(&lines), "all other files")
    }

    /// A file that the system does not let us read.
    pub fn unreadable(name: &str, why: &str) -> Self {
        let what = format!("the file cannot be read: {why}");
        let lost = "nothing yet; let this user read it, and verify again";
        Self::new(name, None, what, lost, "all other files")
    }

    /// One record in which something is wrong.
    pub(crate) fn of_record(record: &ScannedRecord, what: String, lost: &str) -> Self {
        let place = &record.place;
        Self::new(
            &place.file,
            Some(place.offset),
            what,
            lost,
            "all other records",
        )
    }
}

fn named(lines: &[&Line]) -> String {
    let mut text = format!("{} stored answers", lines.len());
    for line in lines.iter().take(NAMED) {
        let (url, at) = (line.entry.url.as_str(), line.captured_at.to_rfc3339());
        text += &[", ", url, " of ", &at].concat();
    }
    if lines.len() > NAMED {
        text.push_str(", …");
    }
    text
}
