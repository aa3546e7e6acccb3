//! One cell, item, term, caption or note that changed, in pages of all kinds; and tables that move by
//! themselves.

use std::fmt::Write as _;

use ibid::model::verdict::{Severity, State};

use super::super::super::case::{Epoch, Reply};
use super::super::super::skeletons::{Scene, escaped};
use super::super::{Fate, Maker};
use super::number;

pub(super) const FATES: &[Fate] = &[
    ("changed/table_cell", 120, table_cell),
    ("changed/item", 40, item),
    ("changed/caption", 24, caption),
    ("changed/table_alone", 40, table_alone),
    ("ok/table_same", 40, table_same),
    ("ok/table_moving", 16, table_moving),
];

/// A table: its rows, the row and the column of the cell that changes, and what it becomes.
struct Sheet {
    rows: &'static [&'static [&'static str]],
    edit: (usize, usize, &'static str),
}

const SHEETS: &[Sheet] = &[
    Sheet {
        rows: &[
            &["Year", "Visitors", "Share"],
            &["2016", "12 480", "31 %"],
            &["2017", "13 020", "33 %"],
            &["2018", "12 911", "32 %"],
        ],
        edit: (2, 1, "13 220"),
    },
    Sheet {
        rows: &[
            &["Stadt", "Einwohner"],
            &["Altenried", "48\u{202f}310"],
            &["Hohenau", "7\u{202f}902"],
            &["Bruck", "12\u{202f}004"],
        ],
        edit: (1, 1, "48\u{202f}130"),
    },
    Sheet {
        rows: &[
            &["", "Oui", "Non"],
            &["Nord", "61,4", "38,6"],
            &["Sud", "44,0", "56,0"],
        ],
        edit: (2, 1, "47,0"),
    },
    Sheet {
        rows: &[
            &["Site", "Sampled", "Lead"],
            &["Mill", "yes", "3.1"],
            &["Weir", "no", "0.4"],
            &["Ferry", "yes", "1.7"],
        ],
        edit: (2, 1, "yes"),
    },
    Sheet {
        rows: &[
            &["Modell", "Prüfung"],
            &["A 12", "✓"],
            &["A 14", "✗"],
            &["B 2", "✓"],
        ],
        edit: (2, 1, "✓"),
    },
    Sheet {
        rows: &[
            &["年", "人口"],
            &["平成二十年", "四千三百人"],
            &["平成三十年", "三千九百人"],
        ],
        edit: (2, 1, "三千七百人"),
    },
    Sheet {
        rows: &[
            &["السنة", "العدد"],
            &["٢٠١٦", "١٢٤٠"],
            &["٢٠١٧", "١٣١٠"],
            &["٢٠١٨", "١٢٩٠"],
        ],
        edit: (2, 1, "١٣٨٠"),
    },
    Sheet {
        rows: &[
            &["Река", "Длина, км"],
            &["Вуокса", "156"],
            &["Свирь", "224"],
            &["Оять", "266"],
        ],
        edit: (3, 1, "226"),
    },
    Sheet {
        rows: &[
            &["Name", "Born", "Office"],
            &["Agnes Holt", "1871", "Mayor"],
            &["Peter Vane", "1866", "Clerk"],
            &["Ruth Amery", "1880", "Warden"],
        ],
        edit: (2, 0, "Peter Lane"),
    },
    Sheet {
        rows: &[
            &["Dose", "n", "p"],
            &["5 mg", "41", "0.03"],
            &["10 mg", "39", "0.21"],
            &["20 mg", "40", "<0.01"],
        ],
        edit: (2, 2, "0.12"),
    },
    Sheet {
        rows: &[
            &["省份", "产量（万吨）"],
            &["湖北", "1,204"],
            &["湖南", "1,187"],
            &["江西", "903"],
        ],
        edit: (1, 1, "1,240"),
    },
    Sheet {
        rows: &[
            &["Ort", "2019", "2020"],
            &["Tal", "-4", "12"],
            &["Berg", "7", "9"],
        ],
        edit: (1, 1, "4"),
    },
    Sheet {
        rows: &[
            &["เดือน", "ปริมาณน้ำฝน"],
            &["มกราคม", "12"],
            &["กุมภาพันธ์", "31"],
        ],
        edit: (2, 1, "13"),
    },
    Sheet {
        rows: &[
            &["Position", "Betrag"],
            &["Miete", "€ 1.250,00"],
            &["Strom", "€ 98,40"],
            &["Summe", "€ 1.348,40"],
        ],
        edit: (2, 1, "€ 89,40"),
    },
    Sheet {
        rows: &[
            &["항목", "2019년", "2020년"],
            &["수출", "5,422억", "5,125억"],
            &["수입", "5,033억", "4,676억"],
        ],
        edit: (1, 2, "5,152억"),
    },
];

fn sheet(m: &Maker) -> &'static Sheet {
    &SHEETS[number(m) % SHEETS.len()]
}

fn rows(sheet: &Sheet, is_edited: bool) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = (sheet.rows.iter())
        .map(|row| row.iter().map(|cell| escaped(cell)).collect())
        .collect();
    if is_edited {
        let (row, column, new) = sheet.edit;
        rows[row][column] = escaped(new);
    }
    rows
}

