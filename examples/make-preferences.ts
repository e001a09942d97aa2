/**
 * Makes `examples/data/preferences.jsonl`: preference pairs composed from sentences, with faults planted on purpose.
 *
 *     node examples/make-preferences.ts
 *
 * A helpful answer names what to do and why; an unhelpful one is vague, refuses or blames. Labels follow helpfulness,
 * except where a fault was planted: wrong labels, labels by length, copies, near copies, pairs labelled both ways.
 * `preferences.meta.json` says which rows these are, so that curation can be measured. The same seed gives the same
 * file on every machine.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RandomStream } from '../src/numerics/random.ts'

interface Task {
  readonly ask: string
  readonly steps: readonly string[]
  readonly reasons: readonly string[]
}

const tasks: readonly Task[] = [
  {
    ask: 'keep bread fresh',
    steps: [
      'Wrap the loaf in a cotton cloth and keep it in a closed box',
      'Freeze slices that you will not eat within two days',
      'Store it away from the oven and out of the fridge',
    ],
    reasons: [
      'cold air dries the crumb faster than room air does',
      'the cloth lets the crust breathe without losing its water',
    ],
  },
  {
    ask: 'remove a coffee stain from a shirt',
    steps: [
      'Rinse the back of the cloth with cold water at once',
      'Rub in a drop of dish soap and wait ten minutes',
      'Wash at forty degrees and let it dry in the sun',
    ],
    reasons: ['hot water would set the tannins in the fibre', 'soap lifts the oils that hold the colour'],
  },
  {
    ask: 'learn the names of new colleagues',
    steps: [
      'Repeat each name aloud when you hear it',
      'Write down one detail for every person in the evening',
      'Greet people by name on the next morning',
    ],
    reasons: [
      'recalling a name makes it stay better than reading it',
      'a detail gives memory a second path to the name',
    ],
  },
  {
    ask: 'water tomatoes in a heat wave',
    steps: [
      'Water the soil slowly before sunrise',
      'Cover the ground with straw about five centimetres deep',
      'Give each plant three litres every second day',
    ],
    reasons: ['wet leaves at noon invite rot', 'deep watering draws the roots downwards'],
  },
  {
    ask: 'sleep better before an exam',
    steps: [
      'Stop studying two hours before bed',
      'Keep the room at eighteen degrees and dark',
      'Get up at the usual time even after a short night',
    ],
    reasons: [
      'a fixed rising time keeps the inner clock steady',
      'light from screens delays the onset of sleep',
    ],
  },
  {
    ask: 'sharpen a kitchen knife',
    steps: [
      'Soak the whetstone for ten minutes',
      'Hold the blade at fifteen degrees and draw it across twenty times a side',
      'Finish with five light strokes on leather',
    ],
    reasons: [
      'a steady angle decides how long the edge lasts',
      'the fine side removes the burr that the coarse side leaves',
    ],
  },
  {
    ask: 'plan a week of cheap lunches',
    steps: [
      'Cook a pot of lentils and one of rice on Sunday',
      'Buy vegetables that are in season on the market',
      'Write the five meals down before you shop',
    ],
    reasons: [
      'a list keeps single purchases from adding up',
      'pulses cost a third of meat for the same protein',
    ],
  },
  {
    ask: 'calm a barking dog',
    steps: [
      'Turn away and wait until it is quiet for three seconds',
      'Reward the silence with a small treat',
      'Walk it for half an hour before visitors come',
    ],
    reasons: ['attention of any kind rewards the barking', 'a tired dog watches the door less'],
  },
  {
    ask: 'save a phone that fell into water',
    steps: [
      'Switch it off and take out the card',
      'Dry the case with a cloth and stand it upright by a fan',
      'Wait two days before you charge it',
    ],
    reasons: [
      'current through wet contacts corrodes them within minutes',
      'moving air carries off water better than rice does',
    ],
  },
  {
    ask: 'write a clear email to a landlord',
    steps: [
      'Name the room and the fault in the first sentence',
      'Add the date on which it began and a photo',
      'Ask for a repair by a certain day',
    ],
    reasons: ['a date turns a complaint into a notice', 'one request is answered sooner than four'],
  },
  {
    ask: 'start running after a long break',
    steps: [
      'Alternate two minutes of running with two of walking',
      'Run three times a week with a day between',
      'Raise the time by no more than a tenth each week',
    ],
    reasons: ['tendons adapt more slowly than the heart', 'rest days are when the body grows stronger'],
  },
  {
    ask: 'divide a noisy room for two people',
    steps: [
      'Put a full bookshelf between the desks',
      'Hang a thick curtain on the bare wall',
      'Agree on two quiet hours in the afternoon',
    ],
    reasons: ['books absorb the voices that a wall throws back', 'a rule on the clock spares an argument'],
  },
  {
    ask: 'remember vocabulary of a new language',
    steps: [
      'Make cards with one word and one sentence',
      'Review them after one, three and seven days',
      'Say each sentence aloud from memory',
    ],
    reasons: [
      'growing gaps train recall with the least work',
      'a sentence carries grammar that a list does not',
    ],
  },
  {
    ask: 'lower the heating bill',
    steps: [
      'Seal the gaps of the windows with tape',
      'Set the night temperature to sixteen degrees',
      'Open all windows for five minutes instead of one for hours',
    ],
    reasons: [
      'a degree less saves about six per cent',
      'short airing changes the air but not the warmth of the walls',
    ],
  },
  {
    ask: 'choose a first houseplant',
    steps: [
      'Take a snake plant or a pothos for a dim corner',
      'Water it only when the top of the soil is dry',
      'Turn the pot by a quarter every week',
    ],
    reasons: ['most houseplants die of too much water', 'even light keeps the stem straight'],
  },
  {
    ask: 'prepare a bicycle for winter',
    steps: [
      'Clean the chain and oil it with wet lube',
      'Fit mudguards and tyres with a deep tread',
      'Check the brakes and the lights every week',
    ],
    reasons: ['salt eats bare steel in a few days', 'brake pads wear twice as fast on wet rims'],
  },
  {
    ask: 'read a difficult textbook',
    steps: [
      'Read the summary and the exercises first',
      'Close the book after each page and write down what it said',
      'Solve one exercise before the next chapter',
    ],
    reasons: [
      'a question in mind makes the text answer it',
      'writing from memory shows what was not understood',
    ],
  },
  {
    ask: 'host a dinner for eight guests',
    steps: [
      'Choose one dish that bakes while you talk',
      'Set the table and chill the drinks in the morning',
      'Ask every guest about allergies two days before',
    ],
    reasons: [
      'a cook at the table is better company than a perfect roast',
      'the oven holds eight plates that a pan does not',
    ],
  },
]

const situations = [
  '',
  ' in a small flat',
  ' with little money',
  ' when time is short',
  ' without any experience',
  ' during a busy week',
]
const questions = ['How do I', 'What is a good way to', 'Could you tell me how to', 'I would like to']
const openings = [
  'Here is what works well.',
  'A few steps are enough.',
  'This is easier than it looks.',
  'You can do it like this.',
]
const vague = [
  'There are many ways and it all depends.',
  'People do this in different ways and who can say which is best.',
  'It is what it is, so just try something.',
  'Some say one thing and others say another.',
]
const refusals = [
  'I cannot help with that.',
  'Sorry, I am not able to answer such questions.',
  'You should really ask somebody else.',
  'This is not something I can speak about.',
]
const blame = [
  'Honestly, everyone knows this already.',
  'You should have thought of that before.',
  'Only careless people have this problem.',
]
const padding = [
  'It is a topic with a long history, and a great deal could be said about it in general.',
  'As with all things in life, there are various aspects that one may or may not wish to consider.',
  'Many different people have had many different thoughts on matters of this kind over the years.',
]

interface Answer {
  readonly text: string
  readonly quality: number
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1)
}

/** An answer of quality 0 (useless) to 3 (steps with reasons). */
function answer(task: Task, quality: number, random: RandomStream): Answer {
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!
  const steps = random.shuffle([...task.steps])
  const padded = random.uniform() < 0.35 ? ` ${pick(padding)}` : ''
  if (quality === 0)
    return { quality, text: `${pick(refusals)} ${pick(random.uniform() < 0.5 ? blame : vague)}${padded}` }
  if (quality === 1)
    return { quality, text: `${pick(vague)} ${steps[0]}, or perhaps do not. ${pick(vague)}${padded}` }
  const reason = capital(pick(task.reasons))
  if (quality === 2) return { quality, text: `${pick(openings)} ${steps[0]}. ${steps[1]}.${padded}` }
  if (random.uniform() < 0.5) {
    const list = steps.map((step, index) => `${index + 1}. ${step}`).join('\n')
    return { quality, text: `${pick(openings)}\n${list}\n**Why:** ${reason}.` }
  }
  return { quality, text: `${pick(openings)} ${steps[0]}. ${steps[1]}. ${steps[2]}. ${reason}.${padded}` }
}

