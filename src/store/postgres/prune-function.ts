/**
 * `guerdon_prune`: forgets one piece of the oldest batches in the one transaction of its call: expired ones first
 * (received before `p_before`), then the oldest while the store holds more than `p_maximum` rows; null = no limit.
 * Servers that prune at the same time take turns; runs are locked before prompts, as `guerdon_append` does.
 *
 * A block of numbers goes when all of its rows are gone; until then `guerdon_forgotten` says which of them are.
 *
 * Answers the rows that went, and whether there may be more.
 */
export const PRUNE_FUNCTION = `
CREATE FUNCTION guerdon_prune(p_maximum float8, p_before float8, p_most_rows bigint, p_most_batches int)
RETURNS TABLE (gone bigint, more boolean) LANGUAGE plpgsql AS $prune$
DECLARE
  v_batches bigint[];
  v_excess float8;
BEGIN
  PERFORM pg_advisory_xact_lock(1196576836, hashtext(current_schema() || ' prune'));
  IF p_before IS NOT NULL THEN
    SELECT array_agg(s.number) INTO v_batches FROM (
      SELECT o.number, sum(o.row_count) OVER (ORDER BY o.number) - o.row_count AS rows_before
      FROM (SELECT b.number, b.row_count FROM guerdon_batches b WHERE b.received_at < p_before
        ORDER BY b.number LIMIT p_most_batches) o
    ) s WHERE s.rows_before < p_most_rows;
  END IF;
  IF v_batches IS NULL AND p_maximum IS NOT NULL THEN
    SELECT coalesce(sum(r.row_count), 0) - p_maximum INTO v_excess FROM guerdon_runs r;
    SELECT array_agg(s.number) INTO v_batches FROM (
      SELECT o.number, sum(o.row_count) OVER (ORDER BY o.number) - o.row_count AS rows_before
      FROM (SELECT b.number, b.row_count FROM guerdon_batches b ORDER BY b.number LIMIT p_most_batches) o
    ) s WHERE s.rows_before < least(v_excess, p_most_rows);
  END IF;
  IF v_batches IS NULL THEN
    RETURN QUERY SELECT 0::bigint, false;
    RETURN;
  END IF;

  PERFORM 1 FROM guerdon_runs r
    WHERE r.number IN (SELECT b.run FROM guerdon_batches b WHERE b.number = ANY (v_batches)) ORDER BY r.id FOR UPDATE;
  PERFORM 1 FROM guerdon_prompts p WHERE p.number IN (
    SELECT r.prompt FROM guerdon_rows r JOIN guerdon_batches b ON b.run = r.run AND r.sequence >= b.first_sequence
      AND r.sequence < b.first_sequence + b.row_count WHERE b.number = ANY (v_batches)
  ) ORDER BY p.digest COLLATE "C" FOR UPDATE;

  DELETE FROM guerdon_contents c USING guerdon_batches b WHERE b.number = ANY (v_batches) AND c.run = b.run
    AND c.sequence >= b.first_sequence AND c.sequence < b.first_sequence + b.row_count;
  WITH removed AS (
    DELETE FROM guerdon_rows r USING guerdon_batches b WHERE b.number = ANY (v_batches) AND r.run = b.run
      AND r.sequence >= b.first_sequence AND r.sequence < b.first_sequence + b.row_count
    RETURNING r.prompt
  )
  UPDATE guerdon_prompts p SET uses = p.uses - u.uses
    FROM (SELECT prompt, count(*) AS uses FROM removed GROUP BY prompt) u WHERE p.number = u.prompt;
  DELETE FROM guerdon_prompts p WHERE p.uses <= 0;

  INSERT INTO guerdon_forgotten (run, first, last)
    SELECT b.run, b.first_sequence, b.first_sequence + b.row_count - 1
    FROM guerdon_batches b WHERE b.number = ANY (v_batches) AND b.row_count > 0;
  DELETE FROM guerdon_blocks k USING guerdon_batches b WHERE b.number = ANY (v_batches) AND k.run = b.run
    AND k.sequence < b.first_sequence + b.row_count AND k.last_sequence >= b.first_sequence
    AND NOT EXISTS (SELECT 1 FROM guerdon_rows r
      WHERE r.run = k.run AND r.sequence BETWEEN k.sequence AND k.last_sequence);
  DELETE FROM guerdon_forgotten f WHERE NOT EXISTS (SELECT 1 FROM guerdon_blocks k
    WHERE k.run = f.run AND k.sequence <= f.last AND k.last_sequence >= f.first);

  WITH removed AS (
    DELETE FROM guerdon_batches b WHERE b.number = ANY (v_batches) RETURNING b.run, b.row_count
  ), counted AS (
    UPDATE guerdon_runs r SET batches = r.batches - s.batches, row_count = r.row_count - s.rows
    FROM (SELECT run, count(*) AS batches, sum(row_count) AS rows FROM removed GROUP BY run) s
    WHERE r.number = s.run
    RETURNING s.rows
  )
  SELECT coalesce(sum(c.rows), 0)::bigint INTO gone FROM counted c;
  more := true;
  RETURN NEXT;
END
$prune$;
`
