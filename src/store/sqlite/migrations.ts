/**
 * The SQLite schema, as steps that are applied once and in order. A step that was released is never changed.
 *
 * A batch is accepted as one record of `batches`: what an acknowledgement waits for is one insert at the end of a
 * table. What is filtered and sorted by is made of it later, for thousands of rows at a time: `blocks`, a record for
 * many rows with their numbers as columns, and `keys`, by which a batch is found again. `progress` says how far that
 * has come: batches up to `settled` are in blocks, those up to `keyed` in the index of keys. A row lies at `place = run * 2^32 + sequence`.
 */

/** Marks a file as a store of Guerdon (`PRAGMA application_id`): "GRDN". */
export const APPLICATION_ID = 0x4752444e

/** places in a run */
export const RUN_SPAN = 2 ** 32

export const SQLITE_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    reward TEXT NOT NULL,
    spec TEXT NOT NULL,
    spec_digest TEXT NOT NULL,
    held_back TEXT NOT NULL,
    started_at REAL NOT NULL,
    last_at REAL,
    batches INTEGER NOT NULL DEFAULT 0,
    row_count INTEGER NOT NULL DEFAULT 0,
    last_step REAL,
    next_sequence INTEGER NOT NULL DEFAULT 0,
    state TEXT
  );
  CREATE TABLE batches (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    received_at REAL NOT NULL,
    key TEXT NOT NULL,
    head TEXT NOT NULL,
    lines TEXT NOT NULL,
    text_ends BLOB NOT NULL,
    texts BLOB NOT NULL
  );
  CREATE INDEX batches_by_time ON batches (run, received_at);
  CREATE TABLE keys (
    hash INTEGER NOT NULL,
    run INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    PRIMARY KEY (hash, run, batch)
  ) WITHOUT ROWID;
  CREATE TABLE repeats (
    run INTEGER NOT NULL,
    id TEXT NOT NULL,
    count INTEGER NOT NULL,
    counted_at REAL NOT NULL,
    PRIMARY KEY (run, id)
  ) WITHOUT ROWID;
  CREATE TABLE layouts (
    number INTEGER PRIMARY KEY,
    names TEXT NOT NULL UNIQUE
  );
  CREATE TABLE blocks (
    place INTEGER PRIMARY KEY,
    last_place INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    valid_count INTEGER NOT NULL,
    least_reward REAL,
    largest_reward REAL,
    least_step REAL,
    largest_step REAL,
    layout INTEGER NOT NULL,
    groups TEXT NOT NULL,
    row_index BLOB NOT NULL,
    numbers BLOB NOT NULL
  );
  CREATE TABLE progress (settled INTEGER NOT NULL, keyed INTEGER NOT NULL);
  INSERT INTO progress (settled, keyed) VALUES (0, 0);
  CREATE TABLE alerts (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    at REAL NOT NULL,
    alert TEXT NOT NULL
  );
  CREATE INDEX alerts_by_run ON alerts (run);
  `,
]
