//! The adapter: Cloud-iQ's price list as a catalogue.

use crate::map::{self, Line, Odd};
use crate::source::Crayon;
use async_trait::async_trait;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::order::CatalogueOffer;
use domain::ports::CatalogueSource;
use domain::settings::Organisation;
use domain::subscription::OfferKey;
use std::collections::HashSet;

const LIST: &str = "GET agreementproducts";
/// How far a search goes into the price list, in pages.
const PAGES: u32 = 10;
/// What a part number begins with, at least.
const SHORTEST_PART_NUMBER: usize = 6;

/// Lines of the price list.
struct Lines {
    found: Vec<Line>,
    /// Why lines could not be read.
    odd: Vec<Odd>,
    /// How many lines the page had.
    rows: u64,
    /// How many lines there are on all pages, where Cloud-iQ says so.
    total: Option<u64>,
}

/// How far a list has been read.
#[derive(Default)]
struct Progress(u64);

impl Progress {
    /// Whether nothing more is to come. Rows are counted as they came: pages may be cut smaller than asked for.
    fn is_over_after(&mut self, lines: &Lines) -> bool {
        self.0 += lines.rows;
        lines.rows == 0 || lines.total.is_some_and(|total| self.0 >= total)
    }
}

#[async_trait]
impl CatalogueSource for Crayon {
    fn system(&self) -> &SystemId {
        self.client.transport.system()
    }

    async fn search(
        &self,
        organisation: &Organisation,
        text: &str,
        limit: u32,
        deadline: Deadline,
    ) -> Result<Vec<CatalogueOffer>, Failure> {
        let text = text.trim();
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Found::default();
        let (by_part, by_text) = (("Include.PartNumbers", text), ("Search", text));
        let questions = if may_be_part_number(text) { &[by_part, by_text][..] } else { &[by_text][..] };
        for question in questions {
            let mut progress = Progress::default();
            for page in 1..=PAGES {
                let lines = self.lines(organisation, *question, page, deadline).await?;
                found.take(&lines, &words);
                if progress.is_over_after(&lines) || found.offers.len() >= limit {
                    break;
                }
            }
        }
        if let (true, Some(problem)) = (found.offers.is_empty(), found.odd.first()) {
            return Err(self.unreadable(problem));
        }
        if let Some(problem) = found.odd.first() {
            let system = self.client.transport.system();
            tracing::warn!(%system, lines = found.odd.len(), "lines of the price list are left out: {problem}");
        }
        found.offers.truncate(limit);
        Ok(found.offers)
    }

    async fn find_offer(
        &self,
        organisation: &Organisation,
        key: &OfferKey,
        deadline: Deadline,
    ) -> Result<Option<CatalogueOffer>, Failure> {
        let (mut offers, mut progress) = (Vec::<CatalogueOffer>::new(), Progress::default());
        for page in 1..=PAGES {
            let question = ("Include.PartNumbers", &*key.part_number);
            let lines = self.lines(organisation, question, page, deadline).await?;
            // A line that cannot be read could be the one with the right price.
            if let Some(problem) = lines.odd.first() {
                return Err(self.unreadable(problem));
            }
            for line in lines.found.iter().filter(|line| line.part_number() == &*key.part_number) {
                for offer in line.offers() {
                    let offer = offer.map_err(|problem| self.unreadable(&problem))?;
                    offers.extend(Some(offer).filter(|offer| offer.key == *key));
                }
            }
            if progress.is_over_after(&lines) {
                return self.only(organisation, offers);
            }
        }
        let text =
            format!("{LIST}: the price list does not end where only {} was asked for", key.part_number);
        Err(self.client.transport.failure(FailureKind::Malformed, text))
    }
}

impl Crayon {
    /// A page of the price list, narrowed by one question.
    async fn lines(
        &self,
        organisation: &Organisation,
        question: (&str, &str),
        page: u32,
        deadline: Deadline,
    ) -> Result<Lines, Failure> {
        let (number, size) = (page.to_string(), self.page_size.to_string());
        let mut query = vec![
            ("OrganizationId", organisation.supplier_organisation.as_str()),
            ("AgreementTypeIds", "13"),
            ("Page", number.as_str()),
            ("PageSize", size.as_str()),
        ];
        query.extend(Some(question).filter(|(_, text)| !text.is_empty()));
        let reply = self.client.get(LIST, "agreementproducts/", &query, deadline).await?;
        let list = self.client.list(LIST, &reply, map::LINE)?;
        let (mut found, mut odd) = (Vec::new(), Vec::new());
        for row in &list.rows {
            match map::line(row.as_ref(), &self.price_list) {
                Ok(line) => found.extend(line),
                Err(problem) => odd.push(problem),
            }
        }
        Ok(Lines { found, odd, rows: list.rows.len() as u64, total: list.total })
    }

    /// The one offer, if the price list agrees with itself.
    fn only(
        &self,
        organisation: &Organisation,
        mut offers: Vec<CatalogueOffer>,
    ) -> Result<Option<CatalogueOffer>, Failure> {
        let ours = |offer: &CatalogueOffer| {
            offer.prices.resale.is_some_and(|price| price.currency == organisation.currency)
        };
        if offers.iter().any(ours) {
            offers.retain(ours);
        }
        let Some(first) = offers.pop() else { return Ok(None) };
        if offers.iter().all(|offer| offer.prices == first.prices) {
            return Ok(Some(first));
        }
        let text = format!(
            "{LIST}: {} has several prices, in {} lines: which one counts is not known",
            first.key,
            offers.len() + 1
        );
        Err(self.client.transport.failure(FailureKind::Refused, text))
    }

    fn unreadable(&self, problem: &str) -> Failure {
        self.client.transport.failure(FailureKind::Malformed, format!("{LIST}: {problem}"))
    }
}

/// What a search has come upon.
#[derive(Default)]
struct Found {
    offers: Vec<CatalogueOffer>,
    keys: HashSet<OfferKey>,
    odd: Vec<Odd>,
}

impl Found {
    /// Takes the lines that have every one of these words: Cloud-iQ may find more than was asked for.
    fn take(&mut self, lines: &Lines, words: &[String]) {
        self.odd.extend(lines.odd.iter().cloned());
        for line in &lines.found {
            let (name, part_number) = (line.name().to_lowercase(), line.part_number().to_lowercase());
            if !words.iter().all(|word| name.contains(word) || part_number.contains(word)) {
                continue;
            }
            for offer in line.offers() {
                match offer {
                    Ok(offer) if self.keys.insert(offer.key.clone()) => self.offers.push(offer),
                    Ok(_) => {}
                    Err(problem) => self.odd.push(problem),
                }
            }
        }
    }
}

/// Whether Cloud-iQ is also asked for a part number of exactly this text.
fn may_be_part_number(text: &str) -> bool {
    text.len() >= SHORTEST_PART_NUMBER
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-'))
}
