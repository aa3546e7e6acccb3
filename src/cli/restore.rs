//! `ibid restore`: put the citations of a document right.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::app::config::Config;
use crate::app::wiring;
use crate::catalog::interface::Catalog;
use crate::catalog::records::Document;
use crate::cli::{Common, Ending, output};
use crate::formats::decoded::Decoded;
use crate::model::restoration::Edit;
use crate::model::verdict::State;
use crate::report::patch;
use crate::workflow::copies::Copies;
use crate::workflow::naming;
use crate::workflow::restore::{self, Answer, Asked, Chosen, Outcome, Plan};

/// Write archived copies beside the citations of a document that are dead or changed
///
/// For each citation that is dead, `soft_404`, parked or changed, the best copy is chosen: one that holds
/// the words cited, else one made within the baseline's window (key `baseline.window`) around the access
/// date, the nearest first; of two of one day the public archive's before ours. What is printed is a
/// patch; the document is written only with --write. The copy is named in the document's own format,
/// language, date form and style, every other byte stays as it is, and an archived copy that the author
/// named is never touched. What was written can be taken back by --undo.
///
/// Copies of ours are written only where readers of the document can open them (key `desk.public_url`).
#[derive(Debug, Args)]
#[command(after_long_help = "\
FORMATS
  plain text    , Archived at: URL (Archived 2020/11/25)       in the words and brackets of the note
  Markdown      [archived 2020-11-25](URL)
  HTML          data-versionurl, data-versiondate              Robust Links; href stays
  wikitext      archive-url, archive-date, url-status          in the template's own layout
  biblatex      addendum = {Archived at \\url{URL} (…)}          BibTeX: note

EXIT CODES
  0  every citation asked for is restored, or none needs it
  1  for some there is no copy that is good enough, or it could not be written down; it says what is left
  2  it could not run: the document was never checked, cannot be read, or was changed meanwhile

EXAMPLES
  ibid restore essay.md                          see what would be put right
  ibid restore essay.md | patch -p0              put it right by the patch
  ibid restore essay.md --write                  put it right, and remember how it was
  ibid restore essay.md --note 8 --choose https://web.archive.org/web/20201125101112/http://site.example/a
  ibid restore essay.md --undo                   take the last --write back")]
pub struct Restore {
    /// The document, as it was checked
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// Only this note, whatever became of its source; may be given several times
    ///
    /// A citation without a note goes by its line: --note :41.
    #[arg(long = "note", value_name = "NOTE")]
    notes: Vec<String>,
    /// Write the document
    #[arg(long, conflicts_with = "undo")]
    write: bool,
    /// Take back what was last written into the document, whatever else was changed in it since
    #[arg(long, conflicts_with_all = ["notes", "choose"])]
    undo: bool,
    /// Write this copy, for the one note that is named
    ///
    /// Where its address does not tell when it was made, write the day behind it: URL@2020-11-25.
    #[arg(long, value_name = "URL")]
    choose: Option<String>,
}

