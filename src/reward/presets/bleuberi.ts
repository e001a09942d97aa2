/**
 * BLEUBERI: BLEU against good reference answers as the only reward, for prompts a base model does badly on.
 * Source: paper 49, training/dataset.py and grpo.sh.
 */
import { definePreset } from '../../kinds/preset.ts'

export const bleuberi = definePreset({
  name: 'bleuberi',
  summary: 'Smoothed BLEU of the answer against the references, group-relative.',
  paper: { slug: '49-bleuberi', title: 'BLEUBERI', source: 'training/dataset.py; training/grpo.sh' },
  fragment: {
    signals: { bleu: { use: 'bleu', variant: 'hf-smooth', answer: 'tags' } },
    combine: { use: 'weighted-sum', weights: { bleu: 1 } },
    advantage: { use: 'grpo', dialect: 'trl' },
  },
})
