//! The report for a build server (`JUnit` XML): a suite a document, a case a citation.
//!
//! A flagged verdict is a failure. What could not be judged now (blocked, unreachable, unknown, no
//! URL) is skipped, so that a build does not break over a bot wall. An outage of our own network is
//! an error in a suite of its own.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::model::time::Timestamp;
use crate::model::verdict::State;
use crate::report::change_report::{ChangeReport, DocumentReport};
use crate::report::entry::{Entry, entries};
use crate::report::visible::visible;

/// Writes the XML.
pub(crate) fn write(report: &ChangeReport) -> String {
    let mut suites: Vec<_> = report
        .documents
        .iter()
        .map(|document| suite(report, document))
        .collect();
    if let Some(why) = &report.outage {
        suites.insert(0, outage(report.made_at, why));
    }
    let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 2));
    xml.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let total = Counts::sum(suites.iter().map(|suite| suite.counts));
    let name = ("name", "ibid".to_owned());
    let attributes = [&[name][..], &total.attributes()].concat();
    xml.element("testsuites", &attributes, |xml| {
        for suite in &suites {
            suite.write(xml);
        }
    });
    let mut bytes = xml.0.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("XML written from strings is UTF-8")
}

struct Suite {
    name: String,
    made_at: Timestamp,
    counts: Counts,
    cases: Vec<Case>,
    warnings: String,
}

struct Case {
    class: String,
    name: String,
    line: u32,
    outcome: Outcome,
    message: String,
    detail: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failure,
    Skipped,
    Error,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

fn suite(report: &ChangeReport, document: &DocumentReport) -> Suite {
    let (told, quiet) = entries(report, document);
    let mut all: Vec<_> = told.iter().chain(&quiet).collect();
    all.sort_by_key(|entry| entry.cited.citation.place.bytes.start);
    let name = visible(&document.document).into_owned();
    let warnings: Vec<_> = document.warnings.iter().map(|text| visible(text)).collect();
    Suite::of(
        name.clone(),
        report.made_at,
        all.into_iter().map(|entry| case(&name, entry)).collect(),
        warnings.join("\n"),
    )
}

fn case(document: &str, entry: &Entry<'_>) -> Case {
    let citation = &entry.cited.citation;
    let what = entry.url().map_or_else(|| entry.title().into(), visible);
    let outcome = match entry.state() {
        _ if entry.is_flagged => Outcome::Failure,
        None | Some(State::Blocked | State::Unreachable | State::Unknown) => Outcome::Skipped,
        Some(_) => Outcome::Passed,
    };
    let detail = [
        entry
            .advice
            .iter()
            .map(|advice| format!("To do: {advice}"))
            .collect(),
        entry.facts.clone(),
        entry
            .new_url()
            .iter()
            .map(|address| format!("new address: {}", visible(address)))
            .collect(),
        entry.dates.clone(),
        entry.doubts.clone(),
        entry.diff.clone(),
    ];
    Case {
        class: document.to_owned(),
        name: format!("{} {what}", entry.note),
        line: citation.place.line,
        outcome,
        message: format!("{}: {}", entry.label, entry.reason),
        detail: detail.concat().join("\n"),
    }
}

fn outage(made_at: Timestamp, why: &str) -> Suite {
    let case = Case {
        class: "ibid".to_owned(),
        name: "our own network".to_owned(),
        line: 1,
        outcome: Outcome::Error,
        message: format!("Our own network is down: {}", visible(why)),
        detail: "The verdicts are those of earlier checks.".to_owned(),
    };
    Suite::of("ibid".to_owned(), made_at, vec![case], String::new())
}

impl Suite {
    fn of(name: String, made_at: Timestamp, cases: Vec<Case>, warnings: String) -> Self {
        let count = |outcome| cases.iter().filter(|case| case.outcome == outcome).count();
        let counts = Counts {
            tests: cases.len(),
            failures: count(Outcome::Failure),
            errors: count(Outcome::Error),
            skipped: count(Outcome::Skipped),
        };
        Self {
            name,
            made_at,
            counts,
            cases,
            warnings,
        }
    }

