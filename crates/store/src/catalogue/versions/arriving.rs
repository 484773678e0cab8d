//! Versions that were saved elsewhere.

use carat_core::version::{Label, Move, VersionId};

use super::{NewVersion, Saved};
use crate::catalogue::change::{Act, Change};
use crate::catalogue::labels::Signpost;
use crate::{Store, StoreError};

/// A version that was saved elsewhere.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    /// The content, who brings it, and when.
    pub version: NewVersion<'a>,
    /// The number that it has there, which it keeps where that is free here.
    pub number: Option<u32>,
    /// The labels that are to point to it here, by whatever number it has here. Whether policies let them be moved like this is
    /// for the caller to know.
    pub labels: &'a [Label],
    /// Why they move.
    pub why: Option<&'a str>,
}

/// What became of an [`Arrival`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenIn {
    /// The version here.
    pub id: VersionId,
    /// Whether it got its number just now.
    pub is_new: bool,
    /// The version that has its number here, where it has another number here than there. None where nothing has: this content
    /// had been here before.
    pub instead: Option<VersionId>,
    /// What became of its labels, in their order. One that pointed there already has the same `from` and `to`.
    pub moves: Vec<Move>,
}

/// No number beyond this is kept: the next save counts on from the highest, and from eight digits on a number reads as the
/// beginning of a digest.
const HIGHEST: u32 = 999_999;

impl Store {
    /// Takes in versions that were saved elsewhere, with their labels: all of them, or after an error none. What is returned
    /// has their order.
    ///
    /// A content that is known here keeps the number that it has here. Any other keeps the number that it has there, as long as
    /// that is free here; then come, in their order, those whose numbers have another content here: they get the ones behind
    /// the highest. So numbers have gaps, and a version that fills one comes later than versions with higher numbers.
    ///
    /// # Errors
    /// Whatever keeps a store from being written.
    pub async fn take_in(&self, arrivals: &[Arrival<'_>]) -> Result<Vec<TakenIn>, StoreError> {
        let mut change = self.change("take in versions").await?;
        let mut settled = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            settled.push(change.settle(arrival).await?);
        }
        let mut taken = Vec::with_capacity(arrivals.len());
        for (arrival, settled) in arrivals.iter().zip(settled) {
            let saved = match settled {
                Some(saved) => saved,
                None => change.settle_behind(arrival).await?,
            };
            taken.push(change.welcome(arrival, saved).await?);
        }
        change.commit_unlogged().await?;
        Ok(taken)
    }
}

impl Change {
    /// The version of a content that is known here, or whose number is free here.
    async fn settle(&mut self, arrival: &Arrival<'_>) -> Result<Option<Saved>, StoreError> {
        let new = &arrival.version;
        if let Some(known) = self.known(new).await? {
            return self.fill_in(known, new).await.map(Some);
        }
        let Some(number) = arrival.number.filter(|number| (1..=HIGHEST).contains(number)) else { return Ok(None) };
        if self.numbered(new.kind, new.name, number).await?.is_some() {
            return Ok(None);
        }
        self.save(new, number, arrival.number).await.map(Some)
    }

    /// The version of any other content. The same may have come twice.
    async fn settle_behind(&mut self, arrival: &Arrival<'_>) -> Result<Saved, StoreError> {
        let new = &arrival.version;
        if let Some(known) = self.known(new).await? {
            return self.fill_in(known, new).await;
        }
        let number = self.next_number(new.kind, new.name).await?;
        self.save(new, number, arrival.number).await
    }

    /// Lets its labels point to a version that is here now.
    async fn welcome(&mut self, arrival: &Arrival<'_>, saved: Saved) -> Result<TakenIn, StoreError> {
        let Arrival { version: NewVersion { kind, name, by, at, .. }, why, labels, .. } = *arrival;
        let Saved { id, is_new } = saved;
        let instead = match arrival.number.filter(|number| *number != id.number) {
            Some(number) => self.numbered(kind, name, number).await?.map(|(_, instead)| instead),
            None => None,
        };
        let mut moves = Vec::with_capacity(labels.len());
        for label in labels {
            let signpost = Signpost { kind, name, label };
            moves.push(self.move_label(signpost, Some(id.number), Act { by, at, why }).await?);
        }
        Ok(TakenIn { id, is_new, instead, moves })
    }
}
