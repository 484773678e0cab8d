//! What is sent to `/infer` and `/generate`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use carat_core::spec::Tensors;
use carat_core::{Digest, Request};
use serde::Serialize;
use serde_json::Value;

use super::prompt::{parameters, text};
use crate::wire::Failure;

/// The input that a text is put into where the settings name none, as Triton's models for text call it.
const INPUT: &str = "text_input";

/// A text in a tensor of one element.
#[derive(Debug, Serialize)]
pub(super) struct Infer<'a> {
    /// What the server repeats and logs. It may be left out, but there are models that break without one.
    id: Digest,
    inputs: [Input<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<[Output<'a>; 1]>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<&'a str, &'a Value>,
}

#[derive(Debug, Serialize)]
struct Input<'a> {
    name: &'a str,
    shape: [u8; 1],
    datatype: &'static str,
    data: [Cow<'a, str>; 1],
}

#[derive(Debug, Serialize)]
struct Output<'a> {
    name: &'a str,
}

impl<'a> Infer<'a> {
    /// Takes a request that is one text; any other one is not sent.
    pub(super) fn new(request: &'a Request, id: Digest, tensors: &'a Tensors) -> Result<Self, Failure> {
        let name = tensors.input.as_deref().unwrap_or(INPUT);
        Ok(Self {
            id,
            inputs: [Input { name, shape: [1], datatype: "BYTES", data: [text(request)?] }],
            outputs: tensors.output.as_deref().map(|name| [Output { name }]),
            parameters: parameters(request)?,
        })
    }
}

/// A text, as Triton takes it.
#[derive(Debug, Serialize)]
pub(super) struct Generate<'a> {
    text_input: Cow<'a, str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Generate<'a> {
    /// Takes a request that is one text; any other one is not sent.
    pub(super) fn new(request: &'a Request) -> Result<Self, Failure> {
        Ok(Self { text_input: text(request)?, parameters: parameters(request)? })
    }
}
