/**
 * The PostgreSQL schema, as steps that are applied once and in order. A step that was released is never changed. The
 * tables are named `guerdon_…`, so that a store can live in a database beside others.
 */
import { APPEND_FUNCTION } from './append-function.ts'
import { PRUNE_FUNCTION } from './prune-function.ts'

export const POSTGRES_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE guerdon_runs (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    reward text NOT NULL,
    spec text NOT NULL,
    spec_digest text NOT NULL,
    held_back text NOT NULL,
    started_at double precision NOT NULL,
    last_at double precision,
    batches bigint NOT NULL DEFAULT 0,
    row_count bigint NOT NULL DEFAULT 0,
    last_step double precision,
    next_sequence bigint NOT NULL DEFAULT 0,
    state text
  );
  CREATE TABLE guerdon_batches (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run bigint NOT NULL,
    id text NOT NULL,
    key text NOT NULL,
    content_digest text NOT NULL,
    protocol text NOT NULL,
    spec_digest text NOT NULL,
    step double precision,
    received_at double precision NOT NULL,
    seconds double precision NOT NULL,
    work text NOT NULL,
    first_sequence bigint NOT NULL,
    row_count bigint NOT NULL,
    repeats bigint NOT NULL DEFAULT 0,
    UNIQUE (run, key)
  );
  CREATE INDEX guerdon_batches_by_id ON guerdon_batches (run, id);
  CREATE INDEX guerdon_batches_by_number ON guerdon_batches (run, number);
  CREATE TABLE guerdon_prompts (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text NOT NULL UNIQUE,
    uses bigint NOT NULL,
    text text NOT NULL,
    messages text
  );
  CREATE TABLE guerdon_rows (
    run bigint NOT NULL,
    sequence bigint NOT NULL,
    batch bigint NOT NULL,
    prompt bigint NOT NULL,
    id text NOT NULL,
    grp text NOT NULL,
    step double precision,
    reward double precision,
    PRIMARY KEY (run, sequence)
  );
  CREATE INDEX guerdon_rows_by_reward ON guerdon_rows (run, reward, sequence) INCLUDE (step);
  CREATE INDEX guerdon_rows_by_group ON guerdon_rows (run, md5(grp), sequence);
  CREATE INDEX guerdon_rows_by_id ON guerdon_rows (run, md5(id), sequence);
  CREATE TABLE guerdon_contents (
    run bigint NOT NULL,
    sequence bigint NOT NULL,
    completion text NOT NULL,
    completion_messages text,
    rest text NOT NULL,
    scores text NOT NULL,
    PRIMARY KEY (run, sequence)
  );
  CREATE TABLE guerdon_blocks (
    run bigint NOT NULL,
    sequence bigint NOT NULL,
    last_sequence bigint NOT NULL,
    names text NOT NULL,
    groups text NOT NULL,
    numbers bytea NOT NULL,
    PRIMARY KEY (run, sequence)
  );
  CREATE TABLE guerdon_forgotten (
    run bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL
  );
  CREATE TABLE guerdon_alerts (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run bigint NOT NULL,
    at double precision NOT NULL,
    alert text NOT NULL
  );
  CREATE INDEX guerdon_alerts_by_run ON guerdon_alerts (run);
  ${APPEND_FUNCTION}
  ${PRUNE_FUNCTION}
  `,
]
