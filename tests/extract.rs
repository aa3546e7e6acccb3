//! What is cited is found, in every style and language, byte for byte.

use ibid::formats::{plain, reference};
use ibid::model::citation::Citation;
use ibid::model::url::TargetUrl;

fn citations(text: &str) -> Vec<Citation> {
    let bytes = text.as_bytes();
    reference::read(&plain::read(bytes), bytes)
}

const ARTICLE: &[u8] = include_bytes!("fixtures/article.txt");
const ARTICLE_EXPECTED: &str = include_str!("fixtures/article.expected.jsonl");

/// A citation in the shape of the expectation's lines.
fn as_expected(citation: &Citation) -> serde_json::Value {
    let url = citation.url.as_ref();
    let place = &citation.place.bytes;
    serde_json::json!({
        "note": citation.note,
        "authors": citation.authors,
        "year": citation.year,
        "title": citation.title,
        "title_translated": citation.title_translated,
        "url": url.map(|url| &url.url),
        "page_url": url.and_then(|url| url.target().ok()).map(|target| target.to_string()),
        "text_fragment": url.and_then(|url| url.text_fragments().first().cloned()),
        "access_date": citation.accessed.as_ref().map(|accessed| accessed.date.to_string()),
        "url_bytes": url.map(|_| [place.start, place.end]),
    })
}

#[test]
fn the_article_is_read_as_a_careful_reader_reads_it() {
    let found = reference::read(&plain::read(ARTICLE), ARTICLE);

    let expected: Vec<serde_json::Value> = ARTICLE_EXPECTED
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(found.len(), expected.len());
    for (citation, mut expected) in found.iter().zip(expected) {
        // The reader of the references wrote an origin without its slash.
        if let Some(page) = expected["page_url"].as_str() {
            expected["page_url"] = TargetUrl::parse(page).unwrap().to_string().into();
        }
        assert_eq!(as_expected(citation), expected);
    }
}

#[test]
fn every_range_of_the_article_holds_what_was_found() {
    for citation in reference::read(&plain::read(ARTICLE), ARTICLE) {
        let Some(url) = &citation.url else { continue };
        assert_eq!(
            &ARTICLE[citation.place.bytes.clone()],
            url.as_written.as_bytes()
        );
        let accessed = citation.accessed.unwrap();
        assert_eq!(&ARTICLE[accessed.bytes], accessed.as_written.as_bytes());
        let line = String::from_utf8_lossy(ARTICLE)
            .lines()
            .nth(citation.place.line as usize - 1)
            .unwrap()
            .to_owned();
        let rest: String = line
            .chars()
            .skip(citation.place.column as usize - 1)
            .collect();
        let first = url.as_written.lines().next().unwrap();
        assert!(rest.starts_with(first), "{rest}");
        assert_eq!(url.was_joined, citation.note.as_deref() == Some("8"));
    }
}

#[test]
fn the_article_is_the_same_in_other_dress() {
    let text = std::str::from_utf8(ARTICLE).unwrap();
    let plain_citations = citations(text);
    let brief = |found: &[Citation]| {
        let one = |c: &Citation| {
            (
                c.note.clone(),
                c.title.clone(),
                c.url.clone().map(|u| u.url),
                c.accessed.clone().map(|a| a.date),
            )
        };
        found.iter().map(one).collect::<Vec<_>>()
    };
    for (name, bytes) in [
        ("CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("CR", text.replace('\n', "\r").into_bytes()),
        ("byte order mark", format!("\u{feff}{text}").into_bytes()),
        ("UTF-16LE", utf_16(text, u16::to_le_bytes)),
        ("UTF-16BE", utf_16(text, u16::to_be_bytes)),
        ("GB18030", encoding_rs::GB18030.encode(text).0.into_owned()),
        (
            "spaces for no-break spaces",
            text.replace('\u{a0}', " ").into_bytes(),
        ),
        ("notes without blank lines", {
            let (body, notes) = text.split_once("Footnotes").unwrap();
            format!("{body}Footnotes{}", notes.replace("\n\n[", "\n[")).into_bytes()
        }),
        ("no heading", text.replace("Footnotes\n", "").into_bytes()),
        ("numbers with stops", {
            let numbered = |n: u32| format!("\n[{n}]");
            (1..=26)
                .fold(text.to_owned(), |text, n| {
                    text.replace(&numbered(n), &format!("\n{n}."))
                })
                .into_bytes()
        }),
    ] {
        let found = reference::read(&plain::read(&bytes), &bytes);
        assert_eq!(brief(&found), brief(&plain_citations), "{name}");
        // Places are in the file as it lies there.
        let (encoding, _) = ibid::formats::encoding::detect(&bytes);
        for citation in found {
            if let Some(url) = citation.url {
                let written = encoding
                    .decode_without_bom_handling(&bytes[citation.place.bytes])
                    .0;
                assert_eq!(written, url.as_written, "{name}");
            }
        }
    }
}

fn utf_16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(order)
        .collect()
}

