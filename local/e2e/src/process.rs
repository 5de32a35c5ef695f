//! What the kernel says a process has used. Linux only, like the Lambda it stands for.

use crate::Trouble;
use std::fs;
use std::time::Duration;

/// `USER_HZ`: the unit of `/proc/<pid>/stat` on every architecture that Lambda has.
const TICK: Duration = Duration::from_millis(10);

/// What a process has used so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Processor time of all its threads, user and system.
    pub cpu: Duration,
    /// The most memory it ever had in RAM, its binary's pages included (`VmHWM`), in bytes.
    pub peak_bytes: u64,
}

impl Usage {
    pub(crate) fn of(pid: u32) -> Result<Self, Trouble> {
        let gone = |error: std::io::Error| Trouble::at("look at the function's process", &error);
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).map_err(gone)?;
        let status = fs::read_to_string(format!("/proc/{pid}/status")).map_err(gone)?;
        let peak = peak(&status).ok_or_else(|| Trouble::new("the kernel states no VmHWM"))?;
        // Nanoseconds of the threads that live, or hundredths of a second with those that ended.
        let cpu = living(pid).map_err(gone)?.max(with_ended(&stat).unwrap_or_default());
        Ok(Self { cpu, peak_bytes: peak })
    }
}

fn living(pid: u32) -> std::io::Result<Duration> {
    let mut nanos = 0_u64;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end while we look; then it is in the other count.
        let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        nanos += text.split(' ').next().and_then(|ran| ran.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanos))
}

/// Fields 14 and 15, counted after the name, which may hold anything.
fn with_ended(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).map_while(|ticks| ticks.parse::<u32>().ok());
    Some(TICK * (times.next()? + times.next()?))
}

fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests;
