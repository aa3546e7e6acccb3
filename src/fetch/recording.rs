//! A stream that keeps a copy of the heads that pass through it, as they were sent and received.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::fetch::head::HeadReader;

/// What passed since the copy was last begun.
#[derive(Debug, Default)]
pub(super) struct Copied {
    /// The request's head.
    pub(super) sent: Vec<u8>,
    /// The answer's head.
    pub(super) received: HeadReader,
    /// The answer's head is longer than the limit, and no more of it was read.
    pub(super) is_too_long: bool,
    is_begun: bool,
}

/// The copy, shared by the stream and the one who asks.
#[derive(Debug, Clone, Default)]
pub(super) struct HeadCopy(Arc<Mutex<Copied>>);

impl HeadCopy {
    /// Forgets what passed: the next exchange begins.
    pub(super) fn begin(&self) {
        *self.lock() = Copied {
            is_begun: true,
            ..Copied::default()
        };
    }

    /// What passed, which is forgotten here. Nothing more is copied until the next exchange: what
    /// comes now is the body.
    pub(super) fn take(&self) -> Copied {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Copied> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stream.
#[derive(Debug)]
pub(super) struct Recording<S> {
    stream: S,
    copy: HeadCopy,
    head_limit_bytes: usize,
}

impl<S> Recording<S> {
    /// Copies into `copy` what passes through `stream`.
    pub(super) fn new(stream: S, copy: HeadCopy, head_limit_bytes: usize) -> Self {
        Self {
            stream,
            copy,
            head_limit_bytes,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recording<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if matches!(polled, Poll::Ready(Ok(()))) {
            let received = buffer.filled().get(before..).unwrap_or_default();
            let mut copied = self.copy.lock();
            if copied.is_begun && !copied.received.take(received, self.head_limit_bytes) {
                copied.is_too_long = true;
                return Poll::Ready(Err(io::Error::other("the answer's head is too long")));
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recording<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(written)) = polled {
            let sent = bytes.get(..written).unwrap_or_default();
            let mut copied = self.copy.lock();
            if copied.is_begun {
                copied.sent.extend_from_slice(sent);
            }
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
