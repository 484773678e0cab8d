//! One version of a prompt, ready to be rendered.

use std::collections::BTreeMap;
use std::sync::Arc;

use carat_prompt::prompt::{Beside, Input};
use carat_prompt::{Digest, Image, Package, PromptError, ResponseFormat, Tool};
use serde::Serialize;

use crate::{RenderError, Rendered, Stamp, variables};

/// A version of a prompt. Cheap to clone, and as it was when it was got: what is loaded later does not change it.
#[derive(Clone)]
pub struct Prompt(Arc<Inner>);

struct Inner {
    stamp: Stamp,
    prompt: carat_prompt::Prompt,
    /// The pictures that come with it, by the paths that it names them by.
    pictures: BTreeMap<String, Image>,
}

impl Prompt {
    /// Reads a prompt out of its package. `front_json` is its front matter read before; see
    /// [`carat_prompt::Prompt::parse_with_front`].
    pub(crate) fn unpack(
        name: &str,
        version: Option<u32>,
        package: &Package,
        front_json: Option<&str>,
    ) -> Result<Self, PromptError> {
        use carat_prompt::Prompt;
        let Package { file, text, .. } = package;
        let mut unpacking = Unpacking { package, pictures: BTreeMap::new() };
        let prompt = match front_json {
            Some(front) => Prompt::parse_with_front(name, file, text, front, &mut unpacking)?,
            None => Prompt::parse(name, file, text, &mut unpacking)?,
        };
        let stamp = Stamp { name: name.to_owned(), version, digest: prompt.digest() };
        Ok(Self(Arc::new(Inner { stamp, prompt, pictures: unpacking.pictures })))
    }

    /// Renders the prompt with these variables: a struct, a map, or anything else that serde writes as a mapping; `&()`
    /// where there are none. A declared variable that is null (`None`) counts as not given, unless it takes anything.
    ///
    /// Nothing is waited for: no disk, no network.
    ///
    /// # Errors
    /// A variable is missing, undefined or of another kind than declared, or a picture is named that is not part of the
    /// version: with the prompt's file and line.
    pub fn render<V: Serialize + ?Sized>(&self, variables: &V) -> Result<Rendered, RenderError> {
        let given = variables::given(&self.0.prompt, variables)?;
        let messages = self.0.prompt.render(&given, &[], &|path| self.picture(path))?;
        Ok(Rendered::new(self.clone(), messages))
    }

    /// The version: its name, number and digest.
    pub fn stamp(&self) -> &Stamp {
        &self.0.stamp
    }

    /// The name in the project: `support/triage`.
    pub fn name(&self) -> &str {
        &self.0.stamp.name
    }

    /// The number of the version; none for a working file.
    pub fn version(&self) -> Option<u32> {
        self.0.stamp.version
    }

    /// The name of the content.
    pub fn digest(&self) -> Digest {
        self.0.stamp.digest
    }

    /// The model that its author had in mind.
    pub fn intended_model(&self) -> Option<&str> {
        self.0.prompt.intended_model.as_deref()
    }

    /// The declared variables; empty when it declares none.
    pub fn inputs(&self) -> &BTreeMap<String, Input> {
        &self.0.prompt.inputs
    }

    /// The functions that the model may ask to be called.
    pub fn tools(&self) -> &[Tool] {
        &self.0.prompt.tools
    }

    /// What the answer has to look like.
    pub fn response_format(&self) -> Option<&ResponseFormat> {
        self.0.prompt.response_format.as_ref()
    }

    /// The prompt as evals know it, with all that its file says.
    pub fn inner(&self) -> &carat_prompt::Prompt {
        &self.0.prompt
    }

    fn picture(&self, path: &str) -> Result<Image, String> {
        let known = self.0.pictures.get(path).cloned();
        known.ok_or_else(|| "it is no part of the version; give an address (https:// or data:image/)".to_owned())
    }
}

impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Prompt").field(&format_args!("{}", self.0.stamp)).finish()
    }
}

/// Fetches from a package, and keeps the pictures: they are checked and decoded once, not at every request.
struct Unpacking<'a> {
    package: &'a Package,
    pictures: BTreeMap<String, Image>,
}

impl Beside for Unpacking<'_> {
    fn text(&mut self, path: &str) -> Result<String, String> {
        self.package.includes.get(path).cloned().ok_or_else(|| "it is not in the prompt's package".to_owned())
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        let image = self.package.image(path)?;
        self.pictures.insert(path.to_owned(), image.clone());
        Ok(image)
    }
}
