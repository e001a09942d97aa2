/** Vectors of card 13-hybrid-multi-aspect. */
import { ofCard } from './one-card.ts'
import { functions as shaping } from './parts/shaping.ts'
import { functions as text } from './parts/text.ts'

export const functions = ofCard('13-hybrid-multi-aspect', shaping, text)
