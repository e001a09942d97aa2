/**
 * A reward model of others in the ONNX format: a sequence classifier from a folder or the hub. Range: its logit, or [0, 1]
 * with an activation.
 */
import { z } from 'zod'
import { onnxScorerSpec, openTextScorer, type TextScorer } from '../inference/text-scorer.ts'
import { defineSignal, type SignalContext } from '../kinds/signal.ts'
import { checkReading, readingParameters, scoreConversations } from './encoded-conversations.ts'

const { use: _, ...fields } = onnxScorerSpec.shape
const parameters = z.object({ ...fields, ...readingParameters })

function opened(
  { read, template, ...spec }: z.output<typeof parameters>,
  { folder, resource }: Pick<SignalContext, 'folder' | 'resource'>,
): Promise<TextScorer> {
  return resource(
    `sequence-classifier ${folder} ${JSON.stringify(spec)}`,
    () => openTextScorer({ use: 'onnx', ...spec }, { folder }),
    (scorer) => scorer.close(),
  )
}

export const sequenceClassifier = defineSignal({
  name: 'sequence-classifier',
  summary:
    'A sequence classifier in the ONNX format (a folder, or a repository of the hub) as a reward model.',
  range: 'unbounded; [0, 1] with activation: sigmoid or softmax',
  grain: 'rollout',
  aliases: ['onnx reward model', 'AutoModelForSequenceClassification'],
  parameters,
  examples: [
    {
      title: 'the logit of a model’s only label, for the completion alone',
      parameters: { model: 'tiny-classifier', read: 'completion' },
      input: { rollouts: [{ completion: 'the cat sat' }, { completion: 'dog' }] },
      result: [-15.940833, -9.087328],
      tolerance: 1e-5,
    },
  ],
  async open(given, context) {
    checkReading(await opened(given, context), given)
  },
  async score(batch, given, context) {
    return scoreConversations(await opened(given, context), batch, given, context)
  },
})
