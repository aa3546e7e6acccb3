//! Where and how a copy is written into a note: behind the access date, in the note's own style.

use std::ops::Range;

use crate::formats::access_date::{self, Remark, RemarkKind, Remarks, Serves};
use crate::formats::access_terms::{self, TermKind};
use crate::formats::decoded::Decoded;
use crate::formats::flow::Flow;
use crate::formats::format::Format;
use crate::formats::mend::date_form;
use crate::formats::mend::markup;
use crate::formats::mend::mending::{Patch, Repair, Way, WhyNot};
use crate::formats::mend::note::around::{closed_by, closing, time_of_day, unclosed};
use crate::formats::mend::note::example::Example;
use crate::formats::mend::wording::{self, Said, Style};
use crate::formats::seen_url::{self, SeenUrl};
use crate::formats::tokens;
use crate::formats::{html, markdown, plain, wikitext};
use crate::model::citation::Citation;

mod around;
mod example;

/// The notes of a document, to write into.
pub(crate) struct Notes<'d> {
    format: Format,
    decoded: &'d Decoded,
    flow: Flow,
    seen: Vec<SeenUrl>,
    remarks: Remarks,
    /// The language of most of its access dates, or the one that it declares.
    language: String,
    /// How the document names copies already, by an example: its text, with the address and the date.
    example: Option<Example>,
}

/// Where the copy goes, in the flow's text.
struct Anchor {
    at: usize,
    /// The brackets that hold the access date behind the address.
    brackets: Option<(char, char)>,
    /// Whether it is behind a date, and not behind the address.
    is_behind_date: bool,
}

impl<'d> Notes<'d> {
    pub(crate) fn read(
        format: Format,
        bytes: &[u8],
        decoded: &'d Decoded,
        citations: &[Citation],
    ) -> Self {
        let flow = match format {
            Format::Markdown => markdown::read(bytes),
            Format::Html => html::read(bytes),
            Format::Wikitext => wikitext::flow(decoded),
            _ => plain::read(bytes),
        };
        let seen = seen_url::all(&flow);
        let urls: Vec<Range<usize>> = seen.iter().map(|seen| seen.text.clone()).collect();
        let remarks = access_date::find(&flow.text, &urls, flow.language.as_deref());
        let mut notes = Self {
            format,
            decoded,
            flow,
            seen,
            remarks,
            language: String::new(),
            example: None,
        };
        notes.language = notes.main_language();
        notes.example = citations
            .iter()
            .find_map(|citation| notes.example_of(citation));
        notes
    }

    /// The language of the document.
    pub(crate) fn language(&self) -> &str {
        &self.language
    }

    /// The ways to write a copy beside a citation, the best first.
    pub(crate) fn ways(&self, citation: &Citation, repair: &Repair) -> Result<Vec<Way>, WhyNot> {
        let place = &citation.place.bytes;
        let written =
            self.decoded.text_position(place.start)..self.decoded.text_position(place.end);
        if matches!(self.format, Format::Html | Format::Markdown)
            && let Some(patch) = markup::robust_link(&self.decoded.text, &written, repair)
        {
            return Ok(vec![vec![patch]]);
        }
        let seen = self.seen_at(citation).ok_or_else(|| {
            let words = &self.decoded.text[written.clone()];
            // Its place is «ibid.»: the URL stands elsewhere.
            let shows_url = words.contains("://") || words.contains('/');
            if shows_url {
                WhyNot::NoPlace
            } else {
                WhyNot::RefersBack
            }
        })?;
        let remark = self.remark_of(citation);
        let own = remark.filter(|remark| remark.serves == Serves::One);
        let anchor = self.anchor(seen, own);
        let at = self.position(seen, &anchor).ok_or(WhyNot::NoPlace)?;
        let language = remark.and_then(|remark| self.language_of(remark));
        let language = language.as_deref().unwrap_or(&self.language).to_owned();
        let date = self.date(remark, &language, repair);
        let words = wording::of(&language);
        let mut style = self.style(seen, own, &anchor, &language);
        let url = self.address(seen, repair);
        let said = Said {
            words,
            url: &url,
            date: &date,
        };
        let mut ways = Vec::new();
        if let Some(example) = &self.example {
            ways.push(example.with(&self.written_url(repair), &language, repair));
        }
        if self.format == Format::Markdown && seen.file.is_some() {
            let link = style.say_in_link(&said);
            let destination = markup::markdown_destination(&repair.archived_url);
            ways.push(format!("{}[{link}]({destination})", style.separator));
        }
        ways.push(style.say(&said));
        style.is_address_alone = false;
        ways.push(style.say(&said));
        let plainest = Style {
            separator: ", ",
            before_url: ": ",
            brackets: (" (", ")"),
            ..style
        };
        ways.push(plainest.say(&said));
        let angular = format!("<{}>", repair.archived_url);
        if self.format != Format::Html {
            ways.push(plainest.say(&Said {
                url: &angular,
                ..said
            }));
        }
        ways.dedup();
        Ok(ways
            .into_iter()
            .map(|now| vec![Patch::insert(at, now)])
            .collect())
    }

