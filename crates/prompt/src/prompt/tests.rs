use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::{Part, Role};

const TRIAGE: &str = "---
name: Ticket triage
model:
  options: { temperature: 0, maxOutputTokens: 8 }
inputs:
  body: { kind: string }
---
system:
Answer with one word.
{% for example in examples %}
user:
{{ example.body }}
assistant:
{{ example.queue }}
{% endfor %}
user:
{{ body }}
";

fn parse(text: &str) -> Result<Prompt, PromptError> {
    parse_with(text, &[])
}

fn parse_with(text: &str, files: &[(&str, &str)]) -> Result<Prompt, PromptError> {
    Prompt::parse("support/triage", "prompts/support/triage.prompty", text, &mut Files(files))
}

/// Files beside a prompt, by name; a picture is a file like any other.
struct Files<'a>(&'a [(&'a str, &'a str)]);

impl Beside for Files<'_> {
    fn text(&mut self, path: &str) -> Result<String, String> {
        let found = self.0.iter().find(|(known, _)| *known == path);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        let bytes = self.text(path)?.into_bytes();
        let (digest, media_type) = (Some(Digest::of_bytes(&bytes)), Some("image/png".to_owned()));
        Ok(Image { url: path.to_owned(), digest, media_type, bytes: Some(bytes.into()) })
    }
}

fn render(prompt: &Prompt, input: Value) -> Result<Vec<Message>, PromptError> {
    let Value::Object(input) = input else { panic!("an object") };
    prompt.render(&input, &[], &|path| {
        Ok(Image { url: path.to_owned(), digest: Some(Digest::of_bytes(b"png")), media_type: None, bytes: None })
    })
}

fn spoken(messages: &[Message]) -> Vec<(&'static str, String)> {
    messages.iter().map(|message| (message.role.as_str(), message.joined_text().into_owned())).collect()
}

#[test]
fn role_lines_begin_messages_also_inside_loops() {
    let prompt = parse(TRIAGE).unwrap();
    let examples = json!([{"body": "charged twice", "queue": "billing"}, {"body": "no login", "queue": "account"}]);
    let messages = render(&prompt, json!({"body": "help", "examples": examples})).unwrap();
    assert_eq!(
        spoken(&messages),
        [
            ("system", "Answer with one word.".to_owned()),
            ("user", "charged twice".to_owned()),
            ("assistant", "billing".to_owned()),
            ("user", "no login".to_owned()),
            ("assistant", "account".to_owned()),
            ("user", "help".to_owned()),
        ]
    );
}

#[test]
fn parameters_of_both_generations_are_the_same() {
    let old = TRIAGE.replace(
        "options: { temperature: 0, maxOutputTokens: 8 }",
        "api: chat\n  parameters: { temperature: 0, max_tokens: 8 }",
    );
    let old = old.replace("kind: string", "type: string");
    assert_eq!(parse(&old).unwrap().digest(), parse(TRIAGE).unwrap().digest());
}

#[test]
fn an_undefined_variable_is_named_with_file_and_line() {
    let prompt = parse("---\nname: x\n---\nuser:\nHello {{ bdoy }}\n").unwrap();
    let error = render(&prompt, json!({"body": "x"})).unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/triage.prompty:5: `bdoy` is undefined (given are body); did you mean `body`?");
}

#[test]
fn an_undefined_variable_of_an_included_file_is_named_with_that_file() {
    let prompt = parse_with("user:\n{% include 'tone.jinja' %}", &[("tone.jinja", "\nBe {{ tone }}.")]).unwrap();
    let error = render(&prompt, json!({})).unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/tone.jinja:2: `tone` is undefined (nothing is given)");
}

#[test]
fn a_value_of_another_kind_than_declared_is_refused() {
    let error = render(&parse(TRIAGE).unwrap(), json!({"body": 42, "examples": []})).unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/triage.prompty: input `body` is declared as string, but is a number (42)");
}

#[test]
fn a_missing_input_names_what_the_row_has() {
    let error = render(&parse(TRIAGE).unwrap(), json!({"boddy": "x"})).unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/triage.prompty: input `body` is declared, but not given (given: boddy); did you mean `boddy`?");
}

#[test]
fn a_default_stands_in_for_a_missing_input() {
    let prompt = parse("---\ninputs: { tone: { kind: string, default: kind } }\n---\nuser:\nBe {{ tone }}.").unwrap();
    assert_eq!(spoken(&render(&prompt, json!({})).unwrap()), [("user", "Be kind.".to_owned())]);
}

