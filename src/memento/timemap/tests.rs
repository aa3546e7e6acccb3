use proptest::prelude::*;

use super::*;

fn moments(map: &TimeMap) -> Vec<String> {
    let moments = map.mementos.iter().map(|listed| listed.at.to_digits14());
    moments.collect()
}

#[test]
fn a_timemap_lists_its_mementos() {
    let text = "<http://a.example/x,y>; rel=\"original\",\n\
        <http://arc.example/timemap/link/http://a.example/>; rel=\"self\"; type=\"application/link-format\",\n\
        <http://arc.example/20201124120000/http://a.example/x,y>; rel=\"first memento\"; datetime=\"Tue, 24 Nov 2020 12:00:00 GMT\"";
    let listed = read(text).unwrap().mementos;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].at.to_digits14(), "20201124120000");
    assert!(listed[0].url.ends_with("/http://a.example/x,y"));
    let json = r#"{"mementos":{"list":[{"datetime":"2020-11-24T12:00:00Z","uri":"http://arc.example/m"}]}}"#;
    assert_eq!(read(json).unwrap().mementos[0].at, listed[0].at);
    let by_name = r#"{"original_uri":"http://a.example/","mementos":{
        "first":{"datetime":"2019-01-01T00:00:00Z","uri":["http://arc.example/1"]},
        "closest":{"datetime":"2020-11-24T12:00:00Z","uri":["http://arc.example/2"]}}}"#;
    assert_eq!(read(by_name).unwrap().mementos.len(), 2);
}

#[test]
fn an_index_names_its_pages_and_their_spans() {
    let links = "<http://a.example/>; rel=\"original\",\n\
        <http://arc.example/tm/>; rel=\"self timemap\",\n\
        <http://arc.example/tm/1>; rel=\"timemap\"; from=\"Tue, 01 Jan 2019 00:00:00 GMT\"; until=\"Tue, 31 Dec 2019 00:00:00 GMT\",\n\
        <http://arc.example/tm/2>; rel=\"timemap\"; from=\"Wed, 01 Jan 2020 00:00:00 GMT\"";
    let json = r#"{"timemap_index":[
        {"uri":"http://arc.example/tm/1","from":"2019-01-01T00:00:00Z","until":"2019-12-31T00:00:00Z"},
        {"uri":"http://arc.example/tm/2","from":"2020-01-01T00:00:00Z"}]}"#;
    let map = read(links).unwrap();
    assert_eq!(map.pages, read(json).unwrap().pages);
    assert_eq!(map.pages.len(), 2);
    assert_eq!(map.pages[0].until.unwrap().to_day(), "2019-12-31");
    assert_eq!(map.pages[1].until, None);
    let paged = r#"{"mementos":{"list":[]},"pages":{"next":{"uri":"http://arc.example/tm/2"}}}"#;
    assert_eq!(read(paged).unwrap().pages[0].url, "http://arc.example/tm/2");
}

#[test]
fn cdx_rows_are_read_by_the_names_of_their_columns() {
    let rows = r#"[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],
        ["example,a)/","20201124120000","http://a.example/","text/html","200","X","1"],
        ["example,a)/","99","http://a.example/","text/html","200","X","1"],
        ["example,a)/","20201125120000","http://a.example/","warc/revisit","-","X","1"]]"#;
    let listed = read(rows).unwrap().mementos;
    assert_eq!(listed.len(), 2);
    assert_eq!((listed[0].status, listed[1].status), (Some(200), None));
    assert_eq!(read("[]"), Some(TimeMap::default()));
    assert_eq!(read(" \n"), Some(TimeMap::default()));
}

#[test]
fn rows_come_as_text_as_lines_of_json_and_as_cdxj_too() {
    let text = "example,a)/ 20201124120000 http://a.example/ text/html 200 X 1\n\
        example,a)/ 20201125120000 http://a.example/ warc/revisit - X 1";
    let under_a_header = " CDX N b a m s k r M S V g\n\
        example,a)/ 20201124120000 http://a.example/ text/html 200 X - - 1 0 f.warc.gz\n\
        example,a)/ 20201125120000 http://a.example/ warc/revisit - X - - 1 9 f.warc.gz";
    let json = "{\"urlkey\": \"example,a)/\", \"timestamp\": \"20201124120000\", \"url\": \"http://a.example/\", \"status\": \"200\"}\n\
        {\"urlkey\": \"example,a)/\", \"timestamp\": \"20201125120000\", \"url\": \"http://a.example/\", \"mime\": \"warc/revisit\"}\n\
        {\"urlkey\": \"exam";
    let cdxj = "example,a)/ 20201124120000 {\"url\": \"http://a.example/\", \"status\": 200}\n\
        example,a)/ 20201125120000 {\"url\": \"http://a.example/\", \"status\": \"-\"}";
    for written in [text, under_a_header, json, cdxj] {
        let map = read(written).unwrap();
        assert_eq!(
            moments(&map),
            ["20201124120000", "20201125120000"],
            "{written}"
        );
        let status: Vec<_> = map.mementos.iter().map(|listed| listed.status).collect();
        assert_eq!(status, [Some(200), None], "{written}");
        assert_eq!(
            map.mementos[0].original.as_deref(),
            Some("http://a.example/")
        );
    }
}

#[test]
fn what_is_no_list_is_not_an_empty_one() {
    for text in [
        "<html><h1>We are being renewed</h1></html>",
        "<!doctype html><a href=\"x\" rel=\"next\">…</a>",
        "Too many requests, try again later",
        r#"{"error":"overloaded"}"#,
        r#"[["urlkey","timestamp","original"],["example,a)/","2020"#,
        "[1, 2]",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn moments_are_written_as_headers_have_them() {
    let moment = Timestamp::from_digits14("20201124120000").unwrap();
    assert_eq!(to_http_date(moment), "Tue, 24 Nov 2020 12:00:00 GMT");
    assert_eq!(http_date(&to_http_date(moment)), Some(moment));
}

proptest! {
    #[test]
    fn no_text_breaks_the_readers(text in any::<String>(), start in "[<\\[{]?") {
        let _ = read(&format!("{start}{text}"));
    }

    #[test]
    fn links_come_back(paths in proptest::collection::vec("[a-z,;=\"]{0,12}", 1..6)) {
        let text: Vec<_> = paths.iter().map(|path| format!(
            "<http://arc.example/{path}>;datetime=\"Tue, 24 Nov 2020 12:00:00 GMT\" ; rel=\"memento last\""
        )).collect();
        let read: Vec<_> = read(&text.join(" ,\n")).unwrap().mementos.into_iter().map(|it| it.url).collect();
        let meant: Vec<_> = paths.iter().map(|path| format!("http://arc.example/{path}")).collect();
        prop_assert_eq!(read, meant);
    }

    #[test]
    fn a_list_cut_anywhere_is_never_more_than_it_was(cut in 0_usize..200) {
        let text = "example,a)/ 20201124120000 http://a.example/ text/html 200 X 1\n".repeat(3);
        let held = text.get(..cut).unwrap_or(&text);
        let count = read(held).map_or(0, |map| map.mementos.len());
        prop_assert!(count <= 3);
    }
}
