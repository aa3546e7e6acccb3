//! What stands in a whole host's place, in words of its own: walls, maintenance, sales, suspensions;
//! pages that were never seen to be what was cited; errors beside an honest 404; pages that send on.

use ibid::model::verdict::State;

use super::super::case::{Epoch, Reply, Right, Way};
use super::super::skeletons::Main;
use super::{Fate, Maker};

pub(super) const FATES: &[Fate] = &[
    ("moved/meta_refresh", 10, |m| sent_on(m, false)),
    ("moved/refresh_field", 6, |m| sent_on(m, true)),
    ("soft_404/refreshed_elsewhere", 8, refreshed_elsewhere),
    ("blocked/host_wide", 24, |m| {
        host_wide(m, WALLS, State::Blocked)
    }),
    ("blocked/gate", 12, gate),
    ("unreachable/host_wide", 12, |m| {
        host_wide(m, MAINTENANCE, State::Unreachable)
    }),
    ("parked/host_wide", 28, |m| {
        host_wide(m, PARKED, State::Parked)
    }),
    ("parked/seller", 12, seller),
    ("parked/from_the_first", 12, |m| {
        let page = notice(m, PARKED);
        from_the_first(m, page, State::Parked)
    }),
    ("soft_404/from_the_first", 16, never_there),
    ("soft_404/beside_honest_errors", 16, beside_honest_errors),
    ("ok/short_from_the_first", 10, short_from_the_first),
];

const WALLS: &[[&str; 3]] = &[
    [
        "en",
        "One moment",
        "Our guard wants to confirm that no bots are reading along.",
    ],
    [
        "de",
        "Einen Augenblick",
        "Gleich geht es weiter: Wir überprüfen nur, ob Ihr Browser von einem Menschen bedient wird.",
    ],
    [
        "fr",
        "Avant d’entrer",
        "Refusez ou acceptez nos traceurs pour lire ce journal.",
    ],
    [
        "es",
        "Antes de seguir",
        "Elige si aceptas que usemos galletas y las de nuestros socios, o recházalas.",
    ],
    [
        "it",
        "La tua scelta",
        "Puoi accettare i cookie dei nostri partner oppure rifiutarli e andare avanti.",
    ],
    [
        "sv",
        "Dina val",
        "Godkänn eller avvisa cookies innan du läser vidare.",
    ],
    [
        "pl",
        "Twój wybór",
        "Zgadzam się na ciasteczka albo odrzucam je i czytam dalej.",
    ],
    [
        "cs",
        "Vaše volba",
        "Přijměte cookies, nebo je odmítněte, potom vás pustíme dál.",
    ],
    [
        "ja",
        "お読みになる前に",
        "当サイトのクッキーの利用に同意するか、拒否するかをお選びください。",
    ],
    [
        "ko",
        "잠깐만요",
        "계속 보시려면 쿠키 사용에 동의하거나 거부해 주세요.",
    ],
    [
        "nl",
        "Niet hier",
        "Deze uitzending en dit stuk kunnen we in uw land helaas niet tonen, ze zijn daar geblokkeerd.",
    ],
    [
        "en",
        "Sorry, neighbours",
        "From the country you write from our pages are blocked by the publisher.",
    ],
    [
        "pt",
        "Que pena",
        "O que procura foi bloqueado para leitores do seu país.",
    ],
    [
        "ru",
        "Не в этой стране",
        "Правообладатель сделал материал недоступным в вашем регионе.",
    ],
    [
        "tr",
        "Üzgünüz",
        "Yayıncı, bulunduğunuz ülkeden erişimi engelliyor.",
    ],
    ["zh", "很抱歉", "出版方限制了您所在地区的访问。"],
    [
        "da",
        "Kun for medlemmer",
        "Du skal bruge dit login og din adgangskode for at komme ind.",
    ],
    [
        "fi",
        "Tervetuloa takaisin",
        "Lukeminen vaatii, että kirjaudut ensin sisään.",
    ],
    [
        "hu",
        "Belépés",
        "Kérjük, adja meg a jelszavát, a továbblépéshez bejelentkezés szükséges.",
    ],
    ["ar", "أهلا بك", "يرجى تسجيل الدخول أولا لقراءة هذه المادة."],
];

