//! Stories in an emulated AWS: the template as it is deployed, the functions' real binaries, requests through API
//! Gateway, events through EventBridge, failures through Lambda's own queue. And the same binaries under AWS's own
//! runtime interface emulator, with every sample of `events/`. `cargo xtask e2e-aws` builds and installs what is needed
//! and starts this; `local/e2e/README.md` says what the emulators cannot do.
#![expect(clippy::print_stdout, reason = "a command-line tool: its output is what it is for")]

mod alarms;
mod cloud;
mod processes;
mod rie;
mod stack;
mod stories;
mod world;

use clap::Parser;
use e2e::Trouble;
use futures::StreamExt as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use stories::STORIES;
use tokio::time::timeout;
use world::{Tools, World};

/// A story that takes longer is broken.
const AT_MOST: Duration = Duration::from_mins(4);

/// Tells stories in an emulated AWS.
#[derive(Parser)]
#[command(name = "e2e-aws", version, about)]
struct Options {
    #[command(flatten)]
    tools: Tools,
    /// How many stories are told at the same time, each in a cloud of its own.
    #[arg(long, default_value_t = 2, value_name = "N")]
    at_once: usize,
    /// Only stories whose name contains this.
    #[arg(default_value = "")]
    only: String,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime.map_err(Trouble::from).and_then(|runtime| runtime.block_on(tell_all(&options))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            println!("FAILED   {trouble}");
            ExitCode::from(2)
        }
    }
}

/// One line for each story as it ends, and one for all.
async fn tell_all(options: &Options) -> Result<bool, Trouble> {
    let begun = Instant::now();
    let clouds = STORIES.iter().map(|(name, story)| (*name, Chapter::Cloud(*story)));
    let emulators = rie::STORIES.iter().map(|(name, story)| (*name, Chapter::Runtime(*story)));
    let all = clouds.chain(emulators);
    let chosen: Vec<_> = all.filter(|(name, _)| name.contains(&*options.only)).collect();
    if chosen.is_empty() {
        return Err(Trouble::new(format!("no story's name contains {:?}", options.only)));
    }
    let telling = chosen.iter().map(|(name, story)| async move {
        let begun = Instant::now();
        let told = timeout(AT_MOST, tell(&options.tools, name, story)).await;
        let told = told.unwrap_or_else(|_| Err(Trouble::new(format!("not within {} s", AT_MOST.as_secs()))));
        (*name, told, begun.elapsed().as_secs())
    });
    let mut telling = futures::stream::iter(telling).buffer_unordered(options.at_once.max(1));
    let mut failed = 0;
    while let Some((name, told, seconds)) = telling.next().await {
        match told {
            Ok(()) => println!("ok       {name}, {seconds} s"),
            Err(trouble) => {
                failed += 1;
                println!("FAILED   {name}, {seconds} s: {trouble}");
            }
        }
    }
    println!("{} stories, {failed} failed, {} s", chosen.len(), begun.elapsed().as_secs());
    Ok(failed == 0)
}

/// Where a story is told.
enum Chapter {
    /// In an emulated AWS of its own.
    Cloud(stories::Story),
    /// Under the runtime interface emulator.
    Runtime(rie::Story),
}

async fn tell(tools: &Tools, name: &str, story: &Chapter) -> Result<(), Trouble> {
    let story = match story {
        Chapter::Runtime(story) => return story(&rie::Stage::new(tools, name)).await,
        Chapter::Cloud(story) => story,
    };
    let world = World::open(tools, name).await?;
    let told = story(&world).await;
    // What is wrong in the story comes before what its end shows.
    let closed = world.close().await;
    told.and(closed)
}
