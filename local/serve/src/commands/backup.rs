//! `billbridge backup`: the embedded table as one file, whole as of one moment, while it is in use.

use crate::exit::{Exit, Problem};
use crate::out::Out;
use crate::show::of;
use crate::table::{self, DEFAULT_FILE, MEMORY};
use lambda_kit::env::Env;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Write the embedded table to a file, as it is at one moment, also while `serve` is at work
///
/// The file is a table that can be served from, with `BILLBRIDGE_DATA` set to it. People's own sign-ins are not in it;
/// they stand beside the table, in `.secrets` and `.key`. To move to another kind of table use `export`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to. A file that is there is not written over
    pub file: PathBuf,
}

/// Backs up. Opens no house: the file's owner goes on with its work, and a table that is not there is not made.
///
/// # Errors
/// When the table is no file, or the backup cannot be written.
pub async fn run(args: &Args, env: &Env, out: &mut Out) -> Result<Exit, Problem> {
    if let Some(name) = env.optional("BILLBRIDGE_TABLE") {
        let cure = "DynamoDB keeps its own backups (point-in-time recovery is on); `billbridge export` writes the items";
        return Err(Problem::usage(format!("table {name} is in AWS, not in a file"), cure));
    }
    let from = env.optional("BILLBRIDGE_DATA").unwrap_or_else(|| DEFAULT_FILE.to_owned());
    if from == MEMORY {
        let cure = "set BILLBRIDGE_DATA to a file; what is in memory ends with its process";
        return Err(Problem::usage("a table in memory is in no file", cure));
    }
    let items = table::back_up(Path::new(&from), &args.file).await?;
    let shown = args.file.display();
    if out.json {
        out.value(&json!({"items": items, "file": shown.to_string()}));
    } else {
        let tick = out.look.tick(true);
        out.line(format_args!("{tick} backed up {}: {shown}", of(items, "item", "items")));
    }
    Ok(Exit::Done)
}
