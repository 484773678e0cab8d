//! The way of a label back to where it was.

use carat_core::audit::Action;
use carat_core::promotion::{Course, Promotion, State, rolled_back};
use carat_core::untrusted::one_line;
use carat_core::version::{Actor, Label, Pick, VersionId};
use carat_store::{Kept, LabelMove, Step, Store, StoreError};
use serde_json::json;

use crate::commands::promote::apply::last_move;
use crate::commands::promote::{shape, telling};
use crate::commands::versions::shapes;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::out::{self, FAINT, STRONG, styled};
use crate::session::{Session, now};

/// Where a label is, where it goes back to, and what is on record of both.
pub(super) struct Way<'a> {
    label: &'a Label,
    /// None where it was taken away.
    from: Option<&'a VersionId>,
    to: &'a VersionId,
    /// The promotion that put it where it is.
    undone: Option<&'a Kept<Promotion>>,
    /// The promotion that had put it where it goes to.
    back: Option<&'a Kept<Promotion>>,
}

impl<'a> Way<'a> {
    pub(super) fn between(
        label: &'a Label,
        from: Option<&'a VersionId>,
        to: &'a VersionId,
        course: &Course<'_>,
        promotions: &'a [Kept<Promotion>],
    ) -> Self {
        let kept = |promotion: Option<&Promotion>| {
            let id = &promotion?.id;
            promotions.iter().find(|kept| kept.value.id == *id)
        };
        let back = kept(course.back_to(to).and_then(|stay| stay.promotion));
        Self { label, from, to, undone: kept(course.in_force()), back }
    }

    pub(super) fn goes_anywhere(&self) -> bool {
        self.from != Some(self.to)
    }

    /// Moves the label back. The promotion that had put it where it is says so from now on. Where it was moved by hand, the move
    /// names the promotion that had put it where it goes to, which stays as it is.
    pub(super) async fn go(&self, store: &Store, by: &Actor, why: Option<&str>) -> Result<(), Fault> {
        let at = now();
        let to = Some(self.to.number);
        let (revision, after) = match (self.undone, self.back) {
            (Some(Kept { value, revision }), _) => {
                (revision, Promotion { state: State::RolledBack, since: at.clone(), ..value.clone() })
            }
            (None, Some(Kept { value, revision })) => (revision, value.clone()),
            (None, None) => {
                let why = rolled_back(why);
                store.move_label(self.to.kind, &self.to.name, self.label, to, by, &at, Some(&why)).await?;
                return Ok(());
            }
        };
        let moves = Some(LabelMove { expected: self.from.map(|from| from.number), to });
        let (before, action) = (Some(*revision), Action::RolledBack);
        let step = Step { before, after: &after, action, by, at: &at, why, moves };
        match store.step(&step).await {
            Ok(_) => Ok(()),
            Err(StoreError::Outrun { what }) => {
                let advice =
                    "somebody moved it meanwhile, and nothing was done here; see where it is, and roll back again";
                Err(Fault { exit: Exit::GateFailed, message: format!("{what}: {advice}") })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The move, and the promotion that was rolled back, where one was.
    async fn tell_as_json(&self, store: &Store) -> Result<Exit, Fault> {
        let Self { label, to, undone, .. } = self;
        let moved = last_move(store, (to.kind, &to.name), label).await?.filter(|_| self.goes_anywhere());
        let moved = moved.as_ref().map(shapes::moved);
        let promotion = match undone.filter(|_| self.goes_anywhere()) {
            Some(kept) => Some(shape::present(store, &store.promotion(&kept.value.id).await?.value).await?),
            None => None,
        };
        out::json(&json!({"format": 1, "moved": moved, "promotion": promotion}))?;
        Ok(Exit::Fine)
    }

    /// Says what serves now.
    pub(super) async fn tell(&self, store: &Store, session: &Session, json: bool) -> Result<Exit, Fault> {
        let Self { label, from, to, .. } = self;
        if json {
            return self.tell_as_json(store).await;
        }
        if !self.goes_anywhere() {
            out::data(&format!("{label} points to {to} already\n"))?;
            return Ok(Exit::Fine);
        }
        let version = store.version(to.kind, &to.name, &Pick::Number(to.number)).await?;
        let saved = version.map(|version| {
            let by = one_line(&version.provenance.by.name, telling::WORDS);
            format!(", saved {} by {by}", version.provenance.at)
        });
        let line = styled(STRONG, format!("{label} points to {to} again"));
        let about = styled(FAINT, format!("{}{}", to.digest.short(), saved.unwrap_or_default()));
        let was = from.map_or_else(|| "nothing".to_owned(), ToString::to_string);
        out::data(&format!("{line} (was {was})  {about}\n{}", self.of_promotions()))?;
        telling::into_use(to.kind, label).iter().for_each(|next| session.talk(next));
        Ok(Exit::Fine)
    }

    fn of_promotions(&self) -> String {
        let told = match (self.undone, self.back) {
            (Some(undone), _) => format!("promotion {} is rolled back", telling::short(&undone.value.id)),
            (None, Some(back)) => format!("where promotion {} had put it", telling::short(&back.value.id)),
            (None, None) => return String::new(),
        };
        styled(FAINT, told) + "\n"
    }
}
