//! Counts what was said right and wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ibid::model::verdict::{Passage, Severity, State, Verdict};
use serde_json::{Value, json};

use super::case::{Case, Right};

/// One verdict beside what would have been right.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    pub(super) case: &'a Case,
    pub(super) epoch: usize,
    pub(super) state: State,
    pub(super) is_confirmed: bool,
    pub(super) severity: Option<Severity>,
    pub(super) passage: Option<Passage>,
    /// Why, for the mistakes.
    pub(super) why: String,
}

impl<'a> Row<'a> {
    pub(super) fn of(case: &'a Case, epoch: usize, verdict: &Verdict) -> Self {
        let mut why = format!("{} ({})", verdict.reason().unwrap_or("no reason"), case.url);
        if let Some(diff) = &verdict.diff {
            let _ = write!(
                why,
                " ⟦{}⟧",
                diff.chars()
                    .take(300)
                    .collect::<String>()
                    .replace('\n', " / ")
            );
        }
        Self {
            case,
            epoch,
            state: verdict.state,
            is_confirmed: verdict.is_confirmed,
            severity: verdict.severity,
            passage: Some(verdict.passage),
            why,
        }
    }

    fn right(&self) -> &Right {
        &self.case.epoch(self.epoch).right
    }

    fn is_right(&self) -> bool {
        self.right().states.contains(&self.state)
    }

    fn is_passage_wrong(&self) -> bool {
        let right = self.right().passage;
        right.is_some() && self.passage.is_some() && right != self.passage
    }

    fn is_severity_wrong(&self) -> bool {
        let right = &self.right().severities;
        let is_right = self.severity.is_some_and(|it| right.contains(&it));
        self.state == State::Changed && self.is_right() && !right.is_empty() && !is_right
    }

    /// What it should have been: what it is, where that is one of several right ones.
    fn label(&self) -> State {
        if self.is_right() {
            self.state
        } else {
            self.right().states[0]
        }
    }
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) count: usize,
    pub(super) of: usize,
}

impl Share {
    fn among<'r, 'a: 'r>(
        rows: impl Iterator<Item = &'r Row<'a>>,
        counts: impl Fn(&Row) -> bool,
    ) -> Self {
        let mut share = Self::default();
        for row in rows {
            share.of += 1;
            share.count += usize::from(counts(row));
        }
        share
    }

    #[expect(clippy::cast_precision_loss, reason = "there are some thousand cases")]
    pub(super) fn value(self) -> f64 {
        if self.of == 0 {
            0.0
        } else {
            self.count as f64 / self.of as f64
        }
    }
}

/// All figures of one part of the cases.
#[derive(Debug)]
pub(super) struct Score {
    pub(super) verdicts: usize,
    pub(super) macro_f1: f64,
    /// By label, then by what was said.
    pub(super) matrix: BTreeMap<State, BTreeMap<State, usize>>,
    pub(super) f1: BTreeMap<State, f64>,
    pub(super) alarms_on_unchanged: Share,
    pub(super) alarms_on_noise: Share,
    pub(super) missed_rot: Share,
    pub(super) small_edits_found: Share,
    /// Blocked or unreachable sources called dead or changed.
    pub(super) slandered: Share,
    /// First failures called confirmed.
    pub(super) hasty: Share,
    pub(super) confirmation: Share,
    pub(super) passage: Share,
    pub(super) severity: Share,
    pub(super) by_fate: BTreeMap<String, Share>,
    /// What was said instead, by fate.
    pub(super) instead: BTreeMap<String, BTreeMap<State, usize>>,
}

const ROT: &[State] = &[
    State::Dead,
    State::SoftNotFound,
    State::Parked,
    State::Changed,
];
const SMALL: &[&str] = &["figure", "not", "name", "date", "word", "table_cell"];

