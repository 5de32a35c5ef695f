use super::{BENCH_HELP, CHECK_HELP, CheckOptions, Command, HELP, HookWish, parse};

fn parsed(line: &str) -> Result<Command, String> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    parse(&words)
}

#[test]
fn no_words_show_the_help() {
    assert_eq!(parsed(""), Ok(Command::Help(HELP)));
}

#[test]
fn every_command_has_its_own_help_page() {
    for command in ["check", "ci", "size", "bench", "e2e-aws", "openapi", "sbom", "advisories", "hooks"] {
        let Ok(Command::Help(page)) = parsed(&format!("{command} --help")) else {
            panic!("{command} --help shows no page");
        };
        assert!(page.starts_with(&format!("cargo xtask {command}")), "{page}");
    }
    assert_eq!(parsed("check -h"), Ok(Command::Help(CHECK_HELP)));
    assert_eq!(parsed("bench"), Ok(Command::Help(BENCH_HELP)));
}

#[test]
fn check_takes_fast_and_one_name() {
    let options = CheckOptions { fast: true, only: Some("links".into()), list: false };
    assert_eq!(parsed("check --fast --only links"), Ok(Command::Check(options)));
    assert!(parsed("check --only").is_err());
    assert!(parsed("check --quick").is_err());
}

#[test]
fn a_benchmark_gets_its_arguments_untouched() {
    let bench = Command::Bench {
        release: true,
        name: "estate".into(),
        rest: vec!["--count".into(), "5000".into(), "--release".into()],
    };
    assert_eq!(parsed("bench --release estate --count 5000 -- --release"), Ok(bench));
    assert!(parsed("bench --release").is_err());
}

#[test]
fn stories_in_the_cloud_are_chosen_by_a_part_of_their_name() {
    assert_eq!(parsed("e2e-aws"), Ok(Command::E2eAws { dev: false, only: None }));
    let one = Command::E2eAws { dev: true, only: Some("schedule".into()) };
    assert_eq!(parsed("e2e-aws --dev schedule"), Ok(one));
    assert!(parsed("e2e-aws --fast").is_err());
    assert!(parsed("e2e-aws one two").is_err());
}

#[test]
fn a_hook_is_installed_only_when_asked() {
    assert_eq!(parsed("hooks"), Ok(Command::Hooks(HookWish::Offer)));
    assert_eq!(parsed("hooks --install"), Ok(Command::Hooks(HookWish::Install)));
    assert_eq!(parsed("hooks --remove"), Ok(Command::Hooks(HookWish::Remove)));
    assert!(parsed("hooks --install --remove").is_err());
}

#[test]
fn an_unknown_command_is_refused_by_name() {
    assert_eq!(parsed("chekc"), Err("no command `chekc`".to_owned()));
}
