/**
 * `guerdon_append`: stores batches, all in the one transaction of its call. One call is one message to the server: a
 * connection that is cut leaves either everything or nothing, and no transaction hangs half done on a connection.
 *
 * Runs are locked first, in the order of their ids, then prompts in the order of their digests, so that servers that
 * write at the same time wait for one another and never in a circle. While a run is locked nobody else takes its keys
 * or its sequences. Positions in the lists count from 1; offsets count from the run's next sequence.
 *
 * Answers one row for each run that is unknown, else for each batch whose key is known; in both cases nothing was
 * stored. No row: everything was.
 */
export const APPEND_FUNCTION = `
CREATE FUNCTION guerdon_append(
  p_run_id text[], p_run_batches bigint[], p_run_rows bigint[], p_run_last_at float8[], p_run_last_step float8[],
  p_run_state text[],
  p_batch_run int[], p_batch_id text[], p_batch_key text[], p_batch_content text[], p_batch_protocol text[],
  p_batch_spec text[], p_batch_step float8[], p_batch_received float8[], p_batch_seconds float8[], p_batch_work text[],
  p_batch_offset bigint[], p_batch_rows bigint[],
  p_prompt_digest text[], p_prompt_uses bigint[], p_prompt_text text[], p_prompt_messages text[],
  p_row_batch int[], p_row_offset bigint[], p_row_prompt int[], p_row_id text[], p_row_group text[],
  p_row_step float8[], p_row_reward float8[], p_row_completion text[], p_row_messages text[], p_row_rest text[],
  p_row_scores text[],
  p_block_run int[], p_block_first bigint[], p_block_last bigint[], p_block_names text[], p_block_groups text[],
  p_block_numbers text[]
) RETURNS TABLE (outcome text, at_position int) LANGUAGE plpgsql AS $append$
DECLARE
  v_numbers bigint[];
  v_firsts bigint[];
  v_batch_numbers bigint[];
  v_prompt_numbers bigint[];
BEGIN
  PERFORM 1 FROM guerdon_runs r WHERE r.id = ANY (p_run_id) ORDER BY r.id FOR UPDATE;
  SELECT array_agg(r.number ORDER BY a.position), array_agg(r.next_sequence ORDER BY a.position)
    INTO v_numbers, v_firsts
    FROM unnest(p_run_id) WITH ORDINALITY AS a (id, position) LEFT JOIN guerdon_runs r ON r.id = a.id;
  RETURN QUERY SELECT 'unknown-run', a.position::int
    FROM unnest(v_numbers) WITH ORDINALITY AS a (number, position) WHERE a.number IS NULL;
  IF FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT 'known', a.position::int
    FROM unnest(p_batch_run, p_batch_key) WITH ORDINALITY AS a (run, key, position)
    JOIN guerdon_batches b ON b.run = v_numbers[a.run] AND b.key = a.key;
  IF FOUND THEN RETURN; END IF;

  WITH inserted AS (
    INSERT INTO guerdon_batches (run, id, key, content_digest, protocol, spec_digest, step, received_at, seconds, work,
      first_sequence, row_count)
    SELECT v_numbers[a.run], a.id, a.key, a.content, a.protocol, a.spec, a.step, a.received, a.seconds, a.work,
      v_firsts[a.run] + a.offset_, a.rows
    FROM unnest(p_batch_run, p_batch_id, p_batch_key, p_batch_content, p_batch_protocol, p_batch_spec, p_batch_step,
      p_batch_received, p_batch_seconds, p_batch_work, p_batch_offset, p_batch_rows) WITH ORDINALITY
      AS a (run, id, key, content, protocol, spec, step, received, seconds, work, offset_, rows, position)
    ORDER BY a.position
    RETURNING number, run, key
  )
  SELECT array_agg(i.number ORDER BY a.position) INTO v_batch_numbers
    FROM unnest(p_batch_run, p_batch_key) WITH ORDINALITY AS a (run, key, position)
    JOIN inserted i ON i.run = v_numbers[a.run] AND i.key = a.key;

  WITH inserted AS (
    INSERT INTO guerdon_prompts AS p (digest, uses, text, messages)
    SELECT a.digest, a.uses, a.text, a.messages
    FROM unnest(p_prompt_digest, p_prompt_uses, p_prompt_text, p_prompt_messages) AS a (digest, uses, text, messages)
    ORDER BY a.digest COLLATE "C"
    ON CONFLICT (digest) DO UPDATE SET uses = p.uses + excluded.uses
    RETURNING number, digest
  )
  SELECT array_agg(i.number ORDER BY a.position) INTO v_prompt_numbers
    FROM unnest(p_prompt_digest) WITH ORDINALITY AS a (digest, position) JOIN inserted i ON i.digest = a.digest;

  INSERT INTO guerdon_rows (run, sequence, batch, prompt, id, grp, step, reward)
  SELECT v_numbers[p_batch_run[a.batch]], v_firsts[p_batch_run[a.batch]] + a.offset_, v_batch_numbers[a.batch],
    v_prompt_numbers[a.prompt], a.id, a.grp, a.step, a.reward
  FROM unnest(p_row_batch, p_row_offset, p_row_prompt, p_row_id, p_row_group, p_row_step, p_row_reward)
    AS a (batch, offset_, prompt, id, grp, step, reward);

  INSERT INTO guerdon_contents (run, sequence, completion, completion_messages, rest, scores)
  SELECT v_numbers[p_batch_run[a.batch]], v_firsts[p_batch_run[a.batch]] + a.offset_, a.completion, a.messages, a.rest,
    a.scores
  FROM unnest(p_row_batch, p_row_offset, p_row_completion, p_row_messages, p_row_rest, p_row_scores)
    AS a (batch, offset_, completion, messages, rest, scores);

  INSERT INTO guerdon_blocks (run, sequence, last_sequence, names, groups, numbers)
  SELECT v_numbers[a.run], v_firsts[a.run] + a.first, v_firsts[a.run] + a.last, a.names, a.groups,
    decode(a.numbers, 'base64')
  FROM unnest(p_block_run, p_block_first, p_block_last, p_block_names, p_block_groups, p_block_numbers)
    AS a (run, first, last, names, groups, numbers);

  UPDATE guerdon_runs r SET next_sequence = r.next_sequence + a.rows, batches = r.batches + a.batches,
    row_count = r.row_count + a.rows, last_at = greatest(r.last_at, a.last_at),
    last_step = coalesce(a.last_step, r.last_step), state = coalesce(a.state, r.state)
  FROM unnest(p_run_id, p_run_batches, p_run_rows, p_run_last_at, p_run_last_step, p_run_state)
    AS a (id, batches, rows, last_at, last_step, state)
  WHERE r.id = a.id;
END
$append$;
`
