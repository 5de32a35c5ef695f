use super::*;

fn chart<'a>(labels: &'a [String], series: &'a [Series], columns: Columns) -> Chart<'a> {
    let scale = |value: i64| value.to_string();
    Chart { id: "c", title: "Drift", says: "What differs & for how long", labels, series, columns, scale }
}

fn labels(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("day {n}")).collect()
}

fn heights(svg: &str, fill: &str) -> Vec<i32> {
    let rows = svg.lines().filter(|line| line.starts_with("<rect") && line.contains(fill));
    let height = |line: &str| line.split("height=\"").nth(1)?.split('"').next()?.parse().ok();
    rows.map(|line| height(line).unwrap()).collect()
}

#[test]
fn a_column_is_as_high_as_its_value() {
    let series = [Series { name: "a", ink: Ink::Main, values: vec![Some(10), Some(20), None] }];
    let svg = draw(&chart(&labels(3), &series, Columns::SideBySide)).unwrap();
    let heights = heights(svg.as_str(), "#010203");
    assert_eq!(heights, [80, 160], "twenty fills the scale, ten half of it, the unknown is not drawn");
}

#[test]
fn stacked_columns_stand_on_each_other() {
    let series = [
        Series { name: "a", ink: Ink::Main, values: vec![Some(10)] },
        Series { name: "b", ink: Ink::Bad, values: vec![Some(10)] },
    ];
    let svg = draw(&chart(&labels(1), &series, Columns::Stacked)).unwrap();
    assert_eq!(heights(svg.as_str(), "#010203"), [80]);
    assert_eq!(heights(svg.as_str(), "#010206"), [80]);
    assert!(svg.as_str().contains(">\n20\n</text>"), "{svg}");
}

#[test]
fn a_loss_is_drawn_below_zero() {
    let series = [Series { name: "a", ink: Ink::Good, values: vec![Some(-40), Some(40)] }];
    let svg = draw(&chart(&labels(2), &series, Columns::SideBySide)).unwrap();
    assert_eq!(heights(svg.as_str(), "#010204"), [80, 80]);
}

#[test]
fn a_chart_says_what_it_shows_and_needs_no_inline_style() {
    let series = [Series { name: "a", ink: Ink::Main, values: vec![Some(1)] }];
    let svg = draw(&chart(&labels(1), &series, Columns::Stacked)).unwrap();
    assert!(svg.as_str().starts_with("<svg class=\"chart\" viewBox=\"0 0 360 200\" role=\"img\""), "{svg}");
    assert!(svg.as_str().contains("<desc id=\"c-d\">What differs &amp; for how long</desc>"));
    assert!(!svg.as_str().contains("style="));
}

#[test]
fn the_scale_has_round_numbers_and_holds_every_value() {
    for (value, ticks) in [(0, vec![0, 1]), (7, vec![0, 2, 4, 6, 8]), (4_100, vec![0, 2_000, 4_000, 6_000])] {
        assert_eq!(Scale::of([value].into_iter()).ticks().collect::<Vec<_>>(), ticks, "for {value}");
    }
    let extreme = Scale::of([i64::MAX / 4, 0].into_iter());
    assert!(extreme.ticks().count() <= 6);
}
