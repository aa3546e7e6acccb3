use proptest::prelude::*;

use super::{AccessDate, RemarkKind, Serves, find, parse_field};

fn accessed(text: &str) -> Vec<String> {
    accessed_in(text, None)
}

fn accessed_in(text: &str, language: Option<&str>) -> Vec<String> {
    let urls: Vec<_> = crate::formats::url_scan::scan(text)
        .into_iter()
        .map(|found| found.range)
        .collect();
    find(text, &urls, language)
        .dated
        .iter()
        .filter(|remark| remark.kind == RemarkKind::Accessed)
        .map(|remark| {
            let open = if remark.is_ambiguous { "?" } else { "" };
            format!("{}{open}", remark.date)
        })
        .collect()
}

#[test]
fn every_language_says_when_it_looked() {
    for (text, date) in [
        ("Retrieved November 24, 2020, from", "2020-11-24"),
        ("Accessed 24 Nov. 2020.", "2020-11-24"),
        ("Web. 24 Nov. 2020.", "2020-11-24"),
        ("[Accessed 24th Nov 2020]", "2020-11-24"),
        ("(Accessed 2020/11/24)", "2020-11-24"),
        ("Accessed on Tuesday, 24 November 2020", "2020-11-24"),
        ("accessed at 10:15 pm, 24 November 2020", "2020-11-24"),
        ("[Accessed: 24-Nov-2020]", "2020-11-24"),
        ("[cited 2020 Nov 24]", "2020-11-24"),
        ("[updated 2020 Nov 1; cited 2020 Nov 24]", "2020-11-24"),
        ("(last visited Nov. 24, 2020)", "2020-11-24"),
        ("[cit. 2020-11-24]", "2020-11-24"),
        ("[cit. 24. 11. 2020]", "2020-11-24"),
        ("(abgerufen am 24.11.2020)", "2020-11-24"),
        ("(zuletzt abgerufen am 24. November 2020)", "2020-11-24"),
        ("(letzter Zugriff: 24.11.20)", "2020-11-24"),
        ("am 24.11.2020 abgerufen", "2020-11-24"),
        ("Stand: 24.11.2020", "2020-11-24"),
        ("(дата обращения: 24.11.2020)", "2020-11-24"),
        ("(дата обращения 24 ноября 2020 г.)", "2020-11-24"),
        ("(дата звернення: 24 листопада 2020)", "2020-11-24"),
        ("2020年11月24日访问", "2020-11-24"),
        ("访问日期：2020年11月24日", "2020-11-24"),
        ("（最后访问：2020-11-24）", "2020-11-24"),
        ("2020年11月24日閲覧", "2020-11-24"),
        ("（閲覧日：2020年11月24日）", "2020-11-24"),
        ("令和2年11月24日に最終閲覧", "2020-11-24"),
        ("(参照 2020-11-24)", "2020-11-24"),
        ("(접속일: 2020. 11. 24.)", "2020-11-24"),
        ("2020년 11월 24일 접속", "2020-11-24"),
        ("[žiūrėta 2020-11-24]", "2020-11-24"),
        ("žiūrėta 2020 m. lapkričio 24 d.", "2020-11-24"),
        ("[dostęp: 24.11.2020]", "2020-11-24"),
        ("(dostęp 24 listopada 2020)", "2020-11-24"),
        ("(dostęp 24 XI 2020)", "2020-11-24"),
        ("Erişim tarihi: 24 Kasım 2020", "2020-11-24"),
        ("24.11.2020 tarihinde erişildi", "2020-11-24"),
        ("(consultado el 24 de noviembre de 2020)", "2020-11-24"),
        ("Recuperado el 24 de noviembre de 2020", "2020-11-24"),
        ("(consulté le 1er décembre 2020)", "2020-12-01"),
        ("(page consultée le 24/11/2020)", "2020-11-24"),
        ("(consultato il 24 novembre 2020)", "2020-11-24"),
        ("Acesso em: 24 nov. 2020", "2020-11-24"),
        ("(geraadpleegd op 24 november 2020)", "2020-11-24"),
        ("Hämtad 2020-11-24", "2020-11-24"),
        ("Hentet 24. november 2020", "2020-11-24"),
        ("Viitattu 24.11.2020", "2020-11-24"),
        ("Viitattu 24. marraskuuta 2020", "2020-11-24"),
        ("Letöltve: 2020. november 24.", "2020-11-24"),
        ("(letöltés ideje: 2020. 11. 24.)", "2020-11-24"),
        ("2020. november 24-én megtekintve", "2020-11-24"),
        ("(accesat la 24 noiembrie 2020)", "2020-11-24"),
        ("Ανακτήθηκε στις 24 Νοεμβρίου 2020", "2020-11-24"),
        ("Pristupljeno 24. studenoga 2020.", "2020-11-24"),
        ("Pristupljeno 24. listopada 2020.", "2020-10-24"),
        ("Приступљено 24. новембра 2020.", "2020-11-24"),
        ("Pridobljeno 24. novembra 2020", "2020-11-24"),
        ("посетен на 24 ноември 2020", "2020-11-24"),
        ("skatīts 2020. gada 24. novembrī", "2020-11-24"),
        ("(vaadatud 24.11.2020)", "2020-11-24"),
        ("اطلع عليه بتاريخ 24 نوفمبر 2020", "2020-11-24"),
        ("تاريخ الاطلاع: ٢٤ تشرين الثاني ٢٠٢٠", "2020-11-24"),
        ("נצפה ב-24 בנובמבר 2020", "2020-11-24"),
        ("دسترسی در ۲۴ نوامبر ۲۰۲۰", "2020-11-24"),
        ("تاریخ دسترسی: ۱۳۹۹/۰۹/۰۴", "2020-11-24"),
        ("अभिगमन तिथि 24 नवंबर 2020", "2020-11-24"),
        ("สืบค้นเมื่อ 24 พฤศจิกายน 2563", "2020-11-24"),
        ("เข้าถึงเมื่อ 24 พ.ย. 2563", "2020-11-24"),
        ("truy cập ngày 24 tháng 11 năm 2020", "2020-11-24"),
        ("Truy cập ngày 24/11/2020", "2020-11-24"),
        ("https://a.example/x [24.11.2020]", "2020-11-24"),
        (
            "(2019-05-01)[2020-11-24]. https://a.example/x",
            "2020-11-24",
        ),
        (
            "Retrieved from https://a.example/x on November 24, 2020.",
            "2020-11-24",
        ),
        (
            "Abgerufen von <https://a.example/x>, am 24.11.2020",
            "2020-11-24",
        ),
        (
            "24 Kasım 2020 tarihinde https://a.example/x adresinden alındı",
            "2020-11-24",
        ),
        ("[Accessed: 24-Nov-20]", "2020-11-24"),
        ("last accessed on the 24th of November, 2020", "2020-11-24"),
        ("|access-date=24 November 2020 |", "2020-11-24"),
        ("accessed November 2020)", "2020-11"),
        ("accessed 11/2020)", "2020-11"),
        ("accessed 2020-11)", "2020-11"),
        ("(accessed 2020)", "2020"),
        ("(1 January 2020, date last accessed)", "2020-01-01"),
    ] {
        assert_eq!(accessed(text), [date], "{text}");
    }
}