/// The table in one of many dresses.
fn dressed(way: usize, rows: &[Vec<String>]) -> String {
    let write = |open: &str, row: (&str, &str), cell: (&str, &str), close: &str| {
        let mut html = open.to_owned();
        for cells in rows {
            html.push_str(row.0);
            for it in cells {
                let _ = write!(html, "{}{it}{}", cell.0, cell.1);
            }
            html.push_str(row.1);
        }
        html + close
    };
    let tr = ("<tr>", "</tr>");
    let td = ("<td>", "</td>");
    match way {
        0 => write("<table>", tr, td, "</table>"),
        1 => write(
            "<table class=\"data\"><tbody>",
            tr,
            ("<th>", "</th>"),
            "</tbody></table>",
        ),
        2 => write(
            "<div class=\"table-wrap\"><table>",
            tr,
            ("<td><p>", "</p></td>"),
            "</table></div>",
        ),
        3 => write(
            "<div role=\"table\">",
            ("<div role=\"row\">", "</div>"),
            ("<div role=\"cell\">", "</div>"),
            "</div>",
        ),
        4 => write(
            "<table width=\"100%\"><tr><td><table border=1>",
            tr,
            ("<td><font size=2>", "</font></td>"),
            "</table></td></tr></table>",
        ),
        5 => write(
            "<figure class=\"wp-block-table\"><table>",
            tr,
            td,
            "</table><figcaption>T. 1</figcaption></figure>",
        ),
        6 => write(
            "<ul class=\"rows\">",
            ("<li>", "</li>"),
            ("<span>", "</span> "),
            "</ul>",
        ),
        7 => write(
            "<div class=\"grid\">",
            ("<div class=\"r\">", "</div>"),
            ("<div class=\"c\">", "</div>"),
            "</div>",
        ),
        8 => write("<pre>", ("", "\n"), ("", "\t"), "</pre>"),
        9 => write(
            "<table><caption>1</caption>",
            tr,
            ("<td><span class=\"v\"><b>", "</b></span></td>"),
            "</table>",
        ),
        10 => write(
            "<details open><summary>…</summary><table>",
            tr,
            td,
            "</table></details>",
        ),
        _ => write(
            "<section class=\"infobox\"><table>",
            tr,
            ("<td><div>", "</div></td>"),
            "</table></section>",
        ),
    }
}

const DRESSES: usize = 12;

