//! [`Breaker`]: stops the service rather than drain the topic into the dead letters.

use std::collections::{BTreeMap, VecDeque};

use super::core::Stop;

/// Watches the share of rejections in a window of articles.
pub struct Breaker {
    share: f64,
    window: usize,
    recent: VecDeque<Option<&'static str>>,
    rejected: usize,
}

impl Breaker {
    pub fn new(share: f64, window: usize) -> Self {
        Self { share, window, recent: VecDeque::new(), rejected: 0 }
    }

    /// Notes an article, rejected for a reason or not.
    ///
    /// # Errors
    /// [`Stop::TooManyRejections`].
    pub fn note(&mut self, reason: Option<&'static str>) -> Result<(), Stop> {
        self.recent.push_back(reason);
        self.rejected += usize::from(reason.is_some());
        if self.recent.len() > self.window
            && let Some(Some(_)) = self.recent.pop_front()
        {
            self.rejected -= 1;
        }
        let full = self.recent.len() == self.window;
        if !full || self.share >= 1.0 || self.rejected as f64 <= self.share * self.window as f64 {
            return Ok(());
        }
        let mut reasons: BTreeMap<&'static str, usize> = BTreeMap::new();
        self.recent.iter().flatten().for_each(|reason| *reasons.entry(reason).or_default() += 1);
        let reason = reasons.into_iter().max_by_key(|(_, count)| *count).map_or("", |(reason, _)| reason);
        Err(Stop::TooManyRejections { rejected: self.rejected, window: self.window, reason })
    }

    /// Articles noted are read again.
    pub fn forget(&mut self) {
        self.recent.clear();
        self.rejected = 0;
    }
}
