//! Folders as they are met, with everything that can lie in them.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::documents::folder::{DocumentFault, list, read};

fn folder_with(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, *file).unwrap();
    }
    folder
}

/// Documents by their path in the folder, faults in parentheses without it.
fn listed(folder: &Path) -> Vec<String> {
    let without_folder = |text: String| text.replace(&format!("{}/", folder.display()), "");
    list(folder)
        .into_iter()
        .map(|entry| match entry {
            Ok(path) => without_folder(path.display().to_string()),
            Err(fault) => format!("({})", without_folder(fault.to_string())),
        })
        .collect()
}

#[test]
fn a_folder_lists_its_documents_sorted_and_passes_over_the_rest() {
    let folder = folder_with(&[
        "b.md",
        "a.TXT",
        "c.pdf",
        "README",
        "sub/d.html",
        "sub/deep/e.bib",
        ".hidden.md",
        ".git/f.md",
        "node_modules/g.md",
        "target/h.txt",
        "sub/target.md",
    ]);
    assert_eq!(
        listed(folder.path()),
        [
            "a.TXT",
            "b.md",
            "sub/d.html",
            "sub/deep/e.bib",
            "sub/target.md"
        ]
    );
}

#[test]
fn what_is_named_is_listed_whatever_its_name() {
    let folder = folder_with(&["notes", ".drafts/a.md", "target/b.md"]);
    let path = folder.path().join("notes");
    assert_eq!(
        list(&path)
            .into_iter()
            .map(Result::unwrap)
            .collect::<Vec<PathBuf>>(),
        [path]
    );
    assert_eq!(listed(&folder.path().join(".drafts")), ["a.md"]);
    assert_eq!(listed(&folder.path().join("target")), ["b.md"]);
}

#[test]
fn links_are_followed_in_the_folder_only_and_each_file_is_listed_once() {
    let outside = folder_with(&["secret.md"]);
    let folder = folder_with(&["a.md", "data/content.dat"]);
    let link = |target: &Path, name: &str| symlink(target, folder.path().join(name)).unwrap();
    link(&folder.path().join("a.md"), "again.md");
    link(&folder.path().join("data/content.dat"), "one.md");
    link(&folder.path().join("data/content.dat"), "two.md");
    link(folder.path(), "circle");
    link(&outside.path().join("secret.md"), "out.md");
    link(outside.path(), "out-folder");
    link(Path::new("nowhere.md"), "broken.md");
    link(Path::new("/etc/hostname"), "other-lock");
    let found = listed(folder.path());
    assert_eq!(found.len(), 5, "{found:#?}");
    assert_eq!(found[0], "a.md");
    assert!(
        found[1].starts_with("(broken.md: the link leads nowhere"),
        "{found:#?}"
    );
    assert_eq!(found[2], "one.md");
    assert!(
        found[3].starts_with("(out-folder: the link leads out"),
        "{found:#?}"
    );
    assert!(
        found[4].starts_with("(out.md: the link leads out"),
        "{found:#?}"
    );
    // A link that is named itself is meant.
    assert_eq!(
        read(&folder.path().join("out.md"), 100).unwrap(),
        b"secret.md"
    );
    let broken = list(&folder.path().join("broken.md"));
    assert!(
        matches!(broken[..], [Err(DocumentFault::BrokenLink { .. })]),
        "{broken:?}"
    );
}

#[test]
fn pipes_sockets_and_devices_are_never_opened() {
    let folder = folder_with(&["a.md"]);
    let pipe = folder.path().join("pipe.md");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let socket = folder.path().join("socket.txt");
    let _listener = UnixListener::bind(&socket).unwrap();
    let found = listed(folder.path());
    assert_eq!(found[0], "a.md");
    assert!(
        found[1].contains("a named pipe") && found[2].contains("a socket"),
        "{found:?}"
    );
    for (path, what) in [
        (pipe.as_path(), "pipe"),
        (&socket, "socket"),
        (Path::new("/dev/zero"), "device"),
        (folder.path(), "folder"),
    ] {
        let why = read(path, 100).unwrap_err().to_string();
        assert!(
            why.contains(what) && why.contains(&path.display().to_string()),
            "{why}"
        );
    }
}

#[test]
fn a_file_is_read_up_to_the_limit() {
    let folder = folder_with(&[]);
    let path = folder.path().join("a.txt");
    fs::write(&path, "12345").unwrap();
    assert_eq!(read(&path, 5).unwrap(), b"12345");
    let fault = read(&path, 4).unwrap_err();
    assert!(
        matches!(
            fault,
            DocumentFault::TooLarge {
                size_bytes: 5,
                max_bytes: 4,
                ..
            }
        ),
        "{fault}"
    );
    // A file of the kernel's says that it is empty.
    let status = Path::new("/proc/self/status");
    assert!(status.metadata().map_or(0, |metadata| metadata.len()) == 0);
    assert!(!read(status, 1 << 20).unwrap().is_empty());
    assert!(matches!(
        read(status, 3),
        Err(DocumentFault::TooLarge { .. })
    ));
}

#[test]
fn what_is_missing_or_forbidden_is_named() {
    let folder = folder_with(&["a.md", "locked/b.md"]);
    let gone = folder.path().join("gone.md");
    let why = list(&gone).remove(0).unwrap_err().to_string();
    assert!(why.contains("gone.md") && why.contains("spelling"), "{why}");
    assert!(matches!(read(&gone, 1), Err(DocumentFault::Missing { .. })));
    let locked = folder.path().join("locked");
    let allow = |mode| {
        fs::set_permissions(&locked, fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(0o000);
    // Root may read everything, and then there is nothing to see.
    let is_root = fs::read_dir(&locked).is_ok();
    let found = listed(folder.path());
    allow(0o755);
    if !is_root {
        assert_eq!(found[0], "a.md");
        assert!(
            found[1].starts_with("(locked: it may not be read"),
            "{found:?}"
        );
    }
}