/// The article with a table before, amid or after its text, or beside it.
fn page(m: &Maker, inner: &str, place: usize) -> String {
    let scene = Scene {
        language: m.language,
        site: m.host.split('.').nth(1).unwrap(),
        body: &m.body,
        noise: m.noise,
    };
    let paragraphs: Vec<String> = (m.body.paragraphs.iter())
        .map(|words| format!("<p>{}</p>", escaped(words)))
        .collect();
    let half = paragraphs.len() / 2;
    let title = escaped(&m.body.title);
    let text = paragraphs.concat();
    let main = match place {
        0 => format!("<h1>{title}</h1>{inner}<div class=\"text\">{text}</div>"),
        1 => format!(
            "<article><h1>{title}</h1>{}{inner}{}</article>",
            paragraphs[..half].concat(),
            paragraphs[half..].concat()
        ),
        2 => format!("<article><h1>{title}</h1>{text}{inner}</article>"),
        3 => format!(
            "<h1>{title}</h1><div class=\"text\">{text}</div><div class=\"extra\"><h2>1</h2>{inner}</div>"
        ),
        // The table is nearly all there is.
        _ => format!("<h1>{title}</h1><p>{}</p>{inner}", escaped(&m.body.author)),
    };
    (m.skeleton.frame)(&scene, &title, &main)
}

fn begins(m: &mut Maker, html: &str) {
    m.is_quoted = false;
    m.first = Some(m.at_path(Reply::page(200, html), m.right(State::Ok)));
}

fn ends(m: &mut Maker, html: &str, state: State) -> Vec<Epoch> {
    let right = m.right(state);
    let right = if state == State::Changed {
        right.severe(&[Severity::Minor])
    } else {
        right
    };
    super::at_path(m, html, right)
}

fn table_cell(m: &mut Maker) -> Vec<Epoch> {
    let (way, place) = (m.chance.below(DRESSES), m.chance.below(4));
    in_table(m, way, place, true)
}

fn table_alone(m: &mut Maker) -> Vec<Epoch> {
    let way = m.chance.below(DRESSES);
    let epochs = in_table(m, way, 4, true);
    epochs
        .into_iter()
        .map(|mut epoch| {
            epoch.right.severities = Vec::new();
            epoch
        })
        .collect()
}

fn table_same(m: &mut Maker) -> Vec<Epoch> {
    let (way, place) = (m.chance.below(DRESSES), m.chance.below(5));
    in_table(m, way, place, false)
}

fn in_table(m: &mut Maker, way: usize, place: usize, is_edited: bool) -> Vec<Epoch> {
    let sheet = sheet(m);
    m.path = format!("/dress-{way}/place-{place}{}", m.path);
    let html = page(m, &dressed(way, &rows(sheet, false)), place);
    begins(m, &html);
    if m.chance.once_in(2) || !is_edited {
        m.turn();
    }
    let html = page(m, &dressed(way, &rows(sheet, is_edited)), place);
    ends(m, &html, if is_edited { State::Changed } else { State::Ok })
}

/// Items and terms: their old and new words.
const ITEMS: &[(&[&str], usize, &str)] = &[
    (
        &["Two eggs", "300 g of flour", "A pinch of salt"],
        1,
        "350 g of flour",
    ),
    (
        &[
            "Vorsitz: Anna Lehn",
            "Kasse: Paul Roth",
            "Schrift: Ida Moll",
        ],
        1,
        "Kasse: Paul Rath",
    ),
    (
        &["Ouvert le mardi", "Fermé en août", "Entrée libre"],
        1,
        "Ouvert en août",
    ),
    (
        &["Lunes: cerrado", "Martes: 10 a 14", "Jueves: 16 a 20"],
        1,
        "Martes: 10 a 13",
    ),
    (
        &["Понедельник — Орлов", "Вторник — Белова", "Среда — Титов"],
        2,
        "Среда — Титова",
    ),
    (
        &["会長　山田太郎", "副会長　佐藤花子", "書記　鈴木一郎"],
        1,
        "副会長　佐藤華子",
    ),
    (
        &["Kat 1: arşiv", "Kat 2: okuma salonu", "Kat 3: depo"],
        2,
        "Kat 3: kafe",
    ),
    (
        &["第一名：李明", "第二名：王芳", "第三名：张伟"],
        0,
        "第一名：李鸣",
    ),
];

