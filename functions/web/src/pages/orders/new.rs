//! The order form: searched, reckoned up, sent.

use super::Told;
use super::choices::{CYCLES, Customers, Offers, TERMS, customer, customers, offers};
use super::form::OrderForm;
use crate::pages::asked::{Names, moment, organisation, parsed};
use crate::pages::flash::saying;
use crate::pages::frame::{Frame, Section, Shown, render, render_as, see};
use crate::pages::sync::find_record;
use crate::pages::text;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::order::{Needs, Order, OrderState};
use domain::settings::{Organisation, Settings};
use http_kit::{Form, Once, Principal, Problem, Query};
use orders::{NewOrder, OrderProblem, ProblemKind};
use serde::Deserialize;

/// What the form comes to.
enum Total {
    /// Not enough of it is filled in.
    Unknown,
    /// Something is in the way.
    Not { problem: Told },
    /// This.
    Is { order: Box<Order>, needs: &'static str },
}

/// The running subscription that seats are ordered for.
struct Seats {
    name: String,
    customer: String,
    now: String,
}

#[derive(Template)]
#[template(path = "orders/new.html")]
struct NewPage<'a> {
    frame: Frame,
    here: &'static str,
    organisation: &'a str,
    organisations: &'a [Organisation],
    terms: [(&'static str, &'static str); 4],
    cycles: [(&'static str, &'static str); 5],
    form: &'a OrderForm,
    seats: Option<Seats>,
    customers: Customers,
    offers: Offers,
    total: Total,
    problem: Option<Told>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Begin {
    organisation: Option<String>,
    subscription: Option<String>,
}

/// `GET /orders/new`
pub(super) async fn empty(State(app): State<App>, principal: Principal, Query(begin): Query<Begin>) -> Shown {
    let (settings, organisation) = organisation(&app, begin.organisation.as_deref()).await?;
    let mut form = OrderForm {
        organisation: organisation.id.to_string(),
        subscription: begin.subscription.unwrap_or_default(),
        ..OrderForm::default()
    };
    let seats = seats(&app, &organisation, &form).await?;
    if let Some(seats) = &seats {
        form.quantity.clone_from(&seats.now);
    }
    let asked = Asking { app: &app, principal: &principal, settings: &settings, organisation: &organisation };
    asked.page(form, Total::Unknown, None).await
}

/// What every way of showing the form needs.
struct Asking<'a> {
    app: &'a App,
    principal: &'a Principal,
    settings: &'a Settings,
    organisation: &'a Organisation,
}

impl Asking<'_> {
    async fn page(&self, mut form: OrderForm, total: Total, problem: Option<&OrderProblem>) -> Shown {
        let seats = seats(self.app, self.organisation, &form).await?;
        let (found, offered) = if seats.is_some() {
            (Customers::default(), Offers::default())
        } else {
            let customers = customers(self.app, self.organisation, &form);
            let (found, offered) = futures::join!(customers, offers(self.app, self.organisation, &form));
            (found?, offered)
        };
        form.wrong = problem.and_then(OrderProblem::field);
        let title = if seats.is_some() { "Order seats" } else { "New order" };
        let page = NewPage {
            frame: Frame::new(self.app, self.principal, Section::Orders, title),
            here: "/orders/new",
            organisation: self.organisation.id.as_str(),
            organisations: &self.settings.organisations,
            terms: TERMS,
            cycles: CYCLES,
            seats,
            customers: found,
            offers: offered,
            total,
            problem: problem.map(Told::from),
            form: &form,
        };
        render_as(problem.map_or(StatusCode::OK, status), &page)
    }

    /// The order as the form has it, not kept.
    async fn quote(&self, form: &OrderForm) -> Result<Order, OrderProblem> {
        let new = self.read(form).await?;
        let connections = self.app.connections.current().await.map_err(OrderProblem::Catalogue)?;
        let catalogue =
            connections.catalogue(&self.organisation.supplier).map_err(OrderProblem::Catalogue)?;
        let quoted =
            self.app.desk.quote(&new, catalogue.as_ref(), &self.principal.actor, self.app.deadline()).await;
        self.doubting(quoted)
    }

    async fn take(&self, form: &OrderForm, once: Once) -> Result<Order, OrderProblem> {
        let new = self.read(form).await?;
        let connections = self.app.connections.current().await.map_err(OrderProblem::Catalogue)?;
        let catalogue =
            connections.catalogue(&self.organisation.supplier).map_err(OrderProblem::Catalogue)?;
        let (moment, actor) = (moment(once), &self.principal.actor);
        let deadline = self.app.deadline();
        let taken =
            self.app.desk.take(new, catalogue.as_ref(), actor, moment.at, moment.seed, deadline).await;
        self.doubting(taken)
    }

    /// Where the supplier does not take our credentials, they are read again soon.
    fn doubting(&self, answer: Result<Order, OrderProblem>) -> Result<Order, OrderProblem> {
        if let Err(OrderProblem::Catalogue(failure)) = &answer
            && failure.kind == domain::failure::FailureKind::Unauthorised
        {
            self.app.connections.doubt();
        }
        answer
    }

    async fn read(&self, form: &OrderForm) -> Result<NewOrder, OrderProblem> {
        let whose = if form.is_seats() {
            let unknown =
                |_| OrderProblem::Wrong { field: "subscription", problem: "this is no subscription".into() };
            let id = form.subscription.parse().map_err(unknown)?;
            let found =
                find_record(self.app, &self.organisation.id, &id).await.map_err(OrderProblem::Store)?;
            let record = found.ok_or(OrderProblem::UnknownSubscription(id))?;
            let names = Names::of_these(self.app, self.organisation, [&record.tenant]).await;
            (record.tenant.clone(), names.of(&record.tenant))
        } else {
            let found = customer(self.app, self.organisation, &form.tenant).await;
            found
                .map_err(OrderProblem::Catalogue)?
                .ok_or_else(|| OrderProblem::Wrong { field: "tenant", problem: "choose a customer".into() })?
        };
        form.read(whose)
    }

    async fn total(&self, form: &OrderForm) -> Total {
        if !form.is_filled() {
            return Total::Unknown;
        }
        match self.quote(form).await {
            Ok(order) => {
                let (needs, _) = self.settings.orders.needs(&order);
                Total::Is { order: Box::new(order), needs: needs_words(needs) }
            }
            Err(problem) => Total::Not { problem: Told::from(&problem) },
        }
    }
}

