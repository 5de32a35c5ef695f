//! `bench sync`: the order of the measurements.

use crate::facts::Facts;
use crate::report::{Report, progress};
use crate::scene::Scene;
use crate::{SyncOptions, change, judge, size, unchanged, wall};
use e2e::{Build, Trouble};

/// Above this many subscriptions pages are larger.
const LARGE: u64 = 100_000;

pub(crate) async fn run(options: &SyncOptions) -> Result<Report, Trouble> {
    let build = Build::current()?;
    let http = connector_kit::http_client().map_err(|error| Trouble::new(error.to_string()))?;
    let facts = Facts::gather(&build);
    let repeat = if options.quick { options.repeat.min(3) } else { options.repeat };
    let mut lines = Vec::new();
    let mut seen = Vec::new();
    for n in sizes(options) {
        progress(&format!("{n} subscriptions: preparing"));
        let page_size = options.page_size.unwrap_or(if n > LARGE { 1000 } else { 200 });
        let scene = Scene::new(&build, &http, n, page_size).await?;
        scene.put_in_step().await?;
        progress(&format!("{n} subscriptions: unchanged runs"));
        let unchanged = unchanged::measure(&scene, if n > LARGE { 1 } else { repeat }).await?;
        lines.extend(judge::unchanged(&unchanged));
        seen.push((page_size, unchanged));
        if n <= LARGE {
            progress(&format!("{n} subscriptions: with latency"));
            lines.push(judge::latency(&wall::with_latency(&scene, repeat).await?));
        }
        if seen.len() == 1 {
            progress(&format!("{n} subscriptions: with few calls a second"));
            lines.push(judge::rate(&wall::with_few_calls(&scene).await?));
        }
    }
    let alike: Vec<_> = seen.iter().filter(|(page, _)| Some(*page) == seen.first().map(|s| s.0)).collect();
    if let [(_, small), .., (_, large)] = alike.as_slice() {
        lines.extend(judge::marginal(small, large));
    }
    let n = if options.quick { 1000 } else { 10_000 };
    progress(&format!("{n} subscriptions: first sync, then 1 % changed"));
    let scene = Scene::new(&build, &http, n, options.page_size.unwrap_or(200)).await?;
    lines.extend(judge::changed(&change::measure(&scene).await?));
    lines.push(judge::zipped(size::zipped(&build)?.as_ref()));
    Ok(Report { facts, lines })
}

fn sizes(options: &SyncOptions) -> Vec<u64> {
    let mut sizes = match (options.subscriptions.is_empty(), options.quick) {
        (false, _) => options.subscriptions.clone(),
        (true, false) => vec![10_000, 100_000, 1_000_000],
        (true, true) => vec![10_000, 50_000],
    };
    sizes.retain(|n| *n > 0);
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}
