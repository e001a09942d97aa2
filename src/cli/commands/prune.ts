/** `guerdon prune [--store URL] --maximum-rows N --maximum-age 30d`: forgets the oldest batches of a store. */
import { GuerdonError } from '../../records/error.ts'
import { AGE_FORM, parseAge } from '../../store/parse-age.ts'
import { number } from '../print.ts'
import { openExisting } from './export.ts'

export interface PruneCommandOptions {
  readonly store: string
  readonly maximumRows?: string
  readonly maximumAge?: string
  readonly json?: boolean
}

function ageInSeconds(found: string): number {
  const seconds = parseAge(found)
  if (seconds !== undefined) return seconds
  throw new GuerdonError('ARGUMENT_INVALID', 'is no age', {
    where: { field: '--maximum-age' },
    found,
    expected: AGE_FORM,
  })
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
