use super::*;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn the_tokens_of_providers_are_known_in_any_surroundings() {
    let letters = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF2hJ5";
    let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0x.{letters}");
    let tokens = [
        "sk-test-1234567890".to_owned(),
        format!("sk-ant-api03-{letters}"),
        format!("sk-proj-{letters}_{letters}-{letters}"),
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        format!("ghp_{letters}"),
        format!("gho_{letters}"),
        format!("github_pat_{letters}"),
        format!("hf_{letters}"),
        "xoxb-123456789012-abcdef".to_owned(),
        jwt,
        "-----BEGIN RSA PRIVATE KEY-----\nMII".to_owned(),
    ];
    for token in tokens {
        for text in [token.clone(), format!("a {token} b"), format!("x=\"{token}\","), format!("https://h/{token}/v1")]
        {
            assert!(is_written_in(&text), "{text}");
        }
    }
}

#[test]
fn a_bearer_and_an_address_with_a_password_or_a_key_are_known() {
    for text in [
        "Bearer abc123",
        "authorization: bearer 0123456789abcdef",
        "Basic dXNlcjpwYXNzd29yZDE=",
        "send `Basic dXNlcjpwYXNz`, then wait",
        "https://me:hunter2@example.org/v1",
        "see https://example.org/v1?x=1&api_key=hunter2 there",
        "http://example.org?access_token=hunter2",
    ] {
        assert!(is_written_in(text), "{text}");
    }
    assert!(is_in_address("me:hunter2@example.org/v1"));
}

#[test]
fn the_value_of_an_option_or_a_variable_is_known_in_a_command() {
    for words in [
        &["ask", "--api-key", "hunter2"][..],
        &["ask", "--api_key=hunter2"],
        &["sh", "-c", "OPENAI_API_KEY=hunter2 ask"],
        &["sh", "-c", "export KEY=0123456789abcdef; ask"],
        &["curl", "-H", "x-api-key: hunter2"],
        &["curl", "-H", "Authorization: Bearer hunter2"],
        &["env", "DB_PASSWORD=hunter2", "ask"],
    ] {
        assert!(is_in_words(words.iter().copied()), "{words:?}");
    }
}

#[test]
fn what_only_names_a_key_is_none() {
    for words in [
        &["ask", "--api-key", "$OPENAI_API_KEY"][..],
        &["ask", "--api-key-env", "OPENAI_API_KEY"],
        &["ask", "--api-key", "OPENAI_API_KEY"],
        &["ask", "--api-key", "EMPTY"],
        &["ask", "--api-key", "--verbose"],
        &["ask", "--max-tokens", "4096", "--key-file", "/home/me1/key.pem"],
        &["ask", "--pad-token", "<pad>", "--token", "billing", "--sort-key", "row12"],
        &["sh", "-c", "curl -H \"Authorization: Bearer $KEY\" \"https://$USER:$PW@h/?api_key=${KEY}\""],
        &["python3", "answer.py", "--model=sk-learn-2", "--date", "2026-01-01"],
    ] {
        assert!(!is_in_words(words.iter().copied()), "{words:?}");
    }
    for text in [
        "Bearer ${TOKEN}",
        "the bearer of good news",
        "basic arithmetic",
        "a basic gpt-4o-mini prompt",
        "https://h/v1?api-version=2026-01-01",
        "-----BEGIN TICKET 4711-----",
        "-----BEGIN CERTIFICATE-----",
        "sk-learn-pipelines-of-2026",
    ] {
        assert!(!is_written_in(text), "{text}");
    }
}

