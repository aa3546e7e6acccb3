use proptest::prelude::*;

use super::{Bibliographic, read};

#[test]
fn titles_with_marks_inside_end_where_they_end() {
    for (text, title, translated) in [
        (
            "A (2020), “One “two” three“[Eins “zwei” drei], Site",
            "One “two” three",
            Some("Eins “zwei” drei"),
        ),
        (
            "A (2020), “’We don’t’ – they say”, Available at:",
            "’We don’t’ – they say",
            None,
        ),
        (
            "A (2020), “Its ‘Effect’”, In: B, C. (eds) (2019), “Book”, ",
            "Its ‘Effect’",
            None,
        ),
        (
            "A (2020), “俄驻华使馆160周年,胡锡进回应”[Embassy‘s post“], Sina",
            "俄驻华使馆160周年,胡锡进回应",
            Some("Embassy‘s post"),
        ),
        (
            "A, “地图 (海参崴)” [Vladivostok (Haishenwai)], Available at:",
            "地图 (海参崴)",
            Some("Vladivostok (Haishenwai)"),
        ),
        ("Doe, Jane. \"A Title.\" Site, 3 May 2019.", "A Title", None),
        ("J. Doe, “A title,” Site, 2019. [Online].", "A title", None),
        ("«Заглавие», Сайт", "Заглавие", None),
    ] {
        let read = read(text);
        assert_eq!(read.title.as_deref(), Some(title), "{text}");
        assert_eq!(read.title_translated.as_deref(), translated, "{text}");
    }
}

#[test]
fn styles_are_read_and_prose_is_not() {
    for (text, authors, year, title, container) in [
        (
            "Smith, J. (2020). A title of a work. The Site. Retrieved from",
            "Smith, J.",
            2020,
            "A title of a work",
            "The Site",
        ),
        (
            "Smith, J., 2020. A title of a work. The Site.",
            "Smith, J.",
            2020,
            "A title of a work",
            "The Site",
        ),
        (
            "Smith J, Doe A. A title of a work [Internet]. London: Press; 2020",
            "Smith J|Doe A",
            2020,
            "A title of a work",
            "",
        ),
        (
            "张三, 李四. 题名[EB/OL]. (2019-05-01)",
            "张三|李四",
            2019,
            "题名",
            "",
        ),
        (
            "Иванов И.И. Заглавие статьи // Журнал. 2020. № 3. URL:",
            "Иванов И.И.",
            2020,
            "Заглавие статьи",
            "Журнал",
        ),
        (
            "Doe, Jane. “A Title.” The Site, 3 May 2019,",
            "Doe, Jane",
            2019,
            "A Title",
            "The Site",
        ),
        (
            "J. Doe, “A title,” The Site, Mar. 2019. [Online]. Available:",
            "J. Doe",
            2019,
            "A title",
            "The Site",
        ),
    ] {
        let read = read(text);
        assert_eq!(read.authors.join("|"), authors, "{text}");
        assert_eq!(read.year, Some(year), "{text}");
        assert_eq!(read.title.as_deref(), Some(title), "{text}");
        assert_eq!(
            read.container.as_deref().unwrap_or_default(),
            container,
            "{text}"
        );
    }
    for text in [
        "",
        "More on this at",
        "The report says that much (see",
        "According to the “new” rules at",
    ] {
        assert_eq!(read(text), Bibliographic::default(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(?:[“”\"«»\\[\\](),.:/ ]|19[0-9]{2}|[A-Z][a-z]{0,5}|\\[Internet\\]|\\PC){0,40}") {
        let _ = read(&text);
    }
}
