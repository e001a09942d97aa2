/** The three annotators between whom a labelling budget is usually divided. */
import { type Annotator, annotator } from './annotator.ts'

/**
 * expert: β = 6, ε = 0.02, cost 10; crowd: β = 1.5, ε = 0.1, λ = 0.3, cost 1; LLM judge: β = 3, ε = 0.05, λ = 0.6,
 * δ = 0.3, cost 0.05, and consistent: its noise is a hash of the pair, so asking again does not average it away.
 * Source: paper 00-preference-testbed.
 *
 * @param lengthScale length of one unit of length bias, usually the standard deviation of the items' lengths
 * @example annotatorPreset('expert', 1).rationality // 6
 */
export function annotatorPreset(name: AnnotatorPreset, lengthScale: number): Annotator {
  return annotator({ ...PRESETS[name], lengthScale })
}

const PRESETS = {
  expert: { rationality: 6, flip: 0.02, cost: 10 },
  crowd: { rationality: 1.5, flip: 0.1, lengthBias: 0.3, cost: 1 },
  'llm-judge': {
    rationality: 3,
    flip: 0.05,
    lengthBias: 0.6,
    positionBias: 0.3,
    consistent: true,
    cost: 0.05,
  },
} as const satisfies Record<string, Partial<Annotator>>

export type AnnotatorPreset = keyof typeof PRESETS
