//! Credentials that somebody wrote into a prompt, where they would be kept with every version and sent with every request.

use crate::credential::{Fields, Found, found_among, found_in, is_written_in};

use super::front::Written;
use super::source::shown;
use super::{Finding, PromptError, Template};

const ADVICE: &str = "take it out, and name the variable that holds the key with `api_key_env` in carat.yaml; where it is only \
                      an example, write `<key>`";

/// Refuses front matter that holds a credential, in its values, names or comments. It is not repeated.
///
/// # Errors
/// Where it stands, and what to do.
pub(super) fn refuse_in_front(written: &Written, text: &str, file: &str) -> Result<(), PromptError> {
    let refuse = |line: Option<usize>, place: &str| {
        // The opening `---` stands before the first line.
        let line = line.map_or(1, |line| line as u64 + 2);
        Err(PromptError {
            file: file.to_owned(),
            line: Some(line),
            message: format!("{place} holds a credential; {ADVICE}"),
        })
    };
    if let Some(found) = found(written) {
        return refuse(line_of(text, &found), &format!("`{}`", found.place));
    }
    // What no value has can stand in a comment, which is kept with the text.
    match text.lines().position(is_written_in) {
        Some(line) => refuse(Some(line), "the front matter"),
        None => Ok(()),
    }
}

fn found(written: &Written) -> Option<Found<'_>> {
    let words = [("name", &written.name), ("description", &written.description)];
    let words = words.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?)));
    let lists = [("authors", &written.authors), ("tags", &written.tags)];
    let lists = lists.into_iter().flat_map(|(key, list)| list.iter().map(move |text| (key, text.as_str())));
    let in_words = words.chain(lists).find(|(_, text)| is_written_in(text));
    let data = [
        ("sample", &written.sample),
        ("inputs", &written.inputs),
        ("outputs", &written.outputs),
        ("tools", &written.tools),
        ("template", &written.template),
        ("version", &written.version),
        ("kind", &written.kind),
    ];
    in_words
        .map(|(key, text)| Found { place: key.to_owned(), text })
        .or_else(|| found_in("model", &written.model, Fields::Settings))
        .or_else(|| found_among("metadata", &written.metadata, Fields::Settings))
        .or_else(|| data.into_iter().find_map(|(key, value)| found_in(key, value, Fields::Data)))
}

/// The line of the front matter, from 0: that of the value behind its name, else that of the value, else that of the name, for
/// a value can be written in other ways than it reads.
fn line_of(text: &str, found: &Found<'_>) -> Option<usize> {
    let name = found.place.rsplit(['.', ']']).next().unwrap_or_default();
    let told = found.text.lines().find(|line| is_written_in(line)).or_else(|| found.text.lines().next());
    let told = told.map(str::trim).filter(|told| !told.is_empty())?;
    let line = |is_it: &dyn Fn(&str) -> bool| text.lines().position(is_it);
    let key = found.place.split(['.', '[']).next().unwrap_or_default();
    line(&|line| line.contains(name) && line.contains(told))
        .or_else(|| line(&|line| line.contains(told)))
        .or_else(|| line(&|line| !name.is_empty() && line.trim_start().starts_with(name)))
        .or_else(|| line(&|line| line.starts_with(key)))
}

