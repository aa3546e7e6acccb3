//! What false alarms taught.

use rusqlite::{Row, Transaction, params};

use crate::catalog::accounts::Sight;
use crate::catalog::error::CatalogError;
use crate::catalog::lessons::{HeldLesson, Lessons, MOST_OF_HOST};
use crate::catalog::sqlite::columns::{Json, Whole, moment, moment_if_any};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::catalog::sqlite::sight::Seen;
use crate::model::ids::{EventId, LessonId};
use crate::model::lesson::Lesson;
use crate::model::time::Timestamp;
use crate::model::verdict::Verdict;

impl Lessons for SqliteCatalog {
    fn lessons_of(&self, host: &str) -> Result<Vec<Lesson>, CatalogError> {
        self.read(
            format_args!("reading what is taught of {host}"),
            |connection| {
                let mut lessons: Vec<Lesson> = connection
                    .prepare_cached(
                        "SELECT lessons.id, event_id, host, teaching, done_by, done_at
                         FROM lessons JOIN reviews ON reviews.id = review_id
                         WHERE host = ?1 AND taken_back_at IS NULL
                         ORDER BY lessons.id DESC LIMIT ?2",
                    )?
                    .query_map(params![host, MOST_OF_HOST], lesson)?
                    .collect::<Result<_, _>>()?;
                lessons.reverse();
                Ok(lessons)
            },
        )
    }

    fn lessons_seen(
        &self,
        sight: &Sight,
        before: LessonId,
        limit: u32,
    ) -> Result<Vec<HeldLesson>, CatalogError> {
        self.read(format_args!("reading what was taught"), |connection| {
            connection
                .prepare_cached(
                    "SELECT lessons.id, reviews.event_id, host, teaching, done_by, done_at, helped,
                        helped_at, taken_back_at, taken_back_by
                     FROM lessons JOIN reviews ON reviews.id = review_id
                        JOIN turns ON turns.event_id = reviews.event_id
                        JOIN documents ON documents.id = turns.document_id
                     WHERE lessons.id < ?2 AND (?1 IS NULL OR coalesce(documents.place, '') IN
                        (SELECT value FROM json_each(?1)))
                     ORDER BY lessons.id DESC LIMIT ?3",
                )?
                .query_map(params![Seen(sight), before.0, limit], |row| {
                    let taken_back_at = moment_if_any(row, "taken_back_at")?;
                    Ok(HeldLesson {
                        lesson: lesson(row)?,
                        helped: row.get::<_, Whole>("helped")?.0,
                        helped_at: moment_if_any(row, "helped_at")?,
                        taken_back: taken_back_at.zip(row.get("taken_back_by")?),
                    })
                })?
                .collect()
        })
    }

    fn take_back_lesson(
        &self,
        sight: &Sight,
        lesson: LessonId,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        self.write(
            format_args!("taking back the lesson {lesson}"),
            |transaction| {
                let taken_back = transaction
                    .prepare_cached(
                        "UPDATE lessons SET taken_back_at = ?3, taken_back_by = ?4
                         WHERE id = ?2 AND taken_back_at IS NULL AND EXISTS (
                            SELECT 1 FROM reviews JOIN turns ON turns.event_id = reviews.event_id
                                JOIN documents ON documents.id = turns.document_id
                            WHERE reviews.id = review_id AND (?1 IS NULL
                                OR coalesce(documents.place, '') IN
                                    (SELECT value FROM json_each(?1))))",
                    )?
                    .execute(params![Seen(sight), lesson.0, now.as_unix(), by])?;
                Ok(taken_back > 0)
            },
        )
    }
}

/// Counts that a verdict rests on lessons.
pub(super) fn note_help(transaction: &Transaction<'_>, verdict: &Verdict) -> rusqlite::Result<()> {
    for lesson in &verdict.lessons {
        transaction
            .prepare_cached("UPDATE lessons SET helped = helped + 1, helped_at = ?2 WHERE id = ?1")?
            .execute(params![lesson.0, verdict.judged_at.as_unix()])?;
    }
    Ok(())
}

fn lesson(row: &Row<'_>) -> rusqlite::Result<Lesson> {
    Ok(Lesson {
        id: LessonId(row.get("id")?),
        host: row.get("host")?,
        teaching: row.get::<_, Json<_>>("teaching")?.0,
        taught_by: row.get("done_by")?,
        taught_at: moment(row, "done_at")?,
        event: EventId(row.get("event_id")?),
    })
}
