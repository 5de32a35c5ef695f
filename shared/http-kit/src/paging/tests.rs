use super::*;

#[test]
fn the_parameters_of_a_list_are_documented_as_they_are_checked() {
    let parameters = Paging::into_params(|| None);
    let json = serde_json::to_value(&parameters).unwrap();
    assert_eq!(json[0]["name"], "limit");
    assert_eq!(json[0]["schema"]["maximum"], MAX_LIMIT);
    assert_eq!(json[0]["schema"]["default"], DEFAULT_LIMIT);
    assert_eq!(json[1]["name"], "cursor");
    assert_eq!(json[1]["required"], false);
}
