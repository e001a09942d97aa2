/** Vectors of card 04-dler. */
import { ofCard } from './one-card.ts'
import { functions as advantages } from './parts/advantages.ts'
import { functions as shaping } from './parts/shaping.ts'

export const functions = ofCard('04-dler', advantages, shaping)
