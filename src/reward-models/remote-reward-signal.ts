/**
 * A reward model that a server runs: vLLM, SGLang or text-embeddings-inference. Range: what the server answers. Requests
 * are tried again where that may help; what a row's request finally fails with is that row's reason.
 */
import { z } from 'zod'
import { endpointScorerSpec, openTextScorer, type TextScorer } from '../inference/text-scorer.ts'
import { defineSignal, type SignalContext } from '../kinds/signal.ts'
import { checkReading, readingParameters, scoreConversations } from './encoded-conversations.ts'

const { use: _, ...fields } = endpointScorerSpec.shape
const parameters = z.object({ ...fields, ...readingParameters })

function opened(
  { read, template, ...spec }: z.output<typeof parameters>,
  { resource }: Pick<SignalContext, 'resource'>,
): Promise<TextScorer> {
  return resource(
    `remote-reward ${JSON.stringify(spec)}`,
    () => openTextScorer({ use: 'endpoint', ...spec }),
    (scorer) => scorer.close(),
  )
}

export const remoteReward = defineSignal({
  name: 'remote-reward',
  summary: 'A reward model behind a server of vLLM, SGLang or text-embeddings-inference.',
  range: 'what the server answers',
  grain: 'rollout',
  aliases: ['remote reward model', 'vllm reward', 'sglang reward', 'tei'],
  parameters,
  examples: [
    {
      title: 'a server whose score is the number of characters, of prompt and completion',
      parameters: { protocol: 'tei', url: 'http://127.0.0.1:8080' },
      input: { rollouts: [{ prompt: 'Hi', completion: 'Hello' }, { completion: 'abc' }] },
      result: [9, 3],
    },
  ],
  async open(given, context) {
    checkReading(await opened(given, context), given)
  },
  async score(batch, given, context) {
    return scoreConversations(await opened(given, context), batch, given, context)
  },
})