export interface PreferenceRow {
  readonly id: string
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
  readonly source: string
  readonly annotator: string
}

/** Ids of the rows with a planted fault. */
export interface PlantedFaults {
  /** the label goes against helpfulness */
  wrong: string[]
  /** the longer answer was chosen although it is less helpful; a part of `wrong` */
  byLength: string[]
  copies: string[]
  nearCopies: string[]
  /** second labels of a pair that contradict the first */
  contradictions: string[]
}

const annotators = ['ada', 'ben', 'cem', 'dora', 'eva'] as const

/** 600 pairs and what was planted in them, the same for the same seed. */
export function makePreferences(seed = 11, size = 600): { rows: PreferenceRow[]; planted: PlantedFaults } {
  const random = new RandomStream(seed)
  const planted: PlantedFaults = { wrong: [], byLength: [], copies: [], nearCopies: [], contradictions: [] }
  const rows: PreferenceRow[] = []
  const id = (): string => `q${String(rows.length + 1).padStart(4, '0')}`
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!
  const seen = new Set<string>()

  while (rows.length < size * 0.86) {
    const task = pick(tasks)
    const prompt = `${pick(questions)} ${task.ask}${pick(situations)}?`
    const better = 1 + random.below(3)
    const worse = random.below(better)
    const [good, bad] = [answer(task, better, random), answer(task, worse, random)]
    if (seen.has(`${prompt} ${good.text} ${bad.text}`)) continue
    seen.add(`${prompt} ${good.text} ${bad.text}`)
    const source = random.uniform() < 0.7 ? 'crowd' : 'hurried'
    // The hurried take the longer answer in two of five cases; everyone errs in one of twelve.
    const byLength = source === 'hurried' && random.uniform() < 0.4
    const wrong = byLength ? bad.text.length > good.text.length : random.uniform() < 1 / 12
    const row = {
      id: id(),
      prompt: prompt.startsWith('I would') ? `${prompt.slice(0, -1)}. What do you suggest?` : prompt,
      chosen: wrong ? bad.text : good.text,
      rejected: wrong ? good.text : bad.text,
      source,
      annotator: pick(annotators),
    }
    rows.push(row)
    if (wrong) planted.wrong.push(row.id)
    if (wrong && byLength) planted.byLength.push(row.id)
  }

  const originals = rows.length
  const drawn = random.shuffle(Array.from({ length: originals }, (_, index) => index))
  const others = (name: string): readonly string[] => annotators.filter((annotator) => annotator !== name)
  const inherit = (of: PreferenceRow, own: string): void => {
    if (planted.wrong.includes(of.id)) planted.wrong.push(own)
  }
  while (rows.length < size) {
    const row = rows[drawn[rows.length - originals]!]!
    const copy = { ...row, id: id() }
    const kind = (rows.length - originals) % 4
    if (kind === 0) {
      planted.copies.push(copy.id)
      inherit(row, copy.id)
      rows.push(copy)
    } else if (kind === 1) {
      // One word more, a full stop less: the same pair to every reader.
      planted.nearCopies.push(copy.id)
      inherit(row, copy.id)
      rows.push({
        ...copy,
        chosen: `${row.chosen.replace(/\.$/, '')} indeed.`,
        prompt: row.prompt.replace(/\?$/, ' ?'),
      })
    } else if (kind === 2) {
      planted.contradictions.push(copy.id)
      if (!planted.wrong.includes(row.id)) planted.wrong.push(copy.id)
      rows.push({
        ...copy,
        chosen: row.rejected,
        rejected: row.chosen,
        annotator: pick(others(row.annotator)),
      })
    } else {
      inherit(row, copy.id)
      rows.push({ ...copy, annotator: pick(others(row.annotator)) })
    }
  }
  return { rows, planted }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { rows, planted } = makePreferences()
  const folder = join(import.meta.dirname, 'data')
  writeFileSync(join(folder, 'preferences.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  writeFileSync(
    join(folder, 'preferences.meta.json'),
    `${JSON.stringify({ rows: rows.length, seed: 11, planted }, null, 2)}\n`,
  )
}
