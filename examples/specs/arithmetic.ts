/** The same reward as arithmetic.yaml, written in TypeScript: both compile to the same object. */
import {
  defineReward,
  grpo,
  length,
  mathAnswer,
  regularExpression,
  softOverlong,
  weightedSum,
} from '../../src/index.ts'

export default defineReward({
  name: 'arithmetic',
  signals: {
    correct: mathAnswer({ rules: ['boxed'] }),
    boxed: regularExpression({ pattern: '\\\\boxed\\{[^{}]+\\}' }),
    tokens: length({ unit: 'tokens' }),
  },
  shape: { tokens: softOverlong({ maximum: 96, buffer: 48, mode: 'replace' }) },
  combine: weightedSum({ weights: { correct: 1, boxed: 0.1, tokens: 0.2 } }),
  advantage: grpo(),
})
