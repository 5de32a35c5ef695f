use super::*;

fn layer(pairs: &[(&str, &str)]) -> Vec<(String, Secret)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect()
}

#[derive(Debug, PartialEq)]
struct Config {
    table: String,
    url: String,
    key: Secret,
    pages: u32,
    extra: Option<u32>,
}

fn config(env: &Env) -> Result<Config, ConfigProblems> {
    let mut read = env.read();
    let table = read.required("TABLE", "the name of the table");
    let url = read.url("BILLING_URL", "the address of billing");
    let key = read.secret("BILLING_KEY", "the key of billing's admin API");
    let pages = read.parsed("PAGES", "a whole number of pages");
    let extra = read.optional_parsed("EXTRA", "a whole number");
    read.finish(|| Some(Config { table: table?, url: url?, key: key?, pages: pages?, extra }))
}

#[test]
fn a_complete_environment_is_read() {
    let env = Env::from_pairs([
        ("TABLE", " billbridge "),
        ("BILLING_URL", "https://billing.example/admin/"),
        ("BILLING_KEY", "sesame"),
        ("PAGES", "12"),
    ]);
    assert_eq!(
        config(&env).unwrap(),
        Config {
            table: "billbridge".into(),
            url: "https://billing.example/admin".into(),
            key: Secret::new("sesame"),
            pages: 12,
            extra: None,
        }
    );
}

#[test]
fn every_problem_is_told_at_once_and_with_its_cure() {
    let env = Env::from_pairs([
        ("BILLING_URL", "billing.example"),
        ("BILLING_KEY", "  "),
        ("PAGES", "a dozen"),
        ("EXTRA", "-1"),
    ]);
    let problems = config(&env).unwrap_err();
    let expected = "the configuration is not complete:
  TABLE is missing: set it to the name of the table
  BILLING_URL does not begin with https:// or http://: set it to the address of billing
  BILLING_KEY is missing: set it to the key of billing's admin API
  PAGES is not valid: set it to a whole number of pages
  EXTRA is not valid: set it to a whole number";
    assert_eq!(problems.to_string(), expected);
    assert_eq!(format!("{problems:?}"), expected);
}

#[test]
fn a_problem_never_shows_the_value() {
    let env =
        Env::from_pairs([("PAGES", "hunter2"), ("BILLING_URL", "https://anna:hunter2@billing.example")]);
    let problems = config(&env).unwrap_err();
    assert!(!problems.to_string().contains("hunter2"), "{problems}");
    assert!(!format!("{env:?}").contains("hunter2"), "{env:?}");
    assert!(format!("{env:?}").contains("PAGES"), "{env:?}");
}

#[test]
fn odd_addresses_are_refused() {
    let table = [
        ("https://", "names no host"),
        ("https://:80/x", "names no host"),
        ("ftp://billing.example", "does not begin with"),
        ("https://a:b@billing.example", "carries credentials"),
        ("https://billing.example/api?x=1", "carries a query"),
        ("https://billing.example/a b", "contains a space"),
    ];
    for (address, expected) in table {
        let env = Env::from_pairs([("URL", address)]);
        let mut read = env.read();
        assert_eq!(read.optional_url("URL", "an address"), None);
        let problems = read.finish(|| Some(())).unwrap_err();
        assert!(problems.to_string().contains(expected), "{problems}");
    }
}

#[test]
fn the_caller_may_add_a_problem_of_its_own() {
    let env = Env::default();
    let mut read = env.read();
    read.problem("MIN", "is above MAX", "at most MAX");
    let problems = read.finish(|| Some(())).unwrap_err();
    assert_eq!(problems.iter().next().unwrap().to_string(), "MIN is above MAX: set it to at most MAX");
}

#[test]
fn an_optional_value_demanded_at_the_end_is_still_an_error() {
    let env = Env::default();
    let read = env.read();
    let absent = read.optional("ANY");
    assert!(read.finish(|| absent).is_err());
}

#[test]
fn the_environment_itself_overrides_a_secret() {
    let env = Env::from_pairs([("A", "from the environment"), ("B", "")])
        .with_layer(layer(&[("A", "from the secret"), ("B", "from the secret")]));
    assert_eq!(env.optional("A").unwrap(), "from the environment");
    assert_eq!(env.optional("B").unwrap(), "from the secret");
    assert_eq!(env.read().optional_secret("B").unwrap(), Secret::new("from the secret"));
}

#[test]
fn a_list_is_split_at_commas() {
    let env = Env::from_pairs([("NAMES", "one, two ,,three")]);
    assert_eq!(env.list("NAMES"), ["one", "two", "three"]);
    assert_eq!(env.list("OTHER"), Vec::<String>::new());
}

#[test]
fn further_connections_are_found_by_any_of_their_variables() {
    let env = Env::from_pairs([
        ("HOSTBILL_URL", "x"),
        ("HOSTBILL_URL__EU", "x"),
        ("HOSTBILL_API_KEY__US", "x"),
        ("HOSTBILL_URL__", "x"),
        ("HOSTBILL_URL_NOTE", "x"),
    ]);
    let found: Vec<String> = env.suffixes(&["HOSTBILL_URL", "HOSTBILL_API_KEY"]).into_iter().collect();
    assert_eq!(found, ["__EU", "__US"]);
}

#[test]
fn the_process_has_an_environment() {
    assert!(Env::from_process().optional("CARGO_MANIFEST_DIR").is_some());
}
