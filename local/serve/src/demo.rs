//! The demonstration: the main job from end to end, on simulators behind real HTTP and a table in memory. What
//! it shows is computed and checked, not told: a promise that does not hold ends it with exit code 1.

use crate::door::LISTEN;
use crate::exit::{Exit, Problem};
use crate::out::Out;
use crate::show::{Look, count};
use crate::stop::Stop;
use domain::run::Run;
use std::time::{Duration, Instant};

mod changes;
mod chapters;
mod left_running;
mod linking;
mod truth;
mod world;

use world::World;

/// Watch the main job work from end to end, on simulators and in memory
///
/// Two organisations, forty customers and about a thousand subscriptions, planned, approved, applied, changed and
/// synced again; then what HostBill holds, compared with the truth to the cent.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Another estate: the same seed shows the same demonstration
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Leave it running afterwards, with pages and API, and print a link to sign in with
    #[arg(long)]
    pub serve: bool,
    /// Where to answer HTTP when left running; port 0 is any free one
    #[arg(long, default_value = LISTEN, value_name = "ADDRESS", requires = "serve")]
    pub listen: String,
}

/// Demonstrates.
pub async fn run(args: &Args, stop: Stop, out: &mut Out) -> Result<Exit, Problem> {
    let began = Instant::now();
    let mut stage = Stage { out, number: 0, broken: Vec::new(), since: began };
    let world = World::new(args.seed, stop).await?;
    chapters::opening(&mut stage, &world, args.seed);
    chapters::settings(&mut stage, &world).await?;
    chapters::check(&mut stage, &world).await?;
    let connections = world.house.connections()?;
    linking::link(&mut stage, &world, &connections).await?;
    let deps = world.deps(connections)?;
    let mut truth = truth::Truth::default();
    chapters::dry_run(&mut stage, &world, &deps).await?;
    chapters::apply(&mut stage, &world, &deps).await?;
    truth.follow(&world);
    chapters::second_sync(&mut stage, &world, &deps, &mut truth).await?;
    chapters::third_sync(&mut stage, &world, &deps).await?;
    chapters::books(&mut stage, &world, &truth);
    chapters::audit(&mut stage, &world).await?;
    if args.serve {
        left_running::months_pass(&mut stage, &world, &deps).await?;
    }
    let exit = stage.end(began, !args.serve);
    if args.serve && exit == Exit::Done {
        left_running::serve(&mut stage, &world, &args.listen).await?;
    }
    Ok(exit)
}

/// Where the demonstration is told, and whether it kept its promises.
struct Stage<'a> {
    out: &'a mut Out,
    number: u32,
    broken: Vec<String>,
    since: Instant,
}

impl Stage<'_> {
    fn look(&self) -> Look {
        self.out.look
    }

    /// A new chapter.
    fn chapter(&mut self, title: &str) {
        self.took();
        self.number += 1;
        let text = self.look().bold(&format!("{}  {title}", self.number));
        self.out.line("");
        self.out.line(text);
    }

    /// How long the last chapter took: only where nobody compares what is shown with what was shown before.
    fn took(&mut self) {
        let took = std::mem::replace(&mut self.since, Instant::now()).elapsed();
        if self.look().colour && self.number > 0 {
            let text = self.look().dim(&format!("   {}", seconds(took)));
            self.out.line(text);
        }
    }

    fn say(&mut self, text: impl AsRef<str>) {
        self.out.line(format_args!("   {}", text.as_ref()));
    }

    fn all(&mut self, lines: impl IntoIterator<Item = String>) {
        for text in lines {
            for line in text.lines() {
                self.say(line);
            }
        }
    }

    /// Something less important, on as many lines as it takes.
    fn aside(&mut self, text: &str) {
        let mut line = String::new();
        for word in text.split(' ') {
            if line.chars().count() + word.chars().count() > usize::from(self.look().width) - 8 {
                let whole = self.look().dim(std::mem::take(&mut line).trim_end());
                self.say(whole);
                line.push_str("  ");
            }
            line.push_str(word);
            line.push(' ');
        }
        let rest = self.look().dim(line.trim_end());
        self.say(rest);
    }

    /// Something that was promised, and whether it holds.
    fn promise(&mut self, holds: bool, text: impl Into<String>) {
        let text = text.into().trim_end().to_owned();
        let tick = self.look().tick(holds);
        self.say(format!("{tick} {text}"));
        if !holds {
            self.broken.push(text);
        }
    }

    /// The runs of both organisations, and what there is to say about each.
    fn runs(&mut self, runs: &[Run]) {
        let look = self.look();
        let look = Look { width: look.width.saturating_sub(3), ..look };
        self.all([crate::show::run::sheet(look, runs)]);
    }

    fn end(&mut self, began: Instant, advise: bool) -> Exit {
        self.took();
        self.out.line("");
        if !self.broken.is_empty() {
            let text = self.look().bad(&format!("{} promises do not hold:", self.broken.len()));
            self.out.line(text);
            for text in std::mem::take(&mut self.broken) {
                self.out.line(format_args!("  ✘ {text}"));
            }
            return Exit::Failed;
        }
        let took =
            if self.look().colour { format!(" in {}", seconds(began.elapsed())) } else { String::new() };
        let text = self.look().good(&format!("Every promise held{took}."));
        self.out.line(text);
        self.out.line("");
        if !advise {
            return Exit::Done;
        }
        let title = self.look().bold("What to do next");
        self.out.line(title);
        for (command, what) in NEXT {
            let command = self.look().code(&format!("{command:<49}"));
            self.out.line(format_args!("  {command} {what}"));
        }
        Exit::Done
    }
}

const NEXT: [(&str, &str); 7] = [
    ("cargo demo --serve", "the same, left running: pages, orders, API"),
    ("cp .env.example .env", "then fill in Crayon's and HostBill's credentials"),
    ("cargo run --bin billbridge -- check", "each connection by itself, with the cure for what fails"),
    ("cargo run --bin billbridge -- settings init", "a commented document to begin with"),
    ("cargo run --bin billbridge -- links suggest", "from exact evidence, for you to review"),
    (
        "cargo run --bin billbridge -- sync --dry-run",
        "what it would do, and what it would cost; changes nothing",
    ),
    ("cargo serve", "every hour, unattended; the brake stops what looks wrong"),
];

fn seconds(took: Duration) -> String {
    format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100)
}

/// How many requests, by what was asked.
fn requests(counts: &std::collections::BTreeMap<String, u64>) -> String {
    let each = counts.iter().map(|(what, n)| format!("{} {what}", count(*n)));
    each.collect::<Vec<_>>().join(", ")
}
