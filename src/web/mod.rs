//! Pages and numbers over HTTP: what a running service says about itself.

pub mod status;
