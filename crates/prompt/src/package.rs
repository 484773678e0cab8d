//! A prompt with everything that it needs, as one document: what a store keeps of a version, and what a bundle carries to an
//! application.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::prompt::Beside;
use crate::{Digest, Image, Prompt, PromptError};

/// The text of a prompt's file with the files that it includes and the pictures that it names. Reading it gives the prompt
/// that was packed, with the same digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// The prompt's file, as the person who packed it knew it: errors name it.
    pub file: String,
    /// The text of that file.
    pub text: String,
    /// The texts of what it includes, by path relative to the prompt's folder.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub includes: BTreeMap<String, String>,
    /// The pictures that it names by a path written out, by that path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pictures: BTreeMap<String, Picture>,
}

/// A picture in a [`Package`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// `image/png` and the like.
    pub media_type: String,
    /// Its bytes, in base64 with padding (RFC 4648).
    pub base64: String,
}

impl Package {
    /// Reads a prompt as [`Prompt::parse`] does, and packs it with what it fetched.
    ///
    /// # Errors
    /// As [`Prompt::parse`].
    pub fn pack(name: &str, file: &str, text: &str, beside: &mut dyn Beside) -> Result<(Prompt, Self), PromptError> {
        let package =
            Self { file: file.to_owned(), text: text.to_owned(), includes: BTreeMap::new(), pictures: BTreeMap::new() };
        let mut packing = Packing { beside, package };
        let prompt = Prompt::parse(name, file, text, &mut packing)?;
        Ok((prompt, packing.package))
    }

    /// The prompt, under this name.
    ///
    /// # Errors
    /// As [`Prompt::parse`]; something that the prompt includes is not in the package, or something is in it that the prompt
    /// does not ask for: the digest of the prompt would not cover that.
    pub fn prompt(&self, name: &str) -> Result<Prompt, PromptError> {
        let mut unpacking = Unpacking { package: self, fetched: BTreeSet::new() };
        let prompt = Prompt::parse(name, &self.file, &self.text, &mut unpacking)?;
        let carried = self.includes.keys().chain(self.pictures.keys());
        match carried.into_iter().find(|path| !unpacking.fetched.contains(*path)) {
            None => Ok(prompt),
            Some(path) => Err(PromptError {
                file: self.file.clone(),
                line: None,
                message: format!("`{path}` is in its package, and nothing in the prompt asks for it"),
            }),
        }
    }

    /// A picture of the package, by its path relative to the prompt's folder.
    ///
    /// # Errors
    /// It is not in the package, or its bytes cannot be read.
    pub fn image(&self, path: &str) -> Result<Image, String> {
        let picture = self.pictures.get(path).ok_or("it is not in the prompt's package")?;
        let bytes = STANDARD.decode(&picture.base64).map_err(|error| format!("its bytes are damaged: {error}"))?;
        Ok(Image {
            url: path.to_owned(),
            digest: Some(Digest::of_bytes(&bytes)),
            media_type: Some(picture.media_type.clone()),
            bytes: Some(Arc::from(bytes)),
        })
    }
}

/// Remembers what is fetched.
struct Packing<'a> {
    beside: &'a mut dyn Beside,
    package: Package,
}

impl Beside for Packing<'_> {
    fn text(&mut self, path: &str) -> Result<String, String> {
        let text = self.beside.text(path)?;
        self.package.includes.insert(path.to_owned(), text.clone());
        Ok(text)
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        let image = self.beside.picture(path)?;
        let bytes = image.bytes.as_deref().ok_or("its bytes are not there")?;
        let media_type = image.media_type.clone().ok_or("its kind is not known")?;
        self.package.pictures.insert(path.to_owned(), Picture { media_type, base64: STANDARD.encode(bytes) });
        Ok(image)
    }
}

/// Fetches from a package, and remembers what.
struct Unpacking<'a> {
    package: &'a Package,
    fetched: BTreeSet<String>,
}

impl Beside for Unpacking<'_> {
    fn text(&mut self, path: &str) -> Result<String, String> {
        self.fetched.insert(path.to_owned());
        self.package.includes.get(path).cloned().ok_or_else(|| "it is not in the prompt's package".to_owned())
    }

    fn picture(&mut self, path: &str) -> Result<Image, String> {
        self.fetched.insert(path.to_owned());
        self.package.image(path)
    }
}

#[cfg(test)]
mod tests;
