//! From the start of the process to its first question for work.

use e2e::{Environment, Function, Trouble};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Something that can be started.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) words: Vec<String>,
}

impl Kind {
    pub(crate) async fn start(&self, environment: &Environment) -> Result<Function, Trouble> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        Function::start_by(&self.program, &words, environment).await
    }
}

/// What was seen of one kind, sorted.
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) cpu: Vec<Duration>,
    pub(crate) wall: Vec<Duration>,
}

/// They are started in turn, so that a busy moment of the machine is everybody's.
pub(crate) async fn measure(
    kinds: &[Kind],
    environment: &Environment,
    repeat: usize,
) -> Result<Vec<Seen>, Trouble> {
    let empty = |kind: &Kind| Seen { name: kind.name.clone(), cpu: Vec::new(), wall: Vec::new() };
    let mut all: Vec<Seen> = kinds.iter().map(empty).collect();
    // The first of each is not counted: it reads the binary from the disk.
    for round in 0..=repeat {
        for (kind, seen) in kinds.iter().zip(&mut all) {
            let begun = Instant::now();
            let mut function = kind.start(environment).await?;
            function.ready().await?;
            let (wall, cpu) = (begun.elapsed(), function.usage()?.cpu);
            function.kill().await?;
            if round > 0 {
                seen.cpu.push(cpu);
                seen.wall.push(wall);
            }
        }
    }
    for seen in &mut all {
        seen.cpu.sort_unstable();
        seen.wall.sort_unstable();
    }
    Ok(all)
}
