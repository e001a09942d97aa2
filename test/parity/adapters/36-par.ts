/** Vectors of card 36-par. */
import { ofCard } from './one-card.ts'
import { functions as advantages } from './parts/advantages.ts'
import { functions as shaping } from './parts/shaping.ts'

export const functions = ofCard('36-par', shaping, advantages)
