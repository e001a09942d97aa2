/** How the tests of text signals run one on plain rollouts. */
import { type Method, parseParameters } from '../../kinds/method.ts'
import type { SignalContext, SignalDefinition, SignalResult } from '../../kinds/signal.ts'
import { RandomStream } from '../../numerics/random.ts'
import { RolloutBatch } from '../../records/batch.ts'
import type { Rollout } from '../../records/rollout.ts'

// biome-ignore lint/suspicious/noExplicitAny: the contract takes signals of any parameters
export type AnySignal = Method<'signal', any> & SignalDefinition<any>

export type PlainRollout = Partial<Rollout> & Pick<Rollout, 'completion'>

function contextOf(evidence: boolean): SignalContext {
  return {
    abort: new AbortController().signal,
    random: new RandomStream(1),
    evidence,
    inner: new Map(),
    folder: '.',
    resource: async (_key, open) => open(),
  }
}

/** Scores rollouts with parameters as a spec gives them. */
export async function scoreSignal(
  method: AnySignal,
  parameters: Readonly<Record<string, unknown>>,
  rollouts: readonly PlainRollout[],
  evidence = false,
): Promise<SignalResult> {
  const batch = new RolloutBatch(
    rollouts.map((rollout, row) => ({ id: `${row}`, group: '0', prompt: 'p', ...rollout })),
  )
  const result = await method.score(batch, parseParameters(method, parameters), contextOf(evidence))
  return 'column' in result ? result : { column: result }
}
