//! Promotions: one document each, changed step by step.

use carat_core::promotion::Promotion;
use carat_core::version::Kind;

use super::columns::document;
use crate::record::{Nonsense, column, number};
use crate::reference::after_all_that_begin_with;
use crate::sqlite::{self, Query};
use crate::text::kept;
use crate::{ReferenceError, Store, StoreError};

mod step;

pub use step::{LabelMove, Step};

/// Something, and how often it has been changed. Whoever changes it names the revision that they saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<T> {
    /// What it is.
    pub value: T,
    /// From 1, one more with every change.
    pub revision: u64,
}

/// So many characters of an id are needed to look for a promotion.
const LEAST_PREFIX: usize = 4;

/// How many promotions an error names.
const NAMED: usize = 3;

impl Store {
    /// The promotions, newest first: all of them, those of a kind, those of a name.
    ///
    /// # Errors
    /// Whatever keeps a store from being read.
    pub async fn promotions(&self, kind: Option<Kind>, name: Option<&str>) -> Result<Vec<Kept<Promotion>>, StoreError> {
        let text = "SELECT body, revision FROM promotions WHERE kind = coalesce($1, kind) AND name = coalesce($2, name) \
                    ORDER BY proposed_at DESC, id DESC";
        self.kept(sqlx::query(text).bind(kind.map(Kind::as_str)).bind(name.map(kept))).await
    }

    /// The promotion with this id, or the only one whose id begins like that (at least four characters, in either case).
    ///
    /// # Errors
    /// A [`ReferenceError`] if there is none, or several; and whatever keeps a store from being read.
    pub async fn promotion(&self, id_prefix: &str) -> Result<Kept<Promotion>, StoreError> {
        let text = "SELECT body, revision FROM promotions WHERE id = $1";
        if let Some(found) = self.kept(sqlx::query(text).bind(kept(id_prefix))).await?.pop() {
            return Ok(found);
        }
        let is_enough = id_prefix.chars().count() >= LEAST_PREFIX;
        let found = if is_enough { self.that_begin_with(&id_prefix.to_ascii_lowercase()).await? } else { Vec::new() };
        match <[Kept<Promotion>; 1]>::try_from(found) {
            Ok([found]) => Ok(found),
            Err(none) if none.is_empty() => Err(self.unknown_promotion(id_prefix).await?.into()),
            Err(several) => {
                let candidates = several.iter().map(|promotion| named(&promotion.value)).collect();
                Err(ReferenceError::Ambiguous { reference: id_prefix.to_owned(), candidates }.into())
            }
        }
    }

    async fn that_begin_with(&self, prefix: &str) -> Result<Vec<Kept<Promotion>>, StoreError> {
        let Some(end) = after_all_that_begin_with(prefix) else { return Ok(Vec::new()) };
        let text = "SELECT body, revision FROM promotions WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT 5";
        self.kept(sqlx::query(text).bind(kept(prefix)).bind(kept(&end))).await
    }

    /// What to say of an id that leads nowhere.
    async fn unknown_promotion(&self, reference: &str) -> Result<ReferenceError, StoreError> {
        let promotions = self.promotions(None, None).await?;
        let reference = reference.to_owned();
        if promotions.is_empty() {
            return Ok(ReferenceError::NoPromotions);
        }
        let length = reference.chars().count();
        if length < LEAST_PREFIX {
            return Ok(ReferenceError::TooShort { reference, least: LEAST_PREFIX });
        }
        // A slip in the beginning of an id is told by the beginnings of the others.
        let beginning = |id: &str| id.chars().take(length).collect::<String>();
        let beginnings: Vec<String> = promotions.iter().map(|promotion| beginning(&promotion.value.id)).collect();
        let near = carat_core::nearest::nearest(&reference, beginnings.iter().map(String::as_str));
        let near = near.and_then(|near| promotions.iter().find(|promotion| promotion.value.id.starts_with(near)));
        let hint = match near {
            Some(near) => format!("; did you mean {}?", named(&near.value)),
            None => {
                let last: Vec<String> = promotions.iter().take(NAMED).map(|last| named(&last.value)).collect();
                format!("; the last ones are {}", last.join(", "))
            }
        };
        Ok(ReferenceError::UnknownPromotion { reference, hint })
    }

    async fn kept(&self, query: Query<'_>) -> Result<Vec<Kept<Promotion>>, StoreError> {
        let rows = self.place.doing("look for promotions", query.fetch_all(&self.pool).await)?;
        rows.iter().map(promotion).collect::<Result<_, _>>().map_err(|nonsense| self.place.damaged(nonsense))
    }
}

fn promotion(row: &sqlite::Row) -> Result<Kept<Promotion>, Nonsense> {
    let body: String = column(row, "body")?;
    Ok(Kept { value: document("a promotion", &body)?, revision: number(row, "revision")? })
}

/// A promotion as errors name it.
fn named(promotion: &Promotion) -> String {
    format!("{} ({} to {})", promotion.id, promotion.subject, promotion.label)
}
