//! Everything under `…/files`, kept in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{FromRequest, Multipart, Query};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request};
use hyper::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::batches::Batch;
use crate::body::ScriptedBody;
use crate::counters::Receipt;
use crate::models::answer;
use crate::refusal::{Failure, Refusal};
use crate::visit::{Outcome, Visit, now};

/// A page of a list, when the request names no limit.
const PAGE: usize = 10_000;

/// An uploaded or produced file.
#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) purpose: String,
    pub(crate) bytes: Bytes,
    pub(crate) created: u64,
}

/// All files and batches by id.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: Mutex<BTreeMap<String, StoredFile>>,
    batches: Mutex<BTreeMap<String, Batch>>,
}

impl Files {
    pub(crate) fn files(&self) -> MutexGuard<'_, BTreeMap<String, StoredFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever has them may still ask for files.
    pub(crate) fn batches(&self) -> MutexGuard<'_, BTreeMap<String, Batch>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn clear(&self) {
        self.files().clear();
        self.batches().clear();
    }

    /// Keeps a file and returns its id.
    pub(crate) fn keep(&self, number: u64, file: StoredFile) -> String {
        let id = format!("file-{number:024x}");
        self.files().insert(id.clone(), file);
        id
    }

    pub(crate) fn get(&self, id: &str) -> Result<StoredFile, Refusal> {
        self.files().get(id).cloned().ok_or_else(|| Refusal::not_found(&format!("File object: {id}")))
    }
}

fn shown(id: &str, file: &StoredFile) -> Value {
    json!({"id": id, "object": "file", "bytes": file.bytes.len(), "created_at": file.created,
        "filename": file.name, "purpose": file.purpose, "status": "processed", "expires_at": null})
}

pub(crate) async fn upload(visit: Visit) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let file = read_form(&visit).await?;
    let id = visit.world.files.keep(visit.world.number(), file.clone());
    Ok(answer(visit, &shown(&id, &file), &fate))
}

async fn read_form(visit: &Visit) -> Result<StoredFile, Failure> {
    let mut request = Request::new(axum::body::Body::from(visit.body.clone()));
    *request.headers_mut() = visit.head.headers.clone();
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|error| Refusal::invalid(error.body_text()))?;
    let mut file = None;
    let mut purpose = None;
    while let Some(field) = form.next_field().await.map_err(bad_form)? {
        match field.name() {
            Some("file") => {
                let name = field.file_name().unwrap_or("file").to_owned();
                file = Some((name, field.bytes().await.map_err(bad_form)?));
            }
            Some("purpose") => purpose = Some(field.text().await.map_err(bad_form)?),
            _ => {}
        }
    }
    let (name, bytes) = file.ok_or_else(|| Refusal::invalid("'file' is a required property"))?;
    let purpose = purpose.ok_or_else(|| Refusal::invalid("'purpose' is a required property"))?;
    Ok(StoredFile { name, purpose, bytes, created: now() })
}

fn bad_form(error: axum::extract::multipart::MultipartError) -> Failure {
    Refusal::invalid(error.body_text()).into()
}

#[derive(Deserialize)]
struct Page {
    purpose: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

pub(crate) async fn list(visit: Visit) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let page: Query<Page> =
        Query::try_from_uri(&visit.head.uri).map_err(|error| Refusal::invalid(error.body_text()))?;
    let all: Vec<Value> = visit
        .world
        .files
        .files()
        .iter()
        .filter(|(_, file)| page.purpose.as_ref().is_none_or(|purpose| *purpose == file.purpose))
        .map(|(id, file)| shown(id, file))
        .collect();
    let after = page.after.as_deref();
    let paged = paged(all, after, page.limit);
    Ok(answer(visit, &paged, &fate))
}

/// One page of a list, as OpenAI words it. `after` is the last id of the page before.
pub(crate) fn paged(all: Vec<Value>, after: Option<&str>, limit: Option<usize>) -> Value {
    let start = after.and_then(|after| all.iter().position(|item| item["id"] == after)).map_or(0, |place| place + 1);
    let limit = limit.unwrap_or(PAGE);
    let has_more = all.len() > start.saturating_add(limit);
    let page: Vec<Value> = all.into_iter().skip(start).take(limit).collect();
    let id = |item: Option<&Value>| item.map_or(Value::Null, |item| item["id"].clone());
    json!({"object": "list", "first_id": id(page.first()), "last_id": id(page.last()), "has_more": has_more,
        "data": page})
}

pub(crate) async fn show(visit: Visit, id: &str) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    let file = visit.world.files.get(id)?;
    Ok(answer(visit, &shown(id, &file), &fate))
}

pub(crate) async fn delete(visit: Visit, id: &str) -> Outcome {
    let fate = visit.fate("", "", false);
    fate.befall().await?;
    visit.world.files.get(id)?;
    visit.world.files.files().remove(id);
    let deleted = json!({"id": id, "object": "file", "deleted": true});
    Ok(answer(visit, &deleted, &fate))
}

pub(crate) async fn content(mut visit: Visit, id: &str) -> Outcome {
    visit.fate("", "", false).befall().await?;
    let file = visit.world.files.get(id)?;
    visit.call.owe(Receipt { fingerprint: None, prompt_tokens: 0, completion_tokens: 0 });
    let mut reply = Response::new(ScriptedBody::whole(file.bytes).answering(visit.call));
    let kind = HeaderValue::from_static("application/octet-stream");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(reply)
}
