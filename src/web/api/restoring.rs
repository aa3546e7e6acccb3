//! Restoring, for programs.

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use tokio::task::spawn_blocking;

use crate::catalog::tokens::Scope;
use crate::model::digest::Sha256;
use crate::model::ids::{CitationId, DocumentId};
use crate::model::time::Timestamp;
use crate::report::patch;
use crate::web::api::reading::answered;
use crate::web::api::records::{
    AnswerRecord, ApplyRequest, CopyRecord, PickRecord, PlanRecord, WrittenRecord,
};
use crate::web::desk::{Desk, row};
use crate::web::editors::restore::planned;
use crate::web::error::Fault;
use crate::web::session::Reader;
use crate::workflow::copies::{Copy, Holds};
use crate::workflow::patched::Patched;
use crate::workflow::restore::{Answer, Asked, Chosen, Outcome, Pick};
use crate::workflow::restoring;

/// Which citation is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    citation: Option<i64>,
}

/// What would be put right.
pub async fn plan(
    State(desk): State<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    which: Result<Query<Which>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let Query(which) = which.map_err(|why| Fault::Unusable(format!("{}.", why.body_text())))?;
    let asked = Asked {
        citation: which.citation.map(CitationId),
        ..Asked::default()
    };
    let planned = planned(&desk, reader.sight.clone(), DocumentId(row(&id)?), asked).await?;
    let (plan, notes) = planned.plan?;
    let diff = patch::unified(&plan.document.path, &plan.before, &plan.mended.edits);
    let answers = plan.answers.iter().zip(&notes);
    let record = PlanRecord {
        document_id: plan.document.id.0,
        sha256: Sha256::of(&plan.before).to_string(),
        changes: plan.mended.edits.len(),
        patch: String::from_utf8(diff).ok(),
        is_writable: planned.is_writable,
        answers: answers
            .map(|(answer, note)| answer_record(answer, note))
            .collect(),
    };
    Ok(answered(&headers, &record))
}

fn answer_record(answer: &Answer, note: &Patched) -> AnswerRecord {
    let (outcome, because, copy) = match &answer.outcome {
        Outcome::Restored(copy) => ("restored", Vec::new(), Some(copy_record(copy))),
        Outcome::NotWritten(why) => ("not_written", vec![why.to_string()], None),
        Outcome::NoGoodCopy(left) => ("no_good_copy", left.clone(), None),
        Outcome::NotConfirmed => ("not_confirmed", Vec::new(), None),
        Outcome::Left => ("left", Vec::new(), None),
    };
    AnswerRecord {
        citation_id: answer.cited.cited.id.0,
        note: answer.cited.cited.citation.note.clone(),
        outcome: outcome.to_owned(),
        because,
        copy,
        copies: answer.copies.iter().map(copy_record).collect(),
        text: note.is_changed().then(|| note.after()),
    }
}

fn copy_record(copy: &Copy) -> CopyRecord {
    let holds = match copy.holds {
        Holds::Words => "words",
        Holds::Title => "title",
        Holds::Unknown => "unknown",
        Holds::Otherwise => "otherwise",
    };
    CopyRecord {
        url: copy.address.clone(),
        captured_at: copy.captured_at.to_rfc3339(),
        archive: copy.archive.clone(),
        holds: holds.to_owned(),
        distance_days: copy.distance.map(|distance| distance.num_days()),
        is_good: copy.is_good,
    }
}

fn pick(record: &PickRecord) -> Result<(CitationId, Pick), Fault> {
    let pick = match (&record.url, &record.captured_at) {
        (None, _) => Pick::Leave,
        (Some(url), None) => Pick::Copy(Chosen::read(url)?),
        (Some(url), Some(at)) => {
            let at: Timestamp = at.parse().map_err(|_| {
                Fault::Unusable(format!(
                    "«{at}» is no moment; write it as 2020-11-25T12:00:00Z."
                ))
            })?;
            Pick::Copy(format!("{at} {url}").parse()?)
        }
    };
    Ok((CitationId(record.citation_id), pick))
}

/// Writes copies into a document.
pub async fn apply(
    State(desk): State<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fault> {
    reader.must_be_good_for(Scope::Restore)?;
    let request: ApplyRequest =
        serde_json::from_slice(&body).map_err(|why| Fault::Unusable(format!("{why}.")))?;
    let seen: Sha256 = request
        .sha256
        .parse()
        .map_err(|_| Fault::Unusable("sha256 is not the digest that the plan gave.".to_owned()))?;
    let picks = request.picks.iter().map(pick).collect::<Result<_, _>>()?;
    let asked = Asked {
        citation: request.citation_id.map(CitationId),
        picks,
        ..Asked::default()
    };
    let id = DocumentId(row(&id)?);
    let planned = planned(&desk, reader.sight.clone(), id, asked).await?;
    let (plan, _) = planned.plan?;
    let changes = plan.mended.edits.len();
    let by = reader.account.as_ref().map(|it| it.name.clone());
    let by = by.ok_or(Fault::Forbidden)?;
    let (tools, settings, now) = (desk.tools()?, desk.settings()?, desk.now());
    let own = settings.restoring(&planned.document);
    tracing::info!(
        by,
        document = plan.document.path,
        changes,
        "copies are written"
    );
    let done = spawn_blocking(move || restoring::apply(&tools, &own, &plan, seen, &by, now));
    done.await.map_err(|why| Fault::Broken(why.to_string()))??;
    Ok(answered(&headers, &WrittenRecord { changes }))
}

/// Takes the last writing back.
pub async fn undo(
    State(desk): State<Desk>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    reader.must_be_good_for(Scope::Restore)?;
    let (id, sight) = (DocumentId(row(&id)?), reader.sight.clone());
    let document = desk
        .ask(move |catalog| catalog.document_seen(&sight, id))
        .await?;
    let document = document.ok_or(Fault::NotFound)?;
    let (tools, settings, now) = (desk.tools()?, desk.settings()?, desk.now());
    let own = settings.restoring(&document);
    let by = reader.account.as_ref().map(|it| it.name.as_str());
    tracing::info!(by, document = document.path, "copies are taken back");
    let done = spawn_blocking(move || restoring::undo(&tools, &own, &document, now));
    done.await.map_err(|why| Fault::Broken(why.to_string()))??;
    Ok(answered(&headers, &WrittenRecord { changes: 1 }))
}
