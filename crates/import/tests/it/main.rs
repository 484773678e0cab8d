//! Whole sources, from the files that people have to the files that they get.

mod account;
mod graders;
mod openai;
mod promptfoo;
mod readable;
mod shown;
