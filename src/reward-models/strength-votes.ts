/**
 * Preference strength by voting: several heads are trained on the same pairs and asked how much better they find the
 * chosen completion. Cross-fitted voters are asked only about prompts they were not trained on, so they cannot have
 * memorised the labels they judge. Source: paper 16, section 2.1.
 */
import { type PreferenceStrength, preferenceStrength } from '../numerics/preference-strength.ts'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { bradleyTerryHead } from './bradley-terry-head.ts'
import { selectPairs } from './encoded-pairs.ts'
import type { RecipeContext, TrainingSplit } from './recipe.ts'
import { scorePairs } from './score-pairs.ts'
import { stageContext } from './stage-context.ts'

export interface VoteOptions {
  /** M, each with an initialisation, an order and a division into folds of its own */
  readonly voters: number
  /** a voter is so many models, each trained on all folds but one; 1: one model that judges what it was trained on */
  readonly folds: number
  readonly hidden: readonly number[]
  readonly activation: 'none' | 'relu' | 'tanh' | 'silu'
  /** passes over the pairs; few, since voters that are trained long memorise wrong labels */
  readonly epochs: number
  readonly batchSize: number
  readonly rate: number
  readonly weightDecay: number
  /** the epoch that is kept, by validation accuracy, or the last one */
  readonly select: 'best' | 'last'
}

export interface Votes {
  /** of the training pairs */
  readonly train: PreferenceStrength
  /** of the validation pairs, by all models of every voter */
  readonly validation: PreferenceStrength
}

/** A fold 0 … folds − 1 for every row, so that rows of one prompt are in one fold. */
function foldsOf(prompts: Int32Array, folds: number, stream: RandomStream): Int32Array {
  const distinct = stream.shuffle([...new Set(prompts)])
  const foldOf = new Map(distinct.map((prompt, place) => [prompt, place % folds]))
  return prompts.map((prompt) => foldOf.get(prompt)!)
}

/**
 * Trains voters and collects their margins: μ̂ and σ̂ of every pair, in the voters' unit of reward.
 *
 * @throws GuerdonError ARGUMENT_INVALID with fewer prompts than folds; what training throws
 */
export async function voteStrength(
  { train, validation }: TrainingSplit,
  options: VoteOptions,
  context: RecipeContext,
): Promise<Votes> {
  const { voters, folds, ...head } = options
  const prompts = new Set(train.prompts).size
  if (folds > 1 && prompts < folds)
    throw new GuerdonError('ARGUMENT_INVALID', `${prompts} prompts cannot be divided into ${folds} folds`, {
      expected: 'at least one prompt a fold',
      hint: 'Set folds to 1, or give the pairs their prompts',
    })
  const stream = new RandomStream(context.seed).derive('voters')
  const chosen: Float64Array[] = []
  const rejected: Float64Array[] = []
  const validationChosen: Float64Array[] = []
  const validationRejected: Float64Array[] = []
  for (let voter = 0; voter < voters; voter++) {
    const own = stream.derive(`voter ${voter}`)
    const fold = foldsOf(train.prompts, folds, own)
    const sides = [new Float64Array(train.count), new Float64Array(train.count)] as const
    for (let held = 0; held < folds; held++) {
      const rows = [...fold.keys()]
      const judged = Int32Array.from(rows.filter((row) => fold[row] === held))
      const taught = folds === 1 ? judged : Int32Array.from(rows.filter((row) => fold[row] !== held))
      const trained = await bradleyTerryHead.run(
        { train: selectPairs(train, taught), validation },
        { ...head, hidden: [...head.hidden], schedule: 'constant' },
        {
          ...stageContext(context, `voter ${voter + 1} of ${voters}, fold ${held + 1} of ${folds}`),
          seed: own.derive(`fold ${held}`).integer32(),
        },
      )
      const votes = await scorePairs(bradleyTerryHead, trained, selectPairs(train, judged))
      judged.forEach((row, place) => {
        sides[0][row] = votes.chosen[place]!
        sides[1][row] = votes.rejected[place]!
      })
      const outside = await scorePairs(bradleyTerryHead, trained, validation)
      validationChosen.push(outside.chosen)
      validationRejected.push(outside.rejected)
    }
    chosen.push(sides[0])
    rejected.push(sides[1])
  }
  return {
    train: preferenceStrength(chosen, rejected),
    validation: preferenceStrength(validationChosen, validationRejected),
  }
}