const MAINTENANCE: &[[&str; 3]] = &[
    [
        "en",
        "Spanners out",
        "Our servers are down while we upgrade them; be so kind and check back tonight.",
    ],
    [
        "de",
        "Handwerker im Haus",
        "Der Server bekommt heute neue Platten, vorübergehend ist die Seite nicht zu sehen.",
    ],
    [
        "fr",
        "Travaux",
        "Nos serveurs sont momentanément à l’arrêt, merci de repasser ce soir.",
    ],
    [
        "es",
        "Manos a la obra",
        "Estamos actualizando el servidor y volvemos en un rato.",
    ],
    [
        "it",
        "Lavori",
        "Il server è temporaneamente fermo, torneremo nel pomeriggio.",
    ],
    [
        "cs",
        "Pracujeme na tom",
        "Server je dočasně mimo provoz, zkuste to za hodinu.",
    ],
    [
        "ru",
        "Идут работы",
        "Сервер временно отключён, сайт вернётся к вечеру.",
    ],
    [
        "ja",
        "お知らせ",
        "サーバの入れ替えのため、しばらくお待ちください。",
    ],
    [
        "tr",
        "Az kaldı",
        "Sunucular güncelleniyor, sayfa kısa süre sonra geri gelecek.",
    ],
    ["zh", "通知", "服务器正在升级，请稍后再访问本站。"],
];

const PARKED: &[[&str; 3]] = &[
    [
        "en",
        "Own {host} today",
        "The seller of this domain takes bids until Friday.",
    ],
    [
        "de",
        "{host} sucht ein Zuhause",
        "Der Inhaber der Domain nimmt Ihr Gebot entgegen.",
    ],
    [
        "fr",
        "{host} peut être à vous",
        "Le propriétaire du domaine attend une offre.",
    ],
    [
        "es",
        "Hazte con {host}",
        "El dueño de este dominio escucha ofertas y pone precio.",
    ],
    [
        "it",
        "{host} cerca casa",
        "Chi vuole acquistare il dominio scriva al proprietario.",
    ],
    [
        "pt",
        "{host}",
        "Quem quiser comprar o domínio faça a sua oferta.",
    ],
    [
        "sv",
        "{host}",
        "Domänen säljs till den som lägger det bästa budet.",
    ],
    [
        "pl",
        "{host} szuka właściciela",
        "Tę domenę można kupić, cena do uzgodnienia.",
    ],
    [
        "cs",
        "{host} hledá majitele",
        "Doménu lze koupit, nabídku pošlete majiteli.",
    ],
    [
        "ru",
        "{host} ищет хозяина",
        "Домен можно купить, предложения принимает владелец.",
    ],
    [
        "ja",
        "{host}",
        "ドメインの購入をご希望の方は価格をお問い合わせください。",
    ],
    [
        "ko",
        "{host}",
        "도메인 구매를 원하시면 가격을 제안해 주세요.",
    ],
    [
        "en",
        "Time ran out",
        "The registration of this domain has lapsed and can be renewed by its holder.",
    ],
    [
        "nl",
        "Te laat",
        "De registratie van deze domeinnaam is verlopen; de houder kan hem nog verlengen.",
    ],
    [
        "hu",
        "Lejárt",
        "A domain regisztrációja lejárt, a tulajdonos még megújíthatja.",
    ],
    [
        "uk",
        "Час вийшов",
        "Реєстрація домену закінчилася, власник може подовжити її.",
    ],
    ["zh", "已到期", "该域名已到期，请持有人尽快续费。"],
    [
        "vi",
        "Đã hết hạn",
        "Tên miền này đã hết hạn, chủ sở hữu vui lòng gia hạn.",
    ],
    [
        "en",
        "Closed for now",
        "The hosting account behind this site was disabled for non-payment.",
    ],
    [
        "de",
        "Abgeschaltet",
        "Der Webspace dieses Kunden wurde vom Hoster gesperrt.",
    ],
    [
        "es",
        "Fuera de servicio",
        "La cuenta de alojamiento ha sido desactivada por el proveedor.",
    ],
    [
        "pl",
        "Nieczynne",
        "Usługa hostingu tego klienta została zablokowana.",
    ],
    [
        "tr",
        "Kapalı",
        "Bu sitenin barındırma hesabı sağlayıcı tarafından durduruldu.",
    ],
    [
        "id",
        "Ditutup",
        "Akun hosting situs ini dinonaktifkan oleh penyedia.",
    ],
    [
        "en",
        "Hooray",
        "Your web space was installed, now replace this placeholder by pages of your own.",
    ],
    [
        "fr",
        "Bravo",
        "Le serveur est installé, cette page par défaut attend la vôtre.",
    ],
    [
        "ru",
        "Получилось",
        "Сервер установлен, это тестовая страница по умолчанию.",
    ],
    [
        "ja",
        "おめでとうございます",
        "サーバの設置が完了しました。この初期ページを置き換えてください。",
    ],
];

