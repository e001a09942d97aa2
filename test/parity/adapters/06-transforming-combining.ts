/** Vectors of card 06-transforming-combining. */
import { ofCard } from './one-card.ts'
import { functions as shaping } from './parts/shaping.ts'
import { functions as text } from './parts/text.ts'

export const functions = ofCard('06-transforming-combining', text, shaping)
