/** A file of one layout as a file of another: rollouts to score, or preference pairs to train on. */
import { GuerdonError } from '../error.ts'
import type { PreferencePair } from '../preference.ts'
import { type Ranking, rankingScores } from '../ranking.ts'
import { promptDigest, type Rollout } from '../rollout.ts'
import { defined, type Fields } from './fields.ts'
import type { FileFormat } from './file-format.ts'
import type { Layout, RecordType, RecordTypes } from './layout.ts'
import { rolloutRow, rollouts } from './layouts/rollouts.ts'
import { trlPreference } from './layouts/trl.ts'
import { openWriter } from './open-writer.ts'
import { type AnyRecord, type ReadRecordsOptions, type ReadSummary, readRecords } from './read-records.ts'

export type ConvertTarget = 'rollouts' | 'trl-preference'

export interface ConvertOptions extends ReadRecordsOptions {
  readonly to: ConvertTarget
  /** the container of the output; told by its name when absent */
  readonly outputFormat?: FileFormat | undefined
}

export interface ConvertSummary extends ReadSummary {
  /** rows of the output */
  readonly written: number
}

type Rows<Type extends RecordType> = (record: RecordTypes[Type]) => Fields[]
type Conversions = { readonly [Type in RecordType]?: Rows<Type> }

function pairRow(pair: PreferencePair): Fields {
  return defined({
    id: pair.id,
    prompt: pair.prompt,
    chosen: pair.chosen,
    rejected: pair.rejected,
    margin: pair.strength,
    tie: pair.tie,
    score_chosen: pair.scores?.chosen,
    score_rejected: pair.scores?.rejected,
    category: pair.category,
    user: pair.user,
    source: pair.source,
  })
}

function pairRollouts(pair: PreferencePair): Rollout[] {
  const group = promptDigest(pair.prompt)
  return (['chosen', 'rejected'] as const).map((side) => ({
    id: `${pair.id}-${side}`,
    group,
    prompt: pair.prompt,
    completion: pair[side],
    ...defined({ category: pair.category, user: pair.user }),
    columns: defined({
      // Neither side of a tie was chosen over the other.
      chosen: pair.tie === true ? undefined : side === 'chosen',
      score: pair.scores?.[side],
    }),
  }))
}

function rankingRollouts(ranking: Ranking): Rollout[] {
  const group = promptDigest(ranking.prompt)
  return ranking.completions.map((completion, index) => ({
    id: `${ranking.id}-${index}`,
    group,
    prompt: ranking.prompt,
    completion,
    ...defined({ category: ranking.category }),
    columns: defined({ score: ranking.scores?.[index], rank: ranking.ranks?.[index] }),
  }))
}

/**
 * Every pair of a ranking whose scores differ, the better completion chosen; the margin of pairs with scores is their
 * difference.
 *
 * @example rankingPairs({ id: 'a', prompt: 'Hi', completions: ['x', 'y'], ranks: [2, 1], source: 's' })
 *   // [{ id: 'a-1-0', prompt: 'Hi', chosen: 'y', rejected: 'x', source: 's' }]
 */
export function rankingPairs(ranking: Ranking): PreferencePair[] {
  const order = rankingScores(ranking)
  const pairs: PreferencePair[] = []
  for (let one = 0; one < order.length; one++) {
    for (let other = one + 1; other < order.length; other++) {
      if (order[one] === order[other]) continue
      const [better, worse] = order[one]! > order[other]! ? [one, other] : [other, one]
      const { scores } = ranking
      pairs.push({
        id: `${ranking.id}-${better}-${worse}`,
        prompt: ranking.prompt,
        chosen: ranking.completions[better]!,
        rejected: ranking.completions[worse]!,
        ...(scores === undefined
          ? {}
          : {
              strength: scores[better]! - scores[worse]!,
              scores: { chosen: scores[better]!, rejected: scores[worse]! },
            }),
        ...defined({ category: ranking.category }),
        source: ranking.source,
      })
    }
  }
  return pairs
}

const toRollouts: Conversions = {
  rollout: (rollout) => [rolloutRow(rollout)],
  preference: (pair) => pairRollouts(pair).map(rolloutRow),
  ranking: (ranking) => rankingRollouts(ranking).map(rolloutRow),
  rating: ({ id, prompt, completion, ratings, category }) => [
    rolloutRow({
      id,
      group: promptDigest(prompt),
      prompt,
      completion,
      ...defined({ category }),
      columns: defined(ratings) as Record<string, number>,
    }),
  ],
  stepwise: ({ id, prompt, steps, labels, reference, finishReason, category }) => [
    rolloutRow({
      id,
      group: promptDigest(prompt),
      prompt,
      completion: steps.join('\n'),
      steps: steps.map((text) => ({ text })),
      ...defined({ reference, finishReason, category }),
      metadata: { stepLabels: labels.map((label) => label ?? null) },
    }),
  ],
}

const toPairs: Conversions = {
  preference: (pair) => [pairRow(pair)],
  ranking: (ranking) => rankingPairs(ranking).map(pairRow),
}

const targets: Readonly<Record<ConvertTarget, { readonly layout: Layout; readonly from: Conversions }>> = {
  rollouts: { layout: rollouts, from: toRollouts },
  'trl-preference': { layout: trlPreference, from: toPairs },
}

/**
 * Reads a file in any layout and writes it as rollouts (every completion a row, its labels and scores in `columns`) or
 * as preference pairs (rankings give every pair whose scores differ). The output appears only when it is complete.
 *
 * @throws GuerdonError as `readRecords` and `openWriter`, and FILE_FORMAT_UNKNOWN when the records of the input cannot
 *   become the target (prompts have no completions; single ratings are no pairs)
 * @example await convert('nemo.jsonl', 'pairs.parquet', { to: 'trl-preference' })
 */
export async function convert(
  input: string,
  output: string,
  options: ConvertOptions,
): Promise<ConvertSummary> {
  const { layout, from } = targets[options.to]
  const reader = readRecords(input, options)
  await using writer = await openWriter(output, { format: options.outputFormat, columns: layout.columns })
  for await (const batch of reader) {
    const rows = from[reader.summary.record!] as ((record: AnyRecord) => Fields[]) | undefined
    if (rows === undefined) {
      throw new GuerdonError('FILE_FORMAT_UNKNOWN', `${reader.summary.layout} cannot become ${options.to}`, {
        where: { file: input },
        found: `${reader.summary.record} records`,
        expected: `${Object.keys(from).join(', ')} records`,
      })
    }
    await writer.write(batch.flatMap(rows))
  }
  await writer.commit()
  return { ...reader.summary, written: writer.rows }
}
