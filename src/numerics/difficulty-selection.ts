/**
 * Chooses training prompts by how well a base model already does on them: any score column, higher = easier.
 * Source: paper 49 (BLEUBERI), training/create_training_data.py `make_grpo_data`.
 */
import { GuerdonError } from '../records/error.ts'
import type { RandomStream } from './random.ts'

export type Difficulty = 'easy' | 'medium' | 'hard'

function checkScores(scores: ArrayLike<number>, count: number): void {
  for (let index = 0; index < scores.length; index++) {
    if (!Number.isFinite(scores[index]!)) {
      throw new GuerdonError('ARGUMENT_INVALID', `score ${index} is not a finite number`, {
        found: scores[index],
      })
    }
  }
  if (!Number.isInteger(count) || count < 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the number of prompts must be a whole number', {
      found: count,
    })
  }
}

/**
 * Positions of `count` of n prompts, the highest score first: the highest-scoring ones (`easy`), the lowest-scoring
 * (`hard`), or those in the middle of the ascending order, from ⌊(n − count)/2⌋ on (`medium`). Sorts are stable; a count
 * of n or more takes all.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a score that is not finite or a count that is not a whole number
 * @example selectByDifficulty([0.1, 0.9, 0.5], 2, 'hard') // [2, 0]
 */
export function selectByDifficulty(
  scores: ArrayLike<number>,
  count: number,
  difficulty: Difficulty,
): Int32Array {
  checkScores(scores, count)
  const size = scores.length
  const taken = Math.min(count, size)
  const positions = Array.from({ length: size }, (_, index) => index)
  const descending = (left: number, right: number): number => scores[right]! - scores[left]!
  if (difficulty === 'easy') return Int32Array.from(positions.sort(descending).slice(0, taken))
  positions.sort((left, right) => scores[left]! - scores[right]!)
  const start = difficulty === 'hard' ? 0 : Math.floor((size - taken) / 2)
  return Int32Array.from(positions.slice(start, start + taken).sort(descending))
}

/**
 * Positions of the prompts whose score lies in [low, high], the highest score first.
 *
 * @example selectBand([0, 0.4, 1], 0.1, 0.9) // [1]
 */
export function selectBand(scores: ArrayLike<number>, low: number, high: number): Int32Array {
  checkScores(scores, 0)
  const positions = Array.from({ length: scores.length }, (_, index) => index)
  return Int32Array.from(
    positions
      .filter((index) => scores[index]! >= low && scores[index]! <= high)
      .sort((left, right) => scores[right]! - scores[left]!),
  )
}

/**
 * Positions of `count` of `size` prompts drawn without replacement, in the order of the draw.
 *
 * @example selectAtRandom(3, 5, new RandomStream(1)).length // 3: there are no more
 */
export function selectAtRandom(size: number, count: number, random: RandomStream): Int32Array {
  const positions = Array.from({ length: size }, (_, index) => index)
  return Int32Array.from(random.shuffle(positions).slice(0, count))
}
