//! Prompts in an application: the version that was promoted, rendered by the code that evals render with, stamped with what
//! it is, and replaced without a restart.
//!
//! ```no_run
//! #[derive(serde::Serialize)]
//! struct Ticket<'a> {
//!     subject: &'a str,
//!     body: &'a str,
//! }
//!
//! let prompts = carat::Prompts::open("prompts.carat")?;
//! let triage = prompts.get("support/triage@production")?;
//! let request = triage.render(&Ticket { subject: "Invoice", body: "I was charged twice." })?.for_model("gpt-5-mini");
//! println!("{} says {:?}", request.stamp(), request.messages());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `prompts.carat` is a [bundle]: one file with the versions that `carat prompt export` put there. A folder of working
//! files works as well, and, with the feature `store`, a store of carat.
//!
//! * **Nothing on the path of a request waits.** [`Prompts::get`] is a look-up in memory and [`Prompt::render`] computes.
//!   Files are read, and stores are asked, on a thread of their own.
//! * **What is served is whole.** A new bundle is taken as a whole or not at all: one that is broken, cut short or of a newer
//!   format is refused, the last good one goes on being served, and [`Prompts::health`] says why.
//! * **What is missing is an error.** A variable that nobody gives, a label that is not there, a parameter that a client has
//!   no place for: none of them is left out in silence.
//! * **A value can never create, end or change a message**, whatever it holds. See [`carat_prompt::prompt`].
//!
//! With the feature `async-openai`, what was rendered becomes a request of that client: `request.try_into()?`. Without it
//! [`Rendered::body`] is the same request as JSON, for every client.
//!
//! ```
//! use carat::bundle::{self, Bundle, Entry};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("prompts.carat");
//! // What `carat prompt export` does:
//! let text = "---\ninputs: { name: string }\n---\nuser:\nGreet {{ name }} in one line.";
//! let package = carat::Package {
//!     file: "prompts/greet.prompty".to_owned(),
//!     text: text.to_owned(),
//!     includes: Default::default(),
//!     pictures: Default::default(),
//! };
//! let digest = package.prompt("greet")?.digest();
//! let labels = ["production".to_owned()].into();
//! bundle::write(&path, &Bundle { prompts: vec![Entry { name: "greet".to_owned(), version: 1, digest, labels, package }] })?;
//!
//! // What an application does:
//! let prompts = carat::Prompts::open(&path)?;
//! let rendered = prompts.get("greet@production")?.render(&serde_json::json!({ "name": "Ada" }))?;
//! assert_eq!(rendered.messages()[0].joined_text(), "Greet Ada in one line.");
//! assert_eq!(rendered.stamp().metadata()["prompt_version"], "1");
//!
//! let error = prompts.get("greet@prodution").unwrap_err().to_string();
//! assert!(error.ends_with("there are greet@production (1); did you mean `production`?"), "{error}");
//! let error = prompts.get("greet@production")?.render(&()).unwrap_err().to_string();
//! assert_eq!(error, "prompts/greet.prompty:5: the variable `name` is not given; nothing is");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod bundle;

mod chat;
#[cfg(feature = "async-openai")]
mod openai;
mod options;
mod prompt;
mod prompts;
mod reference;
mod rendered;
mod shelf;
mod source;
mod split;
mod stamp;
mod variables;

pub use carat_prompt::{
    Digest, Image, Message, Package, Parameters, Part, PromptError, Request, ResponseFormat, Role, Tool, ToolCall,
};

pub use chat::RequestError;
pub use options::Options;
pub use prompt::Prompt;
pub use prompts::{Health, Prompts, Reload};
pub use reference::BadReference;
pub use rendered::Rendered;
pub use shelf::GetError;
pub use source::OpenError;
pub use split::{Split, SplitError};
pub use stamp::Stamp;
pub use variables::RenderError;
