/** The studio's routes, as the HTTP layer takes them. Paths and answers: `schemas.ts`. */
import { GuerdonError } from '../../records/error.ts'
import type { Call, Reply, Route } from '../route.ts'
import { waitFor } from './query/answer-cache.ts'
import {
  anatomyQuery,
  groupQuery,
  groupsQuery,
  parseQuery,
  rowsQuery,
  seriesQuery,
} from './query/parse-query.ts'
import {
  alertList,
  anatomy,
  groupDetail,
  groupPage,
  rowDetail,
  rowPage,
  runDetail,
  runList,
  series,
} from './schemas.ts'
import { Studio, type StudioOptions } from './studio.ts'

const BASE = '/studio/api/runs'

/**
 * Every JSON route of the studio. `GET /studio/api/events` is a stream and belongs to the HTTP layer.
 *
 * @param studio given when something else needs it too, for example its alerts' rows for the live events
 */
export function studioRoutes(options: StudioOptions, studio: Studio = new Studio(options)): Route[] {
  const get = (
    path: string,
    summary: string,
    response: NonNullable<Route['response']>,
    answer: (call: Call) => Promise<unknown>,
  ): Route => ({
    method: 'get',
    path: `${BASE}${path}`,
    protocol: 'studio',
    summary,
    response,
    handle: async (_, call): Promise<Reply> => ({ body: await waitFor(answer(call), call.abort) }),
  })
  const run = ({ parameters }: Call): string => parameters.run!
  return [
    get('', 'Every run of the store with its curves and newest alerts.', runList, ({ abort }) =>
      studio.runs(abort),
    ),
    get('/:run', 'One run: its spec, its columns, and what trainers would undo.', runDetail, (call) =>
      studio.run(run(call), call.abort),
    ),
    get('/:run/series', 'Each column along the training.', series, (call) =>
      studio.series(run(call), parseQuery(seriesQuery, call.query), call.abort),
    ),
    get('/:run/anatomy', 'What each column is like and how much of the reward it decides.', anatomy, (call) =>
      studio.anatomy(run(call), parseQuery(anatomyQuery, call.query), call.abort),
    ),
    get('/:run/groups', 'Groups by filter and order, a page at a time.', groupPage, (call) =>
      studio.groups(run(call), parseQuery(groupsQuery, call.query), call.abort),
    ),
    get('/:run/groups/:group', 'The rows of one group, best first.', groupDetail, (call) =>
      studio.group(run(call), call.parameters.group!, parseQuery(groupQuery, call.query).step),
    ),
    get('/:run/rows', 'Rows by filter and order, a page at a time.', rowPage, (call) =>
      studio.rows(run(call), parseQuery(rowsQuery, call.query), call.abort),
    ),
    get('/:run/rows/:sequence', 'Why one row got its reward.', rowDetail, (call) =>
      studio.row(run(call), sequenceOf(call.parameters.sequence!), call.abort),
    ),
    get('/:run/alerts', 'The alerts of a run, newest first.', alertList, (call) => studio.alerts(run(call))),
  ]
}

function sequenceOf(given: string): number {
  if (/^\d{1,15}$/.test(given)) return Number(given)
  throw new GuerdonError('DATA_ROW_UNKNOWN', 'is no place of a row', {
    where: { field: 'sequence' },
    found: given,
    expected: 'a whole number from 0',
  })
}
