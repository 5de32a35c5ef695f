//! Observe: read the supplier's list page by page, keep a digest of each row and the body of none but the
//! changed, and prove that the list is whole.

use domain::clock::Deadline;
use domain::digest::SubscriptionKey;
use domain::failure::{Failure, FailureKind};
use domain::index::{DigestIndex, Listing, Proof, Sight};
use domain::planner::Planner;
use domain::ports::{SubscriptionPage, SubscriptionSource};
use domain::settings::Organisation;
use domain::subscription::ObservedSubscription;
use futures::{StreamExt as _, TryStreamExt as _};
use tracing::debug;

/// What one look at a supplier's list showed.
pub(crate) struct Observation {
    /// The rows that are new or differ from their digest.
    pub(crate) changed: Vec<ObservedSubscription>,
    /// Whether the list was whole.
    pub(crate) proof: Proof,
    /// How many pages were read.
    pub(crate) pages: u64,
    /// How many distinct subscriptions were seen.
    pub(crate) observed: u64,
    /// The first rows that could not be read, in words.
    pub(crate) unreadable: Vec<String>,
}

/// One look at the list of an organisation.
pub(crate) struct Look<'a> {
    pub(crate) source: &'a dyn SubscriptionSource,
    pub(crate) organisation: &'a Organisation,
    pub(crate) planner: &'a Planner<'a>,
    pub(crate) in_flight: usize,
    pub(crate) deadline: Deadline,
}

impl Look<'_> {
    /// Reads all pages. `index` notes what was seen.
    pub(crate) async fn observe(&self, index: &mut DigestIndex) -> Result<Observation, Failure> {
        let mut gathered = Gathered {
            planner: self.planner,
            index,
            listing: Listing::default(),
            out: Vec::new(),
            unreadable: Vec::new(),
        };
        let first = self.page(1).await?;
        let (total, rows) = (first.total, first.rows.len() as u64);
        gathered.add(first);
        // A supplier may cap the page size: what counts is how many rows a page really has.
        let pages = match total {
            Some(total) if rows > 0 => u32::try_from(total.div_ceil(rows)).unwrap_or(u32::MAX),
            Some(_) | None => 1,
        };
        let mut stream =
            futures::stream::iter(2..=pages).map(|n| self.page(n)).buffered(self.in_flight.max(1));
        while let Some(page) = stream.try_next().await? {
            gathered.add(page);
        }
        drop(stream);
        self.read_on(pages, &mut gathered).await?;
        Ok(gathered.finish())
    }

    /// Reads past the expected end as long as pages bring something new: totals may be missing or too small.
    async fn read_on(&self, mut pages: u32, gathered: &mut Gathered<'_>) -> Result<(), Failure> {
        let short = |listing: &Listing, total: Option<u64>| total.is_none_or(|t| listing.distinct() < t);
        let mut total = gathered.listing.total();
        while pages > 0 && short(&gathered.listing, total) {
            pages += 1;
            let page = self.page(pages).await?;
            if page.rows.is_empty() {
                break;
            }
            let before = gathered.listing.distinct();
            gathered.add(page);
            total = gathered.listing.total();
            if gathered.listing.distinct() == before {
                break;
            }
        }
        Ok(())
    }

    async fn page(&self, number: u32) -> Result<SubscriptionPage, Failure> {
        let page = self.source.page(self.organisation, number, self.deadline).await.map_err(too_long)?;
        debug!(page.number = number, page.rows = page.rows.len(), "page {number} read");
        Ok(page)
    }
}

/// What the supplier says is read whole in one invocation or not at all: say what helps.
pub(crate) fn too_long(failure: Failure) -> Failure {
    if failure.kind != FailureKind::OutOfTime {
        return failure;
    }
    let what = format!(
        "{}; reading does not fit into the time given: raise CRAYON_PAGE_SIZE or CRAYON_REQUESTS_PER_SECOND, or run \
         `billbridge sync`, which has no time limit",
        failure.what
    );
    Failure { what, ..failure }
}

struct Gathered<'a> {
    planner: &'a Planner<'a>,
    index: &'a mut DigestIndex,
    listing: Listing,
    out: Vec<ObservedSubscription>,
    unreadable: Vec<String>,
}

impl Gathered<'_> {
    const MAX_UNREADABLE: usize = 5;

    fn add(&mut self, page: SubscriptionPage) {
        self.listing.page(page.total, page.rows.len());
        for row in page.rows {
            let row = match row {
                Ok(row) => row,
                Err(unreadable) => {
                    self.listing.unreadable();
                    if self.unreadable.len() < Self::MAX_UNREADABLE {
                        let id = unreadable.id.as_deref().unwrap_or("without id");
                        self.unreadable
                            .push(format!("subscription {id} could not be read: {}", unreadable.problem));
                    }
                    continue;
                }
            };
            let key = SubscriptionKey::of(row.id.as_str());
            match self.index.observe(key, self.planner.digest(&row)) {
                Sight::Unchanged => {}
                Sight::Changed | Sight::New => self.out.push(row),
                Sight::Repeated => self.listing.repeated(),
            }
        }
    }

    fn finish(self) -> Observation {
        Observation {
            changed: self.out,
            proof: self.listing.proof(),
            pages: u64::from(self.listing.pages()),
            observed: self.listing.distinct(),
            unreadable: self.unreadable,
        }
    }
}
