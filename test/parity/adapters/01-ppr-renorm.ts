/** Vectors of card 01-ppr-renorm. */
import { ofCard } from './one-card.ts'
import { functions as text } from './parts/text.ts'

export const functions = ofCard('01-ppr-renorm', text)
