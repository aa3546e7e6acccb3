//! What a process used: time on the clock, processor, memory.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

/// Linux counts processor time for other processes in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// What a process used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// From its start to its end.
    pub(super) wall: Duration,
    /// In user mode.
    pub(super) user: Duration,
    /// In the kernel.
    pub(super) system: Duration,
    /// The most memory that it held.
    pub(super) peak_kib: u64,
    /// Its exit code.
    pub(super) code: Option<i32>,
}

impl Cost {
    /// Processor time in all.
    pub(super) fn processor(&self) -> Duration {
        self.user + self.system
    }
}

/// Waits for a process, and reads off what it used while it is a zombie: gone, and not yet reaped.
pub(super) fn measure(mut child: Child) -> Cost {
    let begun = Instant::now();
    let process = Path::new("/proc").join(child.id().to_string());
    let mut peak_kib = 0;
    loop {
        let status = fs::read_to_string(process.join("status")).unwrap();
        let line = |name| status.lines().find_map(|line| line.strip_prefix(name));
        if let Some(peak) = line("VmHWM:") {
            peak_kib = peak.trim().trim_end_matches(" kB").parse().unwrap();
        }
        if line("State:").is_some_and(|state| state.trim().starts_with('Z')) {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    let wall = begun.elapsed();
    // proc_pid_stat(5): the name in parentheses is field 2; 14 and 15 are user and system time.
    let stat = fs::read_to_string(process.join("stat")).unwrap();
    let behind_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = |field: usize| TICK * fields[field - 3].parse::<u32>().unwrap();
    Cost {
        wall,
        user: ticks(14),
        system: ticks(15),
        peak_kib,
        code: child.wait().unwrap().code(),
    }
}
