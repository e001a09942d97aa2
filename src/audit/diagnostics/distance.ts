/** Whether the reward orders answers as the held-back column does, and whether that changes. */
import { bootstrapInterval } from '../../numerics/bootstrap.ts'
import { withinPromptDistance } from '../../numerics/within-prompt-distance.ts'
import { comparedGroups, LEAST_GROUPS, partOf, pick } from '../audit-table.ts'
import { spans } from '../change.ts'
import { defineDiagnostic } from '../diagnostic.ts'
import { short } from '../phrasing.ts'

/** The card's bars for two versions of a reward. */
const WATCH = 0.5
/** A distance of at least this is a correlation of at most .2: hardly any order. */
const HARDLY = Math.sqrt(2 - 2 * 0.2)

const distanceOf = (s: Float64Array): number => Math.sqrt(2 - (2 * s[0]!) / Math.sqrt(s[1]! * s[2]!))

/**
 * Within-prompt distance √(2 − 2ρ) of reward and held-back column. A label has noise of its own, which alone gives
 * distances around 1: over training the rise from the first to the last quarter is judged, watch from .35 and fail when
 * the late answers are not ordered at all any more (the interval reaches √2); both intervals must be apart. Without steps
 * only order that is hardly there is told from noisy labels: watch when the whole interval lies above √(2 − 2 · .2),
 * fail when it lies above √2 (reversed).
 */
export const distance = defineDiagnostic({
  name: 'distance',
  description: 'Reward and held-back column order answers differently.',
  needs: ['heldBack', 'groups'],
  guard: 'Refresh the reward model on answers of the present policy.',
  compute({ table, stream, qualityKeepsUp }) {
    const gold = table.heldBack!.values
    const span = spans(table)
    const at = (from: number, to: number) => {
      const part = partOf(table, [gold], from, to)
      if (comparedGroups(part.groups) < LEAST_GROUPS) return { distance: null, interval: null }
      const result = withinPromptDistance(pick(table.reward, part.rows), pick(gold, part.rows), part.groups)
      const draws = Math.min(2000, Math.ceil(4e7 / (result.sums.length + 1)))
      return {
        distance: result.distance,
        interval: bootstrapInterval(result.sums, 3, distanceOf, stream.derive(`${from}`), draws),
      }
    }
    const late = at(span?.late ?? 0, Number.POSITIVE_INFINITY)
    if (late.distance === null || late.interval === null)
      return { missing: `rewards and held-back labels that differ inside ${LEAST_GROUPS} prompts` }
    const numbers: Record<string, number> = { distance: late.distance }
    const unordered = late.interval[1] >= Math.SQRT2
    let concern: 'pass' | 'watch' | 'fail' = 'pass'
    if (span === null)
      concern = late.interval[0] > Math.SQRT2 ? 'fail' : late.interval[0] > HARDLY ? 'watch' : 'pass'
    else {
      const early = at(0, span.early)
      if (early.distance !== null && early.interval !== null) {
        numbers.early = early.distance
        const apart = late.interval[0] > early.interval[1]
        if (apart && late.distance - early.distance > 0.7 * WATCH && qualityKeepsUp !== true)
          concern = unordered ? 'fail' : 'watch'
      }
    }
    return [
      {
        concern,
        sentence:
          concern === 'pass'
            ? `The within-prompt distance of reward and ${table.heldBack!.name} is ${short(late.distance)}.`
            : `Reward and ${table.heldBack!.name} order answers differently: distance ${short(late.distance)}${numbers.early === undefined ? '' : `, ${short(numbers.early)} at the start`}.`,
        numbers,
        interval: late.interval,
        step: span === null ? null : table.steps[span.late]!,
      },
    ]
  },
})
