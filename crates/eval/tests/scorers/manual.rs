//! The page `docs/scorers.md`, held against the scorers.
