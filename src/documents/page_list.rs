//! Lists of pages: an address a line, `#` before a remark.

use crate::model::url::TargetUrl;

/// What a list says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageList {
    /// The pages, in their order.
    pub pages: Vec<TargetUrl>,
    /// Lines that name none, each with its reason.
    pub refused: Vec<String>,
}

/// Reads a list.
pub fn read(bytes: &[u8]) -> PageList {
    let text = String::from_utf8_lossy(bytes);
    let mut list = PageList::default();
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // A remark after an address is told from its fragment by the space.
        let address = line.split(" #").next().unwrap_or_default().trim();
        match TargetUrl::parse(address) {
            Ok(page) => list.pages.push(page),
            Err(why) => list.refused.push(format!("line {number}: {why}")),
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_has_addresses_remarks_and_lines_that_are_refused_by_their_number() {
        let list = read(
            "\u{feff}# ours\r\nhttps://a.example/1\r\n\n  https://a.example/2#part  # the second\nnone\nftp://a.example/\n"
                .as_bytes(),
        );
        let pages: Vec<_> = list.pages.iter().map(TargetUrl::as_str).collect();
        assert_eq!(pages, ["https://a.example/1", "https://a.example/2"]);
        assert_eq!(list.refused.len(), 2);
        assert!(
            list.refused[0].starts_with("line 5: «none»"),
            "{:?}",
            list.refused
        );
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reading(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
