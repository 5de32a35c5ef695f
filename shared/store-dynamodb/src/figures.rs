//! Figures: one item a day.

use crate::item::{Fields, Item, Read, number, text};
use crate::keys::{self, Key};
use crate::store::DynamoStore;
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::failure::Failure;
use domain::figures::{Age, Figures, Recurring};
use domain::id::OrganisationId;
use domain::money::Currency;
use domain::ports::FiguresStore;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt::Display;

#[async_trait]
impl FiguresStore for DynamoStore {
    /// Two items: 2 write units. A month that was left behind by a kill between them is there after the next count.
    async fn put_figures(&self, figures: &Figures) -> Result<(), Failure> {
        let (organisation, day) = (&figures.organisation, figures.day);
        self.put("write the day's figures", write(keys::figures_of(organisation, day), figures)).await?;
        let month = write(keys::monthly_figures_of(organisation, day), figures);
        self.put("write the month's figures", month).await
    }

    /// One query, eventually consistent: half a read unit for 4 KB, about eight days.
    async fn figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figures>, Failure> {
        if to < from {
            return Ok(Vec::new());
        }
        let query = self.query_between(keys::figures(organisation), from.to_string(), to.to_string());
        let found = self.pages("read the figures", query, usize::MAX).await?;
        found.iter().map(read).collect()
    }

    /// One query for one item, eventually consistent: half a read unit.
    async fn last_figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Option<Figures>, Failure> {
        if to < from {
            return Ok(None);
        }
        let query = self.query_between(keys::figures(organisation), from.to_string(), to.to_string());
        let found = self.pages("read the last figures", query.scan_index_forward(false), 1).await?;
        found.first().map(read).transpose()
    }

    /// One query, eventually consistent: half a read unit for 4 KB, about ten months.
    async fn monthly_figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figures>, Failure> {
        let (first, last) = (keys::month(from), keys::month(to));
        if last < first {
            return Ok(Vec::new());
        }
        let query = self.query_between(keys::figures(organisation), first, last);
        let found = self.pages("read the months' figures", query, usize::MAX).await?;
        found.iter().map(read).collect()
    }
}

pub(crate) fn write(key: Key, figures: &Figures) -> Item {
    let recurring = figures.recurring.iter().map(|(currency, sums)| {
        let sums = Fields::part()
            .text("revenue", sums.revenue)
            .text("with_cost", sums.revenue_with_cost)
            .text("cost", sums.cost);
        (currency.to_string(), AttributeValue::M(sums.finish()))
    });
    let drift = figures.drift.iter().map(|(age, count)| (age.as_str(), count));
    let at_stake =
        figures.at_stake.iter().map(|(currency, sum)| (currency.to_string(), text(sum.to_string())));
    Fields::at(key)
        .text("org", &figures.organisation)
        .text("day", figures.day)
        .text("at", figures.at)
        .map("records", counts(&figures.records))
        .map("parked", counts(&figures.parked))
        .map("drift", counts(drift))
        .map("at_stake", at_stake)
        .map("recurring", recurring)
        .finish()
}

fn counts(
    all: impl IntoIterator<Item = (impl Display, impl Display)>,
) -> impl Iterator<Item = (String, AttributeValue)> {
    all.into_iter().map(|(name, count)| (name.to_string(), number(count)))
}

pub(crate) fn read(item: &Item) -> Result<Figures, Failure> {
    let item = Read::new(item)?;
    let drift = read_counts(item, "drift")?.into_iter().map(|(age, count)| {
        let age = Age::find(&age).ok_or_else(|| item.unknown("drift"))?;
        Ok((age, count))
    });
    Ok(Figures {
        organisation: item.parsed("org")?,
        day: item.parsed("day")?,
        at: item.parsed("at")?,
        records: read_counts(item, "records")?,
        parked: read_counts(item, "parked")?,
        drift: drift.collect::<Result<_, Failure>>()?,
        at_stake: read_sums(item)?,
        recurring: read_recurring(item)?,
    })
}

fn read_counts(item: Read<'_>, name: &'static str) -> Result<BTreeMap<String, u64>, Failure> {
    let counts = item.get_inside(name)?;
    item.map(name).map(|(of, _)| Ok((of.to_owned(), counts.number(of)?))).collect()
}

fn read_sums(item: Read<'_>) -> Result<BTreeMap<Currency, Decimal>, Failure> {
    let sums = item.get_inside("at_stake")?;
    item.map("at_stake").map(|(of, _)| Ok((currency(item, "at_stake", of)?, sums.parsed(of)?))).collect()
}

fn read_recurring(item: Read<'_>) -> Result<BTreeMap<Currency, Recurring>, Failure> {
    let all = item.map("recurring").map(|(of, sums)| {
        let sums = item.inside("recurring", sums)?;
        let recurring = Recurring {
            revenue: sums.parsed("revenue")?,
            revenue_with_cost: sums.parsed("with_cost")?,
            cost: sums.parsed("cost")?,
        };
        Ok((currency(item, "recurring", of)?, recurring))
    });
    all.collect()
}

fn currency(item: Read<'_>, name: &str, code: &str) -> Result<Currency, Failure> {
    code.parse().map_err(|error| item.wrong(name, error))
}
