-- The server as a consumer of Kafka; after schema.sql. It reads only what was committed, which is what makes every event come once.
CREATE TABLE IF NOT EXISTS event_topic (line String)
ENGINE = Kafka
SETTINGS
    kafka_broker_list = 'kafka:19092',
    kafka_topic_list = 'relations.events',
    kafka_group_name = 'clickhouse',
    kafka_format = 'RawBLOB',
    kafka_num_consumers = 2,
    kafka_handle_error_mode = 'default';

CREATE MATERIALIZED VIEW IF NOT EXISTS event_topic_to_lines TO event_lines AS
SELECT line, toUInt64(_offset) AS log_offset FROM event_topic;
