//! The condition of sealed files.

use ibid::catalog::fixity::FileFixity;
use ibid::catalog::interface::Catalog;

use super::at;

pub(crate) fn the_condition_of_a_file_is_known_until_it_is_forgotten(catalog: &dyn Catalog) {
    let file = |name: &str, day: &str, fault: Option<&str>| FileFixity {
        name: name.to_owned(),
        verified_at: at(day),
        fault: fault.map(str::to_owned),
    };
    assert_eq!(catalog.file_fixity().unwrap(), []);
    let damaged = file("b.warc.gz", "2026-01-01", Some("it is shorter"));
    catalog.note_verified(&damaged).unwrap();
    let whole = file("a.warc.gz", "2026-01-02", None);
    catalog.note_verified(&whole).unwrap();
    assert_eq!(catalog.file_fixity().unwrap(), [whole.clone(), damaged]);

    let mended = file("b.warc.gz", "2026-01-03", None);
    catalog.note_verified(&mended).unwrap();
    assert_eq!(catalog.file_fixity().unwrap(), [whole, mended.clone()]);

    catalog.forget_file("a.warc.gz").unwrap();
    catalog.forget_file("never.warc.gz").unwrap();
    assert_eq!(catalog.file_fixity().unwrap(), [mended]);
}
