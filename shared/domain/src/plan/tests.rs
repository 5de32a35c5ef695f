use super::*;

const TEXT: &str = "billbridge plan 1 nordic\n\
    change\tid=1\tname=Exchange \\t Online\ttenant=5312\tcustomer=cus_a\toffer=X:1/P1Y/monthly\tbase=3\tgeneration=1\t\
    digest=00000000ff\tprice=3.28 EUR\trule=all\tbecause=resale 3.28 EUR\tterm=2026-03-02\tservice=3310\t\
    from=12 92 monthly 25 3.28 82.00 EUR active\tto=12 92 monthly 26 3.28 85.28 EUR active\twhy=quantity\n\
    park\tid=2\tname=B\ttenant=9\toffer=X:1/P1Y/monthly\tbase=0\tgeneration=0\tdigest=00000000fe\t\
    reason=customer-unlinked\tdetail=tenant 9 has no client\n";

#[test]
fn the_canonical_text_of_today_is_read_and_written_back_unchanged() {
    let plan = Plan::from_text(TEXT).unwrap();
    assert_eq!(plan.to_text(), TEXT);
    assert_eq!(plan.hash().as_str().len(), 64);
    assert_eq!((plan.changes().count(), plan.parked().count()), (1, 1));
}

#[test]
fn a_damaged_plan_is_refused_with_the_line_and_the_field() {
    let problem = |text: &str| Plan::from_text(text).unwrap_err().to_string();
    assert_eq!(problem("something else"), "line 1 of the plan cannot be read: the heading is missing");
    assert_eq!(
        problem(&TEXT.replacen("plan 1 ", "plan 2 ", 1)),
        "line 1 of the plan cannot be read: it is of form 2, and this version reads form 1: update it"
    );
    assert_eq!(
        problem(&TEXT.replace("base=3", "base=x")),
        "line 2 of the plan cannot be read: field base: invalid digit found in string"
    );
    assert_eq!(
        problem(&TEXT.replace("\ttenant=9", "")),
        "line 3 of the plan cannot be read: field tenant is missing"
    );
    assert!(problem(&TEXT.replace("why=quantity", "why=because")).contains("unknown reason \"because\""));
}

#[test]
fn a_plan_hash_is_sixty_four_hexadecimal_digits() {
    assert!("ab".repeat(32).parse::<PlanHash>().is_ok());
    for text in ["", "ab", &"AB".repeat(32), &"zz".repeat(32)] {
        assert!(text.parse::<PlanHash>().is_err());
    }
}
