use std::fs;
use std::os::unix::fs::symlink;

use super::{citation, cited, house, read};

#[test]
fn what_is_new_starts_what_changed_is_read_again_and_what_left_is_retired() {
    let (_site, house, place) = house();
    house.writes("a.txt", "See https://a.example/1 and https://a.example/2.");
    house.writes("b.md", "See <https://b.example/>.");
    let first = read(&house, &place);
    assert_eq!((first.new, first.citations_started), (2, 3), "{first:?}");

    house.days_pass(1);
    house.writes("a.txt", "See https://a.example/2 and https://a.example/3.");
    fs::remove_file(house.texts().join("b.md")).unwrap();
    house.writes("c.html", "<p>See <a href=\"https://c.example/\">this</a>.");
    let kept = citation(&house, "https://a.example/2");
    let second = read(&house, &place);

    assert_eq!(
        (second.new, second.changed, second.gone),
        (1, 1, 1),
        "{second:?}"
    );
    assert_eq!((second.citations_started, second.citations_retired), (2, 2));
    assert_eq!(
        cited(&house),
        [
            "a.txt: https://a.example/2 https://a.example/3",
            "c.html: https://c.example/"
        ]
    );
    assert_eq!(citation(&house, "https://a.example/2"), kept);
}

#[test]
fn a_file_that_did_not_change_is_not_opened() {
    let (_site, house, place) = house();
    let text = "See https://a.example/1.";
    house.writes("a.txt", text);
    house.writes("b.txt", "See https://b.example/1.");
    assert!(read(&house, &place).read_bytes > 0);
    house.days_pass(1);

    let still = read(&house, &place);
    assert_eq!((still.unchanged, still.read_bytes), (2, 0), "{still:?}");

    // Written again with the same text, it is read and found to be the same.
    house.writes("a.txt", text);
    let rewritten = read(&house, &place);
    assert_eq!((rewritten.unchanged, rewritten.changed), (2, 0));
    assert_eq!(rewritten.read_bytes, text.len() as u64);
    assert_eq!(read(&house, &place).read_bytes, 0);
}

#[test]
fn a_file_that_was_written_just_now_is_looked_into_again() {
    let (_site, house, place) = house();
    // Back to a clock before that of the disk.
    house.days_pass(-30 * 365);
    house.writes("a.txt", "See https://a.example/1.");
    read(&house, &place);
    house.writes("a.txt", "See https://a.example/2.");
    assert_eq!(read(&house, &place).changed, 1);
    let again = read(&house, &place);
    assert!(again.unchanged == 1 && again.read_bytes > 0, "{again:?}");
}

#[test]
fn a_file_that_moved_keeps_its_history() {
    let (_site, house, place) = house();
    house.writes("a.txt", "See https://a.example/1.");
    house.writes("b.txt", "See https://b.example/1.");
    read(&house, &place);
    let before = citation(&house, "https://a.example/1");
    house.days_pass(1);

    let texts = house.texts();
    fs::create_dir_all(texts.join("2020/old")).unwrap();
    fs::rename(texts.join("a.txt"), texts.join("2020/old/renamed.txt")).unwrap();
    let moved = read(&house, &place);

    assert_eq!((moved.moved, moved.new, moved.gone), (1, 0, 0), "{moved:?}");
    assert_eq!((moved.citations_started, moved.citations_retired), (0, 0));
    assert_eq!(citation(&house, "https://a.example/1"), before);
    assert_eq!(
        cited(&house),
        [
            "renamed.txt: https://a.example/1",
            "b.txt: https://b.example/1"
        ]
    );

    // Away for a while, and back in another place.
    let away = texts.with_extension("away");
    fs::rename(texts.join("2020/old/renamed.txt"), &away).unwrap();
    assert_eq!(read(&house, &place).gone, 1);
    fs::rename(&away, texts.join("back.txt")).unwrap();
    let back = read(&house, &place);
    assert_eq!((back.moved, back.citations_started), (1, 1), "{back:?}");
    assert_eq!(citation(&house, "https://a.example/1"), before);
}

