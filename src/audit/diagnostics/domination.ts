/** Whether one component of the reward dominates while the others, or quality, fall. */
import { type Change, changeOverTraining } from '../change.ts'
import { contributionsOf, varianceShares } from '../components.ts'
import { defineDiagnostic, type Measurement } from '../diagnostic.ts'
import { inPercent, short } from '../phrasing.ts'
import { worstRows } from '../worst-rows.ts'

const DOMINATES = 0.7
const WINDOWS = 10
/** Columns whose name says that they measure being right. */
const rightness = /correct|accura|verif|quality|pass|tests?\b|solve|exact|math/i

/**
 * Over training: component k dominates when its contribution (weight · change of its mean) makes at least 70 % of the
 * reward's rise, or it explains at least 70 % of the reward's variance inside prompts in the last half. That alone is no
 * concern. Fail: meanwhile another component's contribution falls clearly (t < −4, by at least 15 % of the dominating
 * one's rise) or the held-back column falls. Watch: the fall is smaller, or a component that measures being right stands
 * still. Without steps a variance share is told and nothing is judged.
 */
export const domination = defineDiagnostic({
  name: 'domination',
  description: 'One component dominates the reward while the others fall.',
  needs: ['components', 'groups'],
  guard: 'Bound or gate the component (pay it only to right answers), or lower its weight.',
  compute({ table, rewardChange, heldBackChange, qualityKeepsUp }) {
    const parts = contributionsOf(table)
    if (parts === null || parts.names.length < (table.heldBack === null ? 2 : 1))
      return { missing: 'at least two components that vary' }
    if (parts.explained < 0.3)
      return { missing: 'components that make up the reward (together they explain little)' }
    const steps = table.steps.length
    const half = Math.floor(steps / 2)
    const shares = varianceShares(table, parts, half, Math.max(steps, 1))
    const changes = parts.values.map((values, index): Change | null => {
      const change = changeOverTraining(table, values)
      const weight = parts.weights[index]!
      return change === null
        ? null
        : {
            ...change,
            change: weight * change.change,
            error: Math.abs(weight) * change.error,
            t: Math.sign(weight) * change.t,
          }
    })
    const measured: Measurement[] = []
    for (const [index, name] of parts.names.entries()) {
      const share = shares?.[index] ?? 0
      const own = changes[index] ?? null
      const rise =
        rewardChange !== null && rewardChange.t > 3 && own !== null ? own.change / rewardChange.change : 0
      const dominates = (rise >= DOMINATES || share >= DOMINATES) && own !== null && own.t > 3
      let concern: Measurement['concern'] = 'pass'
      let victim = ''
      if (dominates && qualityKeepsUp !== true) {
        for (const [other, change] of changes.entries()) {
          if (other === index || change === null || change.t > -3) continue
          const fall = -change.change / own.change
          if (fall < 0.08) continue
          concern = fall >= 0.15 && change.t < -4 ? 'fail' : concern === 'fail' ? 'fail' : 'watch'
          victim = `\`${parts.names[other]!}\` falls`
        }
        if (heldBackChange !== null && heldBackChange.t < -3) {
          concern = 'fail'
          victim ||= `\`${table.heldBack!.name}\` falls`
        }
        if (concern === 'pass' && rise >= DOMINATES && !rightness.test(name)) {
          const still = changes.findIndex(
            (change, other) =>
              other !== index &&
              rightness.test(parts.names[other]!) &&
              change !== null &&
              change.change + 1.96 * change.error < 0.15 * own.change,
          )
          if (still !== -1) {
            concern = 'watch'
            victim = `\`${parts.names[still]!}\` stands still`
          }
        }
      }
      const since = concern === 'pass' ? null : firstDominated(index)
      measured.push({
        column: name,
        concern,
        sentence:
          concern === 'pass'
            ? `\`${name}\` explains ${inPercent(share)} of the reward’s variance inside prompts.`
            : share >= DOMINATES
              ? `\`${name}\` explains ${inPercent(share)} of the reward’s variance since step ${table.steps[since ?? half]!} while ${victim}.`
              : `\`${name}\` makes ${inPercent(rise)} of the reward’s rise while ${victim} (by ${short(own?.change ?? 0)} reward).`,
        numbers: {
          share,
          shareOfRise: rise,
          weight: parts.weights[index]!,
          explained: parts.explained,
          ...(own === null ? {} : { change: own.change }),
        },
        ...(own === null
          ? {}
          : { interval: [own.change - 1.96 * own.error, own.change + 1.96 * own.error] as const, p: own.p }),
        step: since === null ? null : table.steps[since]!,
        rows:
          concern === 'pass'
            ? []
            : worstRows(table.size, (row) => {
                const place = table.stepOfGroup[table.groups.of[row]!]!
                let others = 0
                for (let other = 0; other < parts.names.length; other++)
                  others += parts.weights[other]! * parts.values[other]![row]! * (other === index ? -1 : 1)
                return place >= half ? -others : Number.NaN
              }),
      })
    }
    return measured

    /** The first of the windows, seen from the end, from which on the component explains most of the variance. */
    function firstDominated(index: number): number {
      const width = Math.max(1, Math.ceil(steps / WINDOWS))
      let since = steps
      for (let to = steps; to > 0; to -= width) {
        const window = varianceShares(table, parts!, Math.max(0, to - width), to)
        if (window !== null && window[index]! < DOMINATES) break
        if (window !== null) since = Math.max(0, to - width)
      }
      return Math.min(since, steps - 1)
    }
  },
})
