//! Notices in words of their own, and texts that are none.

use crate::judge::notice::{Kind, NOTICES};
use crate::judge::stage::{Stage, article, is};
use crate::model::verdict::State;
use crate::model::verdict::State::{Blocked, Parked, SoftNotFound, Unreachable};

const URL: &str = "https://www.site.example/a/page";

fn judged(title: &str, line: &str) -> State {
    let html = format!("<title>{title}</title><h1>{title}</h1><p>{line}</p>");
    Stage::of(URL)
        .held(&article("A title", "comet"))
        .answers(200, &html)
        .judge()
        .state
}

#[test]
fn every_entry_has_words_that_go_together_and_says_where_it_is_from() {
    for &kind in Kind::ALL {
        assert!(NOTICES.notice.iter().any(|entry| entry.kind == kind));
    }
    for entry in &NOTICES.notice {
        assert!(entry.words.len() >= 2 && !entry.source.is_empty());
        assert!(!entry.language.is_empty());
        for word in entry.words.iter().flatten() {
            assert_eq!(&word.to_lowercase(), word);
            assert!(word.trim().len() >= 2 || word.ends_with(' '), "{word}");
        }
    }
}

#[test]
fn notices_in_words_of_their_own_are_known_for_what_they_say() {
    for (title, line, state) in [
        (
            "Half a minute",
            "We only want to check that no robot is at the keys.",
            Blocked,
        ),
        (
            "Kurz innehalten",
            "Wir prüfen noch, ob hier ein Mensch vor dem Browser sitzt.",
            Blocked,
        ),
        (
            "Nur mit Konto",
            "Dieser Bereich öffnet sich, wenn Sie sich bitte zuerst anmelden.",
            Blocked,
        ),
        (
            "Vos préférences",
            "Avant de lire, faites votre choix : accepter ou refuser les cookies.",
            Blocked,
        ),
        (
            "Ihre Wahl",
            "Stimmen Sie der Nutzung von Cookies zu oder lehnen Sie sie ab.",
            Blocked,
        ),
        (
            "Lo sentimos",
            "Este vídeo y este texto están bloqueados en su país de residencia.",
            Blocked,
        ),
        (
            "Spiacenti",
            "Da dove ci scrive, cioè dal suo paese, il testo non può essere letto.",
            Blocked,
        ),
        ("抱歉", "由于版权原因，您所在国家的读者无法查看。", Blocked),
        (
            "Wir schrauben",
            "Die Webseite ist wegen Wartung nur heute Nacht nicht zu sehen.",
            Unreachable,
        ),
        (
            "Chvilku strpení",
            "Na serveru probíhá údržba, zkuste to prosím za hodinu.",
            Unreachable,
        ),
        (
            "Get this name",
            "The domain you typed could be yours, name your price.",
            Parked,
        ),
        (
            "Zu haben",
            "Wer die Domain kaufen will, nenne uns sein Gebot.",
            Parked,
        ),
        (
            "Bu adres",
            "Alan adı sahibi tarafından satılığa çıkarıldı, teklif verin.",
            Parked,
        ),
        (
            "Renouvellement",
            "Le domaine a expiré hier et attend que son titulaire se manifeste.",
            Parked,
        ),
        ("停用", "该网站因欠费已被主机商停用，请联系管理员。", Parked),
        (
            "Konto gesperrt",
            "Der Kunde hat die Rechnung seines Hosters nicht bezahlt.",
            Parked,
        ),
        (
            "Bravo",
            "Votre serveur est bien installé, remplacez cette page par défaut.",
            Parked,
        ),
        (
            "Hoppla",
            "Den Artikel, zu dem der Link führt, haben wir leider gelöscht.",
            SoftNotFound,
        ),
        (
            "Ой",
            "Материал был удалён автором, или его больше нет по этому адресу.",
            SoftNotFound,
        ),
    ] {
        assert_eq!(judged(title, line), state, "{title}: {line}");
    }
}

#[test]
fn another_text_that_has_such_words_is_changed() {
    let text =
        "<p>The domain of the duke was sold in that year to the town, and the price was paid in \
        salt, as the chronicle says, and in nine barrels of herring from the northern sea.</p>"
            .repeat(4);
    let html = format!("<title>The duke's domain</title><h1>The duke's domain</h1>{text}");
    let verdict = Stage::of(URL)
        .held(&article("A title", "comet"))
        .answers(200, &html)
        .judge();
    assert_eq!(verdict.state, State::Changed, "{verdict:#?}");
}

#[test]
fn what_was_never_seen_is_known_by_its_title_or_by_the_answer_to_nothing() {
    let error = "<title>Nothing to see</title><h1>Oops, this story is gone</h1><p>The article went missing.</p>";
    let stage = Stage::of(URL).answers(200, error);
    assert_eq!(stage.judge().state, State::Ok);
    is(
        &stage.clone().titled("The great flood").judge(),
        "soft_404",
        "notice_in_place",
    );
    let probed = stage.clone().answers_nowhere(200, error).judge();
    assert_eq!(probed.state, SoftNotFound, "{probed:#?}");
    let cited = Stage::of(URL)
        .titled("Oops, this story is gone")
        .answers(200, error)
        .answers_nowhere(404, "no");
    assert_eq!(cited.judge().state, State::Ok);
    let short = "<title>A note</title><h1>A note</h1><p>The mill at the weir was sold in May.</p>";
    let real = Stage::of(URL).titled("Another title").answers(200, short);
    assert_eq!(real.clone().judge().state, State::Ok);
    assert_eq!(
        real.answers_nowhere(404, "<p>No such page.").judge().state,
        State::Ok
    );
}
