/** Vectors of card 00-baselines. */
import { ofCard } from './one-card.ts'
import { functions as advantages } from './parts/advantages.ts'

export const functions = ofCard('00-baselines', advantages)
