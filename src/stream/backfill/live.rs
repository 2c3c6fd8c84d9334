//! [`Live`]: the group that a backfill gives way to.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::{Offset, TopicPartitionList};

use super::super::client;
use super::PATIENCE;
use crate::config::Config;

/// A live group that lags by fewer articles than this is not held up by a backfill.
pub const LAG: i64 = 1000;

/// The live group, looked at now and then.
pub struct Live {
    consumer: BaseConsumer,
    topic: String,
    group: String,
    looked: Option<Instant>,
    lags: bool,
}

impl Live {
    pub fn new(config: &Config, group: &str) -> KafkaResult<Self> {
        let consumer = client::common(config).set("group.id", group).create()?;
        Ok(Self { consumer, topic: config.topics.articles.clone(), group: group.to_owned(), looked: None, lags: false })
    }

    pub fn lags(&mut self) -> bool {
        if self.looked.is_none_or(|looked| looked.elapsed() > Duration::from_secs(5)) {
            self.looked = Some(Instant::now());
            let before = self.lags;
            // A lag that cannot be told is not a reason to go on.
            self.lags = match self.lag() {
                Ok(lag) => self.tell(before, lag),
                Err(error) => {
                    tracing::warn!(%error, group = self.group, "holding: nobody says how far the live group lags");
                    true
                }
            };
        }
        self.lags
    }

    /// Says so where it turns; whether the group lags.
    fn tell(&self, before: bool, lag: Option<i64>) -> bool {
        let lags = lag.is_none_or(|lag| lag > LAG);
        match lag {
            None if !before => tracing::warn!(
                group = self.group,
                topic = self.topic,
                "holding: this group has not committed anything of the topic; is that its name?"
            ),
            Some(lag) if lags && !before => tracing::info!(group = self.group, lag, "holding while the live group lags"),
            Some(lag) if before && !lags => tracing::info!(group = self.group, lag, "going on"),
            _ => {}
        }
        lags
    }

    /// Articles that wait for the group; `None` where it has committed nothing.
    fn lag(&self) -> KafkaResult<Option<i64>> {
        let metadata = self.consumer.fetch_metadata(Some(&self.topic), PATIENCE)?;
        let mut list = TopicPartitionList::new();
        for partition in metadata.topics().iter().flat_map(|topic| topic.partitions()) {
            list.add_partition(&self.topic, partition.id());
        }
        let (mut lag, mut begun) = (0, false);
        for element in self.consumer.committed_offsets(list, PATIENCE)?.elements() {
            let (low, high) = self.consumer.fetch_watermarks(&self.topic, element.partition(), PATIENCE)?;
            begun |= matches!(element.offset(), Offset::Offset(_));
            lag += high - element.offset().to_raw().filter(|offset| *offset >= low).unwrap_or(low);
        }
        // Where nothing waits, it does not matter whether the group has begun.
        Ok((begun || lag == 0).then_some(lag))
    }
}
