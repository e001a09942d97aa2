/**
 * Rollouts that come one by one to a reward that compares them: the members of a group wait for each other, are scored
 * as one request, and each is given its own row.
 */
import { LRUCache } from 'lru-cache'
import { rolloutDigest } from './content-digest.ts'
import { GroupHolder, type GroupHolderOptions } from './group-holder.ts'
import type { ScoreAnswer, ScoreRequest } from './scoring-service.ts'

/** answers of members that are remembered for their retries */
const answersKept = 20_000

interface MemberAnswer {
  /** who asked last */
  client: AbortSignal
  readonly answer: Promise<ScoreAnswer>
}

export class HeldGroups {
  readonly #holder: GroupHolder<ScoreRequest>
  readonly #score: (group: ScoreRequest) => Promise<ScoreAnswer>
  readonly #groups = new WeakMap<object, Promise<ScoreAnswer>>()
  readonly #answers = new LRUCache<string, MemberAnswer>({ max: answersKept })

  /** @param score scores a whole group that is given as one request */
  constructor(options: GroupHolderOptions, score: (group: ScoreRequest) => Promise<ScoreAnswer>) {
    this.#holder = new GroupHolder(options)
    this.#score = score
  }

  /** Scores a request of one rollout together with its siblings. @throws GuerdonError as `GroupHolder.join` */
  async score(request: ScoreRequest): Promise<ScoreAnswer> {
    const rollout = request.rollouts[0]!
    const content = `${request.protocol} ${rolloutDigest(rollout)}`
    const earlier = this.#answers.get(content)
    if (earlier?.client.aborted) {
      // Its client went away after the group was whole: this is the retry, and the group will not come again.
      earlier.client = request.abort
      return { ...(await earlier.answer), repeated: true }
    }
    const { items, position, identity } = await this.#holder.join(rollout.group, request, request.abort)
    let scored = this.#groups.get(identity)
    if (scored === undefined) {
      scored = this.#score({
        protocol: request.protocol,
        groups: 'whole',
        rollouts: items.map((item) => item.rollouts[0]!),
        // The group is wanted as long as one of its members is.
        abort: new AbortController().signal,
      })
      this.#groups.set(identity, scored)
    }
    const answer = scored.then((whole) => ({ ...whole, rows: [whole.rows[position]!] }))
    this.#answers.set(content, { client: request.abort, answer })
    return answer
  }

  close(): void {
    this.#holder.close()
  }
}
