//! Decides which addresses may be connected to: global ones, and those that `net.allow` names.
//!
//! A cited URL is written by a stranger. Without this guard anyone could cite
//! `http://169.254.169.254/` or a name that resolves to it, and read the answer in the archive. The
//! addresses that are checked are those that are connected to, after every lookup and on every hop;
//! a check of names or URLs would be passed by with a name of one's own.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Which addresses may be connected to.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow: Vec<Network>,
}

/// An address that may not be connected to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {what}; name its network in net.allow if it is meant to be visited")]
pub struct Forbidden {
    /// The address.
    pub address: IpAddr,
    /// What kind of address it is.
    pub what: &'static str,
}

impl Guard {
    /// A guard that lets global addresses pass, and those in the networks given.
    pub fn new(allow: Vec<Network>) -> Self {
        Self { allow }
    }

    /// Whether the address may be connected to.
    ///
    /// An IPv6 address that carries an IPv4 address is judged by the latter, since that is where
    /// its packets end.
    pub fn check(&self, address: IpAddr) -> Result<(), Forbidden> {
        let (judged, carried) = match address {
            IpAddr::V4(_) => (address, None),
            IpAddr::V6(v6) => (address, carried_v4(v6).map(IpAddr::V4)),
        };
        if self.allow.iter().any(|network| {
            network.contains(judged) || carried.is_some_and(|carried| network.contains(carried))
        }) {
            return Ok(());
        }
        match special(carried.unwrap_or(judged)) {
            Some(what) => Err(Forbidden { address, what }),
            None => Ok(()),
        }
    }
}

/// Networks that are no part of the public internet, and what they are (IANA special-purpose
/// address registries, RFC 6890).
const SPECIAL_V4: &[(Ipv4Addr, u8, &str)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, "of «this» network"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (
        Ipv4Addr::new(100, 64, 0, 0),
        10,
        "of a carrier's own network",
    ),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "this machine (loopback)"),
    (
        Ipv4Addr::new(169, 254, 0, 0),
        16,
        "link-local (where clouds keep their metadata)",
    ),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "set aside for protocols"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "for documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "of retired 6to4 relays"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "for benchmarks"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "for documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "for documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved or broadcast"),
];

/// As [`SPECIAL_V4`]. The local NAT64 prefix is here because behind it lie private IPv4 addresses
/// in a form that only the network's owner can unwrap (RFC 8215).
const SPECIAL_V6: &[(Ipv6Addr, u8, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "no address (unspecified)"),
    (Ipv6Addr::LOCALHOST, 128, "this machine (loopback)"),
    (
        Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0),
        48,
        "of a local NAT64",
    ),
    (
        Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0),
        64,
        "for discarding",
    ),
    (
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0),
        32,
        "for documentation",
    ),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "private"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local"),
    (
        Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0),
        10,
        "site-local (retired)",
    ),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "multicast"),
];

fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => SPECIAL_V4
            .iter()
            .find(|(network, prefix, _)| same_prefix_v4(*network, v4, *prefix))
            .map(|(_, _, what)| *what),
        IpAddr::V6(v6) => SPECIAL_V6
            .iter()
            .find(|(network, prefix, _)| same_prefix_v6(*network, v6, *prefix))
            .map(|(_, _, what)| *what),
    }
}

/// The IPv4 address inside an IPv6 address: v4-mapped (RFC 4291 §2.5.5.2), the well-known NAT64
/// prefix (RFC 6052 §2.1), 6to4 (RFC 3056 §2), and the retired v4-compatible form (RFC 4291
/// §2.5.5.1).
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(last(high, low))
        }
        [0x2002, high, low, ..] => Some(last(high, low)),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => Some(last(high, low)),
        _ => None,
    }
}

fn same_prefix_v4(a: Ipv4Addr, b: Ipv4Addr, prefix: u8) -> bool {
    let mask = u32::MAX
        .checked_shl(32 - u32::from(prefix))
        .unwrap_or_default();
    (a.to_bits() ^ b.to_bits()) & mask == 0
}

