//! Curves over time, as an SVG.

use std::fmt::Write as _;

use crate::sample::Sample;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 110.0;
const LEFT: f64 = 90.0;
const GAP: f64 = 46.0;

/// Memory, open files, what is due, visits a second and notices, each in a box of its own from zero up.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(super) fn draw(samples: &[Sample]) -> String {
    let mib = |kib: u64| kib as f64 / 1024.0;
    let of = |value: &dyn Fn(&Sample) -> f64| samples.iter().map(value).collect::<Vec<_>>();
    let mut visits = vec![0.0];
    visits.extend(samples.windows(2).map(|pair| {
        let seconds = (pair[1].seconds - pair[0].seconds).max(1);
        (pair[1].visits - pair[0].visits) as f64 / seconds as f64
    }));
    let curves = [
        ("memory (RSS), MiB", of(&|it| mib(it.rss_kib))),
        ("open files", of(&|it| it.open_files as f64)),
        ("sources due", of(&|it| it.due as f64)),
        ("visits a second", visits),
        ("notices waiting", of(&|it| it.notices as f64)),
        ("archive, MiB", of(&|it| mib(it.archive_bytes / 1024))),
    ];
    let end = samples.last().map_or(1, |it| it.seconds.max(1)) as f64;
    let height = (HEIGHT + GAP) * curves.len() as f64 + 20.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {height:.0}\" font-family=\"sans-serif\" \
         font-size=\"12\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
        WIDTH + LEFT + 30.0
    );
    for (at, (name, values)) in curves.iter().enumerate() {
        let top = (HEIGHT + GAP) * at as f64 + 26.0;
        let most = values.iter().copied().fold(0.0, f64::max);
        let scale = if most > 0.0 { most * 1.1 } else { 1.0 };
        let bottom = top + HEIGHT;
        writeln!(
            svg,
            "<text x=\"{LEFT}\" y=\"{:.0}\">{name}</text>\
             <rect x=\"{LEFT}\" y=\"{top:.0}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#bbb\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{most:.0}</text>\
             <text x=\"{:.0}\" y=\"{bottom:.0}\" text-anchor=\"end\">0</text>\
             <text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{:.1} min</text>",
            top - 6.0,
            LEFT - 6.0,
            bottom - most / scale * HEIGHT + 4.0,
            LEFT - 6.0,
            LEFT + WIDTH,
            bottom + 14.0,
            end / 60.0,
        )
        .expect("a String takes all");
        let points: Vec<String> = samples
            .iter()
            .zip(values)
            .map(|(sample, value)| {
                let x = LEFT + sample.seconds as f64 / end * WIDTH;
                format!("{x:.1},{:.1}", bottom - value / scale * HEIGHT)
            })
            .collect();
        writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#1a5fb4\" stroke-width=\"1.5\"/>",
            points.join(" ")
        )
        .expect("a String takes all");
    }
    svg + "</svg>\n"
}
