//! Cells and items that were edited, and what moves by itself.

use crate::content::around::Around;
use crate::content::decode::Limits;
use crate::content::page::{self, Answer, Page};
use crate::model::url::TargetUrl;
use crate::model::visit::Headers;

use super::edited_rows;

fn page(html: &str) -> Page {
    page::read(&Answer {
        url: &TargetUrl::parse("https://site.example/a").unwrap(),
        headers: &Headers(vec![("Content-Type".to_owned(), "text/html".to_owned())]),
        body: html.as_bytes(),
        limits: Limits::default(),
    })
}

const TEXT: &str = "<p>The river rose in the night, and the boats along the quay were carried down to the bridge.</p>";

fn edited(old: &str, new: &str) -> Vec<(String, String)> {
    let around = |rows: &str| page(&format!("<h1>Mills</h1>{TEXT}{rows}<p>{TEXT}</p>"));
    let (old, new) = (around(old), around(new));
    let found = edited_rows(&old, &new, &Around::default());
    let owned = found.into_iter();
    owned
        .map(|(old, new)| (old.trim().to_owned(), new.trim().to_owned()))
        .collect()
}

/// A table of rows and cells in these elements.
fn table(rows: &[[&str; 3]], row: (&str, &str), cell: (&str, &str)) -> String {
    let shown = rows.iter().map(|cells| {
        let cells = cells.map(|it| format!("{}{it}{}", cell.0, cell.1));
        format!("{}{}{}", row.0, cells.concat(), row.1)
    });
    shown.collect()
}

const DRESSES: &[[&str; 6]] = &[
    ["<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>"],
    [
        "<div role=table>",
        "<div role=row>",
        "<div role=cell>",
        "</div>",
        "</div>",
        "</div>",
    ],
    [
        "<div class=g>",
        "<div class=r>",
        "<div class=c>",
        "</div>",
        "</div>",
        "</div>",
    ],
    ["<ul>", "<li>", "<span>", "</span> ", "</li>", "</ul>"],
    ["<pre>", "", "", "\t", "\n", "</pre>"],
];

#[test]
fn a_cell_that_was_edited_is_found_whatever_its_table_is_made_of() {
    let rows = |of_weir: [&'static str; 3]| {
        [
            ["Site", "Sampled", "Change"],
            ["Mill", "yes", "3.1"],
            of_weir,
            ["Ferry", "yes", "1.7"],
        ]
    };
    let was = ["Weir", "no", "-0.4"];
    for [open, row, cell, cell_end, row_end, close] in DRESSES {
        let dressed = |of_weir| {
            let inner = table(&rows(of_weir), (row, row_end), (cell, cell_end));
            format!("{open}{inner}{close}")
        };
        // Another row says «yes» as well.
        for is in [
            ["Weir", "yes", "-0.4"],
            ["Weir", "no", "-0.9"],
            ["Weir", "no", "0.4"],
        ] {
            let found = edited(&dressed(was), &dressed(is));
            assert_eq!(found.len(), 1, "{open} {is:?}: {found:?}");
        }
        assert_eq!(edited(&dressed(was), &dressed(was)), []);
    }
}

#[test]
fn a_mark_that_was_turned_is_an_edit() {
    let rows = |mark| {
        [
            ["Model", "Test", "Year"],
            ["A 12", "✓", "2012"],
            ["A 14", mark, "2014"],
            ["B 2", "✓", "2015"],
        ]
    };
    for [open, row, cell, cell_end, row_end, close] in DRESSES {
        let dressed = |mark| {
            format!(
                "{open}{}{close}",
                table(&rows(mark), (row, row_end), (cell, cell_end))
            )
        };
        let found = edited(&dressed("✗"), &dressed("✓"));
        assert_eq!(found.len(), 1, "{open}: {found:?}");
    }
}

#[test]
fn what_moves_by_itself_or_stands_in_a_menu_is_no_edit() {
    let list = |items: [&str; 3]| {
        format!(
            "<ul>{}</ul>",
            items.map(|it| format!("<li>{it}</li>")).concat()
        )
    };
    let was = list(["Salt 12 g", "Flour 300 g", "Water 1 l"]);
    assert_eq!(
        edited(&was, &list(["Salt 12 g", "Flour 350 g", "Water 1 l"])).len(),
        1
    );
    for (old, new) in [
        (
            list(["12 comments", "Print this", "Share this"]),
            list(["15 comments", "Print this", "Share this"]),
        ),
        // All of them: rates.
        (
            list(["USD 1.1", "GBP 2.2", "CHF 3.3"]),
            list(["USD 1.2", "GBP 2.3", "CHF 3.4"]),
        ),
        // One was moved.
        (was.clone(), list(["Flour 300 g", "Water 1 l", "Salt 12 g"])),
        (
            format!("<nav>{was}</nav>"),
            format!("<nav>{}</nav>", was.replace("300", "350")),
        ),
    ] {
        assert_eq!(edited(&old, &new), [], "{old}");
    }
}
