/** Vectors of card 31-dr-irl. */
import { ofCard } from './one-card.ts'
import { functions as advantages } from './parts/advantages.ts'

export const functions = ofCard('31-dr-irl', advantages)
