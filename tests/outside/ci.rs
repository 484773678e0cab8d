//! What CI systems run – the steps of the action and the recipes of `docs/ci.md` – carried out as they would.

mod action;
mod comment;
mod expression;
mod github;
mod gitlab;
mod page;
mod place;
