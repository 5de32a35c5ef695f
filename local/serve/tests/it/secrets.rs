use crate::world::{SECRETS, World, run};
use lambda_kit::env::Env;
use serve::surroundings::Surroundings;
use simulators::Fault;

#[tokio::test]
async fn no_output_of_any_kind_holds_a_secret() {
    let world = World::ready().await;
    let table = world.dir.path().join("table.jsonl");
    let mut all = String::new();
    for line in [
        vec!["check"],
        vec!["check", "--json"],
        vec!["links", "suggest"],
        vec!["sync"],
        vec!["records"],
        vec!["audit", "show"],
        vec!["settings", "show"],
        vec!["export", table.to_str().unwrap()],
    ] {
        all.push_str(&world.line(&line).await.1.all());
    }
    world.hostbill.with(|model| model.faults.add(Fault::status(500).always()));
    world.crayon.with(|model| model.faults.add(Fault::Html.on("POST /connect/token").always()));
    all.push_str(&world.line(&["check"]).await.1.all());
    all.push_str(&world.line(&["sync", "--json"]).await.1.all());
    let odd = [
        ("HOSTBILL_URL", "https://user:SECRET-API-KEY@billing.example"),
        ("CRAYON_PAGE_SIZE", "SECRET-CLIENT"),
    ];
    all.push_str(&run(&["check"], world.around_with(&odd)).await.1.all());
    all.push_str(&std::fs::read_to_string(&table).unwrap());
    all.push_str(&format!("{:?}", world.around().env));
    for secret in SECRETS {
        assert!(!all.contains(secret), "{secret} is in the output");
    }
}

#[test]
fn a_broken_env_file_is_told_by_place_and_never_quoted() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("env");
    std::fs::write(&file, "CRAYON_URL=https://crayon.example\nCRAYON PASSWORD \"SECRET-PASSWORD\n").unwrap();
    let Err(problem) = Surroundings::of_process(Some(&file)) else {
        panic!("a broken file is a problem");
    };
    assert!(problem.what.contains("setting 2"), "{}", problem.what);
    assert!(!format!("{problem:?}").contains("SECRET"));
    let missing = Surroundings::of_process(Some(&dir.path().join("nothing")));
    assert!(missing.is_err());
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = [
        ("A".to_owned(), domain::secret::Secret::new("file")),
        ("B".to_owned(), domain::secret::Secret::new("file")),
    ];
    let env = Env::from_pairs([("A", "environment")]).with_layer(file);
    assert_eq!(
        (env.optional("A").as_deref(), env.optional("B").as_deref()),
        (Some("environment"), Some("file"))
    );
}
