//! The binary from outside: what a person or a script sees, with a cleared environment.

mod outside;