fn item(m: &mut Maker) -> Vec<Epoch> {
    let (items, at, new) = ITEMS[number(m) % ITEMS.len()];
    let way = m.chance.below(5);
    let list = |is_edited: bool| {
        let shown = items.iter().enumerate().map(|(place, words)| {
            let words = if is_edited && place == at { new } else { words };
            let (term, what) = words
                .split_once([':', '—', '：', '　'])
                .unwrap_or(("·", words));
            match way {
                0 => format!("<li>{words}</li>"),
                1 => format!("<dt>{term}</dt><dd>{what}</dd>"),
                2 => format!("<li><p>{words}</p></li>"),
                3 => format!("<p>– {words}</p>"),
                _ => format!("<div class=\"it\">{words}</div>"),
            }
        });
        let shown: String = shown.collect();
        match way {
            0 => format!("<ul>{shown}</ul>"),
            1 => format!("<dl>{shown}</dl>"),
            2 => format!("<ol>{shown}</ol>"),
            _ => format!("<div class=\"list\">{shown}</div>"),
        }
    };
    let place = m.chance.below(4);
    m.path = format!("/list-{way}/place-{place}{}", m.path);
    let html = page(m, &list(false), place);
    begins(m, &html);
    if m.chance.once_in(2) {
        m.turn();
    }
    let html = page(m, &list(true), place);
    ends(m, &html, State::Changed)
}

fn caption(m: &mut Maker) -> Vec<Epoch> {
    let pairs = [
        (
            "The weir in 1911, seen from the north",
            "The weir in 1919, seen from the north",
        ),
        ("Foto: Maria Kern", "Foto: Maria Korn"),
        ("Le pont avant la crue", "Le pont après la crue"),
        (
            "1 Nach Angaben des Amtes, Stand 2017.",
            "1 Nach Angaben des Amtes, Stand 2019.",
        ),
        ("* Preliminary figures.", "* Final figures."),
        ("図1　旧館の正面", "図1　新館の正面"),
    ];
    let (old, new) = pairs[number(m) % pairs.len()];
    let way = m.chance.below(4);
    let shown = |words: &str| match way {
        0 => format!("<figure><img src=\"/a.jpg\"><figcaption>{words}</figcaption></figure>"),
        1 => {
            format!("<div class=\"pic\"><img src=\"/a.jpg\"><div class=\"cap\">{words}</div></div>")
        }
        2 => format!("<p class=\"fn\"><small>{words}</small></p>"),
        _ => format!("<h3>{words}</h3>"),
    };
    let place = 1 + m.chance.below(2);
    m.path = format!("/caption-{way}/place-{place}{}", m.path);
    let html = page(m, &shown(old), place);
    begins(m, &html);
    let html = page(m, &shown(new), place);
    ends(m, &html, State::Changed)
}

/// Rates that are others each time one looks, within the same moment too.
fn table_moving(m: &mut Maker) -> Vec<Epoch> {
    let table = |m: &Maker| {
        let mut chance =
            super::super::super::chance::Chance::of(&format!("{}{}", m.name, m.noise.turn));
        let rows: Vec<Vec<String>> = ["USD", "GBP", "JPY", "CHF"]
            .iter()
            .map(|name| {
                vec![
                    (*name).to_owned(),
                    format!("1.{}", 1000 + chance.below(8999)),
                ]
            })
            .collect();
        format!("<div class=\"rates\">{}</div>", dressed(0, &rows))
    };
    let html = page(m, &table(m), 3);
    begins(m, &html);
    m.turn();
    let html = page(m, &table(m), 3);
    ends(m, &html, State::Ok)
}
