-- Events in Postgres (12 or later): one row an event, by id. Only `id` and `body` are written; every other column is generated from the body, so
-- that a new field of the event needs no new sink, and a column can never disagree with its event.

-- A day as the event writes it. The cast from text to date depends on a setting and may not stand in a generated column; this does not.
CREATE OR REPLACE FUNCTION event_day(day text) RETURNS date
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN make_date(split_part(day, '-', 1)::int, split_part(day, '-', 2)::int, split_part(day, '-', 3)::int);

CREATE TABLE IF NOT EXISTS event (
  id              text PRIMARY KEY,
  body            jsonb NOT NULL,
  retracted       boolean NOT NULL GENERATED ALWAYS AS (coalesce((body ->> 'retracted')::boolean, false)) STORED,
  dyad            text GENERATED ALWAYS AS (body ->> 'dyad') STORED,
  source          text GENERATED ALWAYS AS (body #>> '{source,country}') STORED,
  target          text GENERATED ALWAYS AS (body #>> '{target,country}') STORED,
  reciprocal      boolean GENERATED ALWAYS AS ((body ->> 'reciprocal')::boolean) STORED,
  act             text GENERATED ALWAYS AS (body #>> '{event,act}') STORED,
  mode            text GENERATED ALWAYS AS (body #>> '{event,mode}') STORED,
  plover          text GENERATED ALWAYS AS (body #>> '{event,plover}') STORED,
  cameo           text GENERATED ALWAYS AS (body #>> '{event,cameo}') STORED,
  quad            text GENERATED ALWAYS AS (body #>> '{event,quad}') STORED,
  score           real GENERATED ALWAYS AS ((body #>> '{event,score}')::real) STORED,
  status          text GENERATED ALWAYS AS (body ->> 'status') STORED,
  date_start      date GENERATED ALWAYS AS (event_day(body #>> '{date,start}')) STORED,
  date_end        date GENERATED ALWAYS AS (event_day(body #>> '{date,end}')) STORED,
  confidence      real GENERATED ALWAYS AS ((body ->> 'confidence')::real) STORED,
  article_id      text GENERATED ALWAYS AS (body #>> '{article,id}') STORED,
  article_version bigint GENERATED ALWAYS AS ((body #>> '{article,version}')::bigint) STORED,
  publisher       text GENERATED ALWAYS AS (body #>> '{article,publisher}') STORED,
  published       date GENERATED ALWAYS AS (event_day(body #>> '{article,published_at}')) STORED
);

CREATE INDEX IF NOT EXISTS event_dyad_date ON event (dyad, date_start) WHERE NOT retracted;
CREATE INDEX IF NOT EXISTS event_article ON event (article_id);
CREATE INDEX IF NOT EXISTS event_published ON event (published);

-- What holds: not taken back by its article, and told as happening or to happen rather than as not having happened.
CREATE OR REPLACE VIEW current_event AS
  SELECT * FROM event WHERE NOT retracted AND status NOT IN ('negated', 'denied');