#[test]
fn what_cannot_be_read_is_told_by_its_name_and_stays_as_it_was() {
    let (_site, mut house, place) = house();
    house.config.documents.max_bytes = 2_000;
    house.writes("grows.txt", "See https://a.example/grows.");
    house.writes("turns.txt", "See https://a.example/turns.");
    house.writes("links.txt", "See https://a.example/links.");
    fs::create_dir(house.texts().join("below")).unwrap();
    house.writes("below/deep.txt", "See https://a.example/deep.");
    read(&house, &place);
    let before = cited(&house);
    house.days_pass(1);

    let texts = house.texts();
    let outside = tempfile::tempdir().unwrap();
    house.writes("grows.txt", &"word ".repeat(1_000));
    house.writes("turns.txt", "%PDF-1.7\n\0\0\0");
    fs::remove_file(texts.join("links.txt")).unwrap();
    symlink("/etc/hostname", texts.join("links.txt")).unwrap();
    fs::remove_dir_all(texts.join("below")).unwrap();
    symlink(outside.path(), texts.join("below")).unwrap();
    fs::write(
        texts.join("broken.txt"),
        b"See https://a.example/x \xff\xfe\x80 caf\xe9 \x81.",
    )
    .unwrap();
    house.writes("one.txt", "See https://twin.example/.");
    house.writes("two.txt", "See https://twin.example/.");
    let reading = read(&house, &place);

    let said = reading.warnings.join("\n");
    for (name, words) in [
        ("grows.txt", "no more than 2000"),
        ("turns.txt", "PDF"),
        ("links.txt", "leads out"),
        ("below", "leads out"),
        ("two.txt", "the same bytes as"),
    ] {
        let found = reading
            .warnings
            .iter()
            .find(|it| it.contains(&format!("/{name}")) && it.contains(words));
        assert!(found.is_some(), "{name}, {words}: {said}");
    }
    assert_eq!(reading.gone, 0);
    let after = cited(&house);
    assert!(before.iter().all(|it| after.contains(it)), "{after:#?}");
    assert!(
        after
            .iter()
            .any(|it| it == "broken.txt: https://a.example/x"),
        "{after:#?}"
    );
}

#[test]
fn a_folder_that_is_away_or_empty_loses_nothing() {
    let (_site, house, place) = house();
    house.writes("a.txt", "See https://a.example/1.");
    read(&house, &place);
    let kept = house.texts().with_extension("kept");
    fs::rename(house.texts(), &kept).unwrap();

    let away = read(&house, &place);
    assert!(away.fault.unwrap().contains("no such file or folder"));
    fs::create_dir(house.texts()).unwrap();
    let empty = read(&house, &place);
    assert!(empty.fault.unwrap().contains("no documents in this folder"));
    assert_eq!(cited(&house), ["a.txt: https://a.example/1"]);
}

#[test]
fn more_documents_than_are_wanted_are_told_and_not_taken_for_gone() {
    let (_site, house, mut place) = house();
    for name in ["a", "b", "c"] {
        house.writes(
            &format!("{name}.txt"),
            &format!("See https://{name}.example/."),
        );
    }
    read(&house, &place);
    place.max_documents = 2;
    let reading = read(&house, &place);
    assert!(
        reading.warnings[0].contains("1 documents more than max_documents"),
        "{reading:?}"
    );
    assert_eq!((reading.gone, cited(&house).len()), (0, 3));
}

#[test]
fn two_places_that_overlap_do_not_take_documents_from_each_other() {
    let (_site, house, place) = house();
    fs::create_dir(house.texts().join("below")).unwrap();
    house.writes("a.txt", "See https://a.example/1.");
    house.writes("below/b.txt", "See https://b.example/1.");
    let mut other = place.clone();
    "other".clone_into(&mut other.name);
    other.at = super::place(
        place.kind,
        &[&house.texts().join("below").display().to_string()],
    )
    .at;
    for _ in 0..2 {
        for place in [&place, &other] {
            assert_eq!(read(&house, place).gone, 0);
            assert_eq!(cited(&house).len(), 2);
        }
    }
    fs::remove_file(house.texts().join("below/b.txt")).unwrap();
    house.writes("below/c.txt", "See https://c.example/1.");
    let gone = read(&house, &place).gone + read(&house, &other).gone;
    assert_eq!((gone, cited(&house).len()), (1, 2));
}
