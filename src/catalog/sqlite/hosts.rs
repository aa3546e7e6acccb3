//! Hosts: the walls that they put up, and the leave to ask them for more than their sources.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::catalog::error::CatalogError;
use crate::catalog::interface::Hosts;
use crate::catalog::sqlite::columns::{Text, moment};
use crate::catalog::sqlite::connection::SqliteCatalog;
use crate::model::host::{HostWall, SiteRobots};
use crate::model::time::Timestamp;

/// Between two times that a host is asked for what is no source, in seconds.
const A_DAY: i64 = 24 * 60 * 60;

impl Hosts for SqliteCatalog {
    fn take_probe(&self, host: &str, now: Timestamp) -> Result<bool, CatalogError> {
        self.write(format_args!("noting a probe of {host}"), |transaction| {
            let taken = transaction
                .prepare_cached(
                    "INSERT INTO host_probes (host, probed_at) VALUES (?1, ?2)
                     ON CONFLICT (host) DO UPDATE SET probed_at = excluded.probed_at
                     WHERE probed_at <= excluded.probed_at - ?3",
                )?
                .execute(params![host, now.as_unix(), A_DAY])?;
            Ok(taken > 0)
        })
    }

    fn take_sitemap_leave(&self, host: &str, now: Timestamp) -> Result<bool, CatalogError> {
        self.write(
            format_args!("noting that {host} is asked for its list"),
            |transaction| {
                let taken = transaction
                    .prepare_cached(
                        "INSERT INTO sitemap_asks (host, asked_at) VALUES (?1, ?2)
                         ON CONFLICT (host) DO UPDATE SET asked_at = excluded.asked_at
                         WHERE asked_at <= excluded.asked_at - ?3",
                    )?
                    .execute(params![host, now.as_unix(), A_DAY])?;
                Ok(taken > 0)
            },
        )
    }

    fn robots_of(&self, site: &str, now: Timestamp) -> Result<Option<SiteRobots>, CatalogError> {
        self.read(
            format_args!("reading what {site} asks of robots"),
            |connection| {
                connection
                    .prepare_cached(
                        "SELECT site, asked_at, good_until, said FROM robots
                         WHERE site = ?1 AND asked_at <= ?2 AND good_until > ?2",
                    )?
                    .query_one(params![site, now.as_unix()], |row| {
                        Ok(SiteRobots {
                            site: row.get("site")?,
                            asked_at: moment(row, "asked_at")?,
                            good_until: moment(row, "good_until")?,
                            said: row.get("said")?,
                        })
                    })
                    .optional()
            },
        )
    }

    fn put_robots(&self, robots: &SiteRobots) -> Result<(), CatalogError> {
        self.write_without_sync(
            format_args!("noting what {} asks of robots", robots.site),
            |transaction| {
                transaction
                    .prepare_cached("DELETE FROM robots WHERE good_until <= ?1")?
                    .execute([robots.asked_at.as_unix()])?;
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO robots (site, asked_at, good_until, said)
                         VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![
                        robots.site,
                        robots.asked_at.as_unix(),
                        robots.good_until.as_unix(),
                        robots.said,
                    ])?;
                Ok(())
            },
        )
    }

    fn walls_since(&self, since: Timestamp) -> Result<Vec<HostWall>, CatalogError> {
        self.read(format_args!("reading the hosts' walls"), |connection| {
            connection
                .prepare_cached("SELECT * FROM host_walls WHERE met_at >= ?1 ORDER BY met_at")?
                .query_map([since.as_unix()], wall)?
                .collect()
        })
    }

    fn put_wall(&self, wall: &HostWall) -> Result<(), CatalogError> {
        self.write(
            format_args!("noting the wall of {}", wall.host),
            |transaction| {
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO host_walls
                            (host, rule, source_url, met_at, status, text_sha256, shape_sha256)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute(params![
                        wall.host,
                        wall.rule,
                        wall.source_url,
                        wall.met_at.as_unix(),
                        wall.status,
                        wall.text_sha256.as_ref().map(Text),
                        Text(&wall.shape_sha256),
                    ])?;
                Ok(())
            },
        )
    }

    fn forget_wall(&self, host: &str) -> Result<(), CatalogError> {
        self.write(
            format_args!("forgetting the wall of {host}"),
            |transaction| {
                transaction
                    .prepare_cached("DELETE FROM host_walls WHERE host = ?1")?
                    .execute([host])?;
                Ok(())
            },
        )
    }
}

fn wall(row: &Row<'_>) -> rusqlite::Result<HostWall> {
    Ok(HostWall {
        host: row.get("host")?,
        rule: row.get("rule")?,
        source_url: row.get("source_url")?,
        met_at: moment(row, "met_at")?,
        status: row.get("status")?,
        text_sha256: row
            .get::<_, Option<Text<_>>>("text_sha256")?
            .map(|text| text.0),
        shape_sha256: row.get::<_, Text<_>>("shape_sha256")?.0,
    })
}
