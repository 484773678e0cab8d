//! Where numbers come from: versions in evals, what is behind a score, what was really sent, and where the project stands.

mod references;
mod skew;
mod status;
mod why;
