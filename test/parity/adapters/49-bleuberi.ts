/** Vectors of card 49-bleuberi. */
import { ofCard } from './one-card.ts'
import { functions as text } from './parts/text.ts'

export const functions = ofCard('49-bleuberi', text)