impl Restore {
    /// Plans, prints, and writes when told to.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let catalog = catalog.as_ref();
        let document = naming::named_document(catalog, &self.document)?.with_context(|| {
            format!(
                "{0} was never checked, so nothing is known of its sources; run `ibid check {0}` first",
                self.document
            )
        })?;
        if self.undo {
            return self.take_back(catalog, &document, &config);
        }
        let asked = Asked {
            notes: self.notes.clone(),
            chosen: self.choose.as_deref().map(Chosen::read).transpose()?,
            ..Asked::default()
        };
        let public_url = config.desk.public_url.trim_end_matches('/');
        let copies = Copies {
            catalog,
            shelf: wiring::shelf(&config),
            window: wiring::policy(&config).baseline_window,
            public_url: Some(public_url).filter(|url| !url.is_empty()),
        };
        let now = wiring::now();
        let max_bytes = config.documents.max_bytes;
        let plan = restore::plan(&copies, &document, &asked, max_bytes, now)?;
        for answer in &plan.answers {
            if !common.quiet {
                output::say(&self.in_words(answer));
            }
        }
        if plan.answers.is_empty() && !common.quiet {
            output::say(&format!(
                "ibid: no citation of {} is dead, soft_404, parked or changed",
                self.document
            ));
        }
        self.print(&plan.before, &plan.mended.edits)?;
        if self.write && !plan.mended.edits.is_empty() {
            let root = PathBuf::from(&plan.document.path);
            restore::write(catalog, &plan, &[root], &user(), max_bytes, now)?;
            if !common.quiet {
                output::say(&format!(
                    "ibid: {} was written; `ibid restore {} --undo` takes it back",
                    self.document, self.document
                ));
            }
        }
        Ok(ending(&plan))
    }

    fn take_back(
        &self,
        catalog: &dyn Catalog,
        document: &Document,
        config: &Config,
    ) -> anyhow::Result<Ending> {
        let max_bytes = config.documents.max_bytes;
        let undoing = restore::undoing(catalog, document, max_bytes)?;
        restore::undo(catalog, document, &undoing, max_bytes, wiring::now())?;
        output::say(&format!(
            "ibid: what was written into {} at {} is taken back",
            self.document, undoing.writing.writing.written_at
        ));
        Ok(Ending::Clear)
    }

    fn print(&self, document: &[u8], edits: &[Edit]) -> anyhow::Result<()> {
        let name = relative(&self.document);
        let encoding = Decoded::read(document, None).encoding_name();
        let diff = if encoding.starts_with("UTF-16") {
            // Lines of UTF-16 are no lines to `patch`.
            output::say(&format!(
                "ibid: {} is in {encoding}, which no patch can be made of; --write writes it",
                self.document
            ));
            Vec::new()
        } else {
            patch::unified(&name, document, edits)
        };
        let mut out = io::stdout().lock();
        out.write_all(&diff)?;
        Ok(out.flush()?)
    }

    fn in_words(&self, answer: &Answer) -> String {
        let citation = &answer.cited.cited.citation;
        let note = citation.note.as_deref().map(|note| format!("#{note}"));
        let place = note.unwrap_or_else(|| format!(":{}", citation.place.line));
        let verdict = answer.cited.verdict.as_ref();
        let state = verdict.map_or("not judged", |verdict| State::as_str(verdict.state));
        let what = match &answer.outcome {
            Outcome::Restored(copy) => {
                let address = copy.address.as_deref().unwrap_or_default();
                format!("{}, at {address}", copy.named())
            }
            Outcome::NotWritten(why) => why.to_string(),
            Outcome::Left => "left as it is".to_owned(),
            Outcome::NotConfirmed => format!(
                "not confirmed yet; check it again, or name it: --note {}",
                citation.note.as_deref().unwrap_or("…")
            ),
            Outcome::NoGoodCopy(left) => {
                format!("no copy is good enough; what is left: {}", left.join("; "))
            }
        };
        format!("{}{place}: {state}: {what}", self.document)
    }
}

/// A path for a patch: relative to the working folder, where it lies in it.
fn relative(typed: &str) -> String {
    let path = Path::new(typed);
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    let path = inside.unwrap_or_else(|| path.to_path_buf());
    path.strip_prefix(".")
        .unwrap_or(&path)
        .display()
        .to_string()
}

/// Who runs the command.
fn user() -> String {
    let name = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    name.map_or_else(
        |_| "the command line".to_owned(),
        |name| format!("{name}, on the command line"),
    )
}

fn ending(plan: &Plan) -> Ending {
    let is_left = |answer: &Answer| match &answer.outcome {
        Outcome::Restored(_) | Outcome::Left => false,
        Outcome::NotWritten(why) => {
            !matches!(why, crate::formats::mend::mending::WhyNot::HasCopy(_))
        }
        Outcome::NoGoodCopy(_) | Outcome::NotConfirmed => true,
    };
    if plan.answers.iter().any(is_left) {
        Ending::Flagged
    } else {
        Ending::Clear
    }
}