const ERRORS: &[[&str; 3]] = &[
    [
        "en",
        "Off the map",
        "Whatever stood under this address was taken down by its author; the content is gone.",
    ],
    [
        "de",
        "Verlaufen",
        "Diesen Beitrag haben wir vom Netz genommen, der Link führt ins Leere, leider.",
    ],
    [
        "fr",
        "Perdu",
        "Nous ne trouvons pas ce que vous cherchez, cet article a été retiré.",
    ],
    [
        "es",
        "Vaya",
        "Lo que buscas ya no está, el artículo fue retirado por su autor.",
    ],
    [
        "it",
        "Ahi",
        "L’articolo non è più qui, il suo autore lo ha spostato o cancellato.",
    ],
    ["pl", "Ups", "Tego artykułu już nie ma, autor go usunął."],
    ["ru", "Пусто", "Материала больше нет: автор его удалил."],
    [
        "ja",
        "おや",
        "この記事は著者により削除されたか、移動しました。",
    ],
    [
        "la",
        "Ubi est?",
        "Quod quaeris abiit, excessit, evasit, erupit.",
    ],
    [
        "eo",
        "Malaperis",
        "Tio, kion vi serĉas, ne plu troviĝas ĉi tie.",
    ],
];

/// A pair in the case's language where there is one.
fn worded(m: &mut Maker, all: &[[&'static str; 3]]) -> [String; 2] {
    let own: Vec<_> = all.iter().filter(|it| it[0] == m.language.lang).collect();
    let [_, title, line] = if own.is_empty() {
        *m.chance.one(all)
    } else {
        **m.chance.one(&own)
    };
    [title, line].map(|words| words.replace("{host}", &m.host))
}

fn notice(m: &mut Maker, all: &[[&'static str; 3]]) -> Reply {
    let [title, line] = worded(m, all);
    let button = [
        "",
        "<button>&rarr;</button>",
        "<a href=\"https://help.example/\">?</a>",
    ];
    let button = m.chance.one(&button);
    m.bare(
        200,
        &title,
        &format!("<h1>{title}</h1><p>{line}</p>{button}"),
    )
}

fn host_wide(m: &mut Maker, all: &[[&'static str; 3]], state: State) -> Vec<Epoch> {
    Maker::everywhere(notice(m, all), state)
}

/// The visit is sent to a page that keeps the address to send it back.
fn gate(m: &mut Maker) -> Vec<Epoch> {
    let page = notice(m, WALLS);
    let path = m.path.clone();
    let (to, pages) = if m.chance.once_in(2) {
        let number = m.chance.below(90_000);
        let other = m.other_host(&format!("c{number}.choices.example"));
        let back = format!("http%3A%2F%2F{}{}", m.host, path.replace('/', "%2F"));
        let to = format!("http://{other}/v2/choose?lang=x&back={back}");
        (
            to.clone(),
            vec![(to.trim_start_matches("http:").to_owned(), page)],
        )
    } else {
        let to = format!("/preferences?then={path}");
        (to.clone(), vec![(to, page)])
    };
    let mut pages = pages;
    pages.push((path, Reply::redirect(302, &to)));
    vec![Epoch {
        way: Way::Open,
        pages,
        right: Right::is(State::Blocked),
    }]
}

/// The host sends everything to a market for names.
fn seller(m: &mut Maker) -> Vec<Epoch> {
    let number = m.chance.below(90_000);
    let other = m.other_host(&format!("n{number}.names.example"));
    let to = if m.chance.once_in(2) {
        format!("/offer?name={}", m.host)
    } else {
        format!("/n/{}", m.chance.below(9_000))
    };
    let title = m.host.clone();
    let inner = format!(
        "<h1>{title}</h1><p>USD {}00 — $ {}00</p><p>Secure payment, fast transfer.</p><button>Go</button>",
        3 + m.chance.below(90),
        2 + m.chance.below(9)
    );
    let page = m.bare(200, &title, &inner);
    let pages = vec![
        (
            "*".to_owned(),
            Reply::redirect(302, &format!("http://{other}{to}")),
        ),
        (format!("//{other}{to}"), page),
    ];
    vec![Epoch {
        way: Way::Open,
        pages,
        right: Right::is(State::Parked),
    }]
}

/// The same on the first day as later, at every address.
fn from_the_first(m: &mut Maker, page: Reply, state: State) -> Vec<Epoch> {
    m.is_titled = true;
    let epoch = Maker::everywhere(page, state).remove(0);
    let mut first = epoch.clone();
    first.right.is_confirmed = None;
    m.first = Some(first);
    vec![epoch]
}

/// An error in the site's frame at every address but the home page's.
fn never_there(m: &mut Maker) -> Vec<Epoch> {
    let [title, line] = worded(m, ERRORS);
    let page = Reply::page(200, &m.html(&Main::Notice(&title, vec![&line])));
    let home = Reply::page(200, &m.html(&Main::Listing(&m.language.menu[0])));
    let mut epochs = from_the_first(m, page, State::SoftNotFound);
    epochs[0].pages.push(("/".to_owned(), home));
    if let Some(first) = &mut m.first {
        first.pages.clone_from(&epochs[0].pages);
    }
    epochs
}

/// The page became the site's error page with status 200, while other addresses are answered with it
/// and 404.
fn beside_honest_errors(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let [title, line] = worded(m, ERRORS);
    let html = m.html(&Main::Notice(&title, vec![&line, &m.language.newsletter]));
    let pages = vec![
        (m.path.clone(), Reply::page(200, &html)),
        (
            "/".to_owned(),
            Reply::page(200, &m.html(&Main::Listing(&m.language.menu[0]))),
        ),
        ("*".to_owned(), Reply::page(404, &html)),
    ];
    vec![Epoch {
        way: Way::Open,
        pages,
        right: Right::is(State::SoftNotFound),
    }]
}

/// A page of the site itself that says next to nothing but sends on.
fn sent_on(m: &mut Maker, by_field: bool) -> Vec<Epoch> {
    m.turn();
    let page = Reply::page(200, &m.html(&Main::Article));
    let new = format!("/new{}", m.path);
    let word = m.language.more.clone();
    let from = if by_field {
        m.bare(200, "", &format!("<a href=\"{new}\">{word}</a>"))
            .with("Refresh", &format!("0; url={new}"))
    } else {
        let delay = m.chance.below(6);
        let sending = format!(
            "<meta http-equiv=\"refresh\" content=\"{delay}; url={new}\"><p><a href=\"{new}\">{word}</a>"
        );
        m.bare(200, "", &sending)
    };
    let pages = vec![(m.path.clone(), from), (new, page)];
    let right = m.right(State::Moved);
    vec![Epoch {
        way: Way::Open,
        pages,
        right,
    }]
}

fn refreshed_elsewhere(m: &mut Maker) -> Vec<Epoch> {
    m.turn();
    let home = Reply::page(200, &m.html(&Main::Listing(&m.language.menu[0])));
    let from = m.bare(
        200,
        "",
        "<meta http-equiv=\"refresh\" content=\"0; url=/\">",
    );
    let pages = vec![(m.path.clone(), from), ("/".to_owned(), home)];
    vec![Epoch {
        way: Way::Open,
        pages,
        right: Right::is(State::SoftNotFound),
    }]
}

/// A short real page, cited by a title that it does not bear, on a site with honest errors.
fn short_from_the_first(m: &mut Maker) -> Vec<Epoch> {
    m.is_titled = true;
    m.is_quoted = false;
    let title = m.language.related[1].clone();
    let line = m.body.paragraphs[0].clone();
    let page = Reply::page(200, &m.html(&Main::Notice(&title, vec![&line])));
    let epoch = m.at_path(page, Right::is(State::Ok));
    m.first = Some(epoch.clone());
    vec![epoch]
}