fn same_prefix_v6(a: Ipv6Addr, b: Ipv6Addr, prefix: u8) -> bool {
    let mask = u128::MAX
        .checked_shl(128 - u32::from(prefix))
        .unwrap_or_default();
    (a.to_bits() ^ b.to_bits()) & mask == 0
}

/// A network in CIDR form, `192.168.7.0/24`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A network that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no network; write 192.168.7.0/24, fd00::/8 or a single address")]
pub struct UnreadableNetwork(pub String);

impl Network {
    /// Whether the address lies in it. IPv4 and IPv6 never lie in each other.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => same_prefix_v4(own, other, self.prefix),
            (IpAddr::V6(own), IpAddr::V6(other)) => same_prefix_v6(own, other, self.prefix),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = UnreadableNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || UnreadableNetwork(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| unreadable())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(prefix) => prefix
                .trim()
                .parse()
                .ok()
                .filter(|prefix| *prefix <= longest)
                .ok_or_else(unreadable)?,
        };
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn is_open(guard: &Guard, address: &str) -> bool {
        guard.check(address.parse().unwrap()).is_ok()
    }

    #[test]
    fn special_addresses_are_shut_and_global_ones_open() {
        let guard = Guard::default();
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "64:ff9b::169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "::127.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001:db8::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_open(&guard, address), "{address} is open");
        }
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2001:4860:4860::8888",
        ] {
            assert!(is_open(&guard, address), "{address} is shut");
        }
    }

    #[test]
    fn allowed_networks_open_and_only_those() {
        let guard = Guard::new(vec![
            "127.0.0.1".parse().unwrap(),
            "10.7.0.0/16".parse().unwrap(),
            "fd00::/8".parse().unwrap(),
        ]);
        for address in ["127.0.0.1", "::ffff:127.0.0.1", "10.7.9.9", "fd12::1"] {
            assert!(is_open(&guard, address), "{address}");
        }
        for address in ["127.0.0.2", "10.8.0.1", "fc00::1", "::1"] {
            assert!(!is_open(&guard, address), "{address}");
        }
        let why = guard.check("10.8.0.1".parse().unwrap()).unwrap_err();
        assert!(why.to_string().contains("net.allow"), "{why}");
    }

    #[test]
    fn networks_that_are_none_are_refused() {
        for text in [
            "",
            "/8",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "a/8",
            "10.0.0.0/-1",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        assert_eq!("::/0".parse::<Network>().unwrap().to_string(), "::/0");
    }

    proptest! {
        #[test]
        fn an_address_in_ipv6_dress_is_judged_as_the_address_inside(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from_bits(bits);
            let guard = Guard::default();
            let bare = guard.check(IpAddr::V4(v4)).is_ok();
            let [a, b, c, d] = v4.octets().map(u16::from);
            let (high, low) = (a << 8 | b, c << 8 | d);
            for dressed in [
                v4.to_ipv6_mapped(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 1, 2, 3, 4, 5),
            ] {
                prop_assert_eq!(guard.check(IpAddr::V6(dressed)).is_ok(), bare, "{}", dressed);
            }
        }

        #[test]
        fn a_network_holds_what_shares_its_prefix(bits in any::<u128>(), flip in 0u8..128, prefix in 0u8..=128) {
            let own = Ipv6Addr::from_bits(bits);
            let other = Ipv6Addr::from_bits(bits ^ (1u128 << (127 - flip)));
            let network: Network = format!("{own}/{prefix}").parse().unwrap();
            prop_assert!(network.contains(IpAddr::V6(own)));
            prop_assert_eq!(network.contains(IpAddr::V6(other)), flip >= prefix);
            prop_assert_eq!(network.to_string().parse::<Network>().unwrap(), network);
        }

        #[test]
        fn any_text_is_a_network_or_is_refused(text in ".*") {
            let _ = text.parse::<Network>();
        }
    }
}
