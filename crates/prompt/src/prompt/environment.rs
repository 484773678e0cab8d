//! The template engine, set up so that values stay values.

use std::borrow::Cow;
use std::sync::LazyLock;

use minijinja::value::{Kwargs, Rest, Value, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};

use crate::nearest::did_you_mean;

use super::{Prompt, PromptError, Template, marks, source};

/// Steps that one rendering may take: enough for a prompt of megabytes, and an end for a loop without one.
const FUEL: u64 = 50_000_000;

/// The engine without templates, made once: its copies share the filters and tests.
static BARE: LazyLock<Environment<'static>> = LazyLock::new(bare);

/// The engine with a prompt's templates, the first of which is the prompt's own. `marked` is what [`source::marked`] makes of
/// each.
pub(super) fn build(
    templates: &[Template],
    marked: Vec<String>,
    file: &str,
) -> Result<Environment<'static>, PromptError> {
    let mut environment = BARE.clone();
    for (index, (template, marked)) in templates.iter().zip(marked).enumerate() {
        environment
            .add_template_owned(template.name.clone(), marked)
            .map_err(|error| explain(&error, templates, file, index, &[]))?;
    }
    Ok(environment)
}

/// The engine without templates: strict, and with a formatter through which every printed value goes.
fn bare() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_debug(true);
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // With auto-escaping on, the engine tells texts of the template (macros, `set` blocks) from values and escapes only
    // values, by the formatter, wherever both meet. Without the filter `safe` no value can pass as a text.
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("prompt".into()));
    environment.remove_filter("safe");
    environment.add_filter("tojson", to_json);
    environment.add_filter("format", format);
    environment.set_path_join_callback(|name, parent| Cow::Owned(source::join(parent, name)));
    environment.set_formatter(|out, _, value| {
        if value.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        if value.is_safe() {
            return Ok(out.write_str(value.as_str().unwrap_or_default())?);
        }
        match value.as_str() {
            Some(value) => Ok(marks::escape(value, out)?),
            None => Ok(marks::escape(&value.to_string(), out)?),
        }
    });
    environment
}

/// The engine's own filter, but for keys with letters beyond ASCII: it looks for the end of a key byte by byte, and would break
/// off in the middle of such a letter. A row may bring any text.
fn format(state: &mut State<'_, '_>, text: &Value, values: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    let keys = text.as_str().into_iter().flat_map(|text| text.split("%(").skip(1));
    let mut unsafe_keys = keys.filter(|rest| !rest.split(')').next().unwrap_or_default().is_ascii());
    if unsafe_keys.next().is_some() {
        return Err(Error::new(ErrorKind::InvalidOperation, "format: a key in `%(key)s` is of ASCII letters"));
    }
    minijinja::filters::format(state, text, values)
}

/// JSON as models should read it: the engine's own filter writes it for HTML, with `<` as `\u003c`.
fn to_json(value: &Value, indent: Option<usize>, options: Kwargs) -> Result<String, Error> {
    let indent = match indent {
        Some(indent) => Some(indent),
        None => options.get("indent")?,
    };
    options.assert_all_used()?;
    let written = match indent {
        Some(indent) => {
            let spaces = vec![b' '; indent];
            let mut bytes = Vec::new();
            let formatter = serde_json::ser::PrettyFormatter::with_indent(&spaces);
            let mut writer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
            serde::Serialize::serialize(value, &mut writer).map(|()| String::from_utf8_lossy(&bytes).into_owned())
        }
        None => serde_json::to_string(value),
    };
    written.map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))
}

/// Renders a prompt's own template.
pub(super) fn render(prompt: &Prompt, context: Value) -> Result<String, PromptError> {
    let main = &prompt.templates[0].name;
    prompt.environment.get_template(main).and_then(|template| template.render(context.clone())).map_err(|error| {
        let known: Vec<String> = context.try_iter().into_iter().flatten().map(|name| name.to_string()).collect();
        explain(&error, &prompt.templates, &prompt.file, 0, &known)
    })
}

/// What went wrong in the words of the person who wrote the template.
fn explain(error: &Error, templates: &[Template], file: &str, fallback: usize, known: &[String]) -> PromptError {
    let error = innermost(error);
    let index = templates.iter().position(|template| Some(template.name.as_str()) == error.name()).unwrap_or(fallback);
    let line = error.line().map(|line| line as u64 + templates[index].lines_before);
    let message = match error.kind() {
        ErrorKind::UndefinedError => undefined(error, known),
        ErrorKind::UnknownFilter if error.detail().is_some_and(|detail| detail.contains("safe")) => {
            "there is no filter `safe`: nothing needs it here, for values are never escaped as in HTML".to_owned()
        }
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{detail} to the template engine"))
        }
        kind => match error.detail() {
            Some(detail) => format!("{kind}: {detail}"),
            None => kind.to_string(),
        },
    };
    PromptError { file: source::shown(file, &templates[index].name, index == 0), line, message }
}

/// An error of an included file hides behind one that says that it was included.
fn innermost(error: &Error) -> &Error {
    let mut innermost = error;
    while let Some(cause) = std::error::Error::source(innermost).and_then(|cause| cause.downcast_ref::<Error>()) {
        innermost = cause;
    }
    innermost
}

fn undefined(error: &Error, known: &[String]) -> String {
    let expression = error.range().and_then(|range| error.template_source()?.get(range)).unwrap_or_default();
    if expression.is_empty() {
        return "an undefined variable is used".to_owned();
    }
    let hint = did_you_mean(expression, known.iter().map(String::as_str));
    let given =
        if known.is_empty() { "nothing is given".to_owned() } else { format!("given are {}", known.join(", ")) };
    format!("`{expression}` is undefined ({given}){hint}")
}
