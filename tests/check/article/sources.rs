//! The sources as the author saw them.

use super::World;
use crate::support::pdf::Make;
use crate::support::site::Answer;

/// The hosts of the article's sources and of what these redirect to: with TLS or without.
pub(super) const HOSTS: &[(&str, bool)] = &[
    ("csis-website-prod.s3.amazonaws.com", true),
    ("tradingeconomics.com", true),
    ("www.statista.com", true),
    ("www.reuters.com", true),
    ("journals.openedition.org", false),
    ("www.rosneft.com", true),
    ("www.ispionline.it", true),
    ("siberiantimes.com", true),
    ("www.cqvip.com", false),
    ("www2.deloitte.com", true),
    ("www.orfonline.org", true),
    ("lenta.ru", true),
    ("www.dw.com", true),
    ("realnoevremya.com", true),
    ("www.levada.ru", true),
    ("world.huanqiu.com", true),
    ("doi.org", true),
    ("link.springer.com", true),
    ("tt.cssn.cn", false),
    ("www.crs.shisu.edu.cn", false),
    ("n.sinaimg.cn", false),
    ("mil.news.sina.com.cn", false),
    ("map.baidu.com", true),
];

pub(super) const CSIS: &str =
    "https://csis-website-prod.s3.amazonaws.com/s3fs-public/publication/200715_ChinaandRussia.pdf";
pub(super) const TRADE_OUT: &str = "https://tradingeconomics.com/russia/exports/china";
pub(super) const TRADE_IN: &str = "https://tradingeconomics.com/russia/imports/china";
pub(super) const STATISTA: &str =
    "https://www.statista.com/statistics/1003171/russia-value-of-trade-in-goods-with-china/";
pub(super) const REUTERS: &str =
    "https://www.reuters.com/article/us-china-russia-gas-start-idUSKBN1Y60X9";
pub(super) const EVOLUTION: &str = "http://journals.openedition.org/chinaperspectives/8197";
pub(super) const ROSNEFT: &str = "https://www.rosneft.com/press/releases/item/183895/";
pub(super) const CHALLENGE: &str =
    "https://www.ispionline.it/en/pubblicazione/russia-and-china-anatomy-partnership-23001";
pub(super) const BRIDGE: &str = "https://siberiantimes.com/other/others/news/russia-and-china-are-connected-first-bridge-between-the-neighbours-is-joined-together/";
pub(super) const ZONES: &str = "https://www.ispionline.it/en/pubblicazione/why-russias-special-economic-zones-fail-attract-chinese-investors-24316";
pub(super) const CQVIP: &str = "http://www.cqvip.com/qk/80403x/201005/35585037.html";
pub(super) const DELOITTE: &str = "https://www2.deloitte.com/content/dam/Deloitte/ru/Documents/research-center/far-eastern-federal-district.pdf";
pub(super) const ORF: &str =
    "https://www.orfonline.org/expert-speak/russia-china-relations-russian-far-east/";
pub(super) const LENTA: &str = "https://lenta.ru/articles/2015/11/24/mythsaboutchinese";
pub(super) const MIGRATION: &str = "http://journals.openedition.org/chinaperspectives/4033";
pub(super) const DW: &str = "https://www.dw.com/en/siberia-anti-chinese-protests/av-48110739";
pub(super) const CHUVASHIA: &str = "https://realnoevremya.com/articles/4140-we-dont-want-to-have-it-nearby-chuvashia-protesting-against-investors-from-china";
pub(super) const LEVADA: &str = "https://www.levada.ru/en/2020/09/30/attitudes-toward-countries-4/";
pub(super) const HUANQIU: &str = "https://world.huanqiu.com/article/9CaKrnKoyQC";
pub(super) const DOI: &str = "https://doi.org/10.1007/978-3-319-69790-1";
pub(super) const SPRINGER: &str = "https://link.springer.com/book/10.1007/978-3-319-69790-1";
pub(super) const CSSN: &str = "http://tt.cssn.cn/zk/zk_zkbg/201807/t20180703_4493175_2.shtml";
pub(super) const SHISU: &str = "http://www.crs.shisu.edu.cn/_upload/article/8b/ef/cf6320df4d4dadbf8622482dbfc6/b2fe4ee7-788e-4fe0-bdb7-55e4236f1b53.pdf";
pub(super) const WEIBO: &str =
    "http://n.sinaimg.cn/mil/crawl/266/w550h516/20200703/f8cb-ivwfwmn9220678.png";
