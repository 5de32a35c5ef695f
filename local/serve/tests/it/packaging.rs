//! What stands in the container's and the unit's files, held against the program and against what they promise.

use clap::Parser as _;
use serve::cli::{Cli, Command};
use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use yaml_serde::Value;

const DOCKERFILE: &str = "infra/container/Dockerfile";
const COMPOSE: &str = "infra/container/compose.yaml";
const UNIT: &str = "infra/systemd/billbridge.service";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// A Dockerfile's instructions in order, lines that go on put together.
fn instructions() -> Vec<(String, String)> {
    let text = text(DOCKERFILE);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let whole = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let each = whole.lines().filter_map(|line| line.trim().split_once(' '));
    each.map(|(name, rest)| (name.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect()
}

/// Of the stage that is shipped.
fn shipped() -> Vec<(String, String)> {
    let all = instructions();
    let last = all.iter().rposition(|(name, _)| name == "FROM").unwrap();
    all[last..].to_vec()
}

/// The one instruction of this name.
fn only(name: &str) -> String {
    let found: Vec<_> = shipped().into_iter().filter(|(one, _)| one == name).collect();
    assert_eq!(found.len(), 1, "{name} stands there once");
    found[0].1.clone()
}

fn shipped_variables() -> BTreeMap<String, String> {
    let pairs = only("ENV");
    pairs.split(' ').map(|pair| pair.split_once('=').unwrap()).map(|(a, b)| (a.into(), b.into())).collect()
}

/// `["a", "b"]` as words.
fn exec(form: &str) -> Vec<String> {
    serde_json::from_str(form).map_err(|error| format!("{form} is no exec form: {error}")).unwrap()
}

fn compose() -> Value {
    let file: Value = yaml_serde::from_str(&text(COMPOSE)).unwrap();
    let services = file["services"].as_mapping().unwrap();
    assert_eq!(services.len(), 1, "one process");
    file["services"]["billbridge"].clone()
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_sequence().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

/// The unit's settings; what stands there several times is a list.
fn unit() -> BTreeMap<String, Vec<String>> {
    let mut settings = BTreeMap::<_, Vec<_>>::new();
    let text = text(UNIT);
    for line in text.lines().filter(|line| !line.starts_with(['#', '[']) && !line.is_empty()) {
        let (name, value) = line.split_once('=').unwrap();
        settings.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    settings
}

/// What stands in the workspace's manifest.
fn manifest(name: &str) -> String {
    let text = text("Cargo.toml");
    let (_, rest) = text.split_once(&format!("\n{name} = \"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

fn parsed(words: &[String]) -> Command {
    Cli::try_parse_from(words).unwrap().command
}

#[test]
fn every_image_is_pinned_and_the_toolchain_is_the_one_that_the_workspace_asks_for() {
    let all = instructions();
    let images: Vec<_> = all.iter().filter(|(name, _)| name == "FROM").collect();
    assert_eq!(images.len(), 2, "one builds, one is shipped");
    for (_, image) in &images {
        let image = image.split(' ').next().unwrap();
        let (name, tag) = image.split_once(':').unwrap_or_else(|| panic!("{image} has no tag"));
        assert!(tag != "latest" && !name.contains(['.', '/']), "{image}");
        assert!(tag.ends_with("-slim") || tag.contains("-slim-"), "{image}");
    }
    let debian = images[1].1.strip_prefix("debian:").unwrap().strip_suffix("-slim").unwrap();
    let rust = format!("rust:{}-slim-{debian} AS build", manifest("rust-version"));
    assert_eq!(images[0].1, rust, "what is linked against one C library runs on the same");
    assert_eq!(compose()["image"], format!("billbridge:{}", manifest("version")).as_str());
    assert!(all.iter().any(|(name, rest)| name == "RUN" && rest.contains("--locked")));
}

#[test]
fn the_container_has_no_power_and_writes_to_its_volume_alone() {
    let (user, group) = only("USER").split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(user.parse::<u32>().unwrap() >= 1000 && group.parse::<u32>().unwrap() >= 1000);
    let compose = compose();
    assert_eq!(compose["user"], format!("{user}:{group}").as_str());
    assert_eq!(compose["read_only"], true);
    assert_eq!(strings(&compose["cap_drop"]), ["ALL"]);
    assert_eq!(strings(&compose["security_opt"]), ["no-new-privileges:true"]);
    for power in ["privileged", "cap_add", "network_mode", "pid", "ipc", "devices", "userns_mode"] {
        assert!(compose.get(power).is_none(), "{power}");
    }
    assert!(strings(&compose["tmpfs"]).iter().all(|place| place.starts_with("/tmp:")));

    let volume = exec(&only("VOLUME"));
    let data = &shipped_variables()["BILLBRIDGE_DATA"];
    assert!(volume.len() == 1 && Path::new(data).starts_with(&volume[0]), "{data} is on {volume:?}");
    let owned = format!("--chown={user}:{group} /built{0} {0}", volume[0]);
    assert!(shipped().iter().any(|(name, rest)| name == "COPY" && rest.ends_with(&owned)));
    for mount in compose["volumes"].as_sequence().unwrap() {
        if let Some(named) = mount.as_str() {
            assert_eq!(named, format!("data:{}", volume[0]));
        } else {
            assert_eq!(mount["read_only"], true);
            assert_eq!(mount["target"], only("WORKDIR").as_str(), "where .env is looked for");
        }
    }
}

#[test]
fn the_container_starts_serve_and_its_health_check_is_the_binary_itself() {
    let words = [exec(&only("ENTRYPOINT")), exec(&only("CMD"))].concat();
    assert!(matches!(parsed(&words), Command::Serve(_)));
    let (times, check) =
        only("HEALTHCHECK").split_once(" CMD ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(matches!(parsed(&exec(&check)), Command::Health(health) if health.url.is_none()));
    let compose = compose();
    let test = strings(&compose["healthcheck"]["test"]);
    assert_eq!((test[0], test[1..].to_vec()), ("CMD", exec(&check).iter().map(String::as_str).collect()));
    for (name, of_compose) in
        [("interval", "interval"), ("timeout", "timeout"), ("start-period", "start_period")]
    {
        let value = compose["healthcheck"][of_compose].as_str().unwrap();
        assert!(times.contains(&format!("--{name}={value}")), "{name} is {value} in both");
    }
    let listen: SocketAddr = shipped_variables()["BILLBRIDGE_LISTEN"].parse().unwrap();
    assert!(listen.ip().is_unspecified(), "it is asked from outside of its network");
    assert_eq!(only("EXPOSE"), listen.port().to_string());
    let port = listen.port();
    assert_eq!(strings(&compose["ports"]), [format!("127.0.0.1:{port}:{port}")]);
}

#[test]
fn whoever_stops_it_waits_until_the_work_in_flight_is_done() {
    // Requests are given half a minute; a change in flight a minute a call.
    let patience = ["3m", "3min"];
    assert!(patience.contains(&compose()["stop_grace_period"].as_str().unwrap()));
    assert_eq!(only("STOPSIGNAL"), "SIGTERM");
    let unit = unit();
    assert!(patience.contains(&unit["TimeoutStopSec"][0].as_str()));
    assert_eq!(unit["KillSignal"], ["SIGTERM"]);
}

#[test]
fn the_unit_runs_serve_with_as_little_as_it_needs() {
    let unit = unit();
    for (name, value) in [
        ("User", "billbridge"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("CapabilityBoundingSet", ""),
        ("AmbientCapabilities", ""),
        ("Restart", "on-failure"),
        ("UMask", "0077"),
    ] {
        assert_eq!(unit.get(name).map(Vec::as_slice), Some(&[value.to_owned()][..]), "{name}");
    }
    assert!(!unit.contains_key("ReadWritePaths"), "its state directory is all that it writes to");
    let data = unit["Environment"][0].strip_prefix("BILLBRIDGE_DATA=").unwrap();
    assert!(Path::new(data).starts_with(Path::new("/var/lib").join(&unit["StateDirectory"][0])));
    let words: Vec<_> = unit["ExecStart"][0].split(' ').map(str::to_owned).collect();
    assert!(matches!(parsed(&words), Command::Serve(_)));
    let usage = serve::exit::Exit::Usage.code().to_string();
    assert_eq!(unit["RestartPreventExitStatus"], [usage], "what cannot be is not tried for ever");
}

#[test]
fn every_variable_that_is_set_is_explained_and_read_and_none_is_a_secret() {
    let example = text(".env.example");
    let mut sources = String::new();
    for folder in ["local/serve/src", "shared", "functions"] {
        read_sources(&root().join(folder), &mut sources);
    }
    let mut seen = 0;
    for file in [DOCKERFILE, COMPOSE, UNIT] {
        let text = text(file);
        for (at, _) in text.match_indices("BILLBRIDGE_") {
            let name: String = text[at..]
                .chars()
                .take_while(|letter| letter.is_ascii_uppercase() || *letter == '_')
                .collect();
            assert!(example.contains(&format!("{name}=")), "{file}: {name} is not in .env.example");
            assert!(sources.contains(&format!("\"{name}\"")), "{file}: nobody reads {name}");
            let is_secret = ["SECRET", "PASSWORD", "_KEY"].iter().any(|word| name.contains(word));
            assert!(!is_secret, "{file}: {name} belongs into .env");
            seen += 1;
        }
    }
    assert!(seen >= 4, "{seen}");
}

fn read_sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path.file_stem().is_some_and(|name| name == "tests");
        if path.is_dir() && !is_test {
            read_sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            all.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn the_image_is_built_from_what_is_named_and_no_table_key_or_env_gets_in() {
    let text = text(".dockerignore");
    let rules: Vec<_> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(rules[0], "*", "nothing is let in that is not named");
    let named: Vec<_> = rules.iter().filter_map(|rule| rule.strip_prefix('!')).collect();
    for path in &named {
        assert!(root().join(path).exists(), "{path} is not there");
    }
    let manifest = self::text("Cargo.toml");
    let members = manifest.lines().find(|line| line.starts_with("members = ")).unwrap();
    for member in members.split('"').skip(1).step_by(2) {
        assert!(named.contains(&member.trim_end_matches("/*")), "{member} is needed to read the workspace");
    }
    for secret in ["**/.env", "**/*.db*", "**/*.key", "**/*.secrets"] {
        let last = rules.iter().rposition(|rule| rule.starts_with('!')).unwrap();
        assert!(rules.iter().rposition(|rule| *rule == secret) > Some(last), "{secret} has the last word");
    }
}
