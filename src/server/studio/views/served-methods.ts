/** What is known of the methods behind the columns of a run. */
import type { Method, Use } from '../../../kinds/method.ts'
import { TRAINERS } from '../../../kinds/method.ts'
import type { Plan } from '../../../reward/plan.ts'
import { registry } from '../../../reward/registry.ts'
import type { RewardSpec } from '../../../reward/spec.ts'
import { trainerWarnings } from '../../../reward/trainer-warnings.ts'
import { columnKind, stageParts } from '../aggregates/column-kind.ts'
import type { RunDetail } from '../schemas.ts'

type About = Pick<Method, 'name' | 'summary' | 'formula'>

/** A method by its kind and name, when the package has it; a user's own is known by its name only. */
export function methodOf(kind: Method['kind'], name: string): About | undefined {
  return registry.methods.find((method) => method.kind === kind && method.name === name)
}

/** The names of a spec's signals in its order, which is the order of pages. */
export function signalOrder(spec: RewardSpec): string[] {
  return Object.keys(spec.signals ?? {})
}

/** Columns of a run with the methods that made them. `plan`: the served one, when it is this run's. */
export function columnViews(
  names: readonly string[],
  spec: RewardSpec,
  plan: Plan | undefined,
): RunDetail['columns'] {
  return names.map((name) => {
    const kind = columnKind(name)
    const about = aboutColumn(name, spec, plan)
    return { name, kind, method: about.name, summary: about.summary }
  })
}

interface Named {
  readonly name: string | null
  readonly summary: string | null
}

function aboutColumn(name: string, spec: RewardSpec, plan: Plan | undefined): Named {
  const kind = columnKind(name)
  if (kind === 'reward') return aboutUse('combiner', spec.combine, plan?.combiner?.method)
  if (kind === 'advantage') return aboutUse('advantage', spec.advantage, plan?.advantage?.method)
  if (kind === 'stage') {
    const parts = stageParts(name)
    const step = parts === undefined ? undefined : plan?.shapings.get(parts.column)?.[parts.index - 1]
    return aboutUse('shaping', parts === undefined ? undefined : { use: parts.method }, step?.method)
  }
  if (kind !== 'signal') return { name: null, summary: null }
  // A part, `signal.part`, comes from its signal.
  const of = (signal: string): boolean => name === signal || name.startsWith(`${signal}.`)
  const use = Object.entries(spec.signals ?? {}).find(([signal]) => of(signal))?.[1]
  return aboutUse('signal', use, plan?.signals.find((signal) => of(signal.name))?.method)
}

function aboutUse(kind: Method['kind'], use: Use | undefined, planned: About | undefined): Named {
  const about = planned ?? (use === undefined ? undefined : methodOf(kind, use.use))
  return { name: about?.name ?? use?.use ?? null, summary: about?.summary ?? null }
}

/** What each trainer's own normalisation would undo; each sentence once a trainer. */
export function warningViews(plan: Plan): RunDetail['trainerWarnings'] {
  return TRAINERS.flatMap((trainer) => {
    const sentences = new Set(trainerWarnings(plan, trainer).map(({ sentence }) => sentence))
    return [...sentences].map((sentence) => ({ trainer, sentence }))
  })
}