pub(super) const SINA: &str =
    "http://mil.news.sina.com.cn/china/2020-07-03/doc-iirczymm0291724.shtml";
pub(super) const BAIDU: &str = "https://map.baidu.com/";

/// A page in its site's dress: title, paragraphs, and what stands around them.
pub(super) fn page(language: &str, title: &str, paragraphs: &[&str], around: &str) -> String {
    let text: String = format!("<p>{}</p>", paragraphs.join("</p><p>"));
    format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         </head><body><header><nav><a href=\"/\">Home</a> <a href=\"/topics\">Topics</a> <a \
         href=\"/about\">About</a></nav></header><main><article><h1>{title}</h1>{text}</article></main>\
         <aside>{around}</aside><footer>All rights reserved</footer></body></html>"
    )
}

/// What a site says about one thing, long enough to be an article of its own.
pub(super) fn english(subject: &str, figure: &str) -> Vec<String> {
    vec![
        format!(
            "Whoever asks after {subject} is shown two sets of figures, and neither was made for the \
             question. The first counts what crosses the river in trucks, the second what is paid for it."
        ),
        format!(
            "In the last full year the difference between both came to {figure} percent, which is more \
             than the whole growth that officials on either bank announced in their speeches."
        ),
        format!(
            "Three people who have worked on {subject} for a decade were asked for this account. None \
             of them would be named, and all of them said that the paperwork had become easier and the \
             business harder."
        ),
        "What remains is a habit of patience. Agreements are signed in spring, revised in autumn, and \
         carried out, if at all, by those who were not in the room."
            .to_owned(),
    ]
}

pub(super) fn in_english(title: &str, subject: &str, figure: &str) -> String {
    let paragraphs = english(subject, figure);
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    page("en", title, &paragraphs, "<p>Subscribe to our letter.</p>")
}

pub(super) const CHINESE: &[&str] = &[
    "近年来，两国边境地区的贸易额持续增长，但增长主要来自能源和原材料，而不是来自加工制造业。",
    "据当地商会统计，去年登记的合资企业有四百一十二家，其中真正开展业务的不到三分之一。",
    "受访的企业负责人普遍认为，法律环境不稳定、基础设施不足以及融资困难是投资的主要障碍。",
    "作者建议，双方应当首先完善口岸建设，简化通关手续，并为中小企业提供长期的信贷支持。",
];

pub(super) const RUSSIAN: &[&str] = &[
    "Рассказы о соседях живут дольше, чем сами соседи: их передают из посёлка в посёлок, и с каждым \
     пересказом они становятся подробнее.",
    "По данным переписи, в крае постоянно проживает менее пяти тысяч граждан соседней страны, хотя в \
     газетах называли и сотни тысяч.",
    "Историк, изучавший архивы таможни, говорит, что страх рос тогда, когда торговля падала, и \
     проходил, как только открывались рынки.",
];

/// Address, title, subject and figure of what is in English.
const ENGLISH: &[(&str, &str, &str, &str)] = &[
    (
        TRADE_OUT,
        "Russia exports to China",
        "exports across the river",
        "4.1",
    ),
    (
        TRADE_IN,
        "Russia imports from China",
        "imports across the river",
        "7.3",
    ),
    (
        STATISTA,
        "Russian export, import and trade balance with China from 2007 to 2019",
        "the balance of trade",
        "12.5",
    ),
    (
        REUTERS,
        "Putin and Xi oversee launch of landmark Russian gas pipeline to China",
        "the pipeline and its price",
        "30.2",
    ),
    (
        CHALLENGE,
        "The Sino-Russian Challenge to the US Dollar Challenge",
        "settlement in national currencies",
        "17.5",
    ),
    (
        BRIDGE,
        "Russia and China are connected: first bridge between the neighbours is joined together",
        "the bridge and its approach roads",
        "9.8",
    ),
    (
        ORF,
        "Russia-China relations in the Russian Far East",
        "investment in the ports of the east",
        "22.9",
    ),
    (
        DW,
        "Siberia: Anti-Chinese protests",
        "the water of the great lake",
        "3.6",
    ),
    (
        CHUVASHIA,
        "’We don’t want to have it nearby’ – Chuvashia protesting against investors from China",
        "the dairy that was to be built",
        "51.0",
    ),
    (
        LEVADA,
        "Attitudes Toward Countries",
        "what people answer to pollsters",
        "42.4",
    ),
    (
        EVOLUTION,
        "The Evolution of Sino-Russian Relations as Seen from Moscow: The Limits of Strategic \
             Rapprochement",
        "the partnership as seen from one capital",
        "14.2",
    ),
    (
        MIGRATION,
        "Chinese Migration in the Russian Far East",
        "those who came to work and those who stayed",
        "1.9",
    ),
    (
        SPRINGER,
        "Russia, China and the Shanghai Cooperation Organisation: Diverging Security Interests and \
             the ‘Crimea Effect’",
        "an organisation and its members",
        "8.7",
    ),
    (
        BAIDU,
        "符拉迪沃斯托克 (海参崴)",
        "the harbour on the map",
        "6.4",
    ),
];

