//! Orders, people, tokens and figures.

use super::{euro, moment, offer, organisation, parsed, run_id, supplier};
use domain::access::{Actor, ApiToken, Role, SecretHash, Session, Subject, User};
use domain::audit::AuditDraft;
use domain::figures::{Age, Figures, Recurring};
use domain::id::{CustomerId, OrderId, TokenId, UserId};
use domain::order::{Order, OrderState, OrderStep, Quote, Wanted};
use domain::price::Priced;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A person as who does something: the same id and name.
pub fn actor(name: &str) -> Actor {
    Actor { id: format!("usr_{name}").into(), name: name.into() }
}

/// The n-th order's id; later orders sort later.
pub fn order_id(n: u32) -> OrderId {
    OrderId::new(moment(i64::from(n)), u64::from(n))
}

/// The n-th order: a draft of Ada's, ten seats of [`offer`] for tenant `500` at 4.00 EUR, which cost 3.28.
pub fn order(n: u32) -> Order {
    let made = moment(i64::from(n));
    let author = actor("ada");
    let tenant = parsed("500");
    let unit = Priced {
        unit: euro("4.00"),
        rule: parsed("standard"),
        explanation: "resale 4.00 EUR".into(),
        term_start: None,
        cost: Some(euro("3.28")),
    };
    Order {
        id: order_id(n),
        organisation: organisation().id,
        version: 1,
        customer: CustomerId::derived(&supplier(), &tenant),
        customer_name: "Fjord Kaffe".into(),
        tenant,
        offer: offer(),
        offer_id: offer().id(&supplier()),
        offer_name: "Microsoft 365 Business Basic".into(),
        wanted: Wanted::Subscription { quantity: 10 },
        scheduled: None,
        reference: None,
        author: author.clone(),
        state: OrderState::Draft,
        hold: None,
        quote: Quote::new(unit, 10, parsed("c500"), parsed(super::PRODUCT), made).expect("a small total"),
        approval: None,
        accepted: None,
        subscription: None,
        service: None,
        send_again: false,
        steps: vec![OrderStep { at: made, by: author, to: OrderState::Draft, why: "made".into() }],
        created: made,
        updated: made,
    }
}

/// What the audit log says of an order's latest step.
pub fn order_audit(order: &Order) -> AuditDraft {
    let step = order.steps.last().expect("an order has a first step");
    AuditDraft {
        at: step.at,
        actor: step.by.to_string(),
        run: run_id(1),
        plan: None,
        subscription: order.subscription.clone(),
        what: format!("{} became {}", order.id, step.to),
        why: step.why.clone(),
    }
}

/// A person of this name (`usr_<name>`), who signs in at the company's provider as `s-<name>`.
pub fn user(name: &str, role: Role) -> User {
    User {
        id: parsed::<UserId>(&format!("usr_{name}")),
        name: name.into(),
        email: Some(format!("{name}@example.com")),
        role,
        subject: Some(Subject { issuer: "https://id.example.com".into(), subject: format!("s-{name}") }),
        created: moment(0),
        disabled: None,
    }
}

/// The n-th token of a program, with the scopes of a role; its secret is `secret-<n>`.
pub fn api_token(n: u32, role: Role) -> ApiToken {
    ApiToken {
        id: TokenId::new(moment(i64::from(n)), u64::from(n)),
        name: format!("program {n}"),
        owner: None,
        scopes: role.scopes(),
        hash: SecretHash::of(&format!("secret-{n}")),
        created: moment(i64::from(n)),
        created_by: "usr_ada".into(),
        expires: None,
        last_used: None,
        revoked: None,
    }
}

/// A session of a person, with this secret, for an hour from [`moment`] 0.
pub fn session(secret: &str, user: &User) -> Session {
    Session {
        hash: SecretHash::of(secret),
        user: user.id.clone(),
        scopes: user.role.scopes(),
        created: moment(0),
        expires: moment(3_600),
    }
}

/// Figures of one day, something of everything.
pub fn figures(day: Date) -> Figures {
    let recurring =
        Recurring { revenue: parsed("39.20"), revenue_with_cost: parsed("35.20"), cost: parsed("32.8000") };
    Figures {
        organisation: organisation().id,
        day,
        at: moment(0),
        records: BTreeMap::from([("synced".into(), 12), ("parked".into(), 2)]),
        parked: BTreeMap::from([("customer-unlinked".into(), 2)]),
        drift: BTreeMap::from([(Age::Day, 1), (Age::Older, 1)]),
        at_stake: BTreeMap::from([(parsed("EUR"), parsed("8.00")), (parsed("JPY"), parsed("980"))]),
        recurring: BTreeMap::from([(parsed("EUR"), recurring)]),
    }
}
