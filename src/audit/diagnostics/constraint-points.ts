/** The value of each component beyond which pushing it costs quality. */
import { proxyGoldDivergence } from '../../numerics/proxy-gold-divergence.ts'
import { changeBetween, stepMeans } from '../change.ts'
import { componentsOf } from '../components.ts'
import { defineDiagnostic, type Measurement } from '../diagnostic.ts'
import { short } from '../phrasing.ts'

/**
 * Per component the step mean θ at which smoothed gold peaks (card 48, constrained RLHF). A component is past its point
 * when it now lies clearly beyond θ and gold has fallen clearly since (t < −3 both, by more than max(2·SE, 10 % of the
 * rise)). Watch: one component past it; fail: two.
 */
export const constraintPoints = defineDiagnostic({
  name: 'constraint-points',
  description: 'A component has been pushed beyond the value at which quality peaks.',
  needs: ['heldBack', 'steps', 'components'],
  guard: 'Use θ as a constraint: pay the component up to it and no further.',
  compute({ table }) {
    const gold = table.heldBack!.values
    const goldSteps = stepMeans(table, gold)
    if (goldSteps.groups.some((count) => count === 0)) return { missing: 'held-back labels at every step' }
    const steps = table.steps.length
    const error = goldSteps.error.reduce((sum, value) => sum + value, 0) / steps / Math.sqrt(2)
    const past: { name: string; theta: number; now: number; step: number; p: number }[] = []
    let looked = 0
    for (const [name, values] of componentsOf(table)) {
      looked++
      const means = stepMeans(table, values).mean
      const { peak, drop, required } = proxyGoldDivergence(means, goldSteps.mean, error)
      const around = [Math.max(0, peak - 1), Math.min(steps, peak + 2)] as const
      const end = [Math.max(around[1], steps - Math.max(2, Math.round(steps / 4))), steps] as const
      if (end[0] >= end[1] || drop <= required) continue
      const pushed = changeBetween(table, values, around, end)
      const fall = changeBetween(table, gold, around, end)
      if (pushed === null || fall === null || fall.t > -3 || pushed.t < 3) continue
      past.push({
        name,
        theta: means[peak]!,
        now: means.at(-1)!,
        step: table.steps[peak]!,
        p: Math.max(fall.p, pushed.p),
      })
    }
    if (looked === 0) return { missing: 'components that vary' }
    if (past.length === 0)
      return [
        { concern: 'pass', sentence: 'No component lies beyond the point where quality peaks.', numbers: {} },
      ]
    return past.map(
      ({ name, theta, now, step, p }): Measurement => ({
        column: name,
        concern: past.length > 1 ? 'fail' : 'watch',
        sentence: `Column \`${name}\` should not be pushed beyond ${short(theta)}; it is at ${short(now)}.`,
        numbers: { theta, now },
        step,
        p,
      }),
    )
  },
})
