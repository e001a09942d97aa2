/**
 * DLER: short reasoning without loss of accuracy by the plainest length penalty, truncation, and batch-wise advantages.
 * A right answer beyond 4,000 tokens earns nothing (the released settings leave a tenth: `factor: 0.1`). Add dynamic
 * sampling and clip-higher in the trainer. Source: paper 04.
 */
import { definePreset } from '../../kinds/preset.ts'

export const dler = definePreset({
  name: 'dler',
  summary: 'Math answers that must fit into 4,000 tokens, normalised over the batch.',
  paper: {
    slug: '04-dler',
    title: 'DLER: Doing Length pEnalty Right',
    source: 'truncation, batch-wise normalisation',
  },
  fragment: {
    signals: { correct: { use: 'math-answer' }, length: { use: 'length', unit: 'tokens' } },
    shape: { correct: [{ use: 'truncation-penalty', limit: 4000, unit: 'tokens', factor: 0 }] },
    combine: { use: 'weighted-sum', weights: { correct: 1 } },
    advantage: { use: 'reinforce-plus-plus-baseline' },
  },
})
