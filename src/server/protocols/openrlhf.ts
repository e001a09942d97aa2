/**
 * OpenRLHF's remote reward: texts with their prompts and labels in, rewards, scores and logs out. It has no place for
 * an invalid row, so such a row fails the request with its reason.
 */
import { z } from 'zod'
import type { Rollout } from '../../records/rollout.ts'
import type { Call, Reply, Route } from '../route.ts'
import { cutPrompt, END_OF_TURN_TOKENS, splitChatText, stripEndOfTurn } from './chat-text.ts'
import { parseBody, sameLength } from './parse-body.ts'
import {
  accuracyColumn,
  accuracyOf,
  columnNamesOf,
  groupsOf,
  numericColumns,
  requiredReward,
  score,
} from './scored-answer.ts'
import { labelSchema, plainRollout } from './wire-text.ts'

const texts = z.union([z.string(), z.array(z.string())])

const requestSchema = z.looseObject({
  query: texts.describe('prompt and completion, special tokens included'),
  prompts: texts.nullish().describe('the prompts, template applied; without them the chat template is read'),
  labels: labelSchema.optional(),
})

const responseSchema = z.object({
  rewards: z.array(z.number()),
  scores: z
    .array(z.number())
    .describe('in [0, 1]: the first signal with a range within [0, 1], else the reward, clamped'),
  extra_logs: z
    .record(z.string(), z.array(z.number()))
    .describe('every column, and <column>_valid: 0 where the column is invalid and 0 stands in its place'),
})

const listOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value

/** A row's prompt and completion; what could not be cut exactly is said in the row's metadata. */
function rolloutOf(
  query: string,
  prompt: string | undefined,
  label: unknown,
  endOfTurn: readonly string[],
): Rollout {
  if (prompt === undefined) {
    const split = splitChatText(query)
    return plainRollout({ ...split, completion: stripEndOfTurn(split.completion, endOfTurn), label })
  }
  const { completion, cut } = cutPrompt(query, prompt)
  return plainRollout({
    prompt,
    completion: stripEndOfTurn(completion, endOfTurn),
    label,
    metadata:
      cut === undefined
        ? undefined
        : {
            promptPrefix: `the query does not begin with the prompt; their longest common prefix was cut, ${cut} of ${prompt.length} characters`,
          },
  })
}

async function openrlhf(body: unknown, call: Call, endOfTurn: readonly string[]): Promise<Reply> {
  const request = parseBody(requestSchema, body)
  const queries = listOf(request.query)
  const prompts =
    request.prompts === undefined || request.prompts === null ? undefined : listOf(request.prompts)
  if (prompts !== undefined) sameLength('prompts', prompts.length, 'query', queries.length)
  const { labels } = request
  const labelList = Array.isArray(labels) ? labels : labels === undefined || labels === null ? [] : [labels]
  if (labelList.length > 0 || Array.isArray(labels))
    sameLength('labels', labelList.length, 'query', queries.length)
  const rollouts = queries.map((query, index) =>
    rolloutOf(query, prompts?.[index], labelList[index], endOfTurn),
  )
  const accuracy = accuracyColumn(call.service.reward)
  const answer = await score(call, 'openrlhf', rollouts, groupsOf(call, rollouts.length))
  const logs: Record<string, number[]> = {}
  for (const name of columnNamesOf(call, answer)) {
    logs[name] = []
    logs[`${name}_valid`] = []
  }
  const rewards = answer.rows.map(requiredReward)
  for (const row of answer.rows) {
    const numbers = numericColumns(columnNamesOf(call, answer), row)
    for (const name in numbers) logs[name]!.push(numbers[name]!)
  }
  return {
    body: { rewards, scores: answer.rows.map((row) => accuracyOf(row, accuracy)), extra_logs: logs },
  }
}

/** @param endOfTurn tokens that are cut from the end of a completion */
export function openrlhfRoutes(endOfTurn: readonly string[] = END_OF_TURN_TOKENS): readonly Route[] {
  return ['/get_reward', '/openrlhf'].map((path) => ({
    method: 'post',
    path,
    protocol: 'openrlhf',
    summary: 'OpenRLHF remote_url: one or many texts in, rewards, scores and extra_logs out.',
    request: requestSchema,
    response: responseSchema,
    handle: (body, call) => openrlhf(body, call, endOfTurn),
  }))
}
