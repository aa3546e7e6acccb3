//! What pages need to be seen as they were: images, style sheets and fonts, and no scripts. They are
//! visited after their page was judged, through the same door and gates, and no verdict knows of them.

use std::cell::RefCell;
use std::collections::{HashSet, VecDeque};

use tokio::task::{JoinSet, spawn_blocking};
use url::Url;

use crate::catalog::records::HeldCapture;
use crate::content::references::{Addresses, Use};
use crate::model::capture::Capture;
use crate::model::url::TargetUrl;
use crate::model::visit::Visit;
use crate::workflow::replaying;
use crate::workflow::tools::Tools;
use crate::workflow::visiting::{self, CheckError};

/// How much one page may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// No more are visited.
    pub max_count: usize,
    /// When so many bytes have come, no more are visited.
    pub max_bytes: u64,
}

/// A page that was captured longer ago is not what it was then.
const PAGE_IS_OF_NOW_SECONDS: i64 = 24 * 60 * 60;

/// Pages at the same time.
const TOGETHER: u32 = 16;

/// Sheets that sheets import are read, and theirs are not.
const DEEPEST: usize = 1;

/// Takes what the next pages need; gives how many pages those were.
pub async fn complete_next(tools: &Tools, settings: Settings) -> Result<usize, CheckError> {
    let since = (tools.clock)().plus_seconds(-PAGE_IS_OF_NOW_SECONDS);
    let pages = tools
        .on_catalog(move |catalog| catalog.pages_to_complete(since, TOGETHER))
        .await?;
    let Some(last) = pages.last().map(|page| page.id) else {
        return Ok(0);
    };
    let count = pages.len();
    let mut running = JoinSet::new();
    for page in pages {
        let tools = tools.clone();
        running.spawn(async move {
            let done = complete(&tools, &page, settings).await;
            (page.capture.url, done)
        });
    }
    while let Some(done) = running.join_next().await {
        let (url, done) = done?;
        match done {
            Ok(taken) => tracing::debug!(source.url = %url, "{taken} requisites"),
            Err(why) => {
                tracing::warn!(source.url = %url, "what the page needs is not taken: {why}");
            }
        }
    }
    tools
        .on_catalog(move |catalog| catalog.completed_until(last))
        .await?;
    Ok(count)
}

/// Takes what a page needs; gives how many that are.
pub async fn complete(
    tools: &Tools,
    page: &HeldCapture,
    settings: Settings,
) -> Result<usize, CheckError> {
    let mut seen = HashSet::new();
    let mut queue = VecDeque::new();
    let mut take_up = |needed: Vec<Needed>, depth: usize, queue: &mut VecDeque<_>| {
        for needed in needed {
            if seen.insert(needed.url.surt()) {
                queue.push_back((needed, depth));
            }
        }
    };
    take_up(needs(tools, &page.capture).await?, 0, &mut queue);
    let (mut taken, mut visited, mut bytes) = (0, 0, 0);
    while let Some((needed, depth)) = queue.pop_front() {
        let capture = match held(tools, page, &needed.url).await? {
            Some(held) => Some(held),
            None if visited >= settings.max_count || bytes >= settings.max_bytes => None,
            None => {
                visited += 1;
                let visit = visiting::visit(tools, &needed.url).await;
                let came = visit.answer().map_or(0, |hop| hop.body.bytes.len());
                bytes += u64::try_from(came).unwrap_or(u64::MAX);
                if is_fit(&visit, needed.purpose) {
                    visiting::keep_if_room(tools, &visit).await?
                } else {
                    None
                }
            }
        };
        let Some(capture) = capture else { continue };
        let (id, entered) = (page.id, capture.clone());
        tools
            .on_catalog(move |catalog| catalog.put_requisite(id, &entered))
            .await?;
        taken += 1;
        if needed.purpose == Use::Style && depth <= DEEPEST {
            take_up(needs(tools, &capture).await?, depth + 1, &mut queue);
        }
    }
    Ok(taken)
}

/// What is at this address, where it was taken for some page not long ago.
async fn held(
    tools: &Tools,
    page: &HeldCapture,
    url: &TargetUrl,
) -> Result<Option<Capture>, CheckError> {
    let since = page
        .capture
        .captured_at
        .plus_seconds(-PAGE_IS_OF_NOW_SECONDS);
    let surt = url.surt();
    let held = tools.on_catalog(move |catalog| catalog.requisite_since(&surt, since));
    Ok(held.await?.map(|held| held.capture))
}

/// Whether an answer is what was asked for: a page that says that it is not there is no image.
fn is_fit(visit: &Visit, purpose: Use) -> bool {
    let Some(hop) = visit.answer().filter(|hop| hop.status == 200) else {
        return false;
    };
    let media_type = hop.headers.media_type().unwrap_or_default();
    match purpose {
        Use::Style => media_type == "text/css",
        Use::Image => media_type.starts_with("image/"),
        Use::Font => {
            media_type.starts_with("font/")
                || media_type.contains("font")
                || media_type == "application/octet-stream"
        }
        Use::Media | Use::Frame | Use::Page => false,
    }
}

/// Something that a page needs.
#[derive(Debug, Clone)]
struct Needed {
    url: TargetUrl,
    purpose: Use,
}

/// What a page or sheet asks for when it is shown again, sheets first.
async fn needs(tools: &Tools, capture: &Capture) -> Result<Vec<Needed>, CheckError> {
    let (house, capture) = (tools.clone(), capture.clone());
    let reading = spawn_blocking(move || {
        let noted = Noted::default();
        // What cannot be read or unpacked needs nothing.
        let _ = replaying::shown_with(&house, &capture, "", &noted);
        let mut needed = noted.0.into_inner();
        needed.sort_by_key(|needed| needed.purpose);
        needed
    });
    Ok(reading.await?)
}

/// Notes what is asked for.
#[derive(Default)]
struct Noted(RefCell<Vec<Needed>>);

impl Addresses for Noted {
    fn address(&self, url: &Url, purpose: Use) -> Option<String> {
        if matches!(purpose, Use::Style | Use::Image | Use::Font)
            && let Ok(url) = TargetUrl::parse(url.as_str())
        {
            self.0.borrow_mut().push(Needed { url, purpose });
        }
        None
    }
}