#[test]
fn includes_and_macros_come_from_the_files_beside() {
    let files = [
        ("turns.jinja", "{% macro turn(text) %}\nuser:\n{{ text }}\nassistant:\nok\n{% endmacro %}"),
        ("shared/tone.jinja", "{% include '../deep.jinja' %}"),
        ("deep.jinja", "Be kind."),
    ];
    let text = "{% from 'turns.jinja' import turn %}system:\n{% include 'shared/tone.jinja' %}\n{{ turn('a\nsystem:') }}\nuser:\n{{ body }}";
    let messages = render(&parse_with(text, &files).unwrap(), json!({"body": "b"})).unwrap();
    assert_eq!(
        spoken(&messages),
        [
            ("system", "Be kind.".to_owned()),
            ("user", "a\nsystem:".to_owned()),
            ("assistant", "ok".to_owned()),
            ("user", "b".to_owned())
        ]
    );
}

#[test]
fn an_include_by_a_computed_name_is_refused() {
    let error = parse("---\nname: x\n---\nuser:\n{% include name %}").unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/triage.prompty:5: `{% include name %}` must name its file in quotes, so that it is known what the version consists of");
}

#[test]
fn a_missing_include_is_told_with_its_line() {
    let error = parse("user:\n\n{% include 'nowhere.jinja' %}").unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/triage.prompty:3: cannot include `nowhere.jinja`: no such file");
}

#[test]
fn a_syntax_error_is_told_with_the_line_of_the_file() {
    let error = parse("---\nname: x\n---\nuser:\n{% if %}").unwrap_err();
    assert_eq!((error.line, error.file.as_str()), (Some(5), "prompts/support/triage.prompty"));
}

#[test]
fn an_unknown_key_of_the_front_matter_names_the_nearest() {
    let error = parse("---\nname: x\ninputz: {}\n---\nuser:\nhi").unwrap_err();
    assert_eq!(error.line, Some(3));
    assert!(error.message.ends_with("did you mean `inputs`?"), "{error}");
}

#[test]
fn a_parameter_that_no_model_knows_is_told() {
    let error = parse("---\nmodel:\n  options: { temprature: 0 }\n---\nuser:\nhi").unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/triage.prompty:2: model: no model knows the parameter `temprature`; did you mean `temperature`?");
}

#[test]
fn endpoints_and_keys_are_left_out_with_a_warning() {
    let text = "---\nmodel:\n  api: chat\n  configuration: { type: azure_openai, azure_endpoint: 'https://x', api_key: abc }\n---\nuser:\nhi";
    let prompt = parse(text).unwrap();
    let messages: Vec<_> = prompt.warnings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages.len(), 2);
    assert!(messages[0].starts_with("`model.configuration.azure_endpoint` is not used"));
    assert!(!prompt.content().to_string().contains("abc"));
}

#[test]
fn the_digest_covers_what_reaches_the_model_and_nothing_else() {
    let of = |text: &str| parse_with(text, &[("a.jinja", "A"), ("b.jinja", "B")]).unwrap().digest();
    let base = of("---\nname: x\n---\nuser:\n{% include 'a.jinja' %}{# note #}");
    assert_eq!(
        base,
        of("---\nname: y\ndescription: z\nauthors: [me]\ntags: [t]\n---\nuser:\n{% include 'a.jinja' %}{# other #}")
    );
    assert_ne!(base, of("---\nname: x\n---\nuser:\n{% include 'b.jinja' %}{# note #}"));
    assert_ne!(base, of("---\nmodel: {options: {temperature: 1}}\n---\nuser:\n{% include 'a.jinja' %}{# note #}"));
    let with = |text: &str| parse_with("user:\n{% include 'a.jinja' %}", &[("a.jinja", text)]).unwrap().digest();
    assert_ne!(with("A"), with("B"));
}

#[test]
fn images_by_path_and_url_become_parts() {
    let text = "user:\nLook at ![it](cat.png) and ![this]({{ url }}).";
    let prompt = parse_with(text, &[("cat.png", "a cat")]).unwrap();
    let messages = render(&prompt, json!({"url": "https://example.org/a.png"})).unwrap();
    let parts: Vec<_> = messages[0]
        .content
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Image(image) => format!("<{}>", image.url),
        })
        .collect();
    assert_eq!(parts, ["Look at", "<cat.png>", "and", "<https://example.org/a.png>", "."]);
}

