use ibid::catalog::accounts::Role;

use super::{cites_what_is_dead, collections};

#[test]
fn it_shows_how_all_of_it_stands() {
    let desk = collections();
    let anna = desk.account("anna", Role::Operator, &[]);
    let empty = anna.get("/").body;
    assert!(empty.contains("Nothing is cited yet."), "{empty}");
    assert!(empty.contains("Not counted yet."), "{empty}");

    let catalog = desk.tools.catalog.as_ref();
    for word in ["one", "two", "three"] {
        cites_what_is_dead(catalog, None, word);
    }
    desk.counts();
    let page = anna.get("/").body;
    for words in [
        "dead</span></th><td class=\"number\">3</td><td class=\"number\">3</td>",
        "A three title",
        "texts/three.txt, note 1",
        "<th scope=\"row\">no copy to compare with</th><td class=\"number\">3</td><td class=\"number\">100 %</td>",
        "<th scope=\"row\">2019</th><td class=\"number\">3</td><td class=\"number\">3</td>",
        "<th scope=\"row\">one.example</th><td class=\"number\">1</td>",
        "the picture begins with the second",
        "due now",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }

    desk.house.days_pass(1);
    desk.counts();
    let page = anna.get("/").body;
    assert!(page.contains("<polygon class=\"layer bad\""), "{page}");
    assert!(
        page.contains("On the last day: 0 ok, 0 not known, 0 changed, 3 gone."),
        "{page}"
    );
    let reader = desk.account("rita", Role::Reader, &[]).get("/").body;
    assert!(!reader.contains("due now"), "the works are for operators");
    assert!(!reader.contains("Hosts in trouble"), "{reader}");
}
