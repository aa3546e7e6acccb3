//! `ibid schema`: what the JSON of a report means.

use clap::Args;

use crate::cli::{Ending, output};
use crate::report::schema::REPORT_SCHEMA;

/// Print the JSON Schema of what ibid writes as JSON and JSON lines
///
/// It is of JSON Schema 2020-12. `check` and `report` write the whole as json, and `$defs/line` for
/// each line of jsonl; `extract` writes `$defs/extraction` and `$defs/citation`; `history` writes
/// `$defs/history`, `why` writes `$defs/why`, and `rules` writes `$defs/rules`. A version stands in every document, in the field schema. Within a version fields
/// are added, and none changes its meaning or goes away.
#[derive(Debug, Args)]
#[command(after_long_help = "EXAMPLES
  ibid schema > ibid-report-1.schema.json
  ibid report --format json | jq '.summary'")]
pub struct Schema {}

impl Schema {
    /// Prints the schema.
    pub fn run(&self) -> anyhow::Result<Ending> {
        output::write(REPORT_SCHEMA, None)?;
        Ok(Ending::Clear)
    }
}
