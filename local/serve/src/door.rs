//! The door: one port for everything that answers HTTP.

use crate::exit::Problem;
use crate::stop::Stop;
use axum::Router;
use lambda_kit::env::Env;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tracing::info;

/// Where `serve` listens unless it is told otherwise: this machine only.
pub const LISTEN: &str = "127.0.0.1:8080";
/// How long requests in flight are waited for at closing time.
const PATIENCE: Duration = Duration::from_secs(30);

/// A port that is ours; nobody is let in yet.
pub struct Door {
    listener: TcpListener,
    /// Where it is.
    pub address: SocketAddr,
}

impl Door {
    /// Takes the port: `listen`, or `BILLBRIDGE_LISTEN`, or 127.0.0.1:8080. Port 0 is any free one.
    ///
    /// # Errors
    /// When it is no address, or when somebody else has it.
    pub async fn open(env: &Env, listen: Option<&str>) -> Result<Self, Problem> {
        let address = parsed(&wanted(env, listen))?;
        let taken = |error: std::io::Error| {
            let cure = "end whoever has it, or choose another with --listen or BILLBRIDGE_LISTEN";
            Problem::failed(format!("cannot listen on {address}: {error}"), cure)
        };
        let listener = TcpListener::bind(address).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        Ok(Self { listener, address })
    }

    /// Lets people and programs in until closing time. Whoever is inside then is waited for, half a minute at most.
    ///
    /// # Errors
    /// When the port is lost.
    pub async fn serve(self, router: Router, stop: Stop) -> Result<(), Problem> {
        let address = self.address;
        info!(address = %address, "listening on {address}");
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let asked = stop.clone();
        let serving =
            axum::serve(self.listener, service).with_graceful_shutdown(async move { asked.asked().await });
        let patience = async {
            stop.asked().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            ended = std::future::IntoFuture::into_future(serving) => ended.map_err(|error| {
                Problem::failed(format!("the port was lost: {error}"), "start it again")
            }),
            () = patience => Ok(()),
        }
    }
}

/// The address that people reach us under: `BILLBRIDGE_URL`, or where we listen.
pub fn url(env: &Env, address: Option<SocketAddr>) -> String {
    let url = env.optional("BILLBRIDGE_URL").map(|url| url.trim_end_matches('/').to_owned());
    url.unwrap_or_else(|| match address {
        Some(address) => format!("http://{address}"),
        None => format!("http://{}", wanted(env, None)),
    })
}

/// Where a `serve` with these variables can be asked from this machine.
///
/// # Errors
/// When `BILLBRIDGE_LISTEN` is no address.
pub fn nearby(env: &Env) -> Result<String, Problem> {
    let mut address = parsed(&wanted(env, None))?;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    Ok(format!("http://{address}"))
}

fn parsed(wanted: &str) -> Result<SocketAddr, Problem> {
    wanted.parse().map_err(|_| {
        Problem::usage(
            format!("{wanted:?} is no address to listen on"),
            "an IP address and a port, for example 127.0.0.1:8080",
        )
    })
}

fn wanted(env: &Env, listen: Option<&str>) -> String {
    listen
        .map(str::to_owned)
        .or_else(|| env.optional("BILLBRIDGE_LISTEN"))
        .unwrap_or_else(|| LISTEN.to_owned())
}
