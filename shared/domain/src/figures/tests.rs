use super::*;
use crate::digest::Digest;
use crate::money::{Money, MoneyError};
use crate::price::Priced;
use crate::record::{ParkReason, SyncRecord, SyncState, WaitReason};
use crate::service::{ServiceState, ServiceStatus};
use crate::subscription::BillingCycle;

const NOW: &str = "2026-11-21T23:30:00Z";

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn euro() -> Currency {
    "EUR".parse().unwrap()
}

/// A subscription that is in step, with a service of so many seats at this price each.
fn service(id: u32, cycle: &str, quantity: u32, unit: &str, cost: Option<&str>) -> SyncRecord {
    let unit = money(unit);
    SyncRecord {
        organisation: "nordic".parse().unwrap(),
        subscription: id.to_string().parse().unwrap(),
        name: "Exchange Online".into(),
        tenant: "1".parse().unwrap(),
        customer: None,
        offer: format!("CFQ7TTC0LH16:0001/P1Y/{cycle}").parse().unwrap(),
        state: SyncState::Synced,
        revision: 1,
        generation: 1,
        service: Some(format!("7{id}").parse().unwrap()),
        applied: Some(ServiceState {
            client: "11".parse().unwrap(),
            product: "90".parse().unwrap(),
            cycle: BillingCycle::from_text(cycle),
            quantity,
            unit_price: unit,
            amount: unit.times(quantity).unwrap(),
            status: ServiceStatus::Active,
            next_due: None,
        }),
        price: Some(Priced {
            unit,
            rule: "all".parse().unwrap(),
            explanation: String::new(),
            term_start: None,
            cost: cost.map(money),
        }),
        ended_on: None,
        digest: Digest::LOOK,
        run: "run_1793836800000a1b2c3".parse().unwrap(),
        updated: "2026-11-21T10:00:00Z".parse().unwrap(),
    }
}

fn with_status(mut record: SyncRecord, status: ServiceStatus) -> SyncRecord {
    record.applied.as_mut().unwrap().status = status;
    record
}

fn parked(record: SyncRecord, reason: ParkReason, updated: &str) -> SyncRecord {
    let state = SyncState::Parked { reason, detail: String::new() };
    SyncRecord { state, updated: updated.parse().unwrap(), ..record }
}

fn in_error(record: SyncRecord, since: &str) -> SyncRecord {
    let state = SyncState::Error { message: "locked".into(), since: since.parse().unwrap() };
    SyncRecord { state, ..record }
}

fn figures(records: &[SyncRecord]) -> Figures {
    let mut tally = Tally::new(NOW.parse().unwrap());
    for record in records {
        tally.add(record).unwrap();
    }
    tally.finish("nordic".parse().unwrap()).unwrap()
}

#[test]
fn every_cycle_is_brought_to_one_month_to_the_cent() {
    let table = [
        ("monthly", "12.00"),
        ("quarterly", "4.00"),
        ("semi-annual", "2.00"),
        ("annual", "1.00"),
        ("two-years", "0.50"),
        ("three-years", "0.3333333333333333333333333333"),
    ];
    for (cycle, month) in table {
        let sums = figures(&[service(1, cycle, 3, "4.00 EUR", Some("3.00 EUR"))]).recurring[&euro()];
        let whole = decimal("0.75") * decimal(month);
        assert_eq!((sums.revenue, sums.revenue_with_cost), (decimal(month), decimal(month)), "{cycle}");
        assert_eq!(sums.cost.round_dp(20), whole.round_dp(20), "{cycle}: nine of twelve");
        assert_eq!(sums.margin().round_dp(20), (decimal(month) - whole).round_dp(20), "{cycle}");
    }
}

#[test]
fn thirds_of_a_cent_add_up_instead_of_being_lost_one_by_one() {
    let yearly: Vec<_> = (0..12).map(|id| service(id, "annual", 1, "10.00 EUR", None)).collect();
    assert_eq!(figures(&yearly).recurring[&euro()].revenue, decimal("10.00"));
}

#[test]
fn currencies_are_never_added_together() {
    let estate = [
        service(1, "monthly", 2, "3.28 EUR", None),
        service(2, "monthly", 5, "40.00 NOK", None),
        service(3, "annual", 1, "120 JPY", None),
    ];
    let sums: Vec<_> = figures(&estate)
        .recurring
        .iter()
        .map(|(currency, sums)| Money::new(sums.revenue, *currency).to_string())
        .collect();
    assert_eq!(sums, ["6.56 EUR", "10 JPY", "200.00 NOK"]);
}

