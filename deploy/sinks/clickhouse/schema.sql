-- Events in ClickHouse (24.8 or later): read from Kafka by the server itself, one row an event after merging. Lines of `relations.events` go through
-- `event_lines`; a view takes them apart; `event` keeps the last row of each id.

CREATE TABLE IF NOT EXISTS event
(
    id              String,
    dyad            LowCardinality(String),
    source          LowCardinality(String),
    target          LowCardinality(String),
    reciprocal      Bool,
    act             LowCardinality(String),
    mode            LowCardinality(String),
    plover          LowCardinality(String),
    cameo           LowCardinality(String),
    quad            LowCardinality(String),
    score           Float32,
    status          LowCardinality(String),
    date_start      Nullable(Date32),
    date_end        Nullable(Date32),
    confidence      Float32,
    article_id      String,
    article_version UInt32,
    publisher       LowCardinality(String),
    published       Nullable(Date32),
    retracted       Bool,
    body            String CODEC(ZSTD(3)),
    -- Place in the log: the last record of an id wins. An id has one dyad, so one partition, so one order.
    log_offset      UInt64
)
ENGINE = ReplacingMergeTree(log_offset)
ORDER BY id;

-- Where the lines come in; it keeps nothing. The Kafka engine below feeds it, and so may any other client that has lines and offsets.
CREATE TABLE IF NOT EXISTS event_lines (line String, log_offset UInt64) ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_lines_to_event TO event AS
SELECT
    JSONExtractString(line, 'id') AS id,
    JSONExtractString(line, 'dyad') AS dyad,
    JSONExtractString(line, 'source', 'country') AS source,
    JSONExtractString(line, 'target', 'country') AS target,
    JSONExtractBool(line, 'reciprocal') AS reciprocal,
    JSONExtractString(line, 'event', 'act') AS act,
    JSONExtractString(line, 'event', 'mode') AS mode,
    JSONExtractString(line, 'event', 'plover') AS plover,
    JSONExtractString(line, 'event', 'cameo') AS cameo,
    JSONExtractString(line, 'event', 'quad') AS quad,
    toFloat32(JSONExtractFloat(line, 'event', 'score')) AS score,
    JSONExtractString(line, 'status') AS status,
    toDate32OrNull(JSONExtractString(line, 'date', 'start')) AS date_start,
    toDate32OrNull(JSONExtractString(line, 'date', 'end')) AS date_end,
    toFloat32(JSONExtractFloat(line, 'confidence')) AS confidence,
    JSONExtractString(line, 'article', 'id') AS article_id,
    toUInt32(JSONExtractUInt(line, 'article', 'version')) AS article_version,
    JSONExtractString(line, 'article', 'publisher') AS publisher,
    toDate32OrNull(JSONExtractString(line, 'article', 'published_at')) AS published,
    JSONExtractBool(line, 'retracted') AS retracted,
    line AS body,
    log_offset
FROM event_lines
WHERE line != '';

-- What holds. FINAL makes it exact before the merges have run.
CREATE VIEW IF NOT EXISTS current_event AS
SELECT * FROM event FINAL WHERE NOT retracted AND status NOT IN ('negated', 'denied');
