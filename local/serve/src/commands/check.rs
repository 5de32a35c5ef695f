//! `billbridge check`: each credential, connection and needed call by itself, with the cure for what fails.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::json;
use crate::out::Out;
use crate::show::{Sheet, of};
use connections::Connections;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::ports::{Probe, SettingsStore};
use domain::settings::Settings;
use jiff::SignedDuration;
use serde_json::json;

/// Everything together may take this long.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// One thing that was tried, and where.
struct Tried {
    place: String,
    probe: Probe,
}

/// Checks.
pub async fn run(house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let mut tried = Vec::new();
    let connections = configuration(house, &mut tried);
    let settings = settings(house, &mut tried).await;
    if let Some(connections) = connections {
        let deadline = house.now().checked_add(PATIENCE).map_or_else(|_| Deadline::never(), Deadline);
        systems(&connections, &settings, deadline, &mut tried).await;
        named(&connections, &settings, &mut tried);
    }
    let failed = tried.iter().filter(|one| one.probe.outcome.is_err()).count();
    show(house, out, &tried);
    if failed > 0 && !out.json {
        out.note(format_args!("{failed} of {} did not work", tried.len()));
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::Failed })
}

/// All problems of all variables, each by its name.
fn configuration(house: &House, tried: &mut Vec<Tried>) -> Option<Connections> {
    let place = "configuration";
    let (connections, problems) = house.configuration();
    for problem in &problems {
        let failure = Failure::new(FailureKind::Refused, &SystemId::billbridge(), problem.what.clone());
        let outcome = Err((failure, format!("set it to {}", problem.cure)));
        tried.push(Tried { place: place.into(), probe: Probe { what: problem.name.clone(), outcome } });
    }
    if problems.is_empty() {
        let probe = Probe { what: "variables".into(), outcome: Ok("complete".into()) };
        tried.push(Tried { place: place.into(), probe });
    }
    connections
}

async fn settings(house: &House, tried: &mut Vec<Tried>) -> Settings {
    let stored = house.store.find_settings().await;
    let reached = match &stored {
        Err(failure) if failure.is_transient() || failure.kind == FailureKind::Unauthorised => {
            let cure = "check BILLBRIDGE_TABLE and the AWS credentials, or BILLBRIDGE_DATA".to_owned();
            Err((failure.clone(), cure))
        }
        Ok(_) | Err(_) => Ok(house.place.clone()),
    };
    tried.push(Tried { place: "table".into(), probe: Probe { what: "reach".into(), outcome: reached } });
    let (settings, outcome) = match stored {
        Ok(Some(settings)) => {
            let ids: Vec<_> = settings.organisations.iter().map(|one| one.id.as_str()).collect();
            let detail = format!("organisations {}", ids.join(", "));
            let rules = of(settings.price_rules.iter().count() as u64, "price rule", "price rules");
            let detail = format!("{detail}; {rules}");
            (settings, Ok(detail))
        }
        Ok(None) => {
            let failure = Failure::new(FailureKind::NotFound, &SystemId::billbridge(), "none are stored yet");
            let cure = "billbridge settings init > settings.json, fill it in, billbridge settings apply settings.json";
            (Settings::default(), Err((failure, cure.to_owned())))
        }
        Err(failure) => {
            let cure =
                "billbridge settings show, correct what is named, billbridge settings apply".to_owned();
            (Settings::default(), Err((failure, cure)))
        }
    };
    tried.push(Tried { place: "settings".into(), probe: Probe { what: "read".into(), outcome } });
    settings
}

async fn systems(connections: &Connections, settings: &Settings, deadline: Deadline, tried: &mut Vec<Tried>) {
    for source in &connections.sources {
        let of_it = |one: &&domain::settings::Organisation| one.supplier == *source.system();
        let organisations: Vec<_> = settings.organisations.iter().filter(of_it).collect();
        for probe in source.probe(&organisations, deadline).await {
            tried.push(Tried { place: source.system().to_string(), probe });
        }
    }
    for billing in &connections.billing {
        for probe in billing.probe(deadline).await {
            tried.push(Tried { place: billing.system().to_string(), probe });
        }
    }
}

/// Whether the connections that the settings name are there.
fn named(connections: &Connections, settings: &Settings, tried: &mut Vec<Tried>) {
    for organisation in &settings.organisations {
        let supplier = connections.sources.iter().any(|one| *one.system() == organisation.supplier);
        let billing = connections.billing.iter().any(|one| *one.system() == organisation.billing);
        for (system, there) in [(&organisation.supplier, supplier), (&organisation.billing, billing)] {
            let outcome = if there {
                Ok("is configured".to_owned())
            } else {
                let what = format!("the settings name connection {system}, which is not configured");
                let failure = Failure::new(FailureKind::NotFound, &SystemId::billbridge(), what);
                Err((failure, "set its variables, or name another connection in the settings".to_owned()))
            };
            let what = format!("{} uses {system}", organisation.id);
            tried.push(Tried { place: "settings".into(), probe: Probe { what, outcome } });
        }
    }
}

fn show(house: &House, out: &mut Out, tried: &[Tried]) {
    if out.json {
        let all: Vec<_> = tried.iter().map(|one| json::probe(&one.place, &one.probe)).collect();
        let well = tried.iter().all(|one| one.probe.outcome.is_ok());
        out.value(&json!({"ok": well, "table": house.place, "tried": all}));
        return;
    }
    let look = out.look;
    let mut sheet = Sheet::new(&["", "where", "what", "~result"]);
    for one in tried {
        let (tick, text) = match &one.probe.outcome {
            Ok(detail) => (look.tick(true), detail.clone()),
            Err((failure, cure)) => (look.tick(false), format!("{}\n→ {cure}", failure.what)),
        };
        sheet.row([tick, one.place.clone(), one.probe.what.clone(), text]);
    }
    out.line(sheet.text(look));
}
