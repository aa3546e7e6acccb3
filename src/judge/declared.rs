//! What the page itself says about its changes.

use crate::judge::finding::Finding;
use crate::judge::hearing::Hearing;
use crate::model::verdict::Grade;
use crate::model::verdict::State::Changed;
use crate::model::verdict::Strength::Weak;

/// A modification date after the last moment of the access date. Weak: content systems touch such
/// dates at every rebuild, and `changed` is a thing to prove.
pub(crate) fn modified_since(hearing: &Hearing) -> Option<Finding> {
    let modified_at = hearing.content?.modified_at?;
    let accessed = hearing.case.citation.accessed.as_ref()?.date;
    let is_after = modified_at > accessed.last_moment() && modified_at <= hearing.case.now;
    (is_after && !hearing.agrees_with_baseline()).then(|| {
        let because = format!(
            "The page says it was modified on {}, after the access date {accessed}.",
            modified_at.to_day()
        );
        Finding::new(Changed, Weak, because).graded(Grade::Declared)
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::stage::{Stage, article, says};
    use crate::model::verdict::State;

    #[test]
    fn a_later_modification_date_is_told_and_decides_nothing() {
        let dated = |day: &str| {
            let meta =
                format!("<meta property=article:modified_time content={day}T01:00:00Z><nav>");
            let page = article("A title", "comet").replace("<nav>", &meta);
            Stage::of("https://site.example/a/page")
                .answers(200, &page)
                .judge()
        };
        let later = dated("2020-11-29");
        assert_eq!(later.state, State::Ok);
        assert!(
            says(&later, "declared_modified")
                .unwrap()
                .contains("2020-11-29")
        );
        assert_eq!(says(&dated("2020-11-20"), "declared_modified"), None);
        assert_eq!(says(&dated("2033-01-01"), "declared_modified"), None);
    }
}
