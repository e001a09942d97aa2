/** NeMo-Gym: prompts as the parameters of a Responses request, rollouts with the response and its reward. */
import type { ErrorPlace } from '../../error.ts'
import { type Message, promptDigest, type Rollout, type Step, type Text } from '../../rollout.ts'
import {
  defined,
  type Fields,
  isGiven,
  isMessages,
  missing,
  otherFields,
  readId,
  readNumber,
  readObject,
  readReference,
  readString,
  wrongForm,
} from '../fields.ts'
import { column, hasAll, type Layout } from '../layout.ts'

const promptColumns = {
  uuid: column.optionalString,
  responses_create_params: column.json,
  expected_answer: column.optionalReference,
}

/** The text parts of a Responses item's content. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('')
}

function promptOf(row: Fields, where: ErrorPlace): Text {
  const request = readObject(row, 'responses_create_params', where)
  const field = 'responses_create_params.input'
  const { input, instructions } = request
  if (input === undefined || input === null)
    throw missing(where, field, request, 'a string or a list of messages')
  const system: Message[] =
    typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : []
  if (typeof input === 'string') {
    return system.length === 0 ? input : [...system, { role: 'user', content: input }]
  }
  if (!isMessages(input)) throw wrongForm(where, field, input, 'a string or a list of messages')
  return [...system, ...(input as Message[])]
}

export const nemoGym: Layout<'prompt'> = {
  name: 'nemo-gym',
  record: 'prompt',
  columns: promptColumns,
  matches: (columns) => columns.has('responses_create_params') && !columns.has('response'),
  parse(row, where) {
    const prompt = promptOf(row, where)
    return {
      id: isGiven(row.uuid) ? readId(row, 'uuid', where) : promptDigest(prompt),
      prompt,
      source: 'nemo-gym',
      ...defined({
        reference: readReference(row, 'expected_answer', where),
        metadata: otherFields(row, promptColumns),
      }),
    }
  },
}

const rolloutColumns = {
  ...promptColumns,
  response: column.json,
  reward: column.optionalNumber,
  reward_components: column.optionalJson,
}

/** A field of a call as text: models send objects where strings are meant. */
function callText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** One item of a response's output as a step; the results of tools are marked. */
export function stepOf(item: Fields): Step {
  switch (item.type) {
    case 'function_call':
      return { text: `${callText(item.name)}(${callText(item.arguments)})` }
    case 'function_call_output':
      return { text: contentText(item.output), tool: true }
    case 'reasoning':
      return { text: contentText(item.content) || contentText(item.summary) }
    default:
      return { text: contentText(item.content) }
  }
}

/** The reward and its components as columns; a row whose judge failed has none, since its 0 is no score. */
function rewardColumns(row: Fields, where: ErrorPlace): Record<string, number> | undefined {
  const columns: Record<string, number> = {}
  if (typeof row._ng_failure_class === 'string') return undefined
  const reward = readNumber.optional(row, 'reward', where)
  if (reward !== undefined) columns.reward = reward
  const components = readObject.optional(row, 'reward_components', where) ?? {}
  for (const name in components) {
    columns[name] = readNumber(
      { [`reward_components.${name}`]: components[name] },
      `reward_components.${name}`,
      where,
    )
  }
  return Object.keys(columns).length === 0 ? undefined : columns
}

export const nemoGymRollouts: Layout<'rollout'> = {
  name: 'nemo-gym-rollouts',
  record: 'rollout',
  columns: rolloutColumns,
  matches: (columns) => hasAll(columns, 'responses_create_params', 'response'),
  /** the completion is the output text of the assistant's messages; with tools or reasoning every item is a step */
  parse(row, where): Rollout {
    const prompt = promptOf(row, where)
    const response = readObject(row, 'response', where)
    const output = readObject.list({ 'response.output': response.output }, 'response.output', where)
    const said = output.filter(
      (item) => item.type === 'message' && (item.role ?? 'assistant') === 'assistant',
    )
    return {
      id: readId(row, 'uuid', where),
      group: promptDigest(prompt),
      prompt,
      completion: said.map((item) => contentText(item.content)).join(''),
      ...defined({
        reference: readReference(row, 'expected_answer', where),
        steps: said.length === output.length ? undefined : output.map(stepOf),
        finishReason: readString.optional(response, 'status', where),
        columns: rewardColumns(row, where),
        metadata: otherFields(row, rolloutColumns),
      }),
    }
  },
}
