//! Reads a page, and has the text of a PDF read by a process of its own: `ibid read-pdf`.
//!
//! Readers of PDFs panic, run on and eat memory on files that were made to do that, and on some that
//! were not. In a process with limits they take nothing else down.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use crate::content::page::{self, Answer, Page};
use crate::content::pdf::{PdfFault, PdfText};

/// The subcommand that reads a PDF on standard input and writes its text as JSON.
pub const READ_PDF: &str = "read-pdf";
/// What stands before the JSON: whatever a library printed on its way is passed over.
pub const BEFORE_TEXT: &str = "\n\u{1e}";
/// The memory of a process that reads, in bytes of address space: a PDF of 64 MiB unfolds to a few times
/// its size.
pub const MOST_MEMORY: u64 = 1 << 30;
/// How long a PDF may be read. The text of a long book takes about two seconds.
const LONGEST: Duration = Duration::from_secs(30);
/// How much text is taken, in bytes: some thirty bibles would not fit.
const MOST_TEXT: u64 = 64 << 20;

/// Reads an answer, with the program that reads PDFs; an empty path is this program itself. Works the
/// processor, and waits for a process: call it on a thread that may block.
pub fn read(answer: &Answer, pdf_reader: &Path) -> Page {
    page::read_with(answer, &|bytes| read_pdf(bytes, pdf_reader, LONGEST))
}

fn read_pdf(bytes: &[u8], program: &Path, longest: Duration) -> Result<PdfText, PdfFault> {
    let _turn = Turn::take();
    let mut child = start(program).map_err(PdfFault::NoReader)?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (Some(mut input), Some(output)) = (input, output) else {
        return Err(PdfFault::NoReader("it has no pipes".to_owned()));
    };
    thread::scope(|threads| {
        // A reader that stops reading is one that has answered, or died.
        threads.spawn(move || drop(input.write_all(bytes)));
        let (said, heard) = mpsc::channel();
        threads.spawn(move || {
            let mut text = Vec::new();
            let read = output.take(MOST_TEXT + 1).read_to_end(&mut text);
            drop(said.send(read.map(|_| text)));
        });
        let heard = heard.recv_timeout(longest);
        // Also one that has ended must be waited for.
        drop(child.kill());
        let ended = child.wait();
        let text = match heard {
            Ok(Ok(text)) => text,
            Ok(Err(why)) => return Err(PdfFault::GaveUp(why.to_string())),
            Err(_) => return Err(gave_up(&format!("after {} s", longest.as_secs()))),
        };
        if text.len() as u64 > MOST_TEXT {
            return Err(gave_up("its text is too long"));
        }
        said_by(&text).unwrap_or_else(|| {
            let how = ended.map_or_else(|why| why.to_string(), |status| status.to_string());
            Err(gave_up(&how))
        })
    })
}

/// One of the processes that may read at the same time, since each may use much memory.
struct Turn;

/// How many processes read at the same time: with what each may take, [`MOST_MEMORY`], the sum is
/// bounded by 2 GiB.
const MOST_READERS: usize = 2;
static READERS: Mutex<usize> = Mutex::new(0);
static READER_ENDED: Condvar = Condvar::new();

impl Turn {
    fn take() -> Self {
        let readers = READERS.lock().unwrap_or_else(PoisonError::into_inner);
        let mut readers = READER_ENDED
            .wait_while(readers, |readers| *readers >= MOST_READERS)
            .unwrap_or_else(PoisonError::into_inner);
        *readers += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *READERS.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        READER_ENDED.notify_one();
    }
}

fn gave_up(why: &str) -> PdfFault {
    PdfFault::GaveUp(why.to_owned())
}

fn said_by(text: &[u8]) -> Option<Result<PdfText, PdfFault>> {
    let text = std::str::from_utf8(text).ok()?;
    let (_, json) = text.rsplit_once(BEFORE_TEXT)?;
    serde_json::from_str(json).ok()
}

fn start(program: &Path) -> Result<Child, String> {
    let program = if program.as_os_str().is_empty() {
        std::env::current_exe().map_err(|why| why.to_string())?
    } else {
        PathBuf::from(program)
    };
    Command::new(&program)
        .arg(READ_PDF)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| format!("{}: {why}", program.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_is_not_there_dies_or_hangs_is_a_fault_and_no_more() {
        let fault = |program: &str| {
            read_pdf(b"%PDF-", Path::new(program), Duration::from_millis(200)).unwrap_err()
        };
        assert!(matches!(fault("/nowhere/ibid"), PdfFault::NoReader(_)));
        assert!(matches!(fault("/bin/false"), PdfFault::GaveUp(_)));
        let folder = tempfile::tempdir().unwrap();
        let hangs = folder.path().join("hangs");
        std::fs::write(&hangs, "#!/bin/sh\nexec /bin/sleep 600\n").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&hangs, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
        assert_eq!(
            fault(hangs.to_str().unwrap()),
            PdfFault::GaveUp("after 0 s".to_owned())
        );
    }
}
