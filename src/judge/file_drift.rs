//! A file that is no text against the baseline's: by its bytes, and by what can be read of it.

use crate::content::kind::Kind;
use crate::content::page::{Image, Page};
use crate::content::pdf::PdfFault;
use crate::judge::comparison::Comparison;
use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::judge::transport::cut;
use crate::model::verdict::Severity;
use crate::model::verdict::State::{Changed, Ok as Fine};
use crate::model::verdict::Strength::{Strong, Weak};

/// A file that is no text and whose length is within this part of the baseline's may have been
/// stamped with a date or an identifier anew on its way, as many PDFs are.
const STAMPED_WITHIN: f64 = 0.02;

#[expect(
    clippy::cast_precision_loss,
    reason = "bodies are far below 2^52 bytes"
)]
pub(crate) fn bytes_differ(hearing: &Hearing) -> Option<Finding> {
    if hearing.comparison != Comparison::OtherBytes {
        return None;
    }
    let (page, held) = (hearing.content?, hearing.baseline()?.page?);
    let (now, then) = (page.decoded_bytes, held.decoded_bytes);
    if page.kind != held.kind {
        let because = format!(
            "The source is a {} now, and was a {} in {}.",
            page.kind.noun(),
            held.kind.noun(),
            hearing.baseline_name()
        );
        return Some(
            Finding::new(Changed, Strong, because)
                .severe(Severity::Major)
                .graded(hearing.grade_of_change()),
        );
    }
    let what = format!(
        "The {} is not the same, byte for byte, as {} ({now} bytes now, {then} then)",
        page.kind.noun(),
        hearing.baseline_name()
    );
    if let Some(why) = other_image(page, held) {
        let because = format!("{what}: {why}.");
        return Some(
            Finding::new(Changed, Strong, because)
                .severe(Severity::Major)
                .graded(hearing.grade_of_change()),
        );
    }
    if let Some((severity, why)) = other_pages(page, held) {
        let because = format!("{what}: {why}.");
        return Some(
            Finding::new(Changed, Strong, because)
                .severe(severity)
                .graded(hearing.grade_of_change()),
        );
    }
    let what = match scaled(page, held) {
        Some(how) => format!("{what}; {how}"),
        None => what,
    };
    let what = match unread(page).or_else(|| unread(held)) {
        Some(why) => format!("{what}; its text cannot be read, since {why}"),
        None => what,
    };
    let is_stamped = now.abs_diff(then) as f64 <= then as f64 * STAMPED_WITHIN;
    if is_stamped || page.kind == Kind::Image || cut(hearing).is_some() {
        let because = format!("{what}; what it shows was not compared.");
        return Some(Finding::new(Fine, Weak, because));
    }
    let because = format!("{what}.");
    Some(
        Finding::new(Changed, Strong, because)
            .severe(Severity::Minor)
            .graded(hearing.grade_of_change()),
    )
}

/// Why what a PDF says is not compared.
fn unread(page: &Page) -> Option<String> {
    if let Some(fault) = &page.pdf_fault {
        return Some(fault.to_string());
    }
    let first = page.unread_pages.first()?;
    Some(format!("its page {first} cannot be read"))
}

/// A PDF without text that has another number of pages: much more or less, or an edit.
fn other_pages(page: &Page, held: &Page) -> Option<(Severity, String)> {
    let (now, then) = (page.page_count?, held.page_count?);
    let is_scanned = |page: &Page| matches!(page.pdf_fault, Some(PdfFault::Scanned { .. }));
    if now == then || !is_scanned(page) || !is_scanned(held) {
        return None;
    }
    // As of words: a fifth.
    let severity = if now.min(then) * 5 < now.max(then) * 4 {
        Severity::Major
    } else {
        Severity::Minor
    };
    let why = format!("it shows images and no text, on {now} pages now and on {then} then");
    Some((severity, why))
}

/// The same picture, as far as its sides tell, made larger or smaller.
fn scaled(page: &Page, held: &Page) -> Option<String> {
    let (now, then) = (page.image.as_ref()?, held.image.as_ref()?);
    if (now.width, now.height) == (then.width, then.height) {
        return None;
    }
    Some(format!(
        "it is {}×{} pixels now, and was {}×{}, in the same proportion: made {}",
        now.width,
        now.height,
        then.width,
        then.height,
        if now.width < then.width {
            "smaller"
        } else {
            "larger"
        }
    ))
}

/// Another picture, and not the same one made larger or smaller: its sides have another proportion.
#[expect(clippy::cast_precision_loss, reason = "pixels are far below 2^52")]
fn other_image(page: &Page, held: &Page) -> Option<String> {
    /// Scaling rounds to whole pixels.
    const SAME_WITHIN: f64 = 0.03;
    let (now, then) = (page.image.as_ref()?, held.image.as_ref()?);
    let proportion = |image: &Image| image.width as f64 / image.height.max(1) as f64;
    let differs = (proportion(now) / proportion(then).max(f64::MIN_POSITIVE) - 1.0).abs();
    (differs > SAME_WITHIN).then(|| {
        format!(
            "the image is now {}×{}, it was {}×{}",
            now.width, now.height, then.width, then.height
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, is, says};
    use crate::model::verdict::State;

    const URL: &str = "https://site.example/a/page";

    #[test]
    fn files_are_compared_by_their_bytes() {
        let pdf = |length: usize, id: u8| [b"%PDF-1.4 ".to_vec(), vec![id; length]].concat();
        let stage = Stage::of(URL).held_as("application/pdf", &pdf(1000, 1));
        let send = |body: &[u8]| {
            stage
                .clone()
                .sends(200, &[("Content-Type", "application/pdf")], body)
                .judge()
        };
        is(&send(&pdf(1000, 1)), "ok", "same_bytes");
        is(&send(&pdf(2000, 1)), "changed", "bytes_differ");
        let stamped = send(&pdf(1001, 2));
        assert_ne!(stamped.state, State::Changed, "{stamped:#?}");
        assert!(
            says(&stamped, "bytes_differ")
                .unwrap()
                .contains("was not compared")
        );
        let turned = send(article("A title", "comet").as_bytes());
        assert!(
            says(&turned, "bytes_differ")
                .unwrap()
                .contains("is a web page now, and was a PDF")
        );
    }
}
