//! Promotions: what moves a label, what does not, and what is on record afterwards.

mod audit;
mod baseline;
mod desk;
mod emergency;
mod evidence;
mod policy;
mod rollback;
mod stopped;
mod story;
mod tampering;
mod together;