#[test]
fn a_picture_that_is_written_out_is_part_of_the_version() {
    let of = |picture| parse_with("user:\n![it](cat.png)", &[("cat.png", picture)]).unwrap().digest();
    assert_ne!(of("a cat"), of("another cat"));
    let error = parse("---\nname: x\n---\nuser:\n\n![it](cat.png)").unwrap_err();
    insta::assert_snapshot!(error, @"prompts/support/triage.prompty:6: image `cat.png`: no such file");
}

#[test]
fn a_value_that_looks_like_an_image_stays_text() {
    let prompt = parse("user:\n{{ body }}").unwrap();
    let messages = render(&prompt, json!({"body": "![x](/etc/passwd)"})).unwrap();
    assert_eq!(spoken(&messages), [("user", "![x](/etc/passwd)".to_owned())]);
}

#[test]
fn tools_and_outputs_of_the_second_generation_are_read() {
    let text = "---
inputs: [{ name: city, kind: string }]
outputs: { temperature: { kind: float }, note: { kind: string, required: false } }
tools:
  - { name: weather, kind: function, description: d, parameters: [{ name: city, kind: string, required: true }] }
---
user:
{{ city }}";
    let prompt = parse(text).unwrap();
    assert_eq!(prompt.tools[0].parameters["required"], json!(["city"]));
    let Some(ResponseFormat::JsonSchema { schema, .. }) = &prompt.response_format else { panic!("a schema") };
    assert_eq!(schema["properties"]["temperature"]["type"], "number");
    assert_eq!(schema["required"], json!(["temperature"]));
}

#[test]
fn a_tool_message_names_the_call_that_it_answers() {
    let messages = render(&parse("user:\nhi\ntool[tool_call_id=\"call_1\"]:\n42").unwrap(), json!({})).unwrap();
    assert_eq!(messages[1].role, Role::Tool);
    assert_eq!(messages[1].tool_call_id.as_deref(), Some("call_1"));
}

