//! Values as a person writes them in a configuration: durations, sizes, addresses.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A duration, or `"forever"`; for `#[serde(with)]`.
pub(crate) mod lasting {
    use std::time::Duration;

    use serde::de::IntoDeserializer as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::duration;

    #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(
        lasting: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match lasting {
            Some(span) => duration::serialize(span, serializer),
            None => serializer.serialize_str("forever"),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "forever" {
            return Ok(None);
        }
        duration::deserialize(text.into_deserializer()).map(Some)
    }
}

/// Durations written as `"500ms"`, `"30s"`, `"5m"`, `"12h"`, `"3d"`; for `#[serde(with)]`.
pub(crate) mod duration {
    use std::fmt;
    use std::time::Duration;

    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    /// Each unit and its milliseconds, the largest first.
    const UNITS: &[(&str, u64)] = &[
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    /// A hundred years: far beyond any use, and safe to add to any moment.
    const LONGEST: u64 = 36_525 * 86_400_000;

    pub(crate) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let whole = u64::try_from(duration.as_millis()).unwrap_or(LONGEST);
        let fits = |(_, size): &&(&str, u64)| whole.is_multiple_of(*size);
        let (unit, size) = match whole {
            0 => ("s", 1_000),
            _ => *UNITS.iter().find(fits).unwrap_or(&("ms", 1)),
        };
        serializer.collect_str(&format_args!("{}{unit}", whole / size))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        deserializer.deserialize_str(Span)
    }

    struct Span;

    impl Visitor<'_> for Span {
        type Value = Duration;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a duration in quotes, such as \"30s\"")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
            read(text).ok_or_else(|| {
                E::custom(format!(
                    "«{text}» is no duration; write a whole number and a unit of ms, s, m, h or d, \
                     such as \"30s\" or \"3d\", at most a hundred years"
                ))
            })
        }
    }

    pub(super) fn read(text: &str) -> Option<Duration> {
        let (number, unit) = super::split(text)?;
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let whole = number.checked_mul(*size).filter(|&ms| ms <= LONGEST)?;
        Some(Duration::from_millis(whole))
    }
}

/// One text or a list of them; for `#[serde(with)]`.
pub(crate) mod one_or_more {
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "write a text in quotes, or a list of them in brackets"
    )]
    enum Written {
        One(String),
        More(Vec<String>),
    }

    pub(crate) fn serialize<S: Serializer>(
        texts: &[String],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match texts {
            [one] => serializer.serialize_str(one),
            more => more.serialize(serializer),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<String>, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::One(text) => vec![text],
            Written::More(texts) => texts,
        })
    }
}

/// Sizes in bytes, written as a number or as `"64 MiB"`; for `#[serde(with)]`.
pub(crate) mod size {
    use std::fmt;

    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    const UNITS: &[(&str, u64)] = &[
        ("B", 1),
        ("kB", 1_000),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(crate) fn serialize<S: Serializer>(bytes: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(*bytes)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(Size)
    }

    pub(super) fn read(text: &str) -> Option<u64> {
        let (number, unit) = super::split(text)?;
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
        // TOML's own integers end there, and a size must be writable as one.
        number
            .checked_mul(*size)
            .filter(|&bytes| i64::try_from(bytes).is_ok())
    }

    struct Size;

    impl Visitor<'_> for Size {
        type Value = u64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number of bytes, or a size such as \"64 MiB\"")
        }

        fn visit_i64<E: Error>(self, bytes: i64) -> Result<u64, E> {
            u64::try_from(bytes).map_err(|_| E::custom("a size is not negative"))
        }

        fn visit_u64<E: Error>(self, bytes: u64) -> Result<u64, E> {
            Ok(bytes)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
            read(text).ok_or_else(|| {
                E::custom(format!(
                    "«{text}» is no size; write bytes, or a whole number and a unit of B, kB, MB, \
                     GB, KiB, MiB or GiB, such as \"64 MiB\""
                ))
            })
        }
    }
}

