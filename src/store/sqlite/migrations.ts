/**
 * The SQLite schema, as steps that are applied once and in order. A step that was released is never changed.
 *
 * A row lies at `place = run * 2^32 + sequence`, so that the rows of a run lie together in the order of storing and
 * need no index for it. What is filtered and sorted by (`rows`) lies apart from what is only shown (`contents`): going
 * through a million rows then reads megabytes, not gigabytes.
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
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    protocol TEXT NOT NULL,
    spec_digest TEXT NOT NULL,
    step REAL,
    received_at REAL NOT NULL,
    seconds REAL NOT NULL,
    work TEXT NOT NULL,
    first_sequence INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    repeats INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, key)
  );
  CREATE INDEX batches_by_id ON batches (run, id);
  CREATE TABLE prompts (
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    uses INTEGER NOT NULL
  );
  CREATE TABLE prompt_texts (
    prompt INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    messages TEXT
  );
  CREATE TABLE rows (
    place INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    prompt INTEGER NOT NULL,
    id TEXT NOT NULL,
    grp TEXT NOT NULL,
    step REAL,
    reward REAL
  );
  CREATE INDEX rows_by_reward ON rows (run, reward, place, step);
  CREATE INDEX rows_by_group ON rows (run, grp);
  CREATE INDEX rows_by_id ON rows (run, id);
  CREATE TABLE contents (
    place INTEGER PRIMARY KEY,
    completion TEXT NOT NULL,
    completion_messages TEXT,
    rest TEXT NOT NULL,
    scores TEXT NOT NULL
  );
  CREATE TABLE layouts (
    number INTEGER PRIMARY KEY,
    names TEXT NOT NULL UNIQUE
  );
  CREATE TABLE blocks (
    place INTEGER PRIMARY KEY,
    last_place INTEGER NOT NULL,
    layout INTEGER NOT NULL,
    groups TEXT NOT NULL,
    numbers BLOB NOT NULL
  );
  CREATE TABLE alerts (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    at REAL NOT NULL,
    alert TEXT NOT NULL
  );
  CREATE INDEX alerts_by_run ON alerts (run);
  `,
]