/// A reference; its URL without scheme, its date, its title and its authors, `-` where nothing is
/// to be found.
struct Row(
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // APA
    Row("Smith, J. (2019). The long way home. The Site. Retrieved November 24, 2020, from https://a.example/x", "a.example/x", "2020-11-24", "The long way home", "Smith, J."),
    Row("Smith, J. (2019, May 3). The long way home. Retrieved 24 November 2020, from https://a.example/x", "a.example/x", "2020-11-24", "The long way home", "Smith, J."),
    Row("Smith, J. A., & Doe, R. (2019). The long way home [Blog post]. Retrieved from https://a.example/x", "a.example/x", "-", "The long way home", "Smith, J. A.|Doe, R."),
    Row("National Office of Statistics. (n.d.). Prices by month. Retrieved November 24, 2020, from https://a.example/x", "a.example/x", "2020-11-24", "Prices by month", "National Office of Statistics"),
    Row("Smith, J. (2019). The long way home. Journal of Roads, 12(3), 1–9. https://doi.org/10.1000/182", "doi.org/10.1000/182", "-", "The long way home", "Smith, J."),
    Row("Smith, J. (2019). The long way home. Journal of Roads, 12(3), 1–9. doi:10.1000/182", "doi.org/10.1000/182", "-", "The long way home", "Smith, J."),
    // Chicago
    Row("Jane Doe, “The Long Way Home,” The Site, May 3, 2019, accessed November 24, 2020, https://a.example/x.", "a.example/x", "2020-11-24", "The Long Way Home", "Jane Doe"),
    Row("Doe, Jane. “The Long Way Home.” The Site, May 3, 2019. Accessed November 24, 2020. https://a.example/x.", "a.example/x", "2020-11-24", "The Long Way Home", "Doe, Jane"),
    Row("Doe, Jane. 2019. “The Long Way Home.” The Site. Last accessed November 24, 2020. https://a.example/x.", "a.example/x", "2020-11-24", "The Long Way Home", "Doe, Jane"),
    // MLA
    Row("Doe, Jane. “The Long Way Home.” The Site, 3 May 2019, www.a.example/x. Accessed 24 Nov. 2020.", "www.a.example/x", "2020-11-24", "The Long Way Home", "Doe, Jane"),
    Row("Doe, Jane, and Richard Roe. “The Long Way Home.” The Site, 3 May 2019. Web. 24 Nov. 2020. <https://a.example/x>.", "a.example/x", "2020-11-24", "The Long Way Home", "Doe, Jane|Richard Roe"),
    Row("Doe, Jane. \"The Long Way Home.\" The Site, 2019, https://a.example/x. Accessed Nov. 2020.", "a.example/x", "2020-11", "The Long Way Home", "Doe, Jane"),
    Row("“The Long Way Home.” The Site, 3 May 2019, https://a.example/x. Accessed 24 November 2020.", "a.example/x", "2020-11-24", "The Long Way Home", ""),
    // Harvard
    Row("Smith, J. (2019) ‘The long way home’, The Site. Available at: https://a.example/x (Accessed: 24 November 2020).", "a.example/x", "2020-11-24", "The long way home", "Smith, J."),
    Row("Smith, J. (2019) “The long way home”, Available at: https://a.example/x (Accessed 2020/11/24)", "a.example/x", "2020-11-24", "The long way home", "Smith, J."),
    Row("Smith, J., 2019. The long way home. [online] The Site. Available at: <https://a.example/x> [Accessed 24 November 2020].", "a.example/x", "2020-11-24", "The long way home", "Smith, J."),
    Row("Smith, J. and Doe, R. (2019) The long way home. Available from: https://a.example/x [Accessed 24th Nov 2020].", "a.example/x", "2020-11-24", "The long way home", "Smith, J.|Doe, R."),
    Row("Smith, J. (2019a) The long way home. [Online]. Available at: https://a.example/x [Accessed on 24 Nov. 2020]", "a.example/x", "2020-11-24", "The long way home", "Smith, J."),
    Row("BBC News (2019) The long way home. Available at: http://a.example/x/ (Accessed: 24/11/2020)", "a.example/x/", "2020-11-24", "The long way home", "BBC News"),
    // IEEE
    Row("J. Smith, “The long way home,” The Site, May 2019. Accessed: Nov. 24, 2020. [Online]. Available: https://a.example/x", "a.example/x", "2020-11-24", "The long way home", "J. Smith"),
    Row("J. Smith and R. Doe, \"The long way home,\" 2019. [Online]. Available: https://a.example/x. [Accessed: 24-Nov-2020].", "a.example/x", "2020-11-24", "The long way home", "J. Smith|R. Doe"),
    Row("J. Smith, “The long way home.” https://a.example/x (accessed Nov. 24, 2020).", "a.example/x", "2020-11-24", "The long way home", "J. Smith"),
    Row("J. Smith, “The long way home,” https://a.example/x, [Accessed 24 Nov 2020]", "a.example/x", "2020-11-24", "The long way home", "J. Smith"),
    // Vancouver, NLM, AMA
    Row("Smith J, Doe RA. The long way home [Internet]. London: Press; 2019 [cited 2020 Nov 24]. Available from: https://a.example/x", "a.example/x", "2020-11-24", "The long way home", "Smith J|Doe RA"),
    Row("World Health Organization. The long way home [Internet]. Geneva: WHO; 2019 [updated 2020 Jan 3; cited 2020 Nov 24]. Available from: https://a.example/x.", "a.example/x", "2020-11-24", "The long way home", "World Health Organization"),
    Row("Smith J. The long way home. The Site. Published May 3, 2019. Updated June 1, 2020. Accessed November 24, 2020. https://a.example/x", "a.example/x", "2020-11-24", "-", "-"),
    Row("Smith J. The long way home. The Site. https://a.example/x. Published May 3, 2019. Accessed November 24, 2020.", "a.example/x", "2020-11-24", "-", "-"),
    // Bluebook, OSCOLA
    Row("Jane Doe, The Long Way Home, Site (May 3, 2019), https://a.example/x (last visited Nov. 24, 2020).", "a.example/x", "2020-11-24", "-", "-"),
    Row("Jane Doe, The Long Way Home, Site (May 3, 2019, 5:30 PM), https://a.example/x [https://perma.cc/AB12-CD34].", "a.example/x", "-", "-", "-"),
    Row("Jane Doe, ‘The Long Way Home’ (Site, 3 May 2019) <https://a.example/x> accessed 24 November 2020", "a.example/x", "2020-11-24", "The Long Way Home", "Jane Doe"),
    // ISO 690
    Row("SMITH, Jane. The long way home. In: The Site [online]. 2019 [viewed 24 November 2020]. Available from: https://a.example/x", "a.example/x", "2020-11-24", "The long way home", "SMITH, Jane"),
    Row("NOVÁK, Jan. Dlouhá cesta domů [online]. Praha, 2019 [cit. 2020-11-24]. Dostupné z: https://a.example/x", "a.example/x", "2020-11-24", "Dlouhá cesta domů", "NOVÁK, Jan"),
    Row("NOVÁK, Jan. Dlouhá cesta domů [online]. 2019 [cit. 24. 11. 2020]. Dostupné z WWW: <https://a.example/x>.", "a.example/x", "2020-11-24", "Dlouhá cesta domů", "NOVÁK, Jan"),
    Row("NOVÁK, J. Dlhá cesta domov [online]. [citované 2020-11-24]. Dostupné na internete: <https://a.example/x>", "a.example/x", "2020-11-24", "Dlhá cesta domov", "NOVÁK, J."),
    Row("NOVÁK, J. (2019): Dlhá cesta domov. Dostupné na: https://a.example/x (navštívené 24. novembra 2020)", "a.example/x", "2020-11-24", "Dlhá cesta domov", "NOVÁK, J."),
    // German
    Row("Müller, Hans (2019): Der lange Weg nach Hause. URL: https://a.example/x (abgerufen am 24.11.2020).", "a.example/x", "2020-11-24", "Der lange Weg nach Hause", "Müller, Hans"),
    Row("Müller, H.: „Der lange Weg nach Hause“, Die Seite, https://a.example/x (zuletzt abgerufen am 24. November 2020).", "a.example/x", "2020-11-24", "Der lange Weg nach Hause", "Müller, H."),
    Row("Müller, H.: »Der lange Weg nach Hause«, online unter https://a.example/x, letzter Zugriff: 24.11.2020", "a.example/x", "2020-11-24", "Der lange Weg nach Hause", "Müller, H."),
    Row("Müller: Der lange Weg, https://a.example/x [Zugriff am 24.11.2020]", "a.example/x", "2020-11-24", "-", "-"),
    Row("Müller: Der lange Weg, https://a.example/x (Stand: 24.11.2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Müller: Der lange Weg, https://a.example/x, zuletzt aufgerufen am 24. Nov. 2020", "a.example/x", "2020-11-24", "-", "-"),
    Row("Müller: Der lange Weg, https://a.example/x [24.11.2020]", "a.example/x", "2020-11-24", "-", "-"),
    Row("Müller: Der lange Weg, https://a.example/x (24.11.2020 abgerufen)", "a.example/x", "2020-11-24", "-", "-"),
    // French
    Row("Dupont, J. (2019). Le long chemin. Le Site. Consulté le 24 novembre 2020, à l’adresse https://a.example/x", "a.example/x", "2020-11-24", "Le long chemin", "Dupont, J."),
    Row("DUPONT Jean, « Le long chemin », Le Site, 3 mai 2019. URL : https://a.example/x (consulté le 1er décembre 2020)", "a.example/x", "2020-12-01", "Le long chemin", "DUPONT Jean"),
    Row("Jean Dupont, « Le long chemin », [en ligne] https://a.example/x, consulté le 24/11/2020.", "a.example/x", "2020-11-24", "Le long chemin", "Jean Dupont"),
    Row("Le long chemin, https://a.example/x, dernière consultation : 24 nov. 2020", "a.example/x", "2020-11-24", "-", "-"),
    Row("Le long chemin, https://a.example/x (page consultée le 5 août 2020)", "a.example/x", "2020-08-05", "-", "-"),
    // Spanish, Catalan
    Row("García, M. (2019). El largo camino. Recuperado el 24 de noviembre de 2020, de https://a.example/x", "a.example/x", "2020-11-24", "El largo camino", "García, M."),
    Row("GARCÍA, María. El largo camino [en línea]. 2019 [consulta: 24 noviembre 2020]. Disponible en: https://a.example/x", "a.example/x", "2020-11-24", "El largo camino", "GARCÍA, María"),
    Row("García, M.: «El largo camino», El Sitio, disponible en https://a.example/x (consultado el 24 de noviembre de 2020)", "a.example/x", "2020-11-24", "El largo camino", "García, M."),
    Row("El largo camino. https://a.example/x. Fecha de consulta: 24/11/2020", "a.example/x", "2020-11-24", "-", "-"),
    Row("El largo camino. https://a.example/x [Último acceso: 24 nov 2020]", "a.example/x", "2020-11-24", "-", "-"),
    Row("El llarg camí. https://a.example/x [consulta: 24 de novembre de 2020]", "a.example/x", "2020-11-24", "-", "-"),
    // Italian
    Row("M. Rossi, «La lunga strada», Il Sito, https://a.example/x (consultato il 24 novembre 2020)", "a.example/x", "2020-11-24", "La lunga strada", "M. Rossi"),
    Row("Rossi, M. (2019). La lunga strada. https://a.example/x (ultimo accesso: 24/11/2020)", "a.example/x", "2020-11-24", "La lunga strada", "Rossi, M."),
    Row("La lunga strada, https://a.example/x, ultima consultazione 24 nov. 2020", "a.example/x", "2020-11-24", "-", "-"),
    // Portuguese
    Row("SILVA, J. O longo caminho. Portal, 2019. Disponível em: https://a.example/x. Acesso em: 24 nov. 2020.", "a.example/x", "2020-11-24", "-", "-"),
    Row("SILVA, J. O longo caminho. Disponível em: <https://a.example/x>. Acesso em 24 de novembro de 2020.", "a.example/x", "2020-11-24", "-", "-"),
    Row("Silva, J. (2019). O longo caminho. https://a.example/x (acedido em 24 de novembro de 2020)", "a.example/x", "2020-11-24", "O longo caminho", "Silva, J."),
    // Dutch
    Row("Jansen, P. (2019). De lange weg. Geraadpleegd op 24 november 2020, van https://a.example/x", "a.example/x", "2020-11-24", "De lange weg", "Jansen, P."),
    Row("De lange weg, https://a.example/x (laatst bezocht op 24-11-2020)", "a.example/x", "2020-11-24", "-", "-"),
    // Russian, Ukrainian, Belarusian
    Row("Иванов И. И. Долгая дорога [Электронный ресурс]. URL: https://a.example/x (дата обращения: 24.11.2020).", "a.example/x", "2020-11-24", "Долгая дорога", "Иванов И. И."),
    Row("Иванов И.И. Долгая дорога // Сайт. 2019. URL: https://a.example/x (дата обращения: 24 ноября 2020 г.).", "a.example/x", "2020-11-24", "Долгая дорога", "Иванов И.И."),
    Row("Иванов, И. «Долгая дорога», Сайт, https://a.example/дорога (дата доступа: 24.11.20)", "a.example/дорога", "2020-11-24", "Долгая дорога", "Иванов, И."),
    Row("Долгая дорога. Режим доступа: https://a.example/x. Проверено 24 ноября 2020.", "a.example/x", "2020-11-24", "-", "-"),
    Row("Шевченко Т. Г. Довга дорога. URL: https://a.example/x (дата звернення: 24.11.2020).", "a.example/x", "2020-11-24", "-", "-"),
    Row("Довга дорога. https://a.example/x (процитовано 24 листопада 2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Доўгая дарога. Рэжым доступу: https://a.example/x. Дата доступу: 24.11.2020.", "a.example/x", "2020-11-24", "-", "-"),
    // Polish
    Row("Kowalski J., Długa droga, https://a.example/x [dostęp: 24.11.2020].", "a.example/x", "2020-11-24", "-", "-"),
    Row("J. Kowalski, „Długa droga”, https://a.example/x (dostęp 24 listopada 2020).", "a.example/x", "2020-11-24", "Długa droga", "J. Kowalski"),
    Row("Długa droga, https://a.example/x, data dostępu: 24 XI 2020 r.", "a.example/x", "2020-11-24", "-", "-"),
    Row("Długa droga, https://a.example/x [dostęp 2020-11-24]", "a.example/x", "2020-11-24", "-", "-"),
    // Lithuanian, Latvian, Estonian
    Row("Jonaitis, J. (2019). Ilgas kelias namo. Prieiga per internetą: <https://a.example/x> [žiūrėta 2020-11-24].", "a.example/x", "2020-11-24", "Ilgas kelias namo", "Jonaitis, J."),
    Row("Jonaitis J. „Ilgas kelias namo“, https://a.example/x (žiūrėta 2020 m. lapkričio 24 d.)", "a.example/x", "2020-11-24", "Ilgas kelias namo", "Jonaitis J."),
    Row("Ilgas kelias. [interaktyvus], [žiūrėta 2020 11 24]. Prieiga: https://a.example/x", "a.example/x", "-", "-", "-"),
    Row("Garais ceļš. Pieejams: https://a.example/x [skatīts 2020. gada 24. novembrī].", "a.example/x", "2020-11-24", "-", "-"),
    Row("Garais ceļš. https://a.example/x (aplūkots 24.11.2020.)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Pikk tee koju. https://a.example/x (vaadatud 24. novembril 2020)", "a.example/x", "2020-11-24", "-", "-"),
    // Turkish
    Row("Erdem, A. (2019). Uzun yol. https://a.example/x (Erişim tarihi: 24 Kasım 2020).", "a.example/x", "2020-11-24", "Uzun yol", "Erdem, A."),
    Row("Uzun yol, https://a.example/x, (Erişim Tarihi: 24.11.2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Erdem, A. (2019). Uzun yol. 24 Kasım 2020 tarihinde https://a.example/x adresinden alındı.", "a.example/x", "2020-11-24", "Uzun yol", "Erdem, A."),
    Row("Uzun yol, https://a.example/x, 24.11.2020 tarihinde erişildi", "a.example/x", "2020-11-24", "-", "-"),
    // Nordic
    Row("Svensson, A. (2019). Den långa vägen. Hämtad 24 november 2020, från https://a.example/x", "a.example/x", "2020-11-24", "Den långa vägen", "Svensson, A."),
    Row("Den långa vägen, https://a.example/x (besökt 2020-11-24)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Hansen, A. (2019). Den lange vej. Hentet 24. november 2020 fra https://a.example/x", "a.example/x", "2020-11-24", "Den lange vej", "Hansen, A."),
    Row("Den lange vej, https://a.example/x (sidst besøgt 24.11.2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Den lange veien, https://a.example/x (lest 24. november 2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Virtanen, A. 2019. Pitkä matka kotiin. Viitattu 24.11.2020. https://a.example/x", "a.example/x", "2020-11-24", "Pitkä matka kotiin", "Virtanen, A."),
    Row("Pitkä matka kotiin. https://a.example/x, luettu 24. marraskuuta 2020", "a.example/x", "2020-11-24", "-", "-"),
    Row("Langa leiðin. Sótt 24. nóvember 2020 af https://a.example/x", "a.example/x", "2020-11-24", "-", "-"),
    // Hungarian, Romanian, Greek
    Row("Nagy A.: A hosszú út. https://a.example/x (letöltve: 2020. november 24.)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Nagy A.: A hosszú út. https://a.example/x (Letöltés dátuma: 2020.11.24.)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Popescu, I. (2019). Drumul lung. https://a.example/x (accesat la 24 noiembrie 2020)", "a.example/x", "2020-11-24", "Drumul lung", "Popescu, I."),
    Row("Drumul lung, https://a.example/x, data accesării: 24.11.2020", "a.example/x", "2020-11-24", "-", "-"),
    Row("Παπαδόπουλος, Α. (2019). Ο μακρύς δρόμος. Ανακτήθηκε στις 24 Νοεμβρίου 2020, από https://a.example/x", "a.example/x", "2020-11-24", "Ο μακρύς δρόμος", "Παπαδόπουλος, Α."),
    Row("Ο μακρύς δρόμος, https://a.example/x (τελευταία πρόσβαση: 24/11/2020)", "a.example/x", "2020-11-24", "-", "-"),
    // South Slavic
    Row("Horvat, I. (2019). Dugi put. https://a.example/x (pristupljeno 24. studenoga 2020.)", "a.example/x", "2020-11-24", "Dugi put", "Horvat, I."),
    Row("Dugi put. https://a.example/x, pristupljeno 24. listopada 2020.", "a.example/x", "2020-10-24", "-", "-"),
    Row("Дуги пут. https://a.example/x (приступљено 24. новембра 2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Dolga pot. Pridobljeno 24. novembra 2020, s https://a.example/x", "a.example/x", "2020-11-24", "-", "-"),
    Row("Дългият път. https://a.example/x (посетен на 24 ноември 2020)", "a.example/x", "2020-11-24", "-", "-"),
    // Arabic, Hebrew, Persian
    Row("الطريق الطويل، https://a.example/x، تاريخ الاطلاع: 24 نوفمبر 2020", "a.example/x", "2020-11-24", "-", "-"),
    Row("الطريق الطويل، https://a.example/x (اطلع عليه بتاريخ ٢٤ تشرين الثاني ٢٠٢٠)", "a.example/x", "2020-11-24", "-", "-"),
    Row("הדרך הארוכה, https://a.example/x (נצפה ב-24 בנובמבר 2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("راه دراز، https://a.example/x (تاریخ دسترسی: ۲۴ نوامبر ۲۰۲۰)", "a.example/x", "2020-11-24", "-", "-"),
    Row("راه دراز، https://a.example/x (بازیابی شده در ۴ آذر ۱۳۹۹)", "a.example/x", "2020-11-24", "-", "-"),
    // Hindi, Thai, Vietnamese, Indonesian
    Row("लंबा रास्ता, https://a.example/x (अभिगमन तिथि: 24 नवंबर 2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("ทางไกล. สืบค้นเมื่อ 24 พฤศจิกายน 2563, จาก https://a.example/x", "a.example/x", "2020-11-24", "-", "-"),
    Row("ทางไกล. https://a.example/x (เข้าถึงเมื่อ 24 พ.ย. 2563)", "a.example/x", "2020-11-24", "-", "-"),
    Row("Nguyễn, A. (2019). Con đường dài. Truy cập ngày 24 tháng 11 năm 2020, từ https://a.example/x", "a.example/x", "2020-11-24", "Con đường dài", "Nguyễn, A."),
    Row("Con đường dài, https://a.example/x, truy cập ngày 24/11/2020", "a.example/x", "2020-11-24", "-", "-"),
    Row("Jalan panjang. Diakses pada 24 November 2020, dari https://a.example/x", "a.example/x", "2020-11-24", "-", "-"),
    // Chinese
    Row("张三. 漫长的路[EB/OL]. (2019-05-03)[2020-11-24]. https://a.example/x.", "a.example/x", "2020-11-24", "漫长的路", "张三"),
    Row("张三，李四．漫长的路[J/OL]．道路学报，2019，3(2)：1-9[2020-11-24]．https://a.example/x．", "a.example/x", "2020-11-24", "漫长的路", "张三|李四"),
    Row("张三：《漫长的路》，网站，2019年5月3日，https://a.example/x，2020年11月24日访问。", "a.example/x", "2020-11-24", "-", "-"),
    Row("“漫长的路”，https://a.example/x，访问日期：2020年11月24日。", "a.example/x", "2020-11-24", "漫长的路", ""),
    Row("漫长的路，https://a.example/x（最后访问：2020-11-24）", "a.example/x", "2020-11-24", "-", "-"),
    Row("〈漫長的路〉，https://a.example/x（檢索日期：2020年11月24日）", "a.example/x", "2020-11-24", "-", "-"),
    // Japanese, Korean
    Row("山田太郎「長い道」、サイト、https://a.example/x（2020年11月24日閲覧）。", "a.example/x", "2020-11-24", "長い道", "山田太郎"),
    Row("山田太郎「長い道」https://a.example/x（参照 2020-11-24）", "a.example/x", "2020-11-24", "長い道", "山田太郎"),
    Row("長い道, https://a.example/x, 最終閲覧日：2020年11月24日", "a.example/x", "2020-11-24", "-", "-"),
    Row("長い道、https://a.example/x （令和2年11月24日アクセス）", "a.example/x", "2020-11-24", "-", "-"),
    Row("홍길동, “먼 길”, https://a.example/x (접속일: 2020. 11. 24.)", "a.example/x", "2020-11-24", "먼 길", "홍길동"),
    Row("홍길동, 「먼 길」, https://a.example/x (검색일: 2020년 11월 24일)", "a.example/x", "2020-11-24", "먼 길", "홍길동"),
    Row("먼 길, https://a.example/x, 2020년 11월 24일 접속", "a.example/x", "2020-11-24", "-", "-"),
    // Precision, order, other ways
    Row("Smith, J. (2019) The long way home. https://a.example/x (accessed 2020)", "a.example/x", "2020", "The long way home", "Smith, J."),
    Row("The long way home, https://a.example/x (accessed 11/24/2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("The long way home, https://a.example/x (accessed Tue 24 Nov 2020)", "a.example/x", "2020-11-24", "-", "-"),
    Row("The long way home, https://a.example/2019/05/03/x (last checked: 2020.11.24)", "a.example/2019/05/03/x", "2020-11-24", "-", "-"),
    Row("The long way home, https://web.archive.org/web/20201124000000/https://a.example/x", "a.example/x", "-", "-", "-"),
    Row("Smith, J. (2019) “The long way home”, arXiv:1905.12345 (accessed 24 Nov 2020)", "arxiv.org/abs/1905.12345", "2020-11-24", "The long way home", "Smith, J."),
];

#[test]
fn references_of_every_style_and_language_are_read() {
    assert!(ROWS.len() >= 120);
    let mut faults = Vec::new();
    for Row(text, url, date, title, authors) in ROWS {
        for document in [
            format!("[1] {text}"),
            format!("References\n\n{text}\n"),
            format!("1. {text}\r\n"),
        ] {
            let found = citations(&document);
            let [citation] = &found[..] else {
                faults.push(format!("{} citations in {document}", found.len()));
                continue;
            };
            let found_url = citation
                .url
                .as_ref()
                .map_or("-", |url| url.url.split("://").nth(1).unwrap());
            let found_date = citation
                .accessed
                .as_ref()
                .map_or("-".to_owned(), |accessed| accessed.date.to_string());
            if found_url != *url || found_date != *date {
                faults.push(format!("{found_url} {found_date} in {document}"));
            }
            let found_title = citation.title.as_deref().unwrap_or("-");
            let found_authors = citation.authors.join("|");
            if *title != "-" && (found_title != *title || found_authors != *authors) {
                faults.push(format!("{found_title} by {found_authors} in {document}"));
            }
            if *title == "-" && citation.title.is_some() {
                faults.push(format!(
                    "{found_title} by {found_authors} was guessed in {document}"
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_only_looks_like_a_citation_is_none() {
    for text in [
        "Mail a@www.example.org or mailto:b@a.example.",
        "Call +370 5 200 0000 or tel:+37052000000.",
        "Version 1.2.3 of 2020-11-24 runs on 192.168.0.1:8080.",
        "Published 24 November 2020.",
        "Accessed 24 November 2020.",
        "use std::fs::File; let x = a.b.c;",
        "ftp://a.example/file and file:///etc/passwd and javascript:alert(1)",
        "An http:// prefix and www. alone.",
        "1. First\n2. Second\n3. Third",
        "See §4.2 and 10.1000/182.",
        "https://user:secret@a.example/",
        "C:\\www\\index.html and /var/www/html",
        "the doi: of the work",
        "[1] is a mark, and [2] is another.",
    ] {
        assert_eq!(citations(text), [], "{text}");
    }
}

#[test]
fn dates_that_are_no_access_dates_are_none() {
    for text in [
        "[1] Doe, https://a.example/x (published 24 November 2020)",
        "[1] Doe, https://a.example/x, posted on Nov. 24, 2020",
        "[1] Doe, https://a.example/x (updated 2020-11-24)",
        "[1] Doe, https://a.example/x (24 November 2020)",
        "[1] Doe (2020, November 24). Title. https://a.example/x",
        "[1] Doe, https://a.example/x (erschienen am 24.11.2020)",
        "[1] Doe, https://a.example/x (mis à jour le 24 novembre 2020)",
        "[1] Doe, https://a.example/x (опубликовано 24.11.2020)",
        "[1] Doe, https://a.example/2020/11/24/accessed-2020-11-24",
        "[1] Doe, https://a.example/x, accessed 2020-02-30",
        "[1] Doe, https://a.example/x, accessed 41/41/2020",
        "[1] Doe, https://a.example/x, accessed by 2020 people",
        "[1] Doe, https://a.example/x (Archived 2020/11/25)",
        "[1] Doe, 2020年11月24日発行, https://a.example/x",
        "[1] Doe, https://a.example/x, accessed v1.2.2020",
    ] {
        let found = citations(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].accessed, None, "{text}");
    }
}

#[test]
fn an_open_order_is_marked_and_never_guessed_in_silence() {
    let accessed = |text: &str| citations(text).pop().unwrap().accessed.unwrap();
    let open = accessed("[1] https://a.example/x (accessed 03/04/2020)");
    assert!(open.is_ambiguous);
    assert_eq!(open.as_written, "03/04/2020");
    let decided = accessed(
        "[1] https://a.example/x (accessed 11/24/2020)\n[2] https://b.example/y (accessed 03/04/2020)",
    );
    assert_eq!(
        (decided.is_ambiguous, decided.date.to_string().as_str()),
        (false, "2020-03-04")
    );
}
