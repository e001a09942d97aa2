/** Small runs with one planted fault, for the tests of single diagnostics. */
import { audit } from '../../src/audit/audit.ts'
import type { AuditRow } from '../../src/audit/audit-table.ts'
import type { Diagnostic, Finding } from '../../src/audit/diagnostic.ts'
import { RandomStream } from '../../src/numerics/random.ts'

export interface Draw {
  readonly stream: RandomStream
  /** 0 at the first step, 1 at the last */
  readonly progress: number
  readonly prompt: number
  readonly sample: number
  /** standard normal */
  readonly quality: number
}

export interface PlantedSize {
  readonly steps?: number
  readonly prompts?: number
  readonly rollouts?: number
  /** false: the rows name no steps, and are mixed so that their order tells nothing */
  readonly named?: boolean
}

/** 10 steps of 8 prompts × 8 rollouts unless told: 80 groups, enough for a fail. */
export function plantedRun(
  shape: (draw: Draw) => Pick<AuditRow, 'reward'> & Partial<AuditRow>,
  { steps = 10, prompts = 8, rollouts = 8, named = true }: PlantedSize = {},
): AuditRow[] {
  const stream = new RandomStream(11)
  const rows: AuditRow[] = []
  for (let step = 0; step < steps; step++)
    for (let prompt = 0; prompt < prompts; prompt++)
      for (let sample = 0; sample < rollouts; sample++)
        rows.push({
          id: `${step}-${prompt}-${sample}`,
          group: `p${prompt}${named ? '' : `-${step}`}`,
          step: named ? step : null,
          columns: {},
          ...shape({
            stream,
            progress: steps === 1 ? 0 : step / (steps - 1),
            prompt,
            sample,
            quality: stream.normal(),
          }),
        })
  if (!named) {
    for (let row = rows.length - 1; row > 0; row--) {
      const other = stream.below(row + 1)
      ;[rows[row], rows[other]] = [rows[other]!, rows[row]!]
    }
  }
  return rows
}

/** 40 groups of 4 rollouts: a verdict is at most `watch`. */
export const SMALL: PlantedSize = { prompts: 4, rollouts: 4 }

/** What one diagnostic alone says, its worst finding first. */
export function findingOf(diagnostic: Diagnostic, rows: readonly AuditRow[], heldBack?: string): Finding {
  return audit(rows, { heldBack, diagnostics: [diagnostic] }).findings[0]!
}

const words =
  'river stone garden window paper engine yellow silent narrow winter letter bridge copper market planet candle forest button island pepper saddle violet hammer meadow ribbon'.split(
    ' ',
  )

/** A text of so many words drawn at random. */
export function anyText(stream: RandomStream, count = 20): string {
  return Array.from({ length: count }, () => words[stream.below(words.length)]!).join(' ')
}