fn status(problem: &OrderProblem) -> StatusCode {
    super::decide::status(problem.kind())
}

fn needs_words(needs: Needs) -> &'static str {
    match needs {
        Needs::Nobody => "The policy approves it by itself as soon as it is taken.",
        Needs::Anyone => "Somebody who may approve orders has to approve it; that may be you.",
        Needs::SomeoneElse => "Somebody other than you has to approve it.",
    }
}

async fn seats(app: &App, organisation: &Organisation, form: &OrderForm) -> Result<Option<Seats>, Problem> {
    if !form.is_seats() {
        return Ok(None);
    }
    let found = find_record(app, &organisation.id, &parsed(&form.subscription)?).await?;
    let record =
        found.ok_or_else(|| Problem::not_found().detail("Nothing is known of this subscription."))?;
    let names = Names::of_these(app, organisation, [&record.tenant]).await;
    Ok(Some(Seats {
        name: record.name,
        customer: names.of(&record.tenant),
        now: record.applied.map(|applied| applied.quantity.to_string()).unwrap_or_default(),
    }))
}

/// `POST /orders/form`: what was searched, and the total.
pub(super) async fn again(
    State(app): State<App>,
    principal: Principal,
    Form(form): Form<OrderForm>,
) -> Shown {
    let (settings, organisation) = organisation(&app, Some(&form.organisation)).await?;
    let asking =
        Asking { app: &app, principal: &principal, settings: &settings, organisation: &organisation };
    let total = asking.total(&form).await;
    asking.page(form, total, None).await
}

#[derive(Template)]
#[template(path = "orders/customers_part.html")]
struct CustomersPart<'a> {
    form: &'a OrderForm,
    customers: Customers,
}

/// `POST /orders/form/customers`
pub(super) async fn customers_found(
    State(app): State<App>,
    _: Principal,
    Form(form): Form<OrderForm>,
) -> Shown {
    let (_, organisation) = organisation(&app, Some(&form.organisation)).await?;
    render(&CustomersPart { customers: customers(&app, &organisation, &form).await?, form: &form })
}

#[derive(Template)]
#[template(path = "orders/offers_part.html")]
struct OffersPart<'a> {
    form: &'a OrderForm,
    offers: Offers,
}

/// `POST /orders/form/offers`
pub(super) async fn offers_found(State(app): State<App>, _: Principal, Form(form): Form<OrderForm>) -> Shown {
    let (_, organisation) = organisation(&app, Some(&form.organisation)).await?;
    render(&OffersPart { offers: offers(&app, &organisation, &form).await, form: &form })
}

#[derive(Template)]
#[template(path = "orders/total_part.html")]
struct TotalPart<'a> {
    form: &'a OrderForm,
    total: Total,
}

/// `POST /orders/form/total`
pub(super) async fn total(
    State(app): State<App>,
    principal: Principal,
    Form(form): Form<OrderForm>,
) -> Shown {
    let (settings, organisation) = organisation(&app, Some(&form.organisation)).await?;
    let asking =
        Asking { app: &app, principal: &principal, settings: &settings, organisation: &organisation };
    let total = asking.total(&form).await;
    render(&TotalPart { form: &form, total })
}

/// `POST /orders/new`
pub(super) async fn take(
    State(app): State<App>,
    principal: Principal,
    once: Once,
    Form(form): Form<OrderForm>,
) -> Shown {
    let (settings, organisation) = organisation(&app, Some(&form.organisation)).await?;
    let asking =
        Asking { app: &app, principal: &principal, settings: &settings, organisation: &organisation };
    match asking.take(&form, once).await {
        Ok(order) => {
            let waits = order.state == OrderState::PendingApproval;
            let code = if waits { "order-waits" } else { "order-taken" };
            Ok(see(&saying(&format!("/orders/{}/{}", order.organisation, order.id), code)))
        }
        Err(problem) => {
            if problem.kind() == ProblemKind::Unavailable {
                tracing::warn!("an order could not be taken: {problem}");
            }
            let total = asking.total(&form).await;
            asking.page(form, total, Some(&problem)).await
        }
    }
}
