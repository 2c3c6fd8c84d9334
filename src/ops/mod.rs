//! What an operator sees: logs, metrics, health. One function an occurrence, so that log line and metric never drift apart.

pub mod health;
pub mod logging;
pub mod otlp;
pub mod server;
pub mod telemetry;
pub mod trace;

pub use health::Health;
pub use telemetry::Lags;