#[test]
fn json_is_written_for_models_not_for_html() {
    let prompt = parse("user:\n{{ thing|tojson }}").unwrap();
    let messages = render(&prompt, json!({"thing": {"b": "<a> & 'c'"}})).unwrap();
    assert_eq!(spoken(&messages), [("user", r#"{"b":"<a> & 'c'"}"#.to_owned())]);
}

#[test]
fn role_lines_in_raw_sections_and_inside_lines_are_text() {
    let prompt = parse("user:\nWrite\n{% raw %}\nassistant:\n{% endraw %}\nand user: here").unwrap();
    let messages = render(&prompt, json!({})).unwrap();
    assert_eq!(messages.len(), 1);
}

#[test]
fn a_prompt_without_role_lines_is_one_user_message() {
    let messages = render(&parse("Say hi to {{ name }}.").unwrap(), json!({"name": "Ada"})).unwrap();
    assert_eq!(spoken(&messages), [("user", "Say hi to Ada.".to_owned())]);
}

#[test]
fn the_filter_that_would_unescape_is_not_there() {
    let prompt = parse("user:\n{{ body|safe }}");
    let error = prompt.and_then(|prompt| render(&prompt, json!({"body": "x"}))).unwrap_err();
    assert!(error.message.contains("`safe`"), "{error}");
}

#[test]
fn a_check_finds_unused_and_undeclared_variables() {
    let text = "---\ninputs:\n  body: { kind: string }\n  tone: { kind: string }\n---\nuser:\n{{ body }}\n{{ ton }}\n{% for x in range(3) %}{{ x }}{% endfor %}";
    let findings = parse(text).unwrap().check();
    let lines: Vec<_> = findings.iter().map(|f| format!("{:?} {:?} {}", f.severity, f.line, f.message)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    Error Some(8) the template uses `ton`, which is not declared under `inputs`; did you mean `tone`?
    Warning None input `tone` is declared, but the template does not use it; did you mean `ton`?
    ");
}

/// Everything that a front matter says, as text.
fn all_of(prompt: &Prompt) -> String {
    let words = (&prompt.title, &prompt.description, &prompt.authors, &prompt.tags, &prompt.intended_model);
    let values = (&prompt.inputs, &prompt.sample, &prompt.tools, &prompt.response_format, &prompt.parameters);
    format!("{:?} {words:?} {values:?} {:?}", prompt.digest(), prompt.warnings)
}

fn parse_by_json(text: &str, json: &str) -> Result<Prompt, PromptError> {
    let mut beside = Files(&[]);
    Prompt::parse_with_front("support/triage", "prompts/support/triage.prompty", text, json, &mut beside)
}

#[test]
fn front_matter_as_json_reads_as_the_same_prompt() {
    let everything = "---
name: é \"x\"
description: >
  over
  two lines
authors: [a, b]
model: { id: m, configuration: { api_key: k }, options: { temperature: 0.1, stop: ['no', '1'], tools: [{ name: t }] } }
sample: { a: 1, b: [null, true, -2.5], c: 'yes' }
inputs: &inputs
  a: { kind: integer, default: 7 }
  b: { kind: any, description: d }
---
user:
{{ a }}{{ nowhere }}";
    for text in [TRIAGE, everything, "---\nname: x\n---\nuser:\n{{ nowhere }}"] {
        let json = Prompt::front_json("support/triage", text).unwrap();
        let (by_yaml, by_json) = (parse(text).unwrap(), parse_by_json(text, &json).unwrap());
        assert_eq!(all_of(&by_json), all_of(&by_yaml));
        assert_eq!(by_json.check(), by_yaml.check());
        assert_eq!(render(&by_json, json!({"b": 1})), render(&by_yaml, json!({"b": 1})));
    }
    assert_eq!(Prompt::front_json("x", "user:\nhi"), None);
    assert_eq!(Prompt::front_json("x", "---\na: [\n---\nuser:\nhi"), None);
}

#[test]
fn front_matter_of_another_prompt_makes_another_digest_and_a_damaged_one_is_not_used() {
    let json = Prompt::front_json("support/triage", &TRIAGE.replace("temperature: 0", "temperature: 1")).unwrap();
    assert_ne!(parse_by_json(TRIAGE, &json).unwrap().digest(), parse(TRIAGE).unwrap().digest());
    for damaged in ["[1]", "{}", &json.replacen("title", "titel", 1), &json[..json.len() - 1]] {
        assert_eq!(all_of(&parse_by_json(TRIAGE, damaged).unwrap()), all_of(&parse(TRIAGE).unwrap()));
    }
}

#[test]
fn the_line_of_a_variable_is_where_the_template_uses_it() {
    let prompt = parse("---\ninputs: { a: string, b: string }\n---\nuser:\na {# a #}\n{{ a }}").unwrap();
    assert_eq!((prompt.line_of("a"), prompt.line_of("b")), (Some(6), None));
}

/// Strings that try: role lines, marks, template code, white space, image syntax.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "user:\n",
        "\nassistant:\n",
        "system:",
        "\u{FDD0}ruser\u{FDD3}",
        "\u{FDD0}",
        "\u{FDD1}",
        "\u{FDD1}0",
        "\u{FDD2}",
        "\u{FDD3}",
        "\u{FDD0}i",
        "ruser",
        "{{ body }}",
        "{% raw %}",
        "{#",
        "![x](y.png)",
        ")",
        "\n",
        "  ",
        "\r\n",
        "---\n",
        "é",
        "a",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat()),]
}

proptest! {
    #[test]
    fn a_value_can_never_create_end_or_change_a_message(a in hostile(), b in hostile(), c in hostile()) {
        let text = "system:\nRules: {{ a }}\n{% for turn in turns %}\nuser:\n{{ turn }}\nassistant:\n{{ turn }}!\n{% endfor %}\nuser:\n{{ c }}";
        let messages = render(&parse(text).unwrap(), json!({"a": a, "turns": [a, b], "c": c})).unwrap();
        let expected = [
            ("system", format!("Rules: {a}")),
            ("user", a.clone()), ("assistant", format!("{a}!")),
            ("user", b.clone()), ("assistant", format!("{b}!")),
            ("user", c.clone()),
        ];
        prop_assert_eq!(spoken(&messages), expected);
    }

    #[test]
    fn no_filter_lets_a_value_out(value in hostile(), filter in prop::sample::select(vec![
        "upper", "reverse", "trim", "replace('u', 'U')", "replace('\u{66}', 'q')", "list|join('')", "tojson", "escape", "e",
        "string", "title", "split('x')|join('user:')", "format", "indent(2)", "first", "last", "default('x')", "lines|join('\n')",
    ])) {
        let text = format!(
            "system:\nfixed\nuser:\n{{% set kept %}}{{{{ v }}}}{{% endset %}}{{{{ kept|{filter} }}}}{{{{ v|{filter} }}}}{{{{ kept ~ v }}}}{{{{ v ~ kept }}}}"
        );
        if let Ok(messages) = parse(&text).and_then(|prompt| render(&prompt, json!({"v": value}))) {
            let roles: Vec<_> = messages.iter().map(|message| message.role).collect();
            prop_assert_eq!(roles, [Role::System, Role::User]);
            prop_assert!(messages.iter().all(|message| message.content.iter().all(|part| part.as_text().is_some())));
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused_without_panic(text in hostile(), input in hostile()) {
        if let Ok(prompt) = parse(&text) {
            let _ = prompt.render(&Map::from_iter([("body".to_owned(), Value::String(input))]), &[], &|_| Err("no".into()));
            let _ = prompt.check();
        }
    }

    #[test]
    fn front_matter_as_json_reads_as_the_same_prompt_whatever_stands_in_it(
        texts in prop::collection::vec(hostile(), 0..4), number in any::<i64>(), flag in any::<bool>()
    ) {
        let front = json!({"name": texts.first(), "tags": texts, "sample": {"a": texts, "b": number}, "inputs": {
            "body": {"kind": "any", "default": [texts, number, flag, null]}
        }});
        let text = format!("---\n{front}\n---\nuser:\n{{{{ body }}}}");
        // What one of the two readers refuses need not be taken by the other.
        if let (Some(json), Ok(by_yaml)) = (Prompt::front_json("support/triage", &text), parse(&text)) {
            prop_assert_eq!(by_yaml.digest(), Digest::of_json(&by_yaml.content()));
            prop_assert_eq!(all_of(&parse_by_json(&text, &json).unwrap()), all_of(&by_yaml));
        }
    }

    #[test]
    fn segments_join_to_the_source_again(text in hostile()) {
        let joined: String = source::segments(&text).into_iter().map(source::Segment::source).collect();
        prop_assert_eq!(joined, text);
    }
}

#[test]
fn a_format_with_a_key_of_any_letters_is_an_error_and_no_panic() {
    for value in ["%(\u{1f300}", "%(é)s", "100 %(", "%é", "%", "%%(\u{1f300}"] {
        let prompt = parse("user:\n{{ v|format }}").unwrap();
        assert!(render(&prompt, json!({"v": value})).is_err(), "{value}");
    }
    let prompt = parse("user:\n{{ 'é %s and %(key)s'|format(key='k') }}{{ '%s %d'|format('é', 3) }}");
    assert!(prompt.is_ok());
    let prompt = parse("user:\n{{ 'é %s %d'|format('ü', 3) }}").unwrap();
    assert_eq!(spoken(&render(&prompt, json!({})).unwrap()), [("user", "é ü 3".to_owned())]);
}

#[test]
fn includes_in_a_circle_are_refused_with_the_way_around() {
    let files = [
        ("a.jinja", "a\n{% include 'b.jinja' %}"),
        ("b.jinja", "{% include 'c.jinja' %}\n{% import 'a.jinja' as a %}"),
        ("c.jinja", "c"),
    ];
    let error = parse_with("user:\n{% include 'c.jinja' %}{% include 'a.jinja' %}\n", &files).unwrap_err();
    assert_eq!(error.to_string(), "prompts/support/b.jinja:2: includes go in a circle: a.jinja → b.jinja → a.jinja");
    let itself = parse_with("user:\n{% if again %}{% include 'triage.prompty' %}{% endif %}\n", &[]).unwrap_err();
    assert_eq!(
        itself.to_string(),
        "prompts/support/triage.prompty:2: includes go in a circle: triage.prompty → triage.prompty"
    );
    // Two ways to the same file are none.
    let files = [("a.jinja", "{% include 'c.jinja' %}"), ("b.jinja", "{% include 'c.jinja' %}"), ("c.jinja", "c")];
    assert!(parse_with("user:\n{% include 'a.jinja' %}{% include 'b.jinja' %}\n", &files).is_ok());
}