/// A span of each day: `22:00-06:00`. It may go past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailySpan {
    /// Its first minute, counted from midnight.
    pub from: u16,
    /// The minute after its last; never the first.
    pub to: u16,
}

/// What is no span of a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no span of a day; write hours and minutes, such as \"22:00-06:00\"")]
pub struct NoDailySpan(String);

impl FromStr for DailySpan {
    type Err = NoDailySpan;

    fn from_str(text: &str) -> Result<Self, NoDailySpan> {
        let minute = |text: &str| {
            let (hours, minutes) = text.trim().split_once(':')?;
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        };
        text.split_once('-')
            .and_then(|(from, to)| minute(from).zip(minute(to)))
            .filter(|(from, to)| from != to)
            .map(|(from, to)| Self { from, to })
            .ok_or_else(|| NoDailySpan(text.to_owned()))
    }
}

impl fmt::Display for DailySpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.to);
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            from / 60,
            from % 60,
            to / 60,
            to % 60
        )
    }
}

impl Serialize for DailySpan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DailySpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A numeric address, with a port or without: `10.1.2.3`, `10.1.2.3:53`, `::1`, `[::1]:53`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumericAddress {
    /// The address.
    pub ip: IpAddr,
    /// The port, where one is written.
    pub port: Option<u16>,
}

/// What is no numeric address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no numeric address; write an IP or IP:port, such as 10.1.2.3, [fd00::1]:53")]
pub struct NotNumeric(pub String);

impl FromStr for NumericAddress {
    type Err = NotNumeric;

    fn from_str(text: &str) -> Result<Self, NotNumeric> {
        if let Ok(ip) = text.parse() {
            return Ok(Self { ip, port: None });
        }
        let socket: SocketAddr = text.parse().map_err(|_| NotNumeric(text.to_owned()))?;
        Ok(Self {
            ip: socket.ip(),
            port: Some(socket.port()),
        })
    }
}

impl fmt::Display for NumericAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => SocketAddr::new(self.ip, port).fmt(f),
            None => self.ip.fmt(f),
        }
    }
}

impl Serialize for NumericAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NumericAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The number and the unit of `64 MiB` or `30s`.
fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start_matches(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Written {
        #[serde(with = "duration")]
        pause: Duration,
        #[serde(with = "size")]
        limit: u64,
    }

    #[test]
    fn durations_and_sizes_are_read_in_every_unit() {
        for (text, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("5m", 300),
            ("2h", 7_200),
            ("3d", 259_200),
        ] {
            assert_eq!(
                duration::read(text),
                Some(Duration::from_secs(seconds)),
                "{text}"
            );
        }
        assert_eq!(duration::read("20ms"), Some(Duration::from_millis(20)));
        for (text, bytes) in [("7B", 7), ("64 MiB", 1 << 26), ("1GB", 1_000_000_000)] {
            assert_eq!(size::read(text), Some(bytes), "{text}");
        }
        for wrong in [
            "",
            "3",
            "d",
            "-1d",
            "3 weeks",
            "1.5h",
            "99999999999999999999s",
            "999999999d",
        ] {
            assert_eq!(duration::read(wrong), None, "{wrong}");
            assert_eq!(size::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_address_is_numeric_with_a_port_or_without() {
        for text in ["10.1.2.3", "10.1.2.3:53", "::1", "[::1]:53"] {
            let address: NumericAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
        }
        assert!("dns.example".parse::<NumericAddress>().is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millis in 0_u64..3_000_000_000_000, limit in 0..u64::MAX / 2) {
            let written = Written { pause: Duration::from_millis(millis), limit };
            let text = toml::to_string(&written).unwrap();
            prop_assert_eq!(toml::from_str::<Written>(&text).unwrap(), written);
        }

        #[test]
        fn no_text_breaks_the_reading(text in ".*") {
            let _ = (duration::read(&text), size::read(&text), text.parse::<NumericAddress>());
        }
    }
}
