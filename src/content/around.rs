//! What of a page is known to say nothing of its text: what is another thing in another answer of the
//! same moment, and what stands on other pages of the same site.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::content::noise::Known;
use crate::content::page::Page;
use crate::content::standing::Standing;
use crate::content::words::{count, sentences};
use crate::model::lesson::Noise;
use crate::model::time::Timestamp;

/// Sentences that are around a text, by their keys.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// What the same address said when it was asked again at once.
    again: Option<HashSet<u64>>,
    /// What other pages of the site say.
    of_site: HashSet<u64>,
    /// Divisions, by their likeness, of which nothing stayed from one good capture to another.
    varying: HashSet<u64>,
    /// What somebody said is noise.
    known: Known,
    /// The days on which the two were seen.
    seen: Option<(NaiveDate, NaiveDate)>,
}

impl Around {
    /// Of what the address said when it was asked again, and of other pages of its site. A page that
    /// has the text of one of the two that are compared is a copy of it, and shows nothing.
    pub fn of(again: Option<&Page>, of_site: &[&Page], compared: [&Page; 2]) -> Self {
        let again = again.filter(|page| page.fault.is_none());
        Self {
            again: again.map(|page| keys(&page.visible_text)),
            of_site: of_site
                .iter()
                .map(|page| keys(&page.visible_text))
                .filter(|said| !compared.iter().any(|text| is_copy(said, text)))
                .flatten()
                .collect(),
            varying: HashSet::new(),
            known: Known::default(),
            seen: None,
        }
    }

    /// With what earlier captures teach that were found to say what the old page says. A division of which
    /// they have not one sentence in common, any two of them, is none of the text; one that has a sentence
    /// that stayed may be, and teaches nothing.
    #[must_use]
    pub fn taught_by(self, old: &Page, earlier: &[&Page]) -> Self {
        if earlier.is_empty() {
            return self;
        }
        let mut pages = vec![old];
        for page in earlier {
            // The old page may be among the earlier captures itself, and two of them may say the same.
            if pages.iter().all(|it| it.visible_text != page.visible_text) {
                pages.push(page);
            }
        }
        let texts: Vec<_> = (pages.iter())
            .map(|page| Standing::of(page).by_likeness())
            .collect();
        let varies = |likeness: &u64| {
            let held: Vec<_> = texts.iter().filter_map(|text| text.get(likeness)).collect();
            held.len() > 1
                && (held.iter().enumerate())
                    .all(|(at, one)| held[at + 1..].iter().all(|other| one.is_disjoint(other)))
        };
        let likenesses = texts.iter().flat_map(HashMap::keys);
        Self {
            varying: likenesses.copied().filter(varies).collect(),
            ..self
        }
    }

    /// The divisions of which nothing stays.
    pub(crate) fn varying(&self) -> &HashSet<u64> {
        &self.varying
    }

    /// With what somebody said is noise.
    #[must_use]
    pub fn knowing(self, lessons: &[&Noise]) -> Self {
        Self {
            known: Known::of(lessons),
            ..self
        }
    }

    /// What somebody said is noise.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// With the days on which the old and the new page were seen.
    #[must_use]
    pub fn seen_at(self, old: Timestamp, new: Timestamp) -> Self {
        let day = |moment: Timestamp| moment.as_datetime().date_naive();
        Self {
            seen: Some((day(old), day(new))),
            ..self
        }
    }

    /// The days on which the two were seen, where they are known.
    pub(crate) fn seen(&self) -> Option<(NaiveDate, NaiveDate)> {
        self.seen
    }

    /// Whether a sentence that is new on the page says nothing of its text.
    pub(crate) fn holds_new(&self, key: u64) -> bool {
        let varies = self.again.as_ref().is_some_and(|said| !said.contains(&key));
        varies || self.of_site.contains(&key)
    }

    /// Whether a sentence that is no longer on the page said nothing of its text.
    pub(crate) fn held_old(&self, key: u64) -> bool {
        let varies = self.again.as_ref().is_some_and(|said| said.contains(&key));
        varies || self.of_site.contains(&key)
    }
}

fn keys(text: &str) -> HashSet<u64> {
    sentences(text)
        .iter()
        .map(|sentence| sentence.key)
        .collect()
}

/// Whether a third of a text's words stand on a page that says these sentences.
fn is_copy(said: &HashSet<u64>, text: &Page) -> bool {
    let main_text = text.main_text.as_deref().unwrap_or_default();
    let common: usize = sentences(main_text)
        .iter()
        .filter(|sentence| said.contains(&sentence.key))
        .map(|sentence| sentence.words.len())
        .sum();
    common * 3 >= count(main_text)
}
