//! Reads plain text and pasted articles: paragraphs, in whatever encoding.

use crate::formats::encoding;
use crate::formats::flow::{Block, BlockKind, Flow, lines};

/// The text as it stands, a block for each paragraph (lines between blank lines). Which lines are
/// notes or headings is for [`crate::formats::note_list`] to say.
pub fn read(bytes: &[u8]) -> Flow {
    let (text, sources, malformed) = encoding::decode(bytes);
    let mut warnings = Vec::new();
    if malformed > 0 {
        warnings.push(format!(
            "{malformed} places could not be decoded as {}; they are read as U+FFFD",
            encoding::detect(bytes).0.name()
        ));
    }
    Flow {
        blocks: paragraphs(&text),
        text,
        sources,
        warnings,
        ..Flow::default()
    }
}

fn paragraphs(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for line in lines(text, 0..text.len()) {
        let content = text[line.clone()].trim();
        if content.is_empty() {
            is_open = false;
            continue;
        }
        let start = line.end - text[line.clone()].trim_start().len();
        let end = start + content.len();
        match blocks.last_mut().filter(|_| is_open) {
            Some(open) => open.text.end = end,
            None => blocks.push(Block {
                text: start..end,
                kind: BlockKind::Paragraph,
            }),
        }
        is_open = true;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks(text: &str) -> Vec<String> {
        let flow = read(text.as_bytes());
        flow.blocks
            .iter()
            .map(|block| flow.text[block.text.clone()].to_owned())
            .collect()
    }

    #[test]
    fn blank_lines_part_paragraphs_whatever_ends_a_line() {
        assert_eq!(blocks("a\nb\n\n c \n \n\nd"), ["a\nb", "c", "d"]);
        assert_eq!(blocks("a\r\nb\r\n\r\nc\r\n"), ["a\r\nb", "c"]);
        assert_eq!(blocks("a\rb\r\rc"), ["a\rb", "c"]);
        assert_eq!(blocks("\u{feff}a\n\u{a0}\nb"), ["a", "b"]);
        assert!(blocks(" \n\n").is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            let flow = read(&bytes);
            let mut last = 0;
            for block in &flow.blocks {
                prop_assert!(block.text.start >= last);
                prop_assert!(!flow.text[block.text.clone()].is_empty());
                last = block.text.end;
            }
        }
    }
}
