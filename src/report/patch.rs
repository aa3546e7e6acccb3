//! A unified diff of what was changed in a document, which `patch` and `git apply` take.

use std::ops::Range;

use crate::model::restoration::{self, Edit};

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// The diff of a document and these edits, under a name; empty where nothing changes. Bytes, as the
/// document has them.
pub fn unified(name: &str, document: &[u8], edits: &[Edit]) -> Vec<u8> {
    if edits.is_empty() {
        return Vec::new();
    }
    let lines = lines(document);
    let mut diff = format!("--- {name}\n+++ {name}\n").into_bytes();
    let mut grown = 0_isize;
    for hunk in hunks(&lines, edits) {
        let first = hunk.changed[0].lines.start.saturating_sub(CONTEXT);
        let last = hunk.changed[hunk.changed.len() - 1].lines.end;
        let last = (last + CONTEXT).min(lines.len());
        let mut body = Vec::new();
        let (mut old, mut new) = (0_usize, 0_usize);
        let mut at = first;
        for changed in &hunk.changed {
            for line in &lines[at..changed.lines.start] {
                put(&mut body, b' ', &document[line.clone()]);
                (old, new) = (old + 1, new + 1);
            }
            for line in &lines[changed.lines.clone()] {
                put(&mut body, b'-', &document[line.clone()]);
                old += 1;
            }
            let bytes = changed_bytes(&lines, changed, document.len());
            let inside: Vec<Edit> = changed
                .edits
                .iter()
                .map(|edit| Edit {
                    at: edit.at.start - bytes.start..edit.at.end - bytes.start,
                    ..(*edit).clone()
                })
                .collect();
            let now = restoration::apply(&document[bytes], &inside);
            for line in self::lines(&now) {
                put(&mut body, b'+', &now[line]);
                new += 1;
            }
            at = changed.lines.end;
        }
        for line in &lines[at..last] {
            put(&mut body, b' ', &document[line.clone()]);
            (old, new) = (old + 1, new + 1);
        }
        let begin = first.saturating_add_signed(grown);
        // A side without lines is named by the line before it.
        let number = |first: usize, count: usize| first + usize::from(count > 0);
        let head = format!(
            "@@ -{},{old} +{},{new} @@\n",
            number(first, old),
            number(begin, new)
        );
        diff.extend_from_slice(head.as_bytes());
        diff.extend_from_slice(&body);
        grown += new.cast_signed() - old.cast_signed();
    }
    diff
}

/// Lines that change, and by which edits.
struct Changed<'e> {
    lines: Range<usize>,
    edits: Vec<&'e Edit>,
}

/// Changes that are shown together.
struct Hunk<'e> {
    changed: Vec<Changed<'e>>,
}

fn hunks<'e>(lines: &[Range<usize>], edits: &'e [Edit]) -> Vec<Hunk<'e>> {
    let line_of = |at: usize| {
        let after = lines.partition_point(|line| line.start <= at);
        after.saturating_sub(1)
    };
    let mut hunks: Vec<Hunk> = Vec::new();
    for edit in edits {
        let first = line_of(edit.at.start);
        let last = line_of(edit.at.end.max(edit.at.start + 1) - 1).max(first);
        let touched = first..(last + 1).min(lines.len());
        let open = hunks.last_mut().and_then(|hunk| hunk.changed.last_mut());
        match open {
            Some(open) if touched.start < open.lines.end => {
                open.lines.end = open.lines.end.max(touched.end);
                open.edits.push(edit);
            }
            open => {
                let changed = Changed {
                    lines: touched.clone(),
                    edits: vec![edit],
                };
                let is_near = open.is_some_and(|it| touched.start <= it.lines.end + 2 * CONTEXT);
                match hunks.last_mut().filter(|_| is_near) {
                    Some(hunk) => hunk.changed.push(changed),
                    None => hunks.push(Hunk {
                        changed: vec![changed],
                    }),
                }
            }
        }
    }
    hunks
}

fn changed_bytes(lines: &[Range<usize>], changed: &Changed, length: usize) -> Range<usize> {
    let start = lines
        .get(changed.lines.start)
        .map_or(length, |line| line.start);
    let end = lines[..changed.lines.end]
        .last()
        .map_or(start, |line| line.end);
    start..end.max(start)
}

fn put(body: &mut Vec<u8>, mark: u8, line: &[u8]) {
    body.push(mark);
    body.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        body.extend_from_slice(b"\n\\ No newline at end of file\n");
    }
}

/// The lines with what ends them.
fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| {
            let range = start..start + line.len();
            start = range.end;
            range
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_shown_with_the_lines_around_them() {
        let lines: Vec<String> = (1..=20).map(|line| format!("line {line}\n")).collect();
        let document = lines.concat();
        let insert = |after: &str, now: &str| {
            let at = document.find(after).unwrap() + after.len();
            Edit {
                at: at..at,
                was: Vec::new(),
                now: now.into(),
            }
        };
        let edits = [
            insert("line 5", "!"),
            insert("line 6", "?\nmore"),
            insert("line 20", "."),
        ];
        let diff = String::from_utf8(unified("a.txt", document.as_bytes(), &edits)).unwrap();
        assert_eq!(
            diff,
            "--- a.txt\n+++ a.txt\n@@ -2,8 +2,9 @@\n line 2\n line 3\n line 4\n-line 5\n+line 5!\n-line 6\n+line 6?\n+more\n \
             line 7\n line 8\n line 9\n@@ -17,4 +18,4 @@\n line 17\n line 18\n line 19\n-line 20\n+line 20.\n"
        );
    }

    #[test]
    fn a_last_line_without_an_end_says_so() {
        let edits = [Edit {
            at: 1..1,
            was: Vec::new(),
            now: b"b".to_vec(),
        }];
        assert_eq!(
            String::from_utf8(unified("a", b"a", &edits)).unwrap(),
            "--- a\n+++ a\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+ab\n\\ No newline at end of file\n"
        );
        assert_eq!(unified("a", b"a", &[]), b"");
    }
}
