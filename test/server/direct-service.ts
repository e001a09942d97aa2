/** A scoring service without queue and store: it scores what it gets at once, with a real reward. */
import { hash } from 'node:crypto'
import { createReward, type Reward } from '../../src/reward/score.ts'
import type { RewardSpec } from '../../src/reward/spec.ts'
import type { Call, Reply, Route } from '../../src/server/route.ts'
import { scoredRows } from '../../src/server/scoring/scored-rows.ts'
import {
  type ScoreAnswer,
  type ScoreRequest,
  type ScoringService,
  UNNAMED,
} from '../../src/server/scoring/scoring-service.ts'

export class DirectService implements ScoringService {
  readonly reward: Reward
  readonly run = 'run'
  readonly columnNames: readonly string[]
  /** what was asked, in order */
  readonly requests: ScoreRequest[] = []

  private constructor(reward: Reward, columnNames: readonly string[]) {
    this.reward = reward
    this.columnNames = columnNames
  }

  static async open(spec: RewardSpec): Promise<DirectService> {
    const reward = await createReward(spec)
    const { columns } = await reward.score([])
    return new DirectService(reward, [...columns.keys()])
  }

  async score(request: ScoreRequest): Promise<ScoreAnswer> {
    this.requests.push(request)
    // As the real service does, it names rows that came without an id.
    const rollouts = request.rollouts.map((rollout, index) =>
      rollout.id === UNNAMED ? { ...rollout, id: `r${index}` } : rollout,
    )
    const scored = await this.reward.score(rollouts, { abort: request.abort })
    const digest = hash('sha256', JSON.stringify(request.rollouts)).slice(0, 12)
    return {
      batch: `b_${digest}`,
      repeated: false,
      specDigest: this.reward.plan.digest,
      rows: scoredRows(scored, rollouts, 0),
    }
  }

  close(): Promise<void> {
    return this.reward.close()
  }
}

/** Calls the route at a path (with its query) as the HTTP layer does: the body has been through JSON. */
export async function ask(
  routes: readonly Route[],
  service: ScoringService,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const url = new URL(path, 'http://localhost')
  const method = body === undefined ? 'get' : 'post'
  const route = routes.find((candidate) => candidate.path === url.pathname && candidate.method === method)
  if (route === undefined) throw new Error(`no route for ${method} ${path}`)
  const call: Call = {
    service,
    abort: new AbortController().signal,
    query: url.searchParams,
    parameters: {},
    header: (name) => headers[name.toLowerCase()],
  }
  return route.handle(body === undefined ? undefined : JSON.parse(JSON.stringify(body)), call)
}
