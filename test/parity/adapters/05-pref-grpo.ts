/** Vectors of card 05-pref-grpo. */
import { ofCard } from './one-card.ts'
import { functions as advantages } from './parts/advantages.ts'
import { functions as text } from './parts/text.ts'

export const functions = ofCard('05-pref-grpo', advantages, text)
