/** Vectors of card 12-clip-delta. */
import { ofCard } from './one-card.ts'
import { functions as shaping } from './parts/shaping.ts'

export const functions = ofCard('12-clip-delta', shaping)
