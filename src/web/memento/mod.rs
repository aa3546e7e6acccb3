//! Captures as mementos (RFC 7089), and as pages that can be looked at again.
//!
//! One prefix for all, `/web/`: [`gate`] reads which of its addresses is asked for; a [`timemap`] lists, a
//! memento is made by [`answer`]. [`replay`] is the origin of its own on which archived pages are shown,
//! by addresses that [`pass`] signs, in the frame of [`frame`].

pub mod address;
pub mod answer;
pub mod frame;
pub mod gate;
pub mod pass;
pub mod replay;
pub mod timemap;
