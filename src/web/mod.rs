//! Pages and numbers over HTTP.
