//! As many files and connections are open as may be: our own trouble, and no host's.

use std::fs::File;
use std::io;

/// Of Linux, macOS and the BSDs alike: too many open files, of this process and of the whole system.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// Whether the system refused something for that reason.
pub fn is_met(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(EMFILE | ENFILE))
}

/// Whether it would refuse anything now: for those who are only told that something could not be
/// reached.
pub fn is_reached() -> bool {
    File::open("/dev/null").is_err_and(|error| is_met(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refused_handle_is_ours() {
        assert!(is_met(&io::Error::from_raw_os_error(24)));
        assert!(is_met(&io::Error::from_raw_os_error(23)));
        assert!(!is_met(&io::Error::from_raw_os_error(111)));
        assert!(!is_met(&io::ErrorKind::ConnectionRefused.into()));
    }
}
