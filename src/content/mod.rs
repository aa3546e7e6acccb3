//! Reads what a captured page says, and compares two readings: decoding, the main text, digests of
//! it, the words that differ, and the passage that was cited.
//!
//! Nothing here judges. A [`page::Page`] says «the title is this, the text is that»; what it means
//! for a citation is the judge's.

pub mod anchors;
pub mod around;
pub mod charset;
pub mod comparing;
pub mod core;
pub mod css;
pub mod decode;
pub mod diff;
pub mod fingerprint;
pub mod furniture;
pub mod html;
pub mod kind;
pub mod lines;
pub mod main_text;
pub mod marking;
pub mod metadata;
pub mod nesting;
pub mod noise;
pub mod normalize;
pub mod own_text;
pub mod page;
pub mod pairing;
pub mod passage;
pub mod pdf;
pub mod pdf_bytes;
pub mod pdf_furniture;
pub mod places;
pub mod redesign;
pub mod references;
pub mod reflow;
pub mod refresh;
pub mod rewriting;
pub mod robots;
pub mod rows;
pub mod side_by_side;
pub mod sitemap;
pub mod standing;
pub mod structured;
pub mod volatile;
pub mod word_diff;
pub mod words;
