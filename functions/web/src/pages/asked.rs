//! What pages are asked with, and what they need to know about it.

use crate::actions::Moment;
use crate::customers::Listed;
use crate::state::{App, Web};
use axum::http::Uri;
use domain::id::{OrganisationId, TenantId};
use domain::settings::{Organisation, Settings};
use http_kit::{Once, Problem};
use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;
use std::time::Duration;

/// How long a page waits for a supplier's list of customers; names come with the next page then.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something in a path: what no such thing can be called, there is not.
pub(super) fn parsed<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// The settings, and the organisation that a page is about: the one that is named, or the first.
pub(super) async fn organisation(
    web: &Web,
    named: Option<&str>,
) -> Result<(Settings, Organisation), Problem> {
    let settings = web.settings().await?;
    let found = match named.filter(|name| !name.is_empty()) {
        Some(name) => settings.find(&parsed::<OrganisationId>(name)?),
        None => settings.organisations.first(),
    };
    let none = || {
        let missing = "No organisation is set up under this name. The settings say which there are: \
                       “billbridge settings init” shows how to begin.";
        Problem::not_found().detail(missing)
    };
    let organisation = found.cloned().ok_or_else(none)?;
    Ok((settings, organisation))
}

/// The names of the customers that stand on a page.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<TenantId, String>);

impl Names {
    /// The names of these, as far as the supplier has said them by now. A supplier that is slow holds no page
    /// up: it is asked on behind it.
    pub(super) async fn of_these<'a>(
        app: &App,
        organisation: &Organisation,
        tenants: impl IntoIterator<Item = &'a TenantId>,
    ) -> Self {
        let wanted: BTreeSet<&TenantId> = tenants.into_iter().collect();
        if wanted.is_empty() {
            return Self::default();
        }
        let Some(listed) = listed(app, organisation).await else { return Self::default() };
        let known = listed.tenants.iter().filter(|tenant| wanted.contains(&tenant.id));
        Self(known.map(|tenant| (tenant.id.clone(), tenant.name.clone())).collect())
    }

    /// The name of a customer, or what the supplier calls it.
    pub(super) fn of(&self, tenant: &TenantId) -> String {
        self.0.get(tenant).cloned().unwrap_or_else(|| format!("customer {tenant}"))
    }
}

/// A supplier's customers, unless they take too long.
async fn listed(app: &App, organisation: &Organisation) -> Option<Listed> {
    if let Some(known) = app.customers.known(&organisation.id)
        && app.clock.now().duration_since(known.at) < jiff::SignedDuration::from_mins(10)
    {
        return Some(known);
    }
    let asking = {
        let (app, organisation) = (app.clone(), organisation.clone());
        tokio::spawn(async move { app.customers_of(&organisation).await })
    };
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(Ok(listed))) => Some(listed),
        Ok(Ok(Err(failure))) => {
            tracing::warn!("a page shows no names of customers: {failure}");
            app.customers.known(&organisation.id)
        }
        Ok(Err(_)) | Err(_) => app.customers.known(&organisation.id),
    }
}

/// The address of the next page: the same question, and where to go on.
pub(super) fn next_page(uri: &Uri, cursor: Option<String>) -> Option<String> {
    let cursor = cursor?;
    let query = uri.query().unwrap_or_default();
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let mut pairs: Vec<&str> = kept.collect();
    let last = format!("cursor={cursor}");
    pairs.push(&last);
    Some(format!("{}?{}", uri.path(), pairs.join("&")))
}

/// A field that may be left empty.
pub(super) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// When a form was sent first, for ids that stay the same however often it is sent.
pub(super) fn moment(once: Once) -> Moment {
    Moment { at: once.at, seed: once.seed }
}
