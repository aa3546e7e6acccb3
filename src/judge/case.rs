//! What a verdict is made from, and the settings of judgement.

use chrono::TimeDelta;

use crate::content::page::Page;
use crate::model::citation::Citation;
use crate::model::digest::Sha256;
use crate::model::host::{DomainFacts, HostWall};
use crate::model::lesson::Lesson;
use crate::model::review::Acceptance;
use crate::model::time::Timestamp;
use crate::model::url::TargetUrl;
use crate::model::verdict::{Baseline, Verdict};
use crate::model::visit::{Headers, Visit};

/// Everything that is known when one citation is judged.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The citation.
    pub citation: &'a Citation,
    /// The visit to its source.
    pub visit: &'a Visit,
    /// What the final answer says; `None` when there was none. One that is no text, or could not be
    /// decoded, is a page too, and says so.
    pub page: Option<&'a Page>,
    /// What stands for what the author saw.
    pub baseline: Option<CaseBaseline<'a>>,
    /// The verdict of the check before.
    pub earlier: Option<&'a Verdict>,
    /// Other pages that show what of this one is not the source's text.
    pub others: Others<'a>,
    /// What false alarms taught of the host that answered.
    pub lessons: &'a [Lesson],
    /// Why it is not known what the public archives hold, where they were asked in vain.
    pub archives_not_known: Option<&'a str>,
    /// When this is judged.
    pub now: Timestamp,
}

/// What else was read when a page was not what it had been.
#[derive(Debug, Clone, Default)]
pub struct Others<'a> {
    /// What the same address said when it was asked again at once.
    pub again: Option<&'a Page>,
    /// Other pages of the host, as they were last seen.
    pub of_site: Vec<&'a Page>,
    /// Earlier captures of the source, since when it has been `ok` without a break.
    pub earlier: Vec<&'a Page>,
    /// What the host answers where there is nothing.
    pub nowhere: Option<Nowhere<'a>>,
    /// What its home page says, where it answered that address too.
    pub home: Option<Nowhere<'a>>,
    /// What a client that asks as a browser does was answered.
    pub second: Option<SecondClient<'a>>,
    /// Where the site lists a source that is gone.
    pub listed: Option<&'a Listed>,
    /// What is known of the cited domain beside its pages.
    pub domain: Option<&'a DomainFacts>,
    /// The wall that the host that answered put up before.
    pub wall: Option<&'a HostWall>,
}

/// What a client that asks as a browser does was answered, where we met an error.
#[derive(Debug, Clone, Copy)]
pub struct SecondClient<'a> {
    /// Its answer.
    pub exhibit: Exhibit<'a>,
    /// The status that we were answered when we asked once more after it; `None` when we did not, or got
    /// no answer.
    pub ours_again: Option<u16>,
}

/// An address in a site's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The address.
    pub url: TargetUrl,
    /// Where the list is.
    pub list: TargetUrl,
}

/// The answer to an address that nobody has linked, or to the home page's.
#[derive(Debug, Clone, Copy)]
pub struct Nowhere<'a> {
    /// The address.
    pub url: &'a TargetUrl,
    /// The status.
    pub status: u16,
    /// What the answer says.
    pub page: &'a Page,
}

/// A baseline with its content.
#[derive(Debug, Clone)]
pub struct CaseBaseline<'a> {
    /// When it was captured, by whom, and where it can be seen.
    pub baseline: Baseline,
    /// Its payload digest.
    pub payload_sha256: Sha256,
    /// What it says; `None` when it could not be read again.
    pub page: Option<&'a Page>,
    /// It was captured within `baseline.window` of the access date.
    pub is_within_window: bool,
    /// It is our first snapshot for want of a better one: it can prove change from its day on, and
    /// says nothing of the days before.
    pub is_provisional: bool,
    /// It is as it was captured, and not as another archive shows it.
    pub is_raw: bool,
    /// Who said that it stands for what the author saw, where somebody did.
    pub accepted: Option<&'a Acceptance>,
    /// The address that another archive made it of, where that is not the source's own.
    pub made_of: Option<&'a TargetUrl>,
}

/// One final answer, of a visit or out of the archive.
#[derive(Debug, Clone, Copy)]
pub struct Exhibit<'a> {
    /// The address asked for.
    pub asked: &'a TargetUrl,
    /// The address that answered.
    pub answered: &'a TargetUrl,
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: &'a Headers,
    /// What the body says.
    pub page: &'a Page,
}

/// The settings of judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Failing checks that confirm `dead`, `soft_404` and `parked` (`confirm.checks`).
    pub confirm_checks: u32,
    /// How far apart two checks must be for both to count (`confirm.gap`).
    pub confirm_gap: TimeDelta,
    /// A source that fails at every check for so long is dead (`confirm.unreachable_for`).
    pub unreachable_for: TimeDelta,
    /// How far from the access date a capture may lie and still stand for what the author saw
    /// (`baseline.window`). The deed that chooses baselines keeps to it.
    pub baseline_window: TimeDelta,
}

impl Default for Policy {
    /// Three checks three days apart: most outages of small sites end within a week. Thirty days
    /// for a silent source: a lapsed domain or a broken server is back by then or not at all.
    fn default() -> Self {
        Self {
            confirm_checks: 3,
            confirm_gap: TimeDelta::days(3),
            unreachable_for: TimeDelta::days(30),
            baseline_window: TimeDelta::days(30),
        }
    }
}
