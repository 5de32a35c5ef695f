//! `billbridge settings`: what operators decide. One document, checked as a whole, every version kept.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::out::Out;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Organisations, policies, price rules and exchange rates.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print the settings that are in force, exactly as they were applied
    Show,
    Init(InitArgs),
    Apply(ApplyArgs),
    /// List the versions, newest first
    History,
}

/// Print a starter document with a word about each setting
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  billbridge settings init --organisation nordic --currency NOK > settings.json")]
pub struct InitArgs {
    /// A short name of your own for the organisation: lower-case letters, digits and '-'
    #[arg(long, default_value = "main", value_name = "ID")]
    pub organisation: String,
    /// Its id at the supplier: Cloud-iQ shows it in its address bar, `billbridge check` proves it
    #[arg(long, default_value = "0000000", value_name = "ID")]
    pub supplier_organisation: String,
    /// The currency of the supplier's prices
    #[arg(long, default_value = "EUR", value_name = "CODE")]
    pub currency: String,
}

/// Check a document as a whole and put it in force; whatever is wrong is reported at once
#[derive(Debug, clap::Args)]
pub struct ApplyArgs {
    /// The document; lines that begin with // are comments
    pub file: PathBuf,
    /// Check it, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Does what the command says; [`Command::Init`] needs no house, see [`init`].
pub async fn run(command: &Command, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    match command {
        Command::Show => show(house, out).await,
        Command::Init(args) => Ok(init(args, out)),
        Command::Apply(args) => apply(args, house, out).await,
        Command::History => history(house, out).await,
    }
}

async fn show(house: &House, out: &mut Out) -> Result<Exit, Problem> {
    house.settings().await?;
    let Some((version, text)) = house.store.stored_settings().await? else { return Ok(Exit::Done) };
    if out.json {
        let settings: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        out.value(&json!({"version": version, "settings": settings}));
    } else {
        out.note(format_args!("version {version}"));
        out.line(text.trim_end());
    }
    Ok(Exit::Done)
}

/// Prints a starter document.
pub fn init(args: &InitArgs, out: &mut Out) -> Exit {
    let text = STARTER
        .replace("{organisation}", &args.organisation)
        .replace("{supplierOrganisation}", &args.supplier_organisation)
        .replace("{currency}", &args.currency);
    out.line(text.trim_end());
    Exit::Done
}

async fn apply(args: &ApplyArgs, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let text = without_comments(&read(&args.file)?);
    let checked = store_dynamodb::settings::parse_settings(&text).map(|_| ());
    let applied = match checked {
        Err(problems) => Err(problems),
        Ok(()) if args.dry_run => Ok(None),
        Ok(()) => house.store.put_settings(&text, &house.actor(), house.now()).await?.map(Some),
    };
    let version = applied.map_err(|problems| {
        let all: Vec<_> = problems.iter().map(|problem| format!("\n  {problem}")).collect();
        let what = format!("{} cannot be used, nothing was changed:{}", args.file.display(), all.concat());
        Problem::usage(what, "correct what is named and apply it again")
    })?;
    if out.json {
        out.value(&json!({"version": version, "dryRun": args.dry_run}));
        return Ok(Exit::Done);
    }
    let tick = out.look.tick(true);
    match version {
        Some(version) => out.line(format_args!("{tick} in force as version {version}")),
        None => out.line(format_args!("{tick} nothing wrong with it; nothing was changed")),
    }
    Ok(Exit::Done)
}

async fn history(house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let versions = house.store.settings_versions().await?;
    if out.json {
        let each = versions.iter().map(
            |version| json!({"version": version.number, "by": version.who, "at": version.at.to_string()}),
        );
        out.value(&Value::Array(each.collect()));
        return Ok(Exit::Done);
    }
    for version in &versions {
        let at = version.at.strftime("%F %H:%M:%SZ");
        out.line(format_args!("{:>4}  {at}  {}", version.number, version.who));
    }
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|error| {
        let what = format!("{} cannot be read: {error}", path.display());
        Problem::usage(what, "name a file that `settings init` or `settings show` wrote")
    })
}

/// JSON has no comments; a line that begins with `//` is one here. Lines keep their numbers.
fn without_comments(text: &str) -> String {
    let each = text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    each.collect::<Vec<_>>().join("\n")
}

const STARTER: &str = include_str!("settings/starter.json.txt");

#[cfg(test)]
mod tests;
