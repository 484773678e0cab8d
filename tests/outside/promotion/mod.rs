//! Promotions: what moves a label, what does not, and what is on record afterwards.

mod audit;
mod authors;
mod baseline;
mod bypass;
mod desk;
mod emergency;
mod evidence;
mod imported;
mod policy;
mod rollback;
mod shapes;
mod stopped;
mod story;
mod tampering;
mod terms;
mod together;
