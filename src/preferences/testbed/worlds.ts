/** Whole experiments by name: who labels, how often, and what about. */
import type { RandomStream } from '../../numerics/random.ts'
import { type Annotator, annotator } from './annotator.ts'
import { columnsOf, type PairOptions } from './item-pairs.ts'
import { type LabelledPairs, type LabelOptions, labelPairs } from './label-pairs.ts'
import { labelUsers, type UserPairs } from './label-users.ts'
import { type Population, type PopulationName, population } from './populations.ts'
import { linearTeacher, type Teacher, tanhTeacher } from './teacher.ts'

interface WorldSetting {
  readonly annotator: Annotator
  readonly labels?: LabelOptions
  readonly items?: Pick<PairOptions, 'showLength' | 'showStyle' | 'styles'>
}

/** The settings of one teacher; `lengthy` and `cycle3` show the model what misleads the annotator. */
export const WORLDS = {
  clean: { annotator: annotator({ rationality: 4, flip: 0 }) },
  crowd: { annotator: annotator({ rationality: 1.5, flip: 0.1 }), labels: { votes: 3 } },
  lengthy: { annotator: annotator({ lengthBias: 1 }), items: { showLength: true } },
  noisy40: { annotator: annotator(), labels: { noisy: { share: 0.4, flip: 0.4 } } },
  cycle3: {
    annotator: annotator({ rationality: 0.5, intransitivity: 2, styles: 3 }),
    items: { showStyle: true, styles: 3 },
  },
} as const satisfies Record<string, WorldSetting>

/** The settings of several groups. */
export const POPULATION_WORLDS = {
  agree: 'agree',
  'two-opposed': 'opposed',
  partial: 'partial',
  minority: 'minority',
  four: 'four',
} as const satisfies Record<string, PopulationName>

export type WorldName = keyof typeof WORLDS
export type PopulationWorldName = keyof typeof POPULATION_WORLDS

export interface WorldOptions {
  readonly pairs: number
  /** pairs of a test set from other prompts; none unless told */
  readonly testPairs?: number
  /** columns with utility, 16 unless told */
  readonly dimensions?: number
  /** w·x (the default), or w₂·tanh(W₁x) */
  readonly teacher?: 'linear' | 'tanh'
  /** hidden units of the tanh teacher, 32 unless told */
  readonly units?: number
}

export interface World {
  readonly teacher: Teacher
  readonly annotator: Annotator
  readonly train: LabelledPairs
  readonly test: LabelledPairs
}

/**
 * A world of one teacher, w·x with w ~ N(0, I) or a tanh network: `clean` (β 4, ε 0), `crowd` (β 1.5, ε 0.1, majority of three), `lengthy` (β 2, λ 1,
 * ε 0.05, utility independent of length), `noisy40` (ε 0.4 on a random 40 % of the pairs, 0.05 on the rest) and
 * `cycle3` (κ 2, β 0.5, three styles). The noise-free preferences of the test set are its utilities.
 * Source: paper 00-preference-testbed.
 *
 * @example drawWorld(new RandomStream(1), 'crowd', { pairs: 10 }).train.labelsUsed // 30
 */
export function drawWorld(stream: RandomStream, name: WorldName, options: WorldOptions): World {
  const setting: WorldSetting = WORLDS[name]
  const { pairs, testPairs = 0, dimensions = 16, units = 32 } = options
  const items = { dimensions, ...setting.items }
  const source = stream.derive('teacher')
  const width = columnsOf(items)
  const teacher =
    options.teacher === 'tanh'
      ? tanhTeacher(source, { dimensions: width, looksAt: dimensions, units })
      : linearTeacher(
          Float64Array.from({ length: width }, (_, column) => (column < dimensions ? source.normal() : 0)),
        )
  const label = (part: string, count: number): LabelledPairs =>
    labelPairs(stream.derive(part), teacher, setting.annotator, { ...items, ...setting.labels, pairs: count })
  return {
    teacher,
    annotator: setting.annotator,
    train: label('train', pairs),
    test: label('test', testPairs),
  }
}

export interface PopulationWorldOptions {
  readonly users: number
  readonly pairsPerUser: number
  readonly testUsers?: number
  readonly dimensions?: number
  readonly annotator?: Annotator
  readonly spread?: number
  readonly hinted?: number
  readonly controversial?: number
}

export interface PopulationWorld {
  readonly population: Population
  readonly annotator: Annotator
  readonly train: UserPairs
  /** other users and other prompts; absent unless asked for */
  readonly test?: UserPairs
}

/**
 * A world of several groups: `agree`, `two-opposed`, `partial`, `minority` or `four`, with users who label their own
 * pairs. Give `mixtureBounds` beside any score: it says what can be reached.
 *
 * @example drawPopulationWorld(new RandomStream(1), 'four', { users: 3, pairsPerUser: 2 }).train.count // 6
 */
export function drawPopulationWorld(
  stream: RandomStream,
  name: PopulationWorldName,
  options: PopulationWorldOptions,
): PopulationWorld {
  const { users, pairsPerUser, testUsers = 0, dimensions = 16, controversial = 0.4 } = options
  const people = population(stream.derive('population'), POPULATION_WORLDS[name], {
    dimensions,
    controversial,
  })
  const who = options.annotator ?? annotator()
  const label = (part: string, count: number): UserPairs =>
    labelUsers(stream.derive(part), people, who, {
      users: count,
      pairsPerUser,
      dimensions,
      spread: options.spread ?? 0.1,
      hinted: options.hinted ?? 0,
    })
  return {
    population: people,
    annotator: who,
    train: label('train', users),
    ...(testUsers > 0 ? { test: label('test', testUsers) } : {}),
  }
}
