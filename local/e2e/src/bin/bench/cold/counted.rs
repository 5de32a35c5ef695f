//! The instructions of a start, which no other process on the machine makes more or fewer: what can be held against
//! a recorded figure. A virtual machine seldom lets the processor count them, so valgrind does.

use e2e::{Environment, Function, Trouble};
use std::path::Path;

/// From the start of the process to its first question for work; the kernel's own are not counted.
pub(crate) async fn instructions(binary: &Path, environment: &Environment) -> Result<u64, Trouble> {
    let path = binary.to_string_lossy();
    let words = ["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", &*path];
    let mut function = Function::start_by(Path::new("valgrind"), &words, environment).await?;
    function.ready().await?;
    function.stop().await?;
    let log = function.log();
    let count = log.iter().find_map(|line| line.split_once("refs:")?.1.trim().replace(',', "").parse().ok());
    count.ok_or_else(|| Trouble::new(format!("valgrind counted nothing: {}", log.join("\n"))))
}
