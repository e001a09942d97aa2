/** Vectors of card 02-bnpo. */
import { ofCard } from './one-card.ts'
import { functions as advantages } from './parts/advantages.ts'

export const functions = ofCard('02-bnpo', advantages)
