use super::{JsonDecimal, decimal};

fn text(json: &str) -> Option<String> {
    let read: Option<JsonDecimal> = serde_json::from_str(json).ok()?;
    read.map(|JsonDecimal(value)| value.to_string())
}

#[test]
fn a_number_keeps_every_digit() {
    for exact in [
        "0.1",
        "3.28",
        "-12.50",
        "0",
        "0.0",
        "79228162514264337593543950335",
        "0.1234567890123456789012345678",
    ] {
        assert_eq!(text(exact).as_deref(), Some(exact));
        assert_eq!(text(&format!("\"{exact}\"")).as_deref(), Some(exact));
    }
}

#[test]
fn an_exponent_is_the_same_number() {
    for (written, value) in
        [("1E-7", "0.0000001"), ("1.5e3", "1500"), ("25e-1", "2.5"), ("1.50E+1", "15.0"), ("0e99", "0")]
    {
        assert_eq!(decimal(written).map(|d| d.to_string()).as_deref(), Some(value), "{written}");
    }
}

#[test]
fn what_cannot_be_kept_exactly_is_no_number() {
    for odd in
        ["1e40", "1e-40", "0.12345678901234567890123456789", "1e2147483648", "", "1,5", "e", "1e", "NaN"]
    {
        assert_eq!(decimal(odd), None, "{odd}");
    }
    for odd in ["true", "{}", "[1]", "\"\"", "\"twelve\""] {
        assert_eq!(text(odd), None, "{odd}");
    }
    assert_eq!(text("null"), None);
}