#[test]
fn only_a_service_that_runs_and_comes_back_is_recurring() {
    let unknown = service(4, "every-full-moon", 1, "7.00 EUR", None);
    let estate = [
        with_status(service(1, "monthly", 1, "7.00 EUR", None), ServiceStatus::Suspended),
        with_status(service(2, "monthly", 1, "7.00 EUR", None), ServiceStatus::Terminated),
        service(3, "one-time", 1, "7.00 EUR", None),
        unknown,
        SyncRecord {
            state: SyncState::Pending(WaitReason::NoSeats),
            applied: None,
            service: None,
            ..service(5, "monthly", 1, "7.00 EUR", None)
        },
    ];
    let figures = figures(&estate);
    assert_eq!((figures.recurring.len(), figures.at_stake.len()), (0, 0));
    assert_eq!(figures.records, BTreeMap::from([("pending".into(), 1), ("synced".into(), 4)]));
}

#[test]
fn a_margin_is_of_the_part_whose_cost_is_known_in_the_same_currency() {
    let estate = [
        service(1, "monthly", 10, "3.28 EUR", Some("2.85 EUR")),
        service(2, "monthly", 1, "100.00 EUR", None),
        service(3, "monthly", 1, "50.00 EUR", Some("4.00 USD")),
    ];
    let sums = figures(&estate).recurring[&euro()];
    assert_eq!(sums.revenue, decimal("182.80"));
    assert_eq!((sums.revenue_with_cost, sums.cost), (decimal("32.80"), decimal("28.50")));
    assert_eq!(sums.margin(), decimal("4.30"));
}

#[test]
fn what_is_set_aside_is_counted_by_reason_and_age_and_what_it_charges_is_at_stake() {
    let day = "2026-11-21T00:00:00Z";
    let estate = [
        parked(service(1, "annual", 1, "120.00 EUR", None), ParkReason::CustomerMoved, day),
        in_error(service(2, "monthly", 2, "3.28 EUR", None), "2026-11-18T00:00:00Z"),
        parked(
            SyncRecord { applied: None, service: None, ..service(3, "monthly", 1, "9.00 EUR", None) },
            ParkReason::CustomerUnlinked,
            "2026-11-01T00:00:00Z",
        ),
        parked(
            with_status(service(4, "monthly", 1, "9.00 EUR", None), ServiceStatus::Suspended),
            ParkReason::CustomerMoved,
            "2026-01-01T00:00:00Z",
        ),
        service(5, "monthly", 1, "1.00 EUR", None),
    ];
    let figures = figures(&estate);
    assert_eq!(
        figures.parked,
        BTreeMap::from([("customer-moved".into(), 2), ("customer-unlinked".into(), 1)])
    );
    assert_eq!(figures.drift, Age::ALL.into_iter().map(|age| (age, 1)).collect());
    assert_eq!(figures.at_stake, BTreeMap::from([(euro(), decimal("16.56"))]));
    assert_eq!(figures.recurring[&euro()].revenue, decimal("17.56"), "it is charged nevertheless");
    assert_eq!(
        figures.records,
        BTreeMap::from([("error".into(), 1), ("parked".into(), 3), ("synced".into(), 1)])
    );
}

#[test]
fn figures_belong_to_the_day_in_utc_on_which_they_were_counted() {
    let empty = figures(&[]);
    assert_eq!((empty.day.to_string().as_str(), empty.at), ("2026-11-21", NOW.parse().unwrap()));
}

#[test]
fn a_sum_beyond_all_digits_is_an_error_and_never_a_wrong_figure() {
    let mut tally = Tally::new(NOW.parse().unwrap());
    let vast = service(1, "monthly", 1, "79228162514264337593543950335 EUR", None);
    tally.add(&vast).unwrap();
    assert_eq!(tally.add(&vast).unwrap_err(), MoneyError::TooLarge);
    let dear = service(1, "monthly", 2, "1.00 EUR", Some("79228162514264337593543950335 EUR"));
    assert_eq!(Tally::new(NOW.parse().unwrap()).add(&dear).unwrap_err(), MoneyError::TooLarge);
}

#[test]
fn ages_end_where_the_next_begins_and_their_words_are_read_back() {
    let now: Timestamp = NOW.parse().unwrap();
    let hours = |hours: i64| Age::of(now - jiff::SignedDuration::from_hours(hours), now);
    let table = [
        (0, Age::Day),
        (23, Age::Day),
        (24, Age::Week),
        (167, Age::Week),
        (168, Age::Month),
        (719, Age::Month),
        (720, Age::Older),
        (-5, Age::Day),
    ];
    for (ago, age) in table {
        assert_eq!(hours(ago), age, "{ago} hours ago");
    }
    for age in Age::ALL {
        assert_eq!(Age::find(age.as_str()), Some(age));
    }
    assert_eq!(Age::find("yesterday"), None);
}