    fn write(&self, xml: &mut Xml) {
        let moment = self.made_at.to_rfc3339();
        let named = [
            ("name", self.name.clone()),
            ("timestamp", moment.trim_end_matches('Z').to_owned()),
        ];
        let attributes = [&named[..], &self.counts.attributes()].concat();
        xml.element("testsuite", &attributes, |xml| {
            for case in &self.cases {
                case.write(xml);
            }
            if !self.warnings.is_empty() {
                xml.element("system-err", &[], |xml| xml.text(&self.warnings));
            }
        });
    }
}

impl Case {
    fn write(&self, xml: &mut Xml) {
        let attributes = [
            ("classname", self.class.clone()),
            ("name", self.name.clone()),
            ("file", self.class.clone()),
            ("line", self.line.to_string()),
            ("time", "0".to_owned()),
        ];
        let message = [("message", self.message.clone())];
        xml.element("testcase", &attributes, |xml| match self.outcome {
            Outcome::Passed => {
                let told = format!("{}\n{}", self.message, self.detail);
                xml.element("system-out", &[], |xml| xml.text(&told));
            }
            Outcome::Failure => {
                let kind = ("type", "flagged".to_owned());
                let attributes = [&message[..], &[kind]].concat();
                xml.element("failure", &attributes, |xml| xml.text(&self.detail));
            }
            Outcome::Error => {
                let kind = ("type", "outage".to_owned());
                let attributes = [&message[..], &[kind]].concat();
                xml.element("error", &attributes, |xml| xml.text(&self.detail));
            }
            Outcome::Skipped => xml.element("skipped", &message, |_| {}),
        });
    }
}

impl Counts {
    fn sum(all: impl Iterator<Item = Self>) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            tests: sum.tests + one.tests,
            failures: sum.failures + one.failures,
            errors: sum.errors + one.errors,
            skipped: sum.skipped + one.skipped,
        })
    }

    fn attributes(self) -> [(&'static str, String); 5] {
        [
            ("tests", self.tests.to_string()),
            ("failures", self.failures.to_string()),
            ("errors", self.errors.to_string()),
            ("skipped", self.skipped.to_string()),
            ("time", "0".to_owned()),
        ]
    }
}

/// A writer into memory, which cannot fail. Texts must hold no character that XML refuses.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn put(&mut self, event: Event<'_>) {
        self.0
            .write_event(event)
            .expect("a vector takes every write");
    }

    fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, String)],
        inside: impl FnOnce(&mut Self),
    ) {
        let mut start = BytesStart::new(name);
        start.extend_attributes(attributes.iter().map(|(key, value)| (*key, value.as_str())));
        self.put(Event::Start(start));
        inside(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    fn text(&mut self, text: &str) {
        self.put(Event::Text(BytesText::new(text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use proptest::prelude::*;
    use quick_xml::Reader;

    /// Every attribute and text of well-formed XML, unescaped.
    fn read(xml: &str) -> Vec<String> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_comments = true;
        let mut found = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Start(element) | Event::Empty(element) => {
                    for attribute in element.attributes() {
                        let attribute = attribute.unwrap();
                        let value = quick_xml::escape::unescape(&attribute.value).unwrap();
                        found.push(value.into_owned());
                    }
                }
                Event::Eof => return found,
                _ => {}
            }
        }
    }

    #[test]
    fn a_build_server_sees_every_state() {
        insta::assert_snapshot!(write(&sample::report()));
    }

    #[test]
    fn an_outage_is_an_error_of_its_own() {
        let xml = write(&sample::report_of_an_outage());
        assert!(xml.contains("errors=\"1\""), "{xml}");
        assert!(xml.contains("type=\"outage\""), "{xml}");
    }

    proptest! {
        #[test]
        fn any_text_gives_well_formed_xml(text in ".*") {
            let found = read(&write(&sample::hostile(&text)));
            let warning = format!("Our own network is down: {}", visible(&text));
            prop_assert!(found.contains(&warning), "{:?}", found);
        }
    }
}
