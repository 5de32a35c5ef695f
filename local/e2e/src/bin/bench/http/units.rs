//! What a page asks of the table: the same library once more in this process, beside the one that serves, because
//! only the store that makes the calls can add them up.

use crate::http::served::{Installation, Served};
use crate::http::wire::Connection;
use crate::scene::{ORGANISATION, id};
use domain::id::OrganisationId;
use domain::ports::RecordStore as _;
use e2e::Trouble;
use lambda_kit::env::Env;
use serve::bus::InProcessBus;
use serve::door::Door;
use serve::front::Front;
use serve::house::House;
use serve::surroundings::Surroundings;
use store_dynamodb::Capacity;

/// Rows of a page where nobody says how many.
pub(crate) const PAGE: u32 = 50;

/// What was asked of the table.
pub(crate) struct Asked {
    /// A page of records, by itself.
    pub(crate) records: Capacity,
    /// Each page.
    pub(crate) pages: Vec<Capacity>,
}

pub(crate) async fn measure(
    installation: &Installation,
    served: &Served,
    pages: &[&str],
) -> Result<Asked, Trouble> {
    let env = Env::from_pairs(installation.environment().pairs());
    let house = House::open(Surroundings::new(env)).await.map_err(|problem| Trouble::new(problem.what))?;
    let stop = house.around.stop.clone();
    let opened = async {
        let door = Door::open(house.env(), Some("127.0.0.1:0")).await?;
        let front = Front::open(&house, &house.keeper()?, &InProcessBus::default(), door.address)?;
        Ok((door, front))
    };
    let opened: Result<_, serve::exit::Problem> = opened.await;
    let (door, front) = opened.map_err(|problem| Trouble::new(problem.what))?;
    let address = door.address;
    let asking = async {
        let asked = ask(&house, Connection::open(address).await?, served, pages).await;
        stop.ask();
        asked
    };
    let (ended, asked) = tokio::join!(door.serve(front.router, stop.clone()), asking);
    ended.map_err(|problem| Trouble::new(problem.what))?;
    asked
}

async fn ask(
    house: &House,
    mut connection: Connection,
    served: &Served,
    pages: &[&str],
) -> Result<Asked, Trouble> {
    let (store, organisation) = (&house.store, id::<OrganisationId>(ORGANISATION)?);
    let before = store.capacity();
    store.list_records(&organisation, None, None, PAGE).await?;
    let records = store.capacity().since(before);
    let mut asked = Vec::new();
    for path in pages {
        // What is remembered from one time to the next is asked the first time.
        connection.get(&served.page(path)).await?;
        let before = store.capacity();
        connection.get(&served.page(path)).await?;
        asked.push(store.capacity().since(before));
    }
    Ok(Asked { records, pages: asked })
}
