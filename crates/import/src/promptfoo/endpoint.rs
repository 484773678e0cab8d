//! Which of promptfoo's providers carat can ask, and where they are.

/// An API that speaks OpenAI's language, as promptfoo names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The first word of a provider's id.
    pub(super) family: &'static str,
    /// Words that may stand between the family and the model's name, and mean a chat.
    chats: &'static [&'static str],
    /// Where it is; OpenAI's own where this is none.
    pub(super) base_url: Option<&'static str>,
    /// The variable with its key.
    pub(super) key: Option<&'static str>,
    /// Whether promptfoo sends a temperature of 0 and a limit of 1024 tokens to it where nothing else is said.
    pub(super) defaults: bool,
    /// Whether promptfoo reaches it in another way than by OpenAI's API.
    pub(super) compatible: bool,
}

const fn hosted(family: &'static str, base_url: &'static str, key: &'static str) -> Endpoint {
    Endpoint { family, chats: &["chat"], base_url: Some(base_url), key: Some(key), defaults: true, compatible: false }
}

const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        family: "openai",
        chats: &["chat", "responses"],
        base_url: None,
        key: None,
        defaults: true,
        compatible: false,
    },
    Endpoint {
        chats: &["messages"],
        compatible: true,
        ..hosted("anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY")
    },
    Endpoint {
        defaults: false,
        compatible: true,
        ..hosted("google", "https://generativelanguage.googleapis.com/v1beta/openai", "GOOGLE_API_KEY")
    },
    Endpoint { defaults: false, compatible: true, ..hosted("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY") },
    Endpoint { key: None, defaults: false, compatible: true, ..hosted("ollama", "http://localhost:11434/v1", "") },
    Endpoint { key: None, ..hosted("localai", "http://localhost:8080/v1", "") },
    hosted("cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
    hosted("deepseek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    hosted("fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
    hosted("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    hosted("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    hosted("perplexity", "https://api.perplexity.ai", "PERPLEXITY_API_KEY"),
    hosted("togetherai", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    hosted("xai", "https://api.x.ai/v1", "XAI_API_KEY"),
];

/// What is asked of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// To answer in a conversation.
    Chat,
    /// The same, by OpenAI's newer API.
    Responses,
    /// The embedding of a text.
    Embeddings,
}

/// What a provider's id means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning<'a> {
    /// A model behind an API that carat speaks.
    Model(Endpoint, Task, &'a str),
    /// The prompt, repeated.
    Echo,
    /// Something that carat does not reach by itself: why, and what to do.
    Unknown(String, &'static str),
}

const BY_COMMAND: &str = "wrap it in a program that reads a request as JSON and writes {\"output\": …}, and name it with `provider: command`";

/// Reads the id of a provider, such as `openai:chat:gpt-4o`.
pub(super) fn meaning(id: &str) -> Meaning<'_> {
    let (family, rest) = id.split_once(':').unwrap_or((id, ""));
    if id == "echo" {
        return Meaning::Echo;
    }
    let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| endpoint.family == family) else {
        return unknown(family);
    };
    let (word, model) = rest.split_once(':').unwrap_or(("", rest));
    let task = match word {
        "embedding" | "embeddings" => Task::Embeddings,
        "responses" if endpoint.chats.contains(&word) => Task::Responses,
        word if endpoint.chats.contains(&word) => Task::Chat,
        // Models of Ollama have a colon in their names.
        _ if !is_task(word) => return named(*endpoint, Task::Chat, rest),
        other => return Meaning::Unknown(format!("carat has no `{other}` API of `{family}`"), BY_COMMAND),
    };
    named(*endpoint, task, model)
}

fn named(endpoint: Endpoint, task: Task, model: &str) -> Meaning<'_> {
    let is_word = endpoint.chats.contains(&model) || is_task(model);
    if model.is_empty() || is_word {
        let advice = "write the model's name behind it, as in `openai:chat:gpt-4o`, and import again";
        return Meaning::Unknown("it does not say which model".to_owned(), advice);
    }
    Meaning::Model(endpoint, task, model)
}

/// Whether a word names something else to do than to chat.
fn is_task(word: &str) -> bool {
    const TASKS: &[&str] = &[
        "agents",
        "assistant",
        "chatkit",
        "codex-sdk",
        "completion",
        "embedding",
        "embeddings",
        "image",
        "live",
        "moderation",
        "realtime",
        "speech",
        "transcription",
        "video",
    ];
    TASKS.contains(&word)
}

fn unknown(family: &str) -> Meaning<'static> {
    match family {
        "exec" | "python" | "golang" | "ruby" | "file" => {
            Meaning::Unknown("promptfoo's programs speak another language than carat's".to_owned(), BY_COMMAND)
        }
        "http" | "https" | "webhook" | "ws" | "websocket" | "mcp" | "browser" => {
            Meaning::Unknown("an endpoint of your own protocol".to_owned(), BY_COMMAND)
        }
        "azure" | "azureopenai" => Meaning::Unknown(
            "carat cannot tell where it is".to_owned(),
            "name it in carat.yaml with `provider: openai` and `base_url: https://RESOURCE.openai.azure.com/openai/v1`",
        ),
        family => Meaning::Unknown(format!("carat does not know the provider `{family}`"), BY_COMMAND),
    }
}

/// Whether a model of OpenAI thinks before it answers, and so takes neither a temperature nor the old limit of tokens.
pub(super) fn reasons(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    ["o1", "o3", "o4", "gpt-5", "gpt-6"].iter().any(|family| name.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_where_a_model_is_and_what_it_is_asked() {
        let read = |id| match meaning(id) {
            Meaning::Model(endpoint, task, model) => format!("{} {task:?} {model}", endpoint.family),
            Meaning::Echo => "echo".to_owned(),
            Meaning::Unknown(why, _) => format!("unknown: {why}"),
        };
        for (id, expected) in [
            ("openai:gpt-4o", "openai Chat gpt-4o"),
            ("openai:chat:gpt-4o", "openai Chat gpt-4o"),
            ("openai:chat:ft:gpt-4o:acme", "openai Chat ft:gpt-4o:acme"),
            ("openai:responses:gpt-5", "openai Responses gpt-5"),
            ("openai:embedding:text-embedding-3-large", "openai Embeddings text-embedding-3-large"),
            ("openai:completion:davinci", "unknown: carat has no `completion` API of `openai`"),
            ("openai:chat", "unknown: it does not say which model"),
            ("ollama:chat:llama3:8b", "ollama Chat llama3:8b"),
            ("ollama:llama3:8b", "ollama Chat llama3:8b"),
            ("anthropic:messages:claude-sonnet-4", "anthropic Chat claude-sonnet-4"),
            ("echo", "echo"),
            ("exec:python x.py", "unknown: promptfoo's programs speak another language than carat's"),
            ("bedrock:x", "unknown: carat does not know the provider `bedrock`"),
        ] {
            assert_eq!(read(id), expected, "{id}");
        }
    }
}
