/**
 * Holds rollouts that a protocol sends one by one until their group is whole. A group that does not fill in time, or
 * whose members' clients went away, is never scored in part: whoever waits is told how many came.
 */
import { GuerdonError } from '../../records/error.ts'

export interface GroupHolderOptions {
  /** rollouts of a whole group */
  readonly size: number
  readonly timeoutSeconds: number
}

interface Member<T> {
  readonly item: T
  readonly resolve: (group: HeldGroup<T>) => void
  readonly reject: (error: GuerdonError) => void
}

interface Held<T> {
  readonly members: Set<Member<T>>
  timer: NodeJS.Timeout
}

/** A whole group, and the caller's place in it. */
export interface HeldGroup<T> {
  readonly items: readonly T[]
  readonly position: number
  /** the same object for every member of the group */
  readonly identity: object
}

export class GroupHolder<T> {
  readonly #options: GroupHolderOptions
  readonly #groups = new Map<string, Held<T>>()
  #closed = false

  constructor(options: GroupHolderOptions) {
    this.#options = options
  }

  /**
   * Waits until `size` items of the group are here; they come back in the order of arrival.
   * @throws GuerdonError GROUP_INCOMPLETE when the time is up, RUN_CANCELLED when the caller goes away,
   *   SERVER_STOPPING once the holder is closed
   */
  join(group: string, item: T, abort: AbortSignal): Promise<HeldGroup<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<HeldGroup<T>>()
    if (abort.aborted) {
      reject(new GuerdonError('RUN_CANCELLED', 'the client went away'))
      return promise
    }
    if (this.#closed) {
      reject(stopping())
      return promise
    }
    const member: Member<T> = { item, resolve, reject }
    const held = this.#groups.get(group) ?? this.#open(group)
    held.members.add(member)
    const leave = (): void => {
      if (!held.members.delete(member)) return
      if (held.members.size === 0 && this.#groups.get(group) === held) this.#forget(group, held)
      reject(new GuerdonError('RUN_CANCELLED', 'the client went away while its group was being gathered'))
    }
    abort.addEventListener('abort', leave, { once: true })
    const settled = promise.finally(() => abort.removeEventListener('abort', leave))
    if (held.members.size >= this.#options.size) this.#release(group, held)
    return settled
  }

  /** Tells everyone who waits, and who comes from now on, that nothing more will come. */
  close(): void {
    this.#closed = true
    for (const [group, held] of [...this.#groups]) {
      this.#forget(group, held)
      for (const member of held.members) member.reject(stopping())
    }
  }

  #open(group: string): Held<T> {
    const { size, timeoutSeconds } = this.#options
    const members = new Set<Member<T>>()
    const held: Held<T> = {
      members,
      timer: setTimeout(() => {
        this.#forget(group, held)
        const came = members.size
        for (const member of members) {
          member.reject(
            new GuerdonError(
              'GROUP_INCOMPLETE',
              `the group has ${came} of ${size} rollouts after ${timeoutSeconds} s`,
              {
                where: { field: group },
                hint: 'The reward compares completions of one prompt: check --group-size, or send whole groups',
              },
            ),
          )
        }
      }, timeoutSeconds * 1000),
    }
    this.#groups.set(group, held)
    return held
  }

  #forget(group: string, held: Held<T>): void {
    clearTimeout(held.timer)
    if (this.#groups.get(group) === held) this.#groups.delete(group)
  }

  #release(group: string, held: Held<T>): void {
    this.#forget(group, held)
    const members = [...held.members]
    // From here on nobody leaves: the group is scored as a whole, whoever still listens.
    held.members.clear()
    const items = members.map(({ item }) => item)
    const identity = {}
    for (const [position, member] of members.entries()) member.resolve({ items, position, identity })
  }
}

function stopping(): GuerdonError {
  return new GuerdonError('SERVER_STOPPING', 'the server stops; send the group to another one')
}
