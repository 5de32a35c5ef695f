//! A small world: one organisation, three customers, nine subscriptions, and the table in a file.

use domain::clock::Clock;
use jiff::Timestamp;
use lambda_kit::env::Env;
use rust_decimal::Decimal;
use serve::exit::Exit;
use serve::out::{Captured, Out};
use serve::surroundings::Surroundings;
use simulators::crayon::{Crayon, Cycle, Model as Cloud, Term};
use simulators::hostbill::{HostBill, Model as Billing};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

pub(crate) const PART_NUMBERS: [&str; 3] = ["CFQ7TTC0LH16:0001", "CFQ7TTC0LDPB:0001", "CFQ7TTC0LH18:0001"];
/// No output may ever hold one of these.
pub(crate) const SECRETS: [&str; 3] = ["SECRET-CLIENT", "SECRET-PASSWORD", "SECRET-API-KEY"];

/// Stands still where the simulators' clocks stand.
pub(crate) struct StillClock;

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        "2026-03-02T08:00:00Z".parse().unwrap()
    }
}

pub(crate) struct World {
    pub(crate) crayon: Crayon,
    pub(crate) hostbill: HostBill,
    pub(crate) dir: TempDir,
    pub(crate) data: String,
    pub(crate) tenants: Vec<u32>,
    pub(crate) clients: Vec<u32>,
    pub(crate) products: Vec<u32>,
    organisation: u32,
}

impl World {
    /// Nothing decided, nothing linked.
    pub(crate) async fn new() -> Self {
        let (mut cloud, mut billing) = (Cloud::empty(), Billing::empty());
        cloud.clients[0].secret = SECRETS[0].into();
        cloud.users[0].password = SECRETS[1].into();
        billing.keys[0].key = SECRETS[2].into();
        let organisation = cloud.add_organisation("Reseller [T2/EUR]", "EUR");
        let price = Decimal::new(400, 2);
        let mut products = Vec::new();
        for part_number in PART_NUMBERS {
            cloud.add_product(part_number, part_number, price, price);
            let product = billing.add_product(part_number, &[("m", price)]);
            let row = billing.products.get_mut(&product).unwrap();
            row.columns.insert("code".into(), part_number.into());
            products.push(product);
        }
        let (mut tenants, mut clients) = (Vec::new(), Vec::new());
        for name in ["Fjord Kaffe", "Moor Logistik", "Nordlys Regnskap"] {
            let slug = name.to_lowercase().replace(' ', "");
            let tenant = cloud.add_tenant(organisation, name, &slug);
            let client = billing.add_client(&format!("office@{slug}-post.example"), name);
            let guid = cloud.tenants[&tenant].guid.clone();
            billing.clients.get_mut(&client).unwrap().fields.insert("crayontenant".into(), guid);
            for part_number in PART_NUMBERS {
                cloud.add_subscription(tenant, part_number, 10, Some(Term::Year), Cycle::Monthly);
            }
            tenants.push(tenant);
            clients.push(client);
        }
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("table.db").to_str().unwrap().to_owned();
        let crayon = Crayon::start(cloud).await.unwrap();
        let hostbill = HostBill::start(billing).await.unwrap();
        Self { crayon, hostbill, dir, data, tenants, clients, products, organisation }
    }

    /// Settings in force and everything linked.
    pub(crate) async fn ready() -> Self {
        let world = Self::new().await;
        world.settle("{}").await;
        let links = world.file("links.csv", "");
        let links = links.to_str().unwrap();
        world.done(&["links", "suggest", "--accept-unique", "--out", links]).await;
        world.done(&["links", "import", links]).await;
        world
    }

    /// Puts settings with this brake in force.
    pub(crate) async fn settle(&self, brake: &str) {
        let text = self.settings("crayon").replace("{brake}", brake);
        let file = self.file("settings.json", &text);
        self.done(&["settings", "apply", file.to_str().unwrap()]).await;
    }

    pub(crate) fn settings(&self, supplier: &str) -> String {
        format!(
            r#"{{"organisations": [{{"id": "nordic", "supplier": "{supplier}", "supplierOrganisation": "{}",
                "billing": "hostbill", "currency": "EUR", "policy": {{"brake": {{brake}}}}}}],
                "priceRules": [{{"id": "standard", "basis": "resale", "markupPercent": "25"}}]}}"#,
            self.organisation
        )
    }

    /// A file in the world's own directory.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let (signs, api_id) = (
            self.crayon.with(|model| model.credentials()),
            self.hostbill.with(|model| model.credentials()).0,
        );
        let pairs = [
            ("BILLBRIDGE_DATA", self.data.as_str()),
            ("BILLBRIDGE_ACTOR", "ada"),
            ("CRAYON_URL", self.crayon.url()),
            ("CRAYON_CLIENT_ID", &signs.client_id),
            ("CRAYON_CLIENT_SECRET", SECRETS[0]),
            ("CRAYON_USERNAME", &signs.username),
            ("CRAYON_PASSWORD", SECRETS[1]),
            ("CRAYON_REQUESTS_PER_SECOND", "10000"),
            ("HOSTBILL_URL", self.hostbill.url()),
            ("HOSTBILL_API_ID", &api_id),
            ("HOSTBILL_API_KEY", SECRETS[2]),
            ("HOSTBILL_REQUESTS_PER_SECOND", "10000"),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    pub(crate) fn around(&self) -> Surroundings {
        self.around_with(&[])
    }

    /// With other variables; an empty one is not set.
    pub(crate) fn around_with(&self, more: &[(&str, &str)]) -> Surroundings {
        let mut pairs = self.pairs();
        pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        pairs.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        surroundings(Env::from_pairs(pairs), Arc::new(StillClock))
    }

    /// Runs a command line.
    pub(crate) async fn line(&self, line: &[&str]) -> (Exit, Captured) {
        run(line, self.around()).await
    }

    /// Runs a command line that must be done.
    pub(crate) async fn done(&self, line: &[&str]) -> Captured {
        let (exit, captured) = self.line(line).await;
        assert_eq!(exit, Exit::Done, "{line:?}: {}", captured.all());
        captured
    }

    /// How many services carry a mark of ours.
    pub(crate) fn services(&self) -> usize {
        self.hostbill.with(|model| model.accounts.iter().filter(|one| one.domain.starts_with("bb-")).count())
    }

    /// The hash of the plan that a dry run makes now.
    pub(crate) async fn dry_run(&self) -> String {
        let captured = self.done(&["sync", "--dry-run", "--json"]).await;
        let value: serde_json::Value = serde_json::from_str(&captured.results()).unwrap();
        value["runs"][0]["plan"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn surroundings(env: Env, clock: Arc<dyn Clock>) -> Surroundings {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Surroundings { clock, entropy: || NEXT.fetch_add(1, Ordering::Relaxed), ..Surroundings::new(env) }
}

pub(crate) async fn run(line: &[&str], around: Surroundings) -> (Exit, Captured) {
    let (mut out, captured) = Out::captured(false);
    let exit = serve::run_line(line, around, &mut out).await.unwrap();
    (exit, captured)
}
