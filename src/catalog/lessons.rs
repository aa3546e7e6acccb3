//! The catalog's part in what false alarms taught.

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::model::ids::LessonId;
use crate::model::lesson::Lesson;
use crate::model::time::Timestamp;

/// A lesson, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLesson {
    /// The lesson.
    pub lesson: Lesson,
    /// How many verdicts rest on it.
    pub helped: u64,
    /// When the last of them was made.
    pub helped_at: Option<Timestamp>,
    /// When it was taken back, and by whom.
    pub taken_back: Option<(Timestamp, String)>,
}

/// Lessons.
pub trait Lessons {
    /// What is known of a host, oldest first, at most [`MOST_OF_HOST`] of the newest. Costs one look into
    /// an index where nothing is.
    fn lessons_of(&self, host: &str) -> Result<Vec<Lesson>, CatalogError>;

    /// Lessons that events taught which may be seen, the newest first, those with smaller numbers than
    /// `before`, at most `limit`.
    fn lessons_seen(
        &self,
        sight: &Sight,
        before: LessonId,
        limit: u32,
    ) -> Result<Vec<HeldLesson>, CatalogError>;

    /// Takes back a lesson that an event taught which may be seen. `false` when there is none, or it was
    /// taken back already.
    fn take_back_lesson(
        &self,
        sight: &Sight,
        lesson: LessonId,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, CatalogError>;
}

/// More than so many lessons of one host are not heeded: whoever has to say so much should say it
/// otherwise.
pub const MOST_OF_HOST: u32 = 200;
