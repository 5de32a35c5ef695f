//! The binary as a container or a unit runs it: nothing around it, and one directory that is its own.

use crate::world::World;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A place where nobody can make a file, root neither.
const READ_ONLY: &str = "/proc";

/// A process of ours; dropped, it is ended.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

fn billbridge(world: &World, data: &Path, line: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_billbridge"));
    command.args(line).env_clear().current_dir(READ_ONLY).env("TMPDIR", READ_ONLY).stdin(Stdio::null());
    command.envs(world.pairs()).env("BILLBRIDGE_DATA", data).env("BILLBRIDGE_LISTEN", "127.0.0.1:0");
    command
}

fn done(world: &World, data: &Path, line: &[&str]) -> Output {
    let output = billbridge(world, data, line).output().unwrap();
    assert!(output.status.success(), "{line:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_home_and_with_one_directory_to_write_to_it_serves_is_backed_up_and_stops_when_told() {
    assert!(std::fs::File::create(Path::new(READ_ONLY).join("billbridge.db")).is_err());
    let world = World::new().await;
    let settings = world.file("settings.json", &world.settings("crayon").replace("{brake}", "{}"));
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("billbridge.db");
    done(&world, &data, &["settings", "apply", settings.to_str().unwrap()]);

    let mut serving = billbridge(&world, &data, &["serve"]);
    let serving = serving.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut serving = Process(serving.unwrap());
    let mut told = BufReader::new(serving.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    let url = told.find_map(|line| Some(line.strip_prefix("pages and API on ")?.to_owned())).unwrap();
    // Read to the end, so that it never waits for a reader.
    let rest = std::thread::spawn(move || told.collect::<Vec<_>>());
    done(&world, &data, &["health", "--url", &url]);
    done(&world, &data, &["backup", dir.path().join("copy.db").to_str().unwrap()]);

    let pid = serving.0.id().to_string();
    let asked = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &pid]).status().unwrap();
    assert!(asked.success());
    let ended = serving.0.wait().unwrap();
    let rest = rest.join().unwrap();
    assert_eq!(ended.code(), Some(0), "{rest:?}");
    let health = billbridge(&world, &data, &["health", "--url", &url]).output().unwrap();
    assert_eq!(health.status.code(), Some(1), "nobody answers any more");

    let names = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let names: BTreeSet<_> = names.map(|name| name.into_string().unwrap()).collect();
    let expected = ["billbridge.db", "billbridge.db.key", "billbridge.db.lock", "copy.db"];
    assert_eq!(names, expected.map(str::to_owned).into(), "and the table is closed: it has no log left");
}
