//! The ways in and around: beginning a project, looking whether all is there, and the end of models.

mod doctor;
mod init;
mod lifecycle;
