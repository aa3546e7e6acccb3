//! Writes a copy into a citation template, in its own layout and names, or behind a bare link.

use std::ops::Range;

use crate::formats::decoded::Decoded;
use crate::formats::mend::date_form;
use crate::formats::mend::mending::{Patch, Repair, Way, WhyNot};
use crate::formats::mend::note::Notes;
use crate::formats::wikitext::dialects::{self, Dialect};
use crate::formats::wikitext::structure::{Parameter, Structure, Template};
use crate::model::citation::Citation;
use crate::model::verdict::State;

/// The templates and notes of a wikitext, to write into.
pub(crate) struct Page<'d> {
    decoded: &'d Decoded,
    structure: Structure,
    notes: Notes<'d>,
}

impl<'d> Page<'d> {
    pub(crate) fn read(decoded: &'d Decoded, notes: Notes<'d>) -> Self {
        Self {
            structure: Structure::of(&decoded.text),
            decoded,
            notes,
        }
    }

    /// The ways to write a copy beside a citation, the best first.
    pub(crate) fn ways(&self, citation: &Citation, repair: &Repair) -> Result<Vec<Way>, WhyNot> {
        let text = self.decoded.text.as_str();
        let start = self.decoded.text_position(citation.text_bytes.start);
        let template = self.structure.template(text, start);
        let known = template.and_then(|template| Some((dialects::of(&template)?, template)));
        match known {
            Some((dialect, template)) => self.in_template(&template, dialect, repair),
            None => Ok(self.behind_link(self.notes.ways(citation, repair)?, repair)),
        }
    }

    fn in_template(
        &self,
        template: &Template,
        dialect: &Dialect,
        repair: &Repair,
    ) -> Result<Vec<Way>, WhyNot> {
        let text = self.decoded.text.as_str();
        let accessed = template.parameter(&dialect.accessed);
        let model = accessed.or_else(|| template.parameter(&dialect.url));
        let model = model.or(template.parameters.iter().rfind(|it| it.name.is_some()));
        let layout = model.and_then(|model| Layout::of(text, template, model));
        let layout = layout.ok_or(WhyNot::NoPlace)?;
        let day = repair.archived_on();
        let date = accessed.and_then(|accessed| {
            let written = &text[accessed.value.clone()];
            let (meant, _) =
                crate::formats::access_date::parse_field(written, Some(&dialect.code))?;
            Some(date_form::like(written, meant, &dialect.code, day))
        });
        let date = date.unwrap_or_else(|| day.to_string());
        let mut patches = Vec::new();
        let mut new = String::new();
        let mut set = |names: &[String], written: &str, value: &str| {
            // What is there already, and empty or of another time, is filled in.
            let there = template
                .parameters
                .iter()
                .find(|it| names.contains(&it.key) && it.name.is_some());
            match there {
                Some(there) => patches.push(Patch {
                    at: there.value.clone(),
                    now: value.to_owned(),
                }),
                None => new.push_str(&layout.parameter(written, value)),
            }
        };
        let names = &dialect.written;
        set(
            &dialect.archive_url,
            &names.archive_url,
            &in_template(&repair.archived_url),
        );
        set(&dialect.archive_date, &names.archive_date, &date);
        if let (Some(status), Some(value)) = (&names.status, status(dialect, repair.state)) {
            set(&dialect.status, status, value);
        }
        if !new.is_empty() {
            patches.push(Patch::insert(layout.at, new));
        }
        patches.extend(self.dead_link_tag(template.range.end));
        patches.sort_by_key(|patch| patch.at.start);
        Ok(vec![patches])
    }

    /// For a bare link: a template where the wiki has one, and the note's own words else.
    fn behind_link(&self, ways: Vec<Way>, repair: &Repair) -> Vec<Way> {
        let dialect = dialects::of_language(self.notes.language());
        let mut all = Vec::new();
        if let Some(at) = ways
            .first()
            .and_then(|way| way.first())
            .map(|patch| patch.at.start)
            && dialect.webarchive.iter().any(|name| name == "webarchive")
        {
            let url = in_template(&repair.archived_url);
            let date = repair.archived_on();
            let mut way = vec![Patch::insert(
                at,
                format!(" {{{{webarchive |url={url} |date={date}}}}}"),
            )];
            way.extend(self.dead_link_tag(at));
            all.push(way);
        }
        all.extend(ways);
        all
    }

