//! The usual form of a memento's address: `…/20201124120000id_/http://a.example/`.

use crate::model::time::Timestamp;

/// What such an address tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MementoAddress<'a> {
    /// The memento's datetime.
    pub at: Timestamp,
    /// How it is shown: `id_` as it was captured, `if_` without a frame; empty for the usual way, in a
    /// frame and with its links turned to the archive.
    pub form: &'a str,
    /// The address that it is a memento of, as written.
    pub original: &'a str,
}

/// The digits of a moment.
const DIGITS: usize = 14;

/// Reads one; `None` for an address of another form, whose datetime and original it does not tell.
pub fn read(url: &str) -> Option<MementoAddress<'_>> {
    let mut rest = url;
    while let Some((segment, after)) = rest.split_once('/') {
        if let Some((digits, form)) = segment.split_at_checked(DIGITS)
            && let Ok(at) = Timestamp::from_digits14(digits)
        {
            let original = after;
            return Some(MementoAddress { at, form, original });
        }
        rest = after;
    }
    None
}

/// Whether the address gives a memento as it was captured.
pub fn is_raw(url: &str) -> bool {
    read(url).is_some_and(|address| address.form == "id_")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moment_form_and_original_are_told_by_the_address() {
        let url = "https://arc.example/web/20201124120000id_/http://a.example/b?c=/d";
        let address = read(url).unwrap();
        assert_eq!(address.at.to_digits14(), "20201124120000");
        assert_eq!(address.form, "id_");
        assert_eq!(address.original, "http://a.example/b?c=/d");
        assert!(is_raw(url));
        assert!(!is_raw(
            "https://arc.example/20201124120000/http://a.example/"
        ));
        for other in [
            "https://arc.example/AbCd3",
            "https://arc.example/99999999999999/x",
        ] {
            assert_eq!(read(other), None);
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _ = read(&text);
        }

        #[test]
        fn what_stands_behind_the_moment_is_the_original(original in "[a-z:/?=.]{0,20}") {
            let url = format!("https://arc.example/all/20201124120000/{original}");
            prop_assert_eq!(read(&url).unwrap().original, original);
        }
    }
}
