//! `ibid account`: who may come in to the pages of `ibid serve`.

use clap::{Args, Subcommand};

use crate::app::wiring;
use crate::catalog::accounts::Role;
use crate::catalog::tokens::Scope;
use crate::cli::{Common, Ending, output};
use crate::model::time::Timestamp;
use crate::workflow::{accounts, tokens};

/// Say who may come in to the pages of `ibid serve`
///
/// The service may run meanwhile: what is changed here holds at once. Whoever may write in the archive's
/// folder may do this.
#[derive(Debug, Subcommand)]
#[command(after_long_help = "\
ROLES
  reader         looks
  editor         and restores citations
  operator       and reviews events
  administrator  and says who may come in

EXIT CODES
  0  it was done
  2  it could not be done

EXAMPLES
  ibid account add anna --role editor --collection drafts
  ibid account reset admin     its password is lost
  ibid account token anna --label press-office --scope restore --days 90")]
pub enum Account {
    /// Make an account, and print its first password
    ///
    /// It is good for a week, and for choosing another one.
    Add(Add),
    /// List the accounts
    List(List),
    /// Give an account another password, print it, and end its sessions
    Reset(Reset),
    /// Keep an account out, and end its sessions
    Disable(Disable),
    /// Let an account in again
    Enable(Enable),
    /// Make a token for a program that asks the API, and print it: it is not shown again
    ///
    /// Its owner sees and takes back tokens on the page /account/tokens.
    Token(Token),
}

/// What `ibid account add` takes.
#[derive(Debug, Args)]
pub struct Add {
    /// Letters, digits, and the marks . _ - @
    name: String,
    /// What it may do: reader, editor, operator, administrator
    #[arg(long, default_value = "reader", value_name = "ROLE")]
    role: Role,
    /// A closed place that it sees; may be given again
    #[arg(long = "collection", value_name = "PLACE")]
    collections: Vec<String>,
}

/// What `ibid account list` takes.
#[derive(Debug, Args)]
pub struct List {}

/// What `ibid account reset` takes.
#[derive(Debug, Args)]
pub struct Reset {
    /// Its name
    name: String,
}

/// What `ibid account disable` takes.
#[derive(Debug, Args)]
pub struct Disable {
    /// Its name
    name: String,
}

/// What `ibid account enable` takes.
#[derive(Debug, Args)]
pub struct Enable {
    /// Its name
    name: String,
}

/// What `ibid account token` takes.
#[derive(Debug, Args)]
pub struct Token {
    /// The account for which the program comes in
    name: String,
    /// What it is for
    #[arg(long, value_name = "WORDS")]
    label: String,
    /// What it is good for besides reading: review, restore; may be given again
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// Days until it ends; left out, it is good until it is taken back
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: Option<u32>,
}

impl Account {
    /// Does it.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let config = wiring::configure(common.config.as_deref(), common.archive.as_deref())?;
        let catalog = wiring::catalog_of(&config)?;
        let catalog = catalog.as_ref();
        let now = wiring::now();
        let text = match self {
            Self::Add(add) => {
                let collections = add.collections.iter().cloned().collect();
                let secret = accounts::add(catalog, &add.name, add.role, collections, now)?;
                format!("{secret}\n")
            }
            Self::Reset(reset) => format!("{}\n", accounts::reset(catalog, &reset.name, now)?),
            Self::Disable(disable) => {
                accounts::disable(catalog, &disable.name, Some(now))?;
                format!("{} is kept out\n", disable.name)
            }
            Self::Enable(enable) => {
                accounts::disable(catalog, &enable.name, None)?;
                format!("{} may come in\n", enable.name)
            }
            Self::Token(token) => {
                let owner = accounts::named(catalog, &token.name)?;
                let scopes = token.scopes.iter().copied().collect();
                let told = tokens::make(catalog, &owner, &token.label, scopes, token.days, now)?;
                format!("{told}\n")
            }
            Self::List(_) => {
                let all = catalog.accounts()?;
                let lines = all.iter().map(|account| {
                    let signed_in = account.signed_in_at;
                    let seen: Vec<&str> = account.collections.iter().map(String::as_str).collect();
                    format!(
                        "{}\t{}\t{}\t{}\t{}\n",
                        account.name,
                        account.role,
                        signed_in.map_or("never".to_owned(), Timestamp::to_rfc3339),
                        if account.disabled_at.is_some() {
                            "kept out"
                        } else {
                            "open"
                        },
                        seen.join(", ")
                    )
                });
                lines.collect()
            }
        };
        output::write(&text, None)?;
        Ok(Ending::Clear)
    }
}