/// Every source as the author saw it.
pub(super) fn as_seen(world: &World) {
    for &(url, title, subject, figure) in ENGLISH {
        world.at(url).says(&in_english(title, subject, figure));
    }
    world.at(ROSNEFT).says(&page(
        "en",
        "Rosneft Successfully Closed the Transaction to Sell 23.9% Shares in Vankorneft JSC to a \
         Consortium of Indian Companies",
        &[
            "Rosneft and a consortium of Indian companies have closed the deal on the field in the \
             north. The value of the transaction is с. 2 billion dollars, paid in one sum.",
            "The parties will run the field together, and the seller keeps control of the company that \
             holds the licence.",
            "Both sides spoke of a bridge between their energy industries, to be widened in the coming \
             years.",
        ],
        "",
    ));
    let zones = english("zones in which few invest", "16.8");
    let mut zones: Vec<&str> = zones.iter().map(String::as_str).collect();
    zones.push("<span id=\"n1\">1.</span> Counted by the ministry at the end of the year.");
    world.at(ZONES).says(&page(
        "en",
        "Why Russia’s Special Economic Zones Fail to Attract Chinese Investors",
        &zones,
        "",
    ));
    world.at(CQVIP).says(&page(
        "zh",
        "中国企业对俄直接投资的风险及其防范",
        CHINESE,
        "",
    ));
    world
        .at(LENTA)
        .says(&page("ru", "Страшная сказка", RUSSIAN, ""));
    world
        .at(HUANQIU)
        .says(&page("zh", "环球舆情“中国人看世界”年度调查", CHINESE, ""));
    world.at(CSSN).says(&page(
        "zh",
        "上海合作组织扩员之后的首要职能及其发展",
        CHINESE,
        "",
    ));
    world.at(SINA).says(&page(
        "zh",
        "俄驻华使馆微博纪念占领海参崴160周年,胡锡进回应",
        CHINESE,
        "",
    ));
    world.at(DOI).redirects(302, SPRINGER);
    for (url, title) in [
        (CSIS, "Economic Unequals"),
        (DELOITTE, "Business Climate"),
        (SHISU, "Cool thoughts"),
    ] {
        world.at(url).answers(pdf(title, "four hundred and twelve"));
    }
    world.at(WEIBO).answers(picture(550, 516));
}

fn pdf(title: &str, figure: &str) -> Answer {
    let count = format!(
        "The number of companies that registered was {figure}, of which a third began to work."
    );
    let paragraphs = [
        title,
        "This paper asks what two economies of such unequal weight have to offer each other, and finds less than was announced.",
        &count,
        "Those that stayed did so for reasons of their own, and would do it again.",
    ];
    Answer::status(200)
        .header("Content-Type", "application/pdf")
        .body(
            &Make {
                title,
                ..Make::default()
            }
            .of(&paragraphs),
        )
}

/// The head of a PNG of this size, as far as programs read for its size, and some bytes.
pub(super) fn picture(width: u32, height: u32) -> Answer {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 1, 2, 3, 4]);
    Answer::status(200)
        .header("Content-Type", "image/png")
        .body(&bytes)
}
