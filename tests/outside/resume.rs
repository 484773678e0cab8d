//! A run that was killed goes on, and pays for nothing twice.
