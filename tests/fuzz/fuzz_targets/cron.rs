//! Any text is read as a cron expression or refused; what is read goes forward in time.
#![no_main]

use ibid::model::time::Timestamp;
use ibid::scheduler::cron::Cron;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, u32)| {
    let (text, after) = input;
    for zone in [None, Some("Europe/Berlin"), Some("Australia/Lord_Howe")] {
        if let Ok(cron) = Cron::parse(text, zone) {
            let mut last = Timestamp::from_unix(i64::from(after));
            for _ in 0..3 {
                let Some(next) = cron.next_after(last) else {
                    break;
                };
                assert!(next > last, "{text}");
                last = next;
            }
        }
    }
});
