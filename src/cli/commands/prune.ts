/** `guerdon prune [--store URL] --maximum-rows N --maximum-age 30d`: forgets the oldest batches of a store. */
import { GuerdonError } from '../../records/error.ts'
import { number } from '../print.ts'
import { openExisting } from './export.ts'

export interface PruneCommandOptions {
  readonly store: string
  readonly maximumRows?: string
  readonly maximumAge?: string
  readonly json?: boolean
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

/**
 * Seconds of an age such as `90m`, `12h`, `30d` or `8w`.
 *
 * @throws GuerdonError ARGUMENT_INVALID for anything else
 * @example ageInSeconds('2h') // 7200
 */
export function ageInSeconds(age: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(age) ?? []
  if (count === undefined) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no age', {
      where: { field: '--maximum-age' },
      found: age,
      expected: 'a number with s, m, h, d or w: 30d',
    })
  }
  return Number(count) * SECONDS[unit as keyof typeof SECONDS]
}

function wholeNumber(found: string): number {
  if (/^\d{1,15}$/.test(found)) return Number(found)
  throw new GuerdonError('ARGUMENT_INVALID', 'is no number of rows', {
    where: { field: '--maximum-rows' },
    found,
    expected: 'a whole number from 0',
  })
}

export async function pruneCommand(options: PruneCommandOptions): Promise<void> {
  if (options.maximumRows === undefined && options.maximumAge === undefined) {
    throw new GuerdonError('ARGUMENT_INVALID', 'nothing says what may be forgotten', {
      expected: '--maximum-rows, --maximum-age or both',
    })
  }
  const policy = {
    maximumRows: options.maximumRows === undefined ? undefined : wholeNumber(options.maximumRows),
    maximumAgeSeconds: options.maximumAge === undefined ? undefined : ageInSeconds(options.maximumAge),
  }
  const store = await openExisting(options.store)
  try {
    const forgotten = await store.prune(policy)
    const left = (await store.runs()).reduce((sum, run) => sum + run.rows, 0)
    if (options.json === true) console.log(JSON.stringify({ forgotten, left }, null, 2))
    else console.log(`${number(forgotten)} rows forgotten, ${number(left)} left in ${store.location}`)
  } finally {
    await store.close()
  }
}
