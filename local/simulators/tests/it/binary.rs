use std::io::BufRead as _;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::wire::send;

/// Ends the program however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn the_binary_says_where_it_is_and_serves_there() {
    let program = Command::new(env!("CARGO_BIN_EXE_simulators"))
        .args(["--estate", "synthetic", "--subscriptions", "60", "--customers", "3"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = Running(program);
    let mut line = String::new();
    std::io::BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let (crayon, hostbill) =
        (said["crayon"]["url"].as_str().unwrap(), said["hostbill"]["url"].as_str().unwrap());
    let ping = send("GET", &format!("{crayon}/api/v1/ping"), &[], "").await.unwrap();
    let version = send("GET", &format!("{hostbill}?call=getHostBillversion"), &[], "").await.unwrap();
    let state = send("GET", &format!("{crayon}/_sim/state"), &[], "").await.unwrap().json();
    assert_eq!((ping.status, version.json()["success"].as_bool()), (200, Some(false)));
    assert_eq!(state["subscriptions"], 60);
}
