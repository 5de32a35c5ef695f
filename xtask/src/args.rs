//! The command line: words in, one [`Command`] out.

#[cfg(test)]
mod tests;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help(&'static str),
    Check(CheckOptions),
    Ci,
    Size { update: bool },
    Bench { release: bool, name: String, rest: Vec<String> },
    E2eAws { dev: bool, only: Option<String> },
    OpenApi,
    Sbom,
    Advisories,
    Hooks(HookWish),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckOptions {
    /// Leave out what compiles.
    pub(crate) fast: bool,
    /// One step or one invariant, by name.
    pub(crate) only: Option<String>,
    /// Show the names instead of checking.
    pub(crate) list: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookWish {
    Offer,
    Install,
    Remove,
}

pub(crate) const HELP: &str = "\
cargo xtask <command>

  check [--fast] [--only NAME] [--list]   formatting, clippy, invariants, links, dependencies' licences
  ci                                      check, then every test and doc test
  size [--update]                         release binaries of functions/*, zipped, and their starts, against budgets
  bench NAME [--release] [ARGS...]        build what a benchmark needs and run it
  e2e-aws [--dev] [NAME]                  the template and the binaries in an emulated AWS, told as stories
  openapi                                 write infra/openapi.json as the code describes itself
  sbom                                    what each shipped binary is made of, as CycloneDX
  advisories                              known holes in what we are built with; asks the network
  hooks [--install | --remove]            a pre-commit hook that runs `cargo xtask check --fast`

`cargo xtask <command> --help` says more.";

const CHECK_HELP: &str = "\
cargo xtask check [--fast] [--only NAME] [--list]

Runs every step, prints one line for each, and fails at the end if any failed.

  --fast        leave out what compiles or needs the network (clippy, deny)
  --only NAME   run one step (formatting, clippy, openapi, invariants, links, deny) or one invariant by its name
  --list        print the names of all steps and invariants, with what each one holds";

const CI_HELP: &str = "\
cargo xtask ci

What must pass before a change is merged: `cargo xtask check`, then all tests. Uses cargo-nextest when it
is installed (and runs the doc tests besides), `cargo test --workspace` otherwise.";

const SIZE_HELP: &str = "\
cargo xtask size [--update]

Builds the release binary of every function, zips it as the `bootstrap` that Lambda unpacks, counts the
instructions of its start with valgrind where that is installed, and compares both with xtask/budgets.toml.
Fails over budget, and when one grew by more than a tenth.

  --update      write down today's figures; a function without a budget gets one a quarter above its figure";

const BENCH_HELP: &str = "\
cargo xtask bench NAME [--release] [ARGS...]

Builds the benchmark runner of local/e2e, the simulators and the functions with the `e2e` profile (release
without the long link), then runs NAME with ARGS.

  --release     measure exactly what is shipped; the link takes minutes
  --            everything after it goes to the benchmark untouched";

const E2E_AWS_HELP: &str = "\
cargo xtask e2e-aws [--dev] [NAME]

Installs an emulated AWS and the official serverless transform below the target folder (python3 and pip; the
only thing that is asked of the network), builds the functions with the `e2e` profile (release without the
long link), packages and deploys template.yaml through CloudFormation, and tells stories with it: through API
Gateway, schedules, rules, queues and secrets. Tells others of each function under AWS's own runtime interface
emulator, with every sample of events/. One line a story; local/e2e/README.md says what cannot be told.

  NAME          only stories whose name contains this
  --dev         the functions as tests build them: quick to build, large";

const OPENAPI_HELP: &str = "\
cargo xtask openapi

Builds `billbridge`, has it describe its HTTP interface (OpenAPI 3.1), and writes that to infra/openapi.json.
`cargo xtask check` fails when the two differ.";

const SBOM_HELP: &str = "\
cargo xtask sbom

Has cargo-cyclonedx write a list of components (CycloneDX 1.5) for every function and for `billbridge`, below
target/sbom. Fails when one leaves out a package that the binary is built with.";

const ADVISORIES_HELP: &str = "\
cargo xtask advisories

Fetches the RustSec advisory database and has cargo-deny look whether anything in Cargo.lock stands in it.
For a nightly job: an advisory can come out on a day when nobody changed anything. Fails when one does, and
when the database cannot be fetched, which proves nothing.";

const HOOKS_HELP: &str = "\
cargo xtask hooks [--install | --remove]

Says what the pre-commit hook would do. It is never installed unasked, and a hook that somebody else wrote
is neither replaced nor removed.";

pub(crate) fn parse(words: &[String]) -> Result<Command, String> {
    let Some((command, rest)) = words.split_first() else {
        return Ok(Command::Help(HELP));
    };
    let help = rest.iter().take_while(|word| *word != "--").any(|word| word == "--help" || word == "-h");
    match command.as_str() {
        "help" | "--help" | "-h" => Ok(Command::Help(HELP)),
        "check" if help => Ok(Command::Help(CHECK_HELP)),
        "check" => check(rest),
        "ci" if help => Ok(Command::Help(CI_HELP)),
        "ci" => no_more("ci", rest).map(|()| Command::Ci),
        "size" if help => Ok(Command::Help(SIZE_HELP)),
        "size" => size(rest),
        // A benchmark may have its own --help: only one before the name is ours.
        "bench" if rest.first().is_none_or(|word| word == "--help" || word == "-h") => {
            Ok(Command::Help(BENCH_HELP))
        }
        "bench" => bench(rest),
        "e2e-aws" if help => Ok(Command::Help(E2E_AWS_HELP)),
        "e2e-aws" => e2e_aws(rest),
        "openapi" if help => Ok(Command::Help(OPENAPI_HELP)),
        "openapi" => no_more("openapi", rest).map(|()| Command::OpenApi),
        "sbom" if help => Ok(Command::Help(SBOM_HELP)),
        "sbom" => no_more("sbom", rest).map(|()| Command::Sbom),
        "advisories" if help => Ok(Command::Help(ADVISORIES_HELP)),
        "advisories" => no_more("advisories", rest).map(|()| Command::Advisories),
        "hooks" if help => Ok(Command::Help(HOOKS_HELP)),
        "hooks" => hooks(rest),
        other => Err(format!("no command `{other}`")),
    }
}

fn check(words: &[String]) -> Result<Command, String> {
    let mut options = CheckOptions::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--fast" => options.fast = true,
            "--list" => options.list = true,
            "--only" => {
                let name = words.next().ok_or("--only needs a name; --list shows them")?;
                options.only = Some(name.clone());
            }
            other => return Err(format!("check does not know `{other}`")),
        }
    }
    Ok(Command::Check(options))
}

fn size(words: &[String]) -> Result<Command, String> {
    match words {
        [] => Ok(Command::Size { update: false }),
        [one] if one == "--update" => Ok(Command::Size { update: true }),
        _ => Err("size takes nothing but --update".to_owned()),
    }
}

fn bench(words: &[String]) -> Result<Command, String> {
    let mut release = false;
    let mut free = Vec::new();
    let mut words = words.iter();
    for word in words.by_ref() {
        match word.as_str() {
            "--release" => release = true,
            "--" => break,
            _ => free.push(word.clone()),
        }
    }
    free.extend(words.cloned());
    if free.is_empty() {
        return Err("bench needs the name of a benchmark".to_owned());
    }
    let name = free.remove(0);
    Ok(Command::Bench { release, name, rest: free })
}

fn e2e_aws(words: &[String]) -> Result<Command, String> {
    let (options, names): (Vec<_>, Vec<_>) = words.iter().partition(|word| word.starts_with('-'));
    if let Some(odd) = options.iter().find(|option| **option != "--dev") {
        return Err(format!("e2e-aws does not know `{odd}`"));
    }
    match names.as_slice() {
        [] => Ok(Command::E2eAws { dev: !options.is_empty(), only: None }),
        [name] => Ok(Command::E2eAws { dev: !options.is_empty(), only: Some((*name).clone()) }),
        _ => Err("e2e-aws takes one name at most".to_owned()),
    }
}

fn hooks(words: &[String]) -> Result<Command, String> {
    match words {
        [] => Ok(Command::Hooks(HookWish::Offer)),
        [one] if one == "--install" => Ok(Command::Hooks(HookWish::Install)),
        [one] if one == "--remove" => Ok(Command::Hooks(HookWish::Remove)),
        _ => Err("hooks takes --install or --remove, not both".to_owned()),
    }
}

fn no_more(command: &str, words: &[String]) -> Result<(), String> {
    words.first().map_or(Ok(()), |word| Err(format!("{command} does not know `{word}`")))
}
