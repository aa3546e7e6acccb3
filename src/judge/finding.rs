//! What a rule says on a case.

use crate::model::verdict::{Grade, Severity, State, Strength};

/// What a rule says on a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The state it speaks for.
    pub speaks_for: State,
    /// How much it weighs.
    pub strength: Strength,
    /// What it saw, in a sentence for an operator.
    pub because: String,
    /// For `changed`: how much.
    pub severity: Option<Severity>,
    /// How well it is known, where it rests on a comparison.
    pub grade: Option<Grade>,
    /// For `changed`: the words.
    pub diff: Option<String>,
}

impl Finding {
    /// One that needs no more than a state, a strength and a sentence.
    pub fn new(speaks_for: State, strength: Strength, because: impl Into<String>) -> Self {
        Self {
            speaks_for,
            strength,
            because: because.into(),
            severity: None,
            grade: None,
            diff: None,
        }
    }

    /// With a grade.
    #[must_use]
    pub fn graded(self, grade: Grade) -> Self {
        Self {
            grade: Some(grade),
            ..self
        }
    }

    /// With a severity.
    #[must_use]
    pub fn severe(self, severity: Severity) -> Self {
        Self {
            severity: Some(severity),
            ..self
        }
    }
}