proptest! {
    #[test]
    fn words_are_no_credentials(words in prop::collection::vec("[A-Za-z]{1,14}(-[a-z]{1,9}){0,3}", 0..12)) {
        let text = words.join(" ");
        prop_assert!(!is_written_in(&text));
    }

    #[test]
    fn digests_and_uuids_are_no_credentials(hex in "[0-9a-f]{64}", uuid in "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}") {
        for text in [hex.clone(), format!("sha256:{hex}"), hex[..40].to_owned(), uuid.clone(), format!("{uuid}/{hex}")] {
            prop_assert!(!is_written_in(&text));
            prop_assert!(!is_in_words(["ask", "--run", &text].into_iter()));
        }
    }

    #[test]
    fn short_base64_is_no_credential(text in "[A-Za-z0-9+/]{0,17}={0,2}") {
        prop_assert!(!is_written_in(&text));
    }

    #[test]
    fn any_text_is_looked_through_without_a_panic(text in any::<String>(), odd in "[sk\\-hf_eyJ.:=@?/& é]{0,60}") {
        for text in [&text, &odd] {
            is_written_in(text);
            is_in_address(text);
            is_in_words([text.as_str(), text.as_str()].into_iter());
            masked(text);
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn a_text_of_megabytes_is_read_in_one_go() {
    let started = std::time::Instant::now();
    for piece in ["sk-", "eyJ.", "://@?key=&", "--api-key ", "Bearer ", "a"] {
        let text = piece.repeat(300_000 / piece.len());
        is_written_in(&text);
        is_in_words([text.as_str()].into_iter());
        masked(&format!("sk-test-1234567890 {text}"));
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(10), "{:?}", started.elapsed());
}

const KEY: &str = "sk-proj-aB3dE6gH9jK2mN5pQ8sT";

#[test]
fn a_setting_is_told_by_its_name_and_a_variable_of_a_prompt_is_not() {
    for (name, value) in [("api_key", "hunter2"), ("x-auth-token", "hunter2"), ("token", "0123456789abcdef")] {
        assert!(is_value_of(name, value), "{name}");
    }
    for (name, value) in [
        ("api_key", "${KEY}"),
        ("api_key", "none"),
        ("token", "billing"),
        ("prompt_cache_key", "support-triage-2026-v3"),
        ("prompt_cache_key", "0123456789abcdef"),
        ("sort_key", "SUPPORT-TRIAGE-1234"),
        ("monkey", "0123456789abcdef"),
    ] {
        assert!(!is_value_of(name, value), "{name}");
    }
}

#[test]
fn a_credential_in_a_value_is_found_with_the_names_that_lead_to_it() {
    let place = |fields, value: &serde_json::Value| found_in("model", value, fields).map(|found| found.place);
    let settings = |value| place(Fields::Settings, &value);
    let data = |value| place(Fields::Data, &value);
    let at = |place: &str| Some(place.to_owned());
    assert_eq!(
        settings(json!({"options": {"metadata": {"api_key": "hunter2"}}})),
        at("model.options.metadata.api_key")
    );
    assert_eq!(settings(json!({"stop": ["a", [{"b": KEY}]]})), at("model.stop[1][0].b"));
    assert_eq!(settings(json!({"options": {(KEY): 1}})), at("model.options"));
    assert_eq!(settings(json!(KEY)), at("model"));
    assert_eq!(settings(json!({"tools": [{"parameters": {"password": "string"}}]})), None);
    assert_eq!(settings(json!({"id": "gpt-5-mini", "options": {"max_tokens": 4096, "user": "ann"}})), None);
    assert_eq!(data(json!({"password": "string", "token": "0123456789abcdef"})), None);
    assert_eq!(data(json!({"password": {"default": KEY}})), at("model.password.default"));
    assert_eq!(data(json!({"api_key": "0123456789abcdef"})), at("model.api_key"));
}

#[test]
fn a_message_is_masked_where_it_repeats_a_credential() {
    let masks = [
        (format!("unknown variant `{KEY}`, expected one of a, b"), "unknown variant `***`, expected one of a, b"),
        (format!("invalid value: string \"{KEY}\", expected a span"), "invalid value: string \"***\", expected a span"),
        ("is `Bearer abc123` a header?".to_owned(), "is `Bearer ***` a header?"),
        ("no host in https://me:hunter2@h/v1, sorry".to_owned(), "no host in ***, sorry"),
        ("is `-----BEGIN RSA PRIVATE KEY-----` a name?".to_owned(), "is `***"),
        (format!("say 'Bearer\u{a0}:\u{a0}{KEY}'"), "say 'Bearer\u{a0}:\u{a0}***'"),
        ("a `Bearer` - `abc123`".to_owned(), "a `Bearer` - `abc123`"),
    ];
    for (message, shown) in masks {
        assert_eq!(masked(&message), shown);
    }
    assert_eq!(masked("Bearer : abc123"), "Bearer : ***");
    assert!(matches!(masked("unknown field `api_key`"), std::borrow::Cow::Borrowed(_)));
}

/// Pieces that make credentials of each other.
fn piece() -> impl Strategy<Value = String> {
    let pieces =
        ["Bearer", "basic", " ", ":", ",", "`", "abc123", KEY, "dXNlcjpwYXNz", "https://me:", "pw@h", "?key=abcd"];
    let more = ["-----BEGIN", " PRIVATE KEY", "\n", "eyJ0123456789", ".", "-", "é", "(", "="];
    prop::sample::select([&pieces[..], &more[..]].concat()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn nothing_that_is_known_as_a_credential_is_left_in_a_message(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        prop_assert!(!is_written_in(&masked(&text)), "{:?}", masked(&text));
    }

    #[test]
    fn messages_without_credentials_stay_as_they_are(text in "[a-z`', .:]{0,60}") {
        let shown = masked(&text);
        prop_assert_eq!(shown.as_ref(), text.as_str());
    }
}
