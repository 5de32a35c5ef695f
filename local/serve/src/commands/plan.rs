//! `billbridge plan`: plans that were kept.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::json;
use crate::out::Out;
use crate::show::plan::{Extent, page};
use domain::plan::PlanHash;
use domain::ports::PlanStore;
use store_dynamodb::DynamoStore;

/// Looks at plans.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Show(ShowArgs),
}

/// Show a plan: customer by customer, from → to, what it costs and why; what is set aside, and the cure
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  billbridge plan show 3f9c2a1b77d0
  billbridge plan show 3f9c2a1b77d0 --full --plain > plan.txt")]
pub struct ShowArgs {
    /// The plan's hash: at least its first 8 digits
    pub hash: String,
    /// How many changes are shown
    #[arg(long, default_value_t = 40, value_name = "N")]
    pub limit: usize,
    /// Everything, and where each price came from
    #[arg(long)]
    pub full: bool,
}

/// Shows.
pub async fn run(command: &Command, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let Command::Show(args) = command;
    let hash = find_hash(&house.store, &args.hash).await?;
    let Some(stored) = house.store.find_plan(&hash).await? else {
        return Err(none(&args.hash));
    };
    if out.json {
        let limit = if args.full { usize::MAX } else { args.limit };
        out.value(&json::plan(&hash, &stored, limit));
        return Ok(Exit::Done);
    }
    let limit = if args.full { usize::MAX } else { args.limit };
    for line in page(out.look, &hash, &stored, Extent { limit, prices: args.full }) {
        out.line(line);
    }
    Ok(Exit::Done)
}

/// The one plan whose hash is or begins with this.
pub async fn find_hash(store: &DynamoStore, text: &str) -> Result<PlanHash, Problem> {
    const CURE: &str = "give at least the first 8 digits of the hash that the dry run showed";
    let text = text.trim().to_ascii_lowercase();
    let is_hash = (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash {
        let shown: String = text.chars().take(70).collect();
        return Err(Problem::usage(format!("{shown:?} is not a plan's hash"), CURE));
    }
    match store.find_hashes(&text).await?.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(none(&text)),
        many => {
            let all: Vec<_> = many.iter().map(|hash| hash.as_str()[..20].to_owned()).collect();
            let what = format!("{} plans begin with {text}: {}", many.len(), all.join(", "));
            Err(Problem::usage(what, "give more digits"))
        }
    }
}

fn none(text: &str) -> Problem {
    Problem::usage(
        format!("there is no plan {text}"),
        "billbridge runs lists the latest; billbridge sync --dry-run makes one",
    )
}