/// What looks like a credential in the words of a prompt, or of what it includes: one that is a part of an example has its
/// place there.
pub(super) fn warn_of_templates(templates: &[Template], file: &str) -> Vec<Finding> {
    let held = templates.iter().enumerate().filter(|(_, template)| is_written_in(&template.source));
    let warnings = held.map(|(index, template)| {
        let line = template.source.lines().position(is_written_in);
        let line = line.map(|line| line as u64 + 1 + template.lines_before);
        let said = "the template holds what looks like a credential, and is sent and kept as it is; if it is a real one, take it out";
        // Lines are those of the prompt's own file.
        let place = shown(file, &template.name, index == 0);
        match (index, line) {
            (0, line) => Finding::warning(line, said.to_owned()),
            (_, Some(line)) => Finding::warning(None, format!("{place}:{line}: {said}")),
            (_, None) => Finding::warning(None, format!("{place}: {said}")),
        }
    });
    warnings.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::prompt::{Beside, Severity};
    use crate::{Image, Package, Prompt};

    const KEY: &str = "sk-proj-aB3dE6gH9jK2mN5pQ8sT";

    /// One file beside a prompt, under any name.
    struct File(String);

    impl Beside for File {
        fn text(&mut self, _path: &str) -> Result<String, String> {
            Ok(self.0.clone())
        }

        fn picture(&mut self, _path: &str) -> Result<Image, String> {
            Err("there is none".to_owned())
        }
    }

    fn parse(front: &str, body: &str) -> Result<Prompt, PromptError> {
        let text = format!("---\n{front}\n---\nuser:\n{body}\n").replace("KEY", KEY);
        Prompt::parse("a", "prompts/a.prompty", &text, &mut File(format!("\nsee {KEY}")))
    }

    /// The line and the place that a refusal names.
    fn refused(front: &str) -> (u64, String) {
        let error = parse(front, "hi").unwrap_err();
        assert!(!error.to_string().contains(KEY) && !error.to_string().contains("hunter2"), "{error}");
        let place = error.message.strip_suffix(&format!(" holds a credential; {ADVICE}"));
        (error.line.unwrap(), place.unwrap_or_else(|| panic!("{error}")).to_owned())
    }

    #[test]
    fn front_matter_that_holds_a_credential_is_refused_and_it_is_not_repeated() {
        let error = parse("name: x\nmodel:\n  options:\n    metadata: { api_key: KEY }", "hi").unwrap_err();
        insta::assert_snapshot!(error, @"prompts/a.prompty:5: `model.options.metadata.api_key` holds a credential; take it out, and name the variable that holds the key with `api_key_env` in carat.yaml; where it is only an example, write `<key>`");
    }

    #[test]
    fn a_credential_is_found_wherever_front_matter_has_room_for_it() {
        for (front, line, place) in [
            ("name: KEY", 2, "`name`"),
            ("name: x\ndescription: |\n  see\n  KEY", 5, "`description`"),
            ("authors: [a, KEY]", 2, "`authors`"),
            ("tags:\n- KEY", 3, "`tags`"),
            ("model: KEY", 2, "`model`"),
            ("model: { KEY: 1 }", 2, "`model`"),
            ("model:\n  configuration:\n    api_key: hunter2", 4, "`model.configuration.api_key`"),
            ("model:\n  connection: { endpoint: 'https://me:hunter2@h/v1' }", 3, "`model.connection.endpoint`"),
            ("model:\n  options:\n    extra:\n      headers: { x: Bearer KEY }", 5, "`model.options.extra.headers.x`"),
            ("sample:\n  question: is KEY mine?", 3, "`sample.question`"),
            ("inputs:\n  a: { kind: string, default: KEY }", 3, "`inputs.a.default`"),
            ("tools:\n- name: t\n  description: KEY", 4, "`tools[0].description`"),
            ("template: jinja2\nmetadata:\n  password: hunter2", 4, "`metadata.password`"),
            ("version: KEY", 2, "`version`"),
            ("kind: [{ a: KEY }]", 2, "`kind[0].a`"),
            ("name: \"sk-proj\\x2daB3dE6gH9jK2mN5pQ8sT\"", 2, "`name`"),
            ("name: x\n# KEY", 3, "the front matter"),
        ] {
            assert_eq!(refused(front), (line, place.to_owned()), "{front}");
        }
    }

    #[test]
    fn what_only_names_a_key_is_read() {
        for front in [
            "model: { connection: { api_key: '${env:OPENAI_API_KEY}', endpoint: 'https://h/v1' } }",
            "model: { options: { max_tokens: 4096, metadata: { secret: <key>, prompt_cache_key: support-triage-2026-v3 } } }",
            "inputs: { password: string, token: { kind: string, description: the token 0123456789abcdef } }",
            "sample: { password: Tr0ub4dor&3, secret: the cake is 1 lie }",
            "tools: [{ name: login, parameters: { password: { kind: string, description: a basic gpt-5-mini prompt } } }]",
        ] {
            assert_eq!(parse(front, "hi").map(|prompt| prompt.name), Ok("a".to_owned()), "{front}");
        }
    }

    #[test]
    fn a_credential_in_a_template_is_a_warning_with_its_line() {
        let prompt = parse("name: x", "{# is\nKEY #}{% include 'b.jinja' %}").unwrap();
        let told: Vec<_> =
            prompt.check().into_iter().map(|found| (found.severity, found.line, found.message)).collect();
        let said = "the template holds what looks like a credential, and is sent and kept as it is; if it is a real one, take it out";
        let beside = format!("prompts/b.jinja:2: {said}");
        assert_eq!(told, [(Severity::Warning, None, beside), (Severity::Warning, Some(6), said.to_owned())]);
    }

    #[test]
    fn what_a_version_is_kept_as_is_refused_with_its_prompt() {
        let text = format!("---\nmodel: {{ options: {{ user: {KEY} }} }}\n---\nuser:\nhi\n");
        let packed = Package::pack("a", "prompts/a.prompty", &text, &mut File(String::new()));
        assert!(packed.unwrap_err().message.starts_with("`model.options.user` holds a credential"));
        assert_eq!(Prompt::front_json("a", &text), None);
    }

    proptest! {
        #[test]
        fn words_digests_and_ids_are_no_credentials_wherever_they_stand(
            words in "[A-Za-z]{1,14}([ -][a-z]{1,9}){0,3}",
            hex in "[0-9a-f]{64}",
            uuid in "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            field in "[a-z]{1,8}",
        ) {
            for value in [&words, &hex, &uuid] {
                let front = format!("description: x {value}\nmetadata: {{ {field}_id: '{value}' }}\nsample: {{ {field}_x: '{value}' }}");
                prop_assert!(parse(&front, value).is_ok_and(|prompt| prompt.warnings.is_empty()), "{front}");
            }
        }
    }
}
