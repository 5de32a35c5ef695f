use super::*;

#[test]
fn an_offer_survives_its_text_form_even_with_slashes_in_the_part_number() {
    for text in
        ["CFQ7TTC0LH16:0001/P1Y/monthly", "AB/C/P3Y/three-years", "031c9e47-4802-4248-838e/none/annual"]
    {
        assert_eq!(text.parse::<OfferKey>().unwrap().to_string(), text);
    }
    for text in ["", "a/b", "/P1Y/monthly", "a/P1Y/"] {
        assert!(text.parse::<OfferKey>().is_err(), "{text:?} was accepted");
    }
}

#[test]
fn an_unknown_term_or_cycle_is_carried_as_written() {
    assert_eq!(Term::from_text(Some("P5Y")), Term::Other("P5Y".into()));
    assert_eq!(BillingCycle::from_text("cycle-6").as_str(), "cycle-6");
    assert_eq!(Term::from_text(None).as_str(), "none");
}

#[test]
fn every_cycle_survives_its_name() {
    for (cycle, name) in BillingCycle::NAMES {
        assert_eq!(BillingCycle::from_text(name), cycle);
        assert_eq!(cycle.as_str(), name);
    }
}
