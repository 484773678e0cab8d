//! The HTTP side of a call: one attempt, its connection, and the meaning of a refusal.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use carat_core::LimitHints;
use http::header;
use reqwest::{Client, NoProxy, Proxy, Request, Response, redirect};
use tower::{Layer, Service};

use super::failure::{Failure, Refusal, is_closed_unanswered};
use super::limit_headers::Heard;
use super::refusal;
use super::retry_after::retry_after_ms;

/// The most that an answer may be, in bytes: far more than any model writes, and not enough to harm.
pub(crate) const LONGEST_ANSWER: usize = 64 << 20;

/// How much of a refusal is read.
const LONGEST_REFUSAL: usize = 64 << 10;

/// How long a connection may take; a whole attempt has its own limit.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(60);

tokio::task_local! {
    /// Whether the request of this task opened a connection, instead of taking one from the pool.
    static CONNECTED: Cell<bool>;
}

/// How to make clients: the proxies, which are taken from the environment that is handed in.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    proxies: Vec<Proxy>,
}

impl Recipe {
    /// Reads `HTTPS_PROXY`, `http_proxy`, `ALL_PROXY` and `NO_PROXY` as other programs do. `HTTP_PROXY` in upper case is
    /// not read, as anywhere else: a web server may have made it of a request's header.
    pub(crate) fn new(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let value = |names: &[&str]| names.iter().find_map(|name| env(name)).filter(|value| !value.trim().is_empty());
        let except = value(&["no_proxy", "NO_PROXY"]).and_then(|list| NoProxy::from_string(&list));
        let https = value(&["https_proxy", "HTTPS_PROXY"]).map(Proxy::https);
        let http = value(&["http_proxy"]).map(Proxy::http);
        let all = value(&["all_proxy", "ALL_PROXY"]).map(Proxy::all);
        let proxies: Result<Vec<Proxy>, _> = [https, http, all].into_iter().flatten().collect();
        let proxies =
            proxies.map_err(|_| "a proxy variable (https_proxy, http_proxy, all_proxy) is no address".to_owned())?;
        Ok(Self { proxies: proxies.into_iter().map(|proxy| proxy.no_proxy(except.clone())).collect() })
    }

    /// A client that keeps at most so many connections open between calls.
    pub(crate) fn client(&self, kept: usize) -> reqwest::Result<Client> {
        let builder = Client::builder()
            .no_proxy()
            .http1_only()
            .tcp_nodelay(true)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(kept)
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connector_layer(NotingConnections);
        self.proxies.iter().cloned().fold(builder, reqwest::ClientBuilder::proxy).build()
    }
}

/// One attempt over HTTP.
#[derive(Clone)]
pub(crate) struct Transport {
    client: Client,
    recipe: Arc<Recipe>,
    /// A client that keeps no connections, made when it is first needed.
    fresh: Arc<OnceLock<Client>>,
    /// What answers say of the account's limits.
    heard: Arc<Heard>,
}

impl Transport {
    pub(crate) fn new(recipe: Recipe) -> Result<Self, String> {
        let client = recipe.client(usize::MAX).map_err(|error| error.without_url().to_string())?;
        Ok(Self { client, recipe: Arc::new(recipe), fresh: Arc::default(), heard: Arc::default() })
    }

    /// What the last answer said of the account's limits.
    pub(crate) fn limits(&self) -> Option<LimitHints> {
        self.heard.last()
    }

    /// The client itself, of which async-openai builds requests.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Sends a request, and takes the answer if its status is a success.
    pub(crate) async fn send(&self, request: Request) -> Result<Response, Failure> {
        let response = self.exchange(request).await?;
        self.heard.hear(response.headers(), SystemTime::now());
        if response.status().is_success() { Ok(response) } else { Err(Failure::Refused(refused(response).await)) }
    }

    /// Sends a request. Servers close idle connections at any moment, also at the one when a request is on its way: such a
    /// request got no byte of an answer, and is sent once more on a connection of its own.
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let again = request.try_clone();
        let first = self.client.execute(request);
        let (sent, opened) =
            CONNECTED.scope(Cell::new(false), async { (first.await, CONNECTED.with(Cell::get)) }).await;
        match (sent, again) {
            (Err(error), Some(again)) if !opened && !error.is_connect() && is_closed_unanswered(&error) => {
                Ok(self.fresh_client().execute(again).await?)
            }
            (sent, _) => Ok(sent?),
        }
    }

    fn fresh_client(&self) -> &Client {
        self.fresh.get_or_init(|| self.recipe.client(0).unwrap_or_else(|_| self.client.clone()))
    }
}

/// The whole body, of at most `longest` bytes.
pub(crate) async fn whole(mut response: Response, longest: usize) -> Result<Bytes, Failure> {
    let Some(first) = response.chunk().await? else { return Ok(Bytes::new()) };
    let Some(second) = response.chunk().await? else { return Ok(first) };
    let mut body = BytesMut::from(first);
    body.extend_from_slice(&second);
    while let Some(piece) = response.chunk().await? {
        body.extend_from_slice(&piece);
        if body.len() > longest {
            return Err(too_long(longest));
        }
    }
    Ok(body.freeze())
}

/// What is said of more than so many bytes.
pub(crate) fn too_long(longest: usize) -> Failure {
    Failure::Unreadable(format!("it is longer than {} MB", longest >> 20))
}

async fn refused(mut response: Response) -> Refusal {
    let status = response.status().as_u16();
    let retry_after_ms = retry_after_ms(response.headers(), SystemTime::now());
    let place = response.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
    let place = place.filter(|_| response.status().is_redirection());
    let moved_to = place.map(|place| place.split(['?', '#']).next().unwrap_or(place).to_owned());
    let mut body = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await {
        body.extend_from_slice(&piece);
        if body.len() >= LONGEST_REFUSAL {
            break;
        }
    }
    let (words, filtered) = refusal::read(&body);
    Refusal { status, retry_after_ms, words, filtered, moved_to }
}

/// Notes in [`CONNECTED`] that a connection was opened. The opening is polled by the request that it is for; one that goes
/// on without its request is of no interest.
#[derive(Debug, Clone, Copy)]
struct NotingConnections;

impl<S> Layer<S> for NotingConnections {
    type Service = Noting<S>;

    fn layer(&self, connector: S) -> Noting<S> {
        Noting(connector)
    }
}

#[derive(Debug, Clone)]
struct Noting<S>(S);

impl<S, R> Service<R> for Noting<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, place: R) -> Self::Future {
        let opening = self.0.call(place);
        Box::pin(async move {
            let connection = opening.await?;
            let _ = CONNECTED.try_with(|opened| opened.set(true));
            Ok(connection)
        })
    }
}