impl Score {
    pub(super) fn of(rows: &[Row]) -> Self {
        let mut matrix: BTreeMap<State, BTreeMap<State, usize>> = BTreeMap::new();
        let mut by_fate: BTreeMap<String, Share> = BTreeMap::new();
        let mut instead: BTreeMap<String, BTreeMap<State, usize>> = BTreeMap::new();
        for row in rows {
            *matrix
                .entry(row.label())
                .or_default()
                .entry(row.state)
                .or_default() += 1;
            let share = by_fate.entry(row.case.fate().to_owned()).or_default();
            share.of += 1;
            share.count += usize::from(row.is_right());
            if !row.is_right() {
                let said = instead.entry(row.case.fate().to_owned()).or_default();
                *said.entry(row.state).or_default() += 1;
            }
        }
        let f1: BTreeMap<State, f64> = matrix
            .keys()
            .map(|state| (*state, f1(&matrix, *state)))
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "there are nine states")]
        let macro_f1 = f1.values().sum::<f64>() / f1.len().max(1) as f64;
        let is_alarm = |row: &Row| ROT.contains(&row.state);
        let labelled =
            |states: &'static [State]| rows.iter().filter(move |row| states.contains(&row.label()));
        let is_unchanged =
            |row: &&Row| ["ok/same", "ok/redirected_for_now"].contains(&row.case.fate());
        let is_fine = |row: &&Row| row.right().states[0] == State::Ok;
        let fate = |row: &&Row| {
            row.case
                .fate()
                .rsplit('/')
                .next()
                .is_some_and(|it| SMALL.contains(&it))
        };
        Self {
            verdicts: rows.len(),
            macro_f1,
            f1,
            alarms_on_unchanged: Share::among(rows.iter().filter(is_unchanged), is_alarm),
            alarms_on_noise: Share::among(
                rows.iter().filter(is_fine).filter(|row| !is_unchanged(row)),
                is_alarm,
            ),
            missed_rot: Share::among(labelled(ROT), |row| !is_alarm(row)),
            small_edits_found: Share::among(rows.iter().filter(fate), |row| {
                row.state == State::Changed
            }),
            slandered: Share::among(labelled(&[State::Blocked, State::Unreachable]), |row| {
                matches!(row.state, State::Dead | State::Changed)
            }),
            hasty: Share::among(rows.iter().filter(|row| row.epoch == 1), |row| {
                row.state.needs_confirmation() && row.is_confirmed
            }),
            confirmation: Share::among(
                rows.iter().filter(|row| {
                    row.is_right()
                        && row.right().is_confirmed.is_some()
                        && row.state.needs_confirmation()
                }),
                |row| row.right().is_confirmed == Some(row.is_confirmed),
            ),
            passage: Share::among(
                rows.iter()
                    .filter(|row| row.passage.is_some() && row.right().passage.is_some()),
                |row| row.right().passage == row.passage,
            ),
            severity: Share::among(
                rows.iter().filter(|row| {
                    row.state == State::Changed && !row.right().severities.is_empty()
                }),
                |row| {
                    row.severity
                        .is_some_and(|it| row.right().severities.contains(&it))
                },
            ),
            matrix,
            by_fate,
            instead,
        }
    }

    pub(super) fn text(&self, title: &str) -> String {
        let mut text = format!(
            "{title}: {} verdicts, macro F1 {:.4}\n",
            self.verdicts, self.macro_f1
        );
        for (what, share) in self.shares() {
            let _ = writeln!(
                text,
                "  {what:<42} {:>4} of {:>4}  {:>6.2} %",
                share.count,
                share.of,
                share.value() * 100.0
            );
        }
        let _ = write!(text, "  {:<12}", "label \\ said");
        for state in State::ALL {
            let _ = write!(text, "{:>12}", state.as_str());
        }
        text.push_str("          F1\n");
        for (label, said) in &self.matrix {
            let _ = write!(text, "  {:<12}", label.as_str());
            for state in State::ALL {
                let _ = write!(text, "{:>12}", said.get(state).copied().unwrap_or(0));
            }
            let _ = writeln!(text, "{:>12.4}", self.f1[label]);
        }
        text
    }

    fn shares(&self) -> [(&'static str, Share); 9] {
        [
            ("false alarms on unchanged", self.alarms_on_unchanged),
            ("false alarms on natural noise", self.alarms_on_noise),
            ("missed rot", self.missed_rot),
            ("one-word edits found", self.small_edits_found),
            ("blocked, unreachable called dead, changed", self.slandered),
            ("first failures called confirmed", self.hasty),
            ("confirmation right", self.confirmation),
            ("passage right", self.passage),
            ("severity right", self.severity),
        ]
    }

    /// How often each fate was missed, and what was said instead: no more of the cases.
    pub(super) fn by_fate_text(&self) -> String {
        let mut text = String::new();
        for (fate, share) in self.worst() {
            let said: Vec<String> = self.instead[fate]
                .iter()
                .map(|(state, count)| format!("{count} {state}"))
                .collect();
            let (right, of, said) = (share.count, share.of, said.join(", "));
            let _ = writeln!(
                text,
                "  {fate:<32} {right:>4} of {of:>4} right; said {said}"
            );
        }
        text
    }

    /// The fates with most mistakes, worst first.
    pub(super) fn worst(&self) -> Vec<(&str, Share)> {
        let mut worst: Vec<(&str, Share)> = self
            .by_fate
            .iter()
            .filter(|(_, share)| share.count < share.of)
            .map(|(fate, share)| (fate.as_str(), *share))
            .collect();
        worst.sort_by_key(|(_, share)| std::cmp::Reverse(share.of - share.count));
        worst
    }

    pub(super) fn json(&self) -> Value {
        let shares: BTreeMap<&str, Value> = self
            .shares()
            .map(|(what, share)| (what, json!({"count": share.count, "of": share.of})))
            .into();
        let fates: BTreeMap<&String, Value> = self
            .by_fate
            .iter()
            .map(|(fate, share)| (fate, json!({"right": share.count, "of": share.of})))
            .collect();
        json!({"verdicts": self.verdicts, "macro_f1": self.macro_f1, "f1": self.f1, "confusion": self.matrix, "shares": shares, "fates": fates})
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are some thousand cases")]
fn f1(matrix: &BTreeMap<State, BTreeMap<State, usize>>, state: State) -> f64 {
    let hit = matrix
        .get(&state)
        .and_then(|said| said.get(&state))
        .copied()
        .unwrap_or(0);
    let labelled: usize = matrix.get(&state).map_or(0, |said| said.values().sum());
    let said: usize = matrix.values().filter_map(|said| said.get(&state)).sum();
    2.0 * hit as f64 / (labelled + said).max(1) as f64
}

/// The mistakes of these rows, each fate's first few with why.
pub(super) fn mistakes(rows: &[Row], score: &Score, shown: usize, each: usize) -> String {
    let mut text = String::new();
    for (fate, share) in score.worst().into_iter().take(shown) {
        let _ = writeln!(
            text,
            "  {fate}: {} of {} wrong",
            share.of - share.count,
            share.of
        );
        let wrong = rows
            .iter()
            .filter(|row| row.case.fate() == fate && !row.is_right());
        for row in wrong.take(each) {
            let _ = writeln!(
                text,
                "    {} in epoch {}: said {}: {}",
                row.case.name, row.epoch, row.state, row.why
            );
        }
    }
    for row in rows
        .iter()
        .filter(|row| row.is_severity_wrong())
        .take(shown)
    {
        let _ = writeln!(
            text,
            "  severity {:?} in {}: {}",
            row.severity, row.case.name, row.why
        );
    }
    for row in rows.iter().filter(|row| row.is_passage_wrong()).take(shown) {
        let quote = row.case.quote.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "  passage {:?} in {}: {} ({quote})",
            row.passage, row.case.name, row.why
        );
    }
    text
}