#[test]
fn other_dates_never_count() {
    for text in [
        "Published 24 November 2020",
        "updated 2020-11-24",
        "Posted on Nov. 24, 2020",
        "(Archived 2020/11/25)",
        "archiviert am 24.11.2020",
        "Erschienen am 24.11.2020, abgerufen unter https://a.example/",
        "(2020, November 24). Title",
        "Accessed 2020-02-30",
        "Accessed 31/02/2020",
        "Accessed 2020/13/45",
        "accessed 2020 times",
        "accessed 1.2.3.4",
        "version 1.2.2020",
        "accessed https://a.example/2020/11/24/x",
        "Accessed at https://a.example/x. Published on 24 November 2020",
        "Retrieved from https://a.example/x (24 November 2020)",
        "https://a.example/ (2020/11/24)",
        "[2020-11-24] some log line",
        "access by 24 November 2020",
        "Web. 2019.",
        "retrieved 1850-01-01",
        "The deadline is set 24.11.2020",
        "call 020-11-2420",
        "accessed 2019-20.",
    ] {
        assert_eq!(accessed(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn an_open_order_follows_the_other_dates_then_the_language_and_else_is_marked() {
    let text = "accessed 03/04/2020";
    assert_eq!(accessed(text), ["2020-04-03?"]);
    assert_eq!(accessed_in(text, Some("en-US")), ["2020-03-04?"]);
    assert_eq!(accessed_in(text, Some("en-GB")), ["2020-04-03"]);
    assert_eq!(accessed("consulté le 03/04/2020"), ["2020-04-03"]);
    assert_eq!(
        accessed("written 24/11/2020, accessed 03/04/2020"),
        ["2020-04-03"]
    );
    assert_eq!(
        accessed("written 11/24/2020, accessed 03/04/2020"),
        ["2020-03-04"]
    );
    assert_eq!(
        accessed("24/11/2020, 11/24/2020, accessed 03/04/2020"),
        ["2020-04-03?"]
    );
    assert_eq!(accessed("accessed 04/04/2020"), ["2020-04-04"]);
    assert_eq!(accessed("accessed 11/24/2020"), ["2020-11-24"]);
}

#[test]
fn short_terms_want_their_language() {
    assert_eq!(accessed_in("set 24.11.2020", Some("da")), ["2020-11-24"]);
    assert_eq!(accessed("set den 24. oktober 2020"), Vec::<String>::new());
}

#[test]
fn a_date_can_serve_several() {
    let serves = |text: &str| find(text, &[], None).dated[0].serves;
    assert_eq!(serves("both accessed 24 November 2020"), Serves::Note);
    assert_eq!(
        serves("All URLs were last accessed on 24 November 2020."),
        Serves::Document
    );
    assert_eq!(
        serves("Alle Internetquellen wurden zuletzt am 24.11.2020 abgerufen."),
        Serves::Document
    );
    assert_eq!(serves("accessed 24 November 2020"), Serves::One);
}

#[test]
fn fields_are_dates_of_every_kind() {
    for (text, date) in [
        ("2020-11-24", "2020-11-24"),
        ("2020-11-24/2020-11-30", "2020-11-24"),
        ("2020-11-24T10:00:00Z", "2020-11-24"),
        ("November 24, 2020", "2020-11-24"),
        ("24.11.2020", "2020-11-24"),
        ("2020/11/24", "2020-11-24"),
        ("2020-11", "2020-11"),
        ("2020", "2020"),
        ("Accessed: 2020-11-24", "2020-11-24"),
    ] {
        assert_eq!(
            parse_field(text, None).unwrap().0.to_string(),
            date,
            "{text}"
        );
    }
    assert!(parse_field("03/04/2020", None).unwrap().1);
    for text in ["", "soon", "2020-13-01", "n.d."] {
        assert_eq!(parse_field(text, None), None, "{text}");
    }
}

proptest! {
    #[test]
    fn every_day_is_read_back_in_every_form(year in 1991..2100_i32, month in 1..=12_u32, day in 1..=28_u32, form in 0..8_usize) {
        const NAMES: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
        let name = NAMES[month as usize - 1];
        let written = match form {
            0 => format!("{year}-{month:02}-{day:02}"),
            1 => format!("{year}/{month}/{day}"),
            2 => format!("{day}.{month}.{year}"),
            3 => format!("{day} {name} {year}"),
            4 => format!("{name} {day}, {year}"),
            5 => format!("{year} {} {day}", &name[..3]),
            6 => format!("{year}年{month}月{day}日"),
            _ => format!("{year}. {month}. {day}."),
        };
        let text = format!("x (accessed {written}) y");
        let remarks = find(&text, &[], None);
        prop_assert_eq!(remarks.dated.len(), 1);
        prop_assert_eq!(remarks.dated[0].date, AccessDate::day(year, month, day).unwrap());
        let found = &text[remarks.dated[0].date_range.clone()];
        prop_assert_eq!(found.trim_end_matches('.'), written.trim_end_matches('.'));
    }

    #[test]
    fn any_text_is_read(text in "(?:[0-9]{1,4}|[ .,/:()-]|accessed|Nov|年|月|日|\\PC){0,40}") {
        for remark in find(&text, &[], None).dated {
            prop_assert!(text.get(remark.range.clone()).is_some());
            prop_assert!(text.get(remark.date_range).is_some());
        }
    }
}

#[test]
fn hostile_repetition_is_read_once() {
    for piece in [
        "accessed ",
        "1.",
        "2020-",
        "accessed on ",
        "24 Nov ",
        "All URLs ",
        "[",
        "both ",
        "2020年",
    ] {
        find(&piece.repeat(200 * 1024 / piece.len()), &[], None);
    }
}