    /// The removal of a tag behind a citation that says that its link is dead.
    fn dead_link_tag(&self, behind: usize) -> Option<Patch> {
        /// A tag that stands farther off is another link's.
        const NEAR: usize = 4;
        let text = self.decoded.text.as_str();
        let rest = &text[behind..];
        let spaces = rest.len() - rest.trim_start_matches([' ', '.', ',']).len();
        if spaces > NEAR {
            return None;
        }
        let template = self.structure.template(text, behind + spaces)?;
        let from = behind + text[behind..behind + spaces].trim_end_matches(' ').len();
        dialects::is_dead_link(&template).then(|| Patch {
            at: from..template.range.end,
            now: String::new(),
        })
    }
}

/// What a template says of its address: that it is dead, that others have taken it, that it says
/// something else, or that the copy is there as a precaution.
fn status(dialect: &Dialect, state: State) -> Option<&str> {
    let word = match state {
        State::Dead | State::SoftNotFound | State::Unreachable => &dialect.dead,
        State::Parked => {
            if dialect.usurped.is_some() {
                &dialect.usurped
            } else {
                &dialect.dead
            }
        }
        State::Changed => {
            if dialect.deviated.is_some() {
                &dialect.deviated
            } else {
                &dialect.live
            }
        }
        _ => &dialect.live,
    };
    word.as_deref()
}

/// An address inside a template.
fn in_template(url: &str) -> String {
    url.replace('|', "%7C")
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace('[', "%5B")
        .replace(']', "%5D")
        .replace('<', "%3C")
}

/// How a parameter is laid out.
struct Layout<'t> {
    /// Behind its value.
    at: usize,
    /// What stands before its pipe.
    separator: &'t str,
    /// What stands between the pipe and its name.
    lead: &'t str,
    /// What stands around its equals sign.
    equals: (&'t str, &'t str),
    /// The width of its name with the white space behind, where those of the template are aligned.
    width: Option<usize>,
}

impl<'t> Layout<'t> {
    fn of(text: &'t str, template: &Template, parameter: &Parameter) -> Option<Self> {
        let Parameter {
            whole, name, value, ..
        } = parameter;
        let name = name.as_ref()?;
        let pipe = whole.start.checked_sub(1)?;
        let before = &text[..pipe];
        let equals_at = name.end + text[name.end..value.start].find('=')?;
        let spaces = &text[name.end..equals_at];
        let range = |range: Range<usize>| text.get(range);
        Some(Self {
            at: value.end,
            separator: &before[before.trim_end_matches([' ', '\t', '\n', '\r']).len()..],
            lead: range(whole.start..name.start)?,
            equals: (spaces, range(equals_at + 1..value.start)?),
            width: aligned(text, template),
        })
    }

    fn parameter(&self, name: &str, value: &str) -> String {
        let (before, behind) = self.equals;
        let before = match self.width {
            Some(width) => {
                let fewest = usize::from(!before.is_empty());
                " ".repeat(width.saturating_sub(name.chars().count()).max(fewest))
            }
            None => before.to_owned(),
        };
        let (separator, lead) = (self.separator, self.lead);
        format!("{separator}|{lead}{name}{before}={behind}{value}")
    }
}

/// The width of the names with the white space behind, where all equals signs stand in one column.
fn aligned(text: &str, template: &Template) -> Option<usize> {
    let widths: Option<Vec<usize>> = template
        .parameters
        .iter()
        .map(|parameter| {
            let name = parameter.name.as_ref()?;
            let equals = text[name.end..parameter.whole.end].find('=')?;
            Some(text[name.clone()].chars().count() + equals)
        })
        .collect();
    let widths = widths?;
    let first = *widths.first()?;
    let is_one_column = widths.len() > 1 && widths.iter().all(|width| *width == first);
    is_one_column.then_some(first)
}
