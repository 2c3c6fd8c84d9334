//! The HTTP side door: `/metrics` for Prometheus, `/live` and `/ready` for probes. A small server on a thread of its own, so that it
//! answers whatever the service does.

use std::sync::Arc;
use std::{io, thread};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;

use super::health::Health;
use super::telemetry::{self, Lags};

#[derive(Clone)]
struct Shared {
    metrics: PrometheusHandle,
    health: Arc<Health>,
    lags: Arc<Lags>,
}

/// Serves on `listen` until the process ends.
///
/// # Errors
/// Where the address cannot be bound.
pub fn start(listen: &str, metrics: PrometheusHandle, health: Arc<Health>, lags: Arc<Lags>) -> io::Result<()> {
    let listener = std::net::TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let router = Router::new()
        .route(
            "/metrics",
            get(|State(shared): State<Shared>| async move {
                shared.metrics.render() + &shared.lags.render() + &telemetry::ready(&shared.health) + &telemetry::memory()
            }),
        )
        .route("/live", get(|| async { "live\n" }))
        .route("/ready", get(ready))
        .with_state(Shared { metrics, health, lags });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("ops".to_owned()).spawn(move || {
        runtime.block_on(async {
            let served = match tokio::net::TcpListener::from_std(listener) {
                Ok(listener) => axum::serve(listener, router).await,
                Err(error) => Err(error),
            };
            if let Err(error) = served {
                tracing::error!(%error, "metrics and health are no longer served");
            }
        });
    })?;
    Ok(())
}

async fn ready(State(shared): State<Shared>) -> (StatusCode, String) {
    match shared.health.ready() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")),
    }
}
