//! `billbridge cost`: what an installation on AWS costs in a month.

use crate::cost::model::shown;
use crate::cost::{Estimate, Load, Measured, Prices, Row, estimate, stack};
use crate::exit::{Exit, Problem};
use crate::out::Out;
use crate::show::{Sheet, amount};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Estimate what an installation on AWS costs in a month, from measured work and dated prices
///
/// Asks nobody anything. Each row says where its quantity comes from; docs/cost.md says how, and what is not in it.
/// "after free" is the bill of an account that does nothing else, with what AWS gives every account each month for
/// ever; what is free for twelve months only is not taken off.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  billbridge cost --subscriptions 10000
  billbridge cost --subscriptions 10000 --runs-a-day 96 --changed-percent 2 --json
  billbridge cost --subscriptions 10000 --region eu-central-1 --prices frankfurt.json")]
pub struct Args {
    /// How many subscriptions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub subscriptions: u32,
    /// Runs a day; the template's schedule makes 24
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=96))]
    pub runs_a_day: u32,
    /// Of a hundred subscriptions, how many change on a day
    #[arg(long, value_name = "PERCENT", default_value = "1", value_parser = percent)]
    pub changed_percent: Decimal,
    /// Orders a month [default: one for every hundred subscriptions]
    #[arg(long, value_name = "N")]
    pub orders: Option<u32>,
    /// Pages that people open in a month
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    pub page_views: u32,
    /// How many months' history the table holds
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub months: u32,
    /// Milliseconds for each call to Crayon or HostBill; five a second are the pace that is kept unless configured
    #[arg(long, value_name = "MS", default_value_t = 200)]
    pub call_ms: u32,
    /// Secrets with connections, and people's own
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub secrets: u32,
    /// With invocations traced (Tracing=Active)
    #[arg(long)]
    pub tracing: bool,
    /// The region; prices of another than eu-west-1 come with --prices
    #[arg(long, value_name = "REGION", default_value = "eu-west-1")]
    pub region: String,
    /// A price list like local/serve/src/cost/prices.json, instead of the one that came with this program
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
}

fn percent(text: &str) -> Result<Decimal, String> {
    let share: Decimal = text.parse().map_err(|_| "expected a number, for example 0.5".to_owned())?;
    let fits = share >= Decimal::ZERO && share <= Decimal::ONE_HUNDRED;
    if fits { Ok(share) } else { Err("expected 0 to 100".to_owned()) }
}

/// Estimates.
///
/// # Errors
/// When the price list cannot be used, or is one of another region.
pub fn run(args: &Args, out: &mut Out) -> Result<Exit, Problem> {
    let report = "this is a fault of the program: report it";
    let measured =
        Measured::built_in().map_err(|what| Problem::failed(format!("measured.json: {what}"), report))?;
    let prices = prices(args)?;
    let load = load(args);
    let missing = |what: String| {
        Problem::usage(format!("the price list is not complete: {what}"), "take prices.json as the pattern")
    };
    let estimate = estimate(&measured, &prices, &load).map_err(missing)?;
    if out.json {
        out.value(&json(&estimate, &load, &measured, &prices));
    } else {
        show(&estimate, &load, (&measured, &prices), out);
    }
    Ok(Exit::Done)
}

fn prices(args: &Args) -> Result<Prices, Problem> {
    let cure =
        "give --prices FILE with that region's prices; local/serve/src/cost/prices.json is the pattern";
    let read = match &args.prices {
        None => Prices::built_in(),
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| error.to_string())
            .and_then(|text| Prices::read(&text))
            .map_err(|what| format!("{}: {what}", path.display())),
    };
    let prices = read.map_err(|what| Problem::usage(what, cure))?;
    if prices.region != args.region {
        let what = format!("the prices are those of {}, not of {}", prices.region, args.region);
        return Err(Problem::usage(what, cure));
    }
    Ok(prices)
}

fn load(args: &Args) -> Load {
    Load {
        subscriptions: args.subscriptions.into(),
        runs_a_day: args.runs_a_day.into(),
        changed_percent: args.changed_percent,
        orders: args.orders.unwrap_or(args.subscriptions.div_ceil(100)).into(),
        page_views: args.page_views.into(),
        months: args.months.into(),
        call_ms: args.call_ms.into(),
        secrets: args.secrets.into(),
        log_days: stack::LOG_DAYS.into(),
        tracing: args.tracing,
    }
}

fn show(estimate: &Estimate, load: &Load, (measured, prices): (&Measured, &Prices), out: &mut Out) {
    out.line(format_args!(
        "{} subscriptions: {} runs a day, {} % of them change on a day, {} orders and {} page views a month",
        amount(&load.subscriptions.to_string()),
        load.runs_a_day,
        load.changed_percent.normalize(),
        amount(&load.orders.to_string()),
        amount(&load.page_views.to_string()),
    ));
    let mut sheet = Sheet::new(&["item", ">quantity", "unit", ">USD each", ">USD", ">after free", "~from"]);
    for row in &estimate.rows {
        sheet.row([
            row.item.clone(),
            quantity(row),
            row.unit.to_owned(),
            row.price.normalize().to_string(),
            shown(row.amount, 4),
            shown(row.after_free, 4),
            row.from.clone(),
        ]);
    }
    let (total, after) = (estimate.total(), estimate.after_free());
    let empty = String::new;
    sheet.row(["a month".to_owned(), empty(), empty(), empty(), shown(total, 2), shown(after, 2), empty()]);
    out.line(sheet.text(out.look));
    out.line(format_args!(
        "prices: {}, list prices looked up on {}, without taxes",
        prices.region, prices.date
    ));
    out.line(format_args!("measured: {} at commit {}", measured.fact("taken"), measured.fact("commit")));
}

fn quantity(row: &Row) -> String {
    let places = if row.unit == "GB" { 3 } else { 0 };
    amount(&shown(row.quantity, places))
}

fn json(estimate: &Estimate, load: &Load, measured: &Measured, prices: &Prices) -> Value {
    let rows = estimate.rows.iter().map(|row| {
        json!({
            "item": row.item, "quantity": shown(row.quantity, 6), "unit": row.unit,
            "priceUsd": row.price.normalize().to_string(), "amountUsd": shown(row.amount, 6),
            "afterFreeUsd": shown(row.after_free, 6), "from": row.from,
        })
    });
    json!({
        "subscriptions": load.subscriptions.to_string(),
        "runsADay": load.runs_a_day.to_string(),
        "changedPercent": load.changed_percent.normalize().to_string(),
        "orders": load.orders.to_string(),
        "pageViews": load.page_views.to_string(),
        "region": prices.region, "pricesOf": prices.date,
        "measured": measured.fact("taken"), "commit": measured.fact("commit"),
        "items": rows.collect::<Vec<_>>(),
        "totalUsd": shown(estimate.total(), 2),
        "afterFreeUsd": shown(estimate.after_free(), 2),
    })
}
