//! `billbridge export` and `import`: the whole table as JSON lines, out and in again.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::out::Out;
use crate::show::of;
use domain::failure::FailureKind;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use store_dynamodb::Onto;

/// Write the whole table as JSON lines, one item a line
///
/// Credentials are not in it: they are never in the table.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// Where to; `-` is standard output. A file that is there is not written over
    pub file: PathBuf,
}

/// Read what `export` wrote into an empty table
///
/// Done again, it changes nothing.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// What to read
    pub file: PathBuf,
    /// Also when the table has items: those of the same key are written over, others stay
    #[arg(long)]
    pub into_non_empty: bool,
}

/// Exports.
pub async fn export(args: &ExportArgs, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    if args.file == Path::new("-") {
        let mut all = Vec::new();
        house.store.export(&mut all).await?;
        let written = std::io::Write::write_all(out.stream(), &all);
        written.map_err(|error| {
            Problem::failed(format!("the export could not be written: {error}"), "try again")
        })?;
        return Ok(Exit::Done);
    }
    let shown = args.file.display();
    let file = File::create_new(&args.file).map_err(|error| {
        Problem::usage(format!("{shown} cannot be made: {error}"), "name a file that is not there yet")
    })?;
    let count = house.store.export(&mut BufWriter::new(file)).await?;
    told(out, "exported", count, &args.file);
    Ok(Exit::Done)
}

/// Imports.
pub async fn import(args: &ImportArgs, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let shown = args.file.display();
    let file = File::open(&args.file).map_err(|error| {
        Problem::usage(format!("{shown} cannot be read: {error}"), "name a file that `export` wrote")
    })?;
    whole(&args.file)?;
    let onto = if args.into_non_empty { Onto::Anything } else { Onto::Empty };
    let imported = house.store.import(&mut BufReader::new(file), onto).await;
    let count = imported.map_err(|failure| match failure.kind {
        FailureKind::Refused => Problem::usage(
            failure.what,
            "set BILLBRIDGE_DATA to a new file, or say --into-non-empty to write over items of the same key",
        ),
        FailureKind::Malformed => Problem::usage(failure.what, "name a file that `export` wrote, unchanged"),
        FailureKind::NotSent
        | FailureKind::Unavailable
        | FailureKind::RateLimited(_)
        | FailureKind::NotFound
        | FailureKind::Conflict
        | FailureKind::Unauthorised
        | FailureKind::OutOfTime
        | FailureKind::LeaseLost => Problem::from(failure),
    })?;
    told(out, "imported", count, &args.file);
    Ok(Exit::Done)
}

/// Reads the file once before anything is written: half an import is worse than none.
fn whole(path: &Path) -> Result<(), Problem> {
    let shown = path.display();
    let odd = |what: String| {
        Problem::usage(
            format!("{shown} is no export: {what}; nothing was changed"),
            "name a file that `export` wrote, unchanged",
        )
    };
    let file = File::open(path).map_err(|error| odd(error.to_string()))?;
    for (at, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| odd(error.to_string()))?;
        let item = serde_json::from_str::<Map<String, Value>>(&line);
        if !line.trim().is_empty() && item.is_err() {
            return Err(odd(format!("line {} is not an item", at + 1)));
        }
    }
    Ok(())
}

fn told(out: &mut Out, done: &str, count: u64, file: &Path) {
    if out.json {
        out.value(&json!({"items": count, "file": file.display().to_string()}));
        return;
    }
    let tick = out.look.tick(true);
    out.line(format_args!("{tick} {done} {}: {}", of(count, "item", "items"), file.display()));
}