    /// Where a citation's URL was seen.
    fn seen_at(&self, citation: &Citation) -> Option<&SeenUrl> {
        let place = &citation.place.bytes;
        let is_there = |seen: &&SeenUrl| match &seen.file {
            Some(file) => file == place,
            None => self.flow.file_range(&seen.text).as_ref() == Some(place),
        };
        let is_in_note = |seen: &&SeenUrl| {
            let file = self.flow.file_range(&seen.text);
            file.is_some_and(|file| {
                citation.text_bytes.start <= file.start && file.end <= citation.text_bytes.end
            })
        };
        // Links by reference share the place of their address.
        let mut there = self.seen.iter().filter(is_there);
        there.clone().find(is_in_note).or_else(|| there.next())
    }

    fn remark_of(&self, citation: &Citation) -> Option<&Remark> {
        let bytes = &citation.accessed.as_ref()?.bytes;
        self.remarks.dated.iter().find(|remark| {
            remark.kind == RemarkKind::Accessed
                && self.flow.file_range(&remark.date_range).as_ref() == Some(bytes)
        })
    }

    fn anchor(&self, seen: &SeenUrl, remark: Option<&Remark>) -> Anchor {
        let text = &self.flow.text;
        let behind_url = seen.text.end + closing(text, &seen.text);
        let Some(remark) = remark.filter(|remark| remark.range.start >= seen.text.end) else {
            return Anchor {
                at: behind_url,
                brackets: None,
                is_behind_date: false,
            };
        };
        let open =
            unclosed(&text[behind_url.min(remark.date_range.start)..remark.date_range.start]);
        let end = remark.range.end.max(remark.date_range.end);
        let end = end + time_of_day(&text[end..]);
        let closed = open
            .and_then(|(open, close)| Some(((open, close), end + closed_by(&text[end..], close)?)));
        match closed {
            Some((brackets, at)) => Anchor {
                at,
                brackets: Some(brackets),
                is_behind_date: true,
            },
            None => Anchor {
                at: end,
                brackets: None,
                is_behind_date: true,
            },
        }
    }

    /// The anchor's place in the decoded text, behind the markup that ends a link.
    fn position(&self, seen: &SeenUrl, anchor: &Anchor) -> Option<usize> {
        let at = anchor.at;
        let last = self.flow.text[..at].chars().next_back()?;
        let end = match (
            self.flow.file_range(&(at - last.len_utf8()..at)),
            &seen.file,
        ) {
            (Some(file), _) => file.end,
            // A link without words has only its address.
            (None, Some(file)) => file.end,
            (None, None) => return None,
        };
        let end = self.decoded.text_position_of_end(end);
        let is_at_link = !anchor.is_behind_date || anchor.at <= seen.text.end;
        Some(if is_at_link {
            markup::behind_link(self.format, &self.decoded.text, end)
        } else {
            end
        })
    }

    fn style(
        &self,
        seen: &SeenUrl,
        remark: Option<&Remark>,
        anchor: &Anchor,
        language: &str,
    ) -> Style {
        let text = &self.flow.text;
        let lead = &text[..seen.text.start];
        let lead = lead.trim_end_matches(['<', ' ', '\u{a0}', '\n', '\r']);
        let is_cjk = matches!(language, "zh" | "ja");
        let has_colon = lead.ends_with([':', '：']) && seen.file.is_none();
        let before_url = match (has_colon || !anchor.is_behind_date, is_cjk) {
            (true, true) => "：",
            (true, false) => ": ",
            (false, _) => " ",
        };
        let term = remark.map_or("", |remark| &text[remark.range.clone()]);
        let date_at = remark.map_or(0, |remark| {
            remark.date_range.start.saturating_sub(remark.range.start)
        });
        let term_before = term.get(..date_at).unwrap_or_default().trim_end();
        let before_date = match (term_before.ends_with([':', '：']), is_cjk) {
            (_, true) => "：",
            (true, false) => ": ",
            (false, false) => " ",
        };
        let brackets = match anchor.brackets {
            Some(('[', _)) => (" [", "]"),
            Some(('（', _)) => ("（", "）"),
            Some(('〔', _)) => ("〔", "〕"),
            _ if is_cjk => ("（", "）"),
            _ => (" (", ")"),
        };
        let between = remark.map_or("", |remark| {
            text.get(seen.text.end..remark.range.start)
                .unwrap_or_default()
        });
        let between = between
            .trim_start_matches(['>', '”', '"', '»'])
            .trim_start();
        let is_before = remark.is_some_and(|remark| remark.range.end <= seen.text.start);
        let sentence_before = is_before
            && remark.is_some_and(|remark| {
                let until = text
                    .get(remark.range.end..seen.text.start)
                    .unwrap_or_default();
                until.trim_start_matches([']', ')']).starts_with('.')
            });
        let separator = match (anchor.brackets, language) {
            (_, "zh") => "，",
            (_, "ja") => "、",
            (None, _) if between.starts_with('.') || sentence_before => ". ",
            (None, _) if between.starts_with(';') => "; ",
            _ => ", ",
        };
        let term_is_capital = first_letter(term).map(char::is_uppercase);
        let lead_is_capital = lead_words(lead)
            .and_then(first_letter)
            .map(char::is_uppercase);
        let is_capital = match (anchor.is_behind_date, separator) {
            (true, _) => term_is_capital,
            (false, ". ") => Some(true),
            (false, _) => lead_is_capital.filter(|_| has_colon),
        };
        // Bluebook names the day in brackets, OSCOLA behind an address in angle brackets.
        let is_oscola = anchor.brackets.is_none()
            && anchor.is_behind_date
            && text[..seen.text.start].ends_with('<')
            && between.is_empty();
        let is_legal = is_oscola || term.to_lowercase().contains("last visited");
        Style {
            separator,
            is_capital: is_capital.unwrap_or(false),
            before_url,
            before_date,
            brackets,
            is_address_alone: is_legal,
        }
    }

