//! `billbridge runs`: what was run, and how it ended.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::json;
use crate::out::Out;
use crate::show::{Sheet, count, run as show_run};
use domain::id::RunId;
use domain::plan::PlanHash;
use domain::ports::RunStore;
use domain::run::Run;
use serde_json::Value;
use std::cmp::Reverse;

/// List the latest runs, newest first, or show one
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  billbridge runs
  billbridge runs --org nordic --limit 100
  billbridge runs show run_17938656000000a1b2c3"
)]
pub struct Args {
    /// Only this organisation; may be given several times
    #[arg(long = "org", value_name = "ID")]
    pub organisations: Vec<String>,
    /// How many of each organisation
    #[arg(long, default_value_t = 15, value_name = "N")]
    pub limit: u32,
    /// One run only
    #[command(subcommand)]
    pub one: Option<One>,
}

/// One run.
#[derive(Debug, clap::Subcommand)]
pub enum One {
    /// Show a run's whole report
    Show {
        /// The run's id
        run: String,
    },
}

/// Lists or shows.
pub async fn run(args: &Args, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    if let Some(One::Show { run }) = &args.one {
        return show(run, house, out).await;
    }
    let mut runs: Vec<Run> = Vec::new();
    for organisation in house.organisations(&args.organisations).await?.1 {
        runs.extend(house.store.runs(&organisation.id, args.limit).await?);
    }
    runs.sort_by_key(|run| Reverse(run.id.clone()));
    if out.json {
        out.value(&Value::Array(runs.iter().map(json::run).collect()));
        return Ok(Exit::Done);
    }
    let mut sheet =
        Sheet::new(&["run", "organisation", "began", "mode", "state", ">created", ">changed", "plan"]);
    for run in &runs {
        let plan = run.plan.as_ref().map(PlanHash::short).unwrap_or_default();
        sheet.row([
            run.id.to_string(),
            run.organisation.to_string(),
            run.started.strftime("%F %H:%M").to_string(),
            run.mode.word().to_owned(),
            run.state.word().to_owned(),
            count(run.counts.created + run.counts.adopted),
            count(run.counts.changed),
            plan.to_owned(),
        ]);
    }
    if sheet.is_empty() {
        out.note("there was no run yet: billbridge sync --dry-run");
    } else {
        out.line(sheet.text(out.look));
    }
    Ok(Exit::Done)
}

async fn show(text: &str, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let none = || Problem::usage(format!("there is no run {text:?}"), "billbridge runs lists the latest");
    let id: RunId = text.parse().map_err(|_| none())?;
    for organisation in house.organisations(&[]).await?.1 {
        if let Some(run) = house.store.find_run(&organisation.id, &id).await? {
            if out.json {
                out.value(&json::run(&run));
            } else {
                for line in show_run::page(out.look, &run) {
                    out.line(line);
                }
            }
            return Ok(Exit::Done);
        }
    }
    Err(none())
}
