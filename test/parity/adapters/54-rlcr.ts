/** Vectors of card 54-rlcr. */
import { ofCard } from './one-card.ts'
import { functions as dialects } from './parts/dialects.ts'

export const functions = ofCard('54-rlcr', dialects)