    /// The copy's address as this format writes the citation's own.
    fn address(&self, seen: &SeenUrl, repair: &Repair) -> String {
        let url = &repair.archived_url;
        let before = &self.decoded.text[..self
            .flow
            .file_range(&seen.text)
            .map_or(0, |file| self.decoded.text_position(file.start))];
        let is_angular = before.ends_with('<');
        match self.format {
            Format::Html => markup::escaped(url),
            Format::Wikitext if seen.file.is_some() => format!("[{url}]"),
            Format::Markdown if is_angular || !markup::is_plain_in_markdown(url) => {
                format!("<{url}>")
            }
            Format::Plain if is_angular => format!("<{url}>"),
            _ => url.clone(),
        }
    }

    /// The copy's address where the example has its own: as it stands there, without what is around it.
    fn written_url(&self, repair: &Repair) -> String {
        match self.format {
            Format::Html => markup::escaped(&repair.archived_url),
            _ => repair.archived_url.clone(),
        }
    }

    fn date(&self, remark: Option<&Remark>, language: &str, repair: &Repair) -> String {
        let model = remark.or_else(|| {
            let mut all = self.remarks.dated.iter();
            all.find(|other| other.kind == RemarkKind::Accessed)
        });
        let day = repair.archived_on();
        model.map_or_else(
            || day.to_string(),
            |model| {
                let written = &self.flow.text[model.date_range.clone()];
                date_form::like(written, model.date, language, day)
            },
        )
    }

    /// The language of the term beside a date.
    fn language_of(&self, remark: &Remark) -> Option<String> {
        let pieces = tokens::cut(&self.flow.text[remark.range.clone()], &[]);
        let languages: Vec<&str> = (0..pieces.len())
            .flat_map(|at| access_terms::at(&pieces, at).1)
            .filter(|term| {
                !matches!(
                    term.kind,
                    TermKind::Archived | TermKind::Ibid | TermKind::All
                )
            })
            .map(|term| term.language.as_str())
            .collect();
        let declared =
            access_date::primary(self.flow.language.as_deref().unwrap_or_default()).to_lowercase();
        let of_document = [declared.as_str(), self.language.as_str()];
        let known = of_document.into_iter().find(|it| languages.contains(it));
        known.or(languages.first().copied()).map(str::to_owned)
    }

    fn main_language(&self) -> String {
        let declared = access_date::primary(self.flow.language.as_deref().unwrap_or_default());
        if !declared.is_empty() {
            return declared.to_lowercase();
        }
        let mut counts: Vec<(String, usize)> = Vec::new();
        for remark in &self.remarks.dated {
            let language = self.language_of(remark).unwrap_or_default();
            match counts.iter_mut().find(|(known, _)| *known == language) {
                Some((_, count)) => *count += 1,
                None => counts.push((language, 1)),
            }
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.map(|(language, _)| language).unwrap_or_default()
    }
}

fn first_letter(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_alphabetic())
}

/// The phrase before an address, such as «Available at:».
fn lead_words(lead: &str) -> Option<&str> {
    let lead = lead.trim_end_matches([':', '：']);
    let start = lead
        .rfind(['.', ',', ';', '(', '[', ']', '\n', '”', '"'])
        .map_or(0, |at| at + 1);
    lead.get(start..)
        .or(lead.get(lead.ceil_char_boundary(start)..))
        .map(str::trim)
}
