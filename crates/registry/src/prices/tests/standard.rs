//! What a table's standard price is not the price of.

use super::priced;

#[test]
fn only_the_provider_itself_has_the_built_in_price() {
    assert_eq!(priced("", "provider: openai\nbase_url: \"https://api.openai.com:443/v1\""), "the built-in table 0.25");
    for other in ["http://api.openai.com:8080/v1", "http://api.openai.com/v1", "https://api.openai.com:8443/v1"] {
        assert_eq!(priced("", &format!("provider: openai\nbase_url: \"{other}\"")), "unknown None", "{other}");
    }
}

#[test]
fn processing_that_is_not_standard_has_another_price_that_no_table_knows() {
    let asked =
        |tier: &str, more: &str| priced("", &format!("provider: openai\nparameters: {{ service_tier: {tier} }}{more}"));
    insta::assert_snapshot!(asked("flex", ""), @"the built-in table knows the standard price of gpt-5-mini, and `service_tier` asks for `flex`; write `price` with the model in carat.yaml");
    for tier in ["priority", "scale", "ultra", "7", "[flex]", "\"a\\nb\""] {
        assert!(asked(tier, "").contains("`service_tier` asks for"), "{tier}");
    }
    for tier in ["auto", "default", "standard_only", "null"] {
        assert_eq!(asked(tier, ""), "the built-in table 0.25", "{tier}");
    }
    assert_eq!(asked("flex", "\nprice: { input: 5, output: 5 }"), "carat.yaml 5");
    assert_eq!(asked("flex", "\nmodel: nobody-s"), "unknown None");
    assert_eq!(priced("", "provider: baseline\nparameters: { service_tier: flex }"), "free");
}
