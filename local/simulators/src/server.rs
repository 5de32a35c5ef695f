//! The HTTP face both simulators stand behind: axum on a listener whose connections can be cut.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::faults::{self, Fault, Faults, ListFault};
use crate::http::{Reply, Request};
use crate::requests::RequestLog;

const BODY_LIMIT: usize = 64 << 20;
const UNLIMITED: i64 = -1;

/// A model that can answer requests.
pub(crate) trait Face: Send + 'static {
    /// Method and route template, or call name.
    fn label(&self, request: &Request) -> String;
    fn faults(&mut self) -> &mut Faults;
    fn requests(&mut self) -> &mut RequestLog;
    /// Works on the request.
    fn answer(&mut self, request: &Request, list_faults: &[ListFault]) -> Reply;
    /// The system's own body for a status that its web server gives.
    fn refusal(&self, status: u16) -> Reply;
    /// Faults that only this system knows; `None` lets the request through.
    fn refused_by(&mut self, fault: &Fault, label: &str) -> Option<Reply>;
    /// An answer changed by a fault that only this system knows.
    fn spoilt_by(&self, reply: Reply, fault: &Fault) -> Reply;
    /// The control face below `/_sim`.
    fn control(&mut self, request: &Request) -> Reply;
}

/// A server that runs until dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl Running {
    /// Stops taking requests and waits for the ones in hand.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            // The only failure is that the task is gone already, which is the aim.
            let _ = task.await;
        }
    }
}

/// Serves the model; dropping the result stops it.
pub(crate) async fn run<M: Face>(model: Arc<Mutex<M>>, address: SocketAddr) -> io::Result<Running> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let service = axum::Router::new()
        .fallback(handle::<M>)
        .with_state(model)
        .into_make_service_with_connect_info::<Wire>();
    let task = tokio::spawn(async move {
        let ended = async move {
            // Sent or dropped, both mean stop.
            let _ = stopped.await;
        };
        // axum's serve only ends when told to.
        let _ = axum::serve(Door(listener), service).with_graceful_shutdown(ended).await;
    });
    Ok(Running { address, stop: Some(stop), task: Some(task) })
}

/// The lock on a model; a test that panicked inside it does not spoil the others.
pub(crate) fn lock<M>(model: &Mutex<M>) -> MutexGuard<'_, M> {
    model.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn handle<M: Face>(
    State(model): State<Arc<Mutex<M>>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: HttpRequest,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let headers = parts.headers.iter();
    let request = Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect(),
        body,
        peer: wire.peer.ip(),
    };
    if request.path.starts_with("/_sim") {
        return response(lock(&model).control(&request));
    }
    let reply = work(model, request).await;
    if let Some(bytes) = reply.cut {
        wire.budget.store(i64::try_from(bytes).unwrap_or(i64::MAX), Ordering::Release);
    }
    response(reply)
}

/// One request through faults, model and faults again.
async fn work<M: Face>(model: Arc<Mutex<M>>, request: Request) -> Reply {
    let (label, number, struck, wait) = {
        let mut model = lock(&model);
        let label = model.label(&request);
        let number = model.requests().arrived(&label, &request);
        let struck = model.faults().strike(&label, &request);
        let wait = model.faults().latency + faults::wait_before(&struck);
        (label, number, struck, wait)
    };
    let _present = Present(Arc::clone(&model));
    let reply = if wait.is_zero() {
        perform(&model, &request, &label, &struck)
    } else {
        let model = Arc::clone(&model);
        // A real server goes on working when its caller has hung up.
        let task = tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            perform(&model, &request, &label, &struck)
        });
        task.await.unwrap_or_else(|_| Reply::empty(500))
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    let status = if reply.cut == Some(0) { 0 } else { reply.status };
    lock(&model).requests().answered(number, status);
    reply
}

fn perform<M: Face>(model: &Mutex<M>, request: &Request, label: &str, struck: &[Fault]) -> Reply {
    let mut model = lock(model);
    for fault in struck {
        if let Some(reply) = refused(&mut *model, fault, label) {
            return reply;
        }
    }
    let reply = model.answer(request, &faults::list_faults(struck));
    struck.iter().fold(reply, |reply, fault| {
        let reply = model.spoilt_by(reply, fault);
        faults::spoil(reply, fault)
    })
}

fn refused<M: Face>(model: &mut M, fault: &Fault, label: &str) -> Option<Reply> {
    if let Fault::Status { code, retry_after, empty } = fault {
        let mut reply = if *empty { Reply::empty(*code) } else { model.refusal(*code) };
        reply.headers.extend(retry_after.map(|seconds| ("retry-after", seconds.to_string())));
        return Some(reply);
    }
    if *fault == Fault::Html {
        return Some(Reply::html(200));
    }
    if *fault == Fault::Empty {
        return Some(Reply::json(200, ""));
    }
    if *fault == Fault::Null {
        return Some(Reply::json(200, "null"));
    }
    if *fault == Fault::DropBefore {
        return Some(Reply::dropped());
    }
    model.refused_by(fault, label)
}

fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if !reply.content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// Counts a request as in flight until dropped, however it ends.
struct Present<M: Face>(Arc<Mutex<M>>);

impl<M: Face> Drop for Present<M> {
    fn drop(&mut self) {
        lock(&self.0).requests().left();
    }
}

/// A listener whose connections can be cut by the handler.
struct Door(TcpListener);

impl Listener for Door {
    type Io = CutStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CutStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, peer)) => {
                    // Latency only; a socket that refuses it still works.
                    let _ = stream.set_nodelay(true);
                    let budget = Arc::new(AtomicI64::new(UNLIMITED));
                    return (CutStream { stream, budget }, peer);
                }
                // Out of descriptors, most likely: let others finish.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// What a handler knows about its connection.
#[derive(Clone)]
struct Wire {
    budget: Arc<AtomicI64>,
    peer: SocketAddr,
}

impl Connected<IncomingStream<'_, Door>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self { budget: Arc::clone(&stream.io().budget), peer: *stream.remote_addr() }
    }
}

/// A connection that sends only as many bytes as its budget allows, then breaks.
struct CutStream {
    stream: TcpStream,
    budget: Arc<AtomicI64>,
}

impl AsyncRead for CutStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for CutStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let budget = self.budget.load(Ordering::Acquire);
        if budget == UNLIMITED {
            return Pin::new(&mut self.stream).poll_write(cx, buf);
        }
        if budget == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let allowed = buf.len().min(usize::try_from(budget).unwrap_or(0));
        let written = Pin::new(&mut self.stream).poll_write(cx, &buf[..allowed]);
        if let Poll::Ready(Ok(sent)) = written {
            self.budget.fetch_sub(i64::try_from(sent).unwrap_or(0), Ordering::AcqRel);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
