//! Figures.

use crate::builders::{figures as some_figures, organisation, parsed};
use domain::figures::Figures;
use domain::ports::FiguresStore;
use jiff::civil::{Date, date};
use std::collections::BTreeMap;

/// Each day has its figures as they were last counted.
pub async fn figures<S: FiguresStore>(store: &S) {
    let acme = organisation().id;
    let (first, last) = (date(2026, 10, 30), date(2026, 11, 3));
    assert!(store.figures(&acme, first, last).await.unwrap().is_empty());
    let mut day = last;
    while day >= first {
        store.put_figures(&some_figures(day)).await.unwrap();
        day = day.yesterday().unwrap();
    }
    let days = |all: Vec<Figures>| all.into_iter().map(|f| f.day.to_string()).collect::<Vec<_>>();
    let all = store.figures(&acme, first, last).await.unwrap();
    assert_eq!(all[0], some_figures(first));
    assert_eq!(days(all), ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03"]);
    let some = store.figures(&acme, date(2026, 10, 31), date(2026, 11, 1)).await.unwrap();
    assert_eq!(days(some), ["2026-10-31", "2026-11-01"]);
    assert!(store.figures(&acme, last, first).await.unwrap().is_empty(), "an end before its beginning");
    let newest = store.last_figures(&acme, first, date(2026, 11, 2)).await.unwrap();
    assert_eq!(newest, Some(some_figures(date(2026, 11, 2))));
    assert_eq!(store.last_figures(&acme, date(2026, 11, 4), date(2026, 12, 1)).await.unwrap(), None);
    assert_eq!(store.last_figures(&acme, last, first).await.unwrap(), None, "an end before its beginning");
    assert!(store.figures(&parsed("other"), first, last).await.unwrap().is_empty());
    let months = store.monthly_figures(&acme, date(2025, 12, 31), date(2026, 11, 1)).await.unwrap();
    assert_eq!(days(months), ["2026-10-30", "2026-11-01"], "of each month those that were kept last");
    assert_eq!(days(store.monthly_figures(&acme, first, date(2026, 10, 31)).await.unwrap()), ["2026-10-30"]);
    assert!(
        store.monthly_figures(&acme, last, first).await.unwrap().is_empty(),
        "an end before its beginning"
    );
    assert!(store.monthly_figures(&parsed("other"), first, last).await.unwrap().is_empty());
    counted_again(store, last).await;
}

async fn counted_again<S: FiguresStore>(store: &S, day: Date) {
    let empty = Figures {
        records: BTreeMap::new(),
        parked: BTreeMap::new(),
        drift: BTreeMap::new(),
        at_stake: BTreeMap::new(),
        recurring: BTreeMap::new(),
        ..some_figures(day)
    };
    store.put_figures(&empty).await.unwrap();
    assert_eq!(
        store.figures(&empty.organisation, day, day).await.unwrap(),
        [empty],
        "nothing of before is left"
    );
}
