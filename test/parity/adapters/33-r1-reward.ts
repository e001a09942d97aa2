/** Vectors of card 33-r1-reward. */
import { ofCard } from './one-card.ts'
import { functions as advantages } from './parts/advantages.ts'
import { functions as dialects } from './parts/dialects.ts'
import { functions as shaping } from './parts/shaping.ts'
import { functions as text } from './parts/text.ts'

export const functions = ofCard('33-r1-reward', dialects, text, shaping, advantages)
