/** Every protocol that a served reward speaks. */
import type { Route } from '../route.ts'
import { classifyRoutes } from './classify.ts'
import { embeddingsRoutes } from './embeddings.ts'
import { evalProtocolRoutes } from './eval-protocol.ts'
import { modelsRoutes } from './models.ts'
import { nemoGymRoutes } from './nemo-gym.ts'
import { openaiGradersRoutes } from './openai-graders.ts'
import { openrlhfRoutes } from './openrlhf.ts'
import { poolingRoutes } from './pooling.ts'
import { predictRoutes } from './predict.ts'
import { rerankRoutes } from './rerank.ts'
import { rewardsRoutes } from './rewards.ts'
import { sandboxFusionRoutes } from './sandbox-fusion.ts'
import type { Sandboxes } from './sandboxes.ts'
import { scoreRoutes } from './score.ts'
import { slimeRoutes } from './slime.ts'

export interface ProtocolOptions {
  /** tokens that OpenRLHF's completions may end in; the usual ones when left out */
  readonly endOfTurn?: readonly string[]
  /** rollouts of a whole group when they come one by one, as the server was told */
  readonly groupSize?: number | undefined
}

/**
 * The routes of all protocols, no path twice. Nothing is opened by making them; the caller closes the sandboxes.
 *
 * @example protocolRoutes(new Sandboxes()).find(({ path }) => path === '/slime')?.protocol // 'slime'
 */
export function protocolRoutes(sandboxes: Sandboxes, options: ProtocolOptions = {}): readonly Route[] {
  return [
    ...rewardsRoutes(options.groupSize),
    ...openrlhfRoutes(options.endOfTurn),
    ...slimeRoutes,
    ...nemoGymRoutes,
    ...classifyRoutes,
    ...embeddingsRoutes,
    ...poolingRoutes,
    ...scoreRoutes,
    ...rerankRoutes,
    ...predictRoutes,
    ...modelsRoutes,
    ...evalProtocolRoutes,
    ...openaiGradersRoutes(sandboxes),
    ...sandboxFusionRoutes(sandboxes),
  ]
}
