//! What reading a subscription costs this process, from the socket to the domain's types:
//! `cargo run --release -p connector-crayon --example page_cost`. Linux only: the kernel counts the time this
//! thread ran; the simulator runs on another.

use connector_crayon::{Crayon, CrayonConfig, Credentials};
use domain::clock::{Clock, Deadline};
use domain::ports::SubscriptionSource;
use domain::secret::Secret;
use domain::settings::{Organisation, Policy, PricePer};
use simulators::crayon as sim;
use std::error::Error;
use std::io::Write;
use std::sync::{Arc, mpsc};

const ROWS: u32 = 10_000;
const ROUNDS: u64 = 5;

struct Midnight;

impl Clock for Midnight {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || serve(&tell).is_err());
    let (url, credentials, organisation) = told.recv()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&url, credentials, organisation))?;
    Ok(writeln!(std::io::stdout(), "{report}")?)
}

type Told = (String, sim::Credentials, u32);

fn serve(tell: &mpsc::Sender<Told>) -> Result<(), Box<dyn Error>> {
    let mut model = sim::Model::empty();
    let organisation = model.add_organisation("Reseller [T2/EUR]", "EUR");
    let tenant = model.add_tenant(organisation, "Fjord Kaffe AB", "fjordkaffe");
    for _ in 0..ROWS {
        model.add_subscription(tenant, "CFQ7TTC0LH16:0001", 25, Some(sim::Term::Year), sim::Cycle::Monthly);
    }
    let credentials = model.credentials();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let crayon = sim::Crayon::start(model).await?;
        tell.send((crayon.url().to_owned(), credentials, organisation))?;
        std::future::pending::<()>().await;
        Ok(())
    })
}

async fn measure(url: &str, login: sim::Credentials, organisation: u32) -> Result<String, Box<dyn Error>> {
    let credentials = Credentials {
        client_id: login.client_id,
        client_secret: Secret::new(login.client_secret),
        username: login.username,
        password: Secret::new(login.password),
    };
    let mut config = CrayonConfig::new("crayon".parse()?, url.parse()?, credentials);
    config.requests_per_second = 10_000.try_into()?;
    let crayon = Crayon::new(connector_kit::http_client()?, Arc::new(Midnight), &config);
    let organisation = Organisation {
        id: "nord".parse()?,
        supplier: "crayon".parse()?,
        supplier_organisation: organisation.to_string(),
        billing: "hostbill".parse()?,
        currency: "EUR".parse()?,
        price_per: PricePer::Cycle,
        policy: Policy::default(),
    };
    let pages = ROWS.div_ceil(crayon.page_size());
    crayon.page(&organisation, 1, Deadline::never()).await?;
    let before = thread_ns()?;
    let mut read = 0;
    for _ in 0..ROUNDS {
        for page in 1..=pages {
            let rows = crayon.page(&organisation, page, Deadline::never()).await?.rows;
            read += rows.iter().filter(|row| row.is_ok()).count() as u64;
        }
    }
    let spent = thread_ns()? - before;
    Ok(format!("{read} subscriptions, {} ns each", spent / read.max(1)))
}

fn thread_ns() -> Result<u64, Box<dyn Error>> {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(counted.split(' ').next().unwrap_or_default().parse()?)
}
