//! The texts that cite, read from a disk or from a site.
//!
//! [`folder`] is the disk, [`remote`] the web; [`listing`] says which pages a [`place`] has, by its
//! [`sitemap`], its [`feed`] or a [`page_list`].

pub mod feed;
pub mod folder;
pub mod listing;
pub mod page_list;
pub mod place;
pub mod remote;
pub mod sitemap;
pub mod write_back;
pub mod xml;
