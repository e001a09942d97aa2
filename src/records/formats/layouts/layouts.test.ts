import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { GuerdonError } from '../../error.ts'
import { detectLayout, layouts } from '../layouts.ts'
import { type AnyRecord, readRecords } from '../read-records.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-layouts-'))
afterAll(() => rmSync(folder, { recursive: true }))

const samplePath = (name: string) =>
  fileURLToPath(new URL(`../../../../test/samples/${name}.jsonl`, import.meta.url))
const sampleRows = (name: string): Record<string, unknown>[] =>
  readFileSync(samplePath(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

async function readSample(name: string) {
  const reader = readRecords(samplePath(name))
  const records: AnyRecord[] = []
  for await (const batch of reader) records.push(...batch)
  return { records, summary: reader.summary }
}

async function failureOf(path: string, layout: string): Promise<GuerdonError> {
  try {
    for await (const _ of readRecords(path, { layout }));
  } catch (error) {
    if (error instanceof GuerdonError) return error
    throw error
  }
  throw new Error('nothing failed')
}

/** What a layout must give for its sample. */
const expectedOf: Record<string, unknown[]> = {
  'trl-preference': [
    { prompt: 'Name a colour of the sky.', chosen: 'Blue.', rejected: 'Square.' },
    { prompt: [{ role: 'user', content: 'Name a prime above 10.' }], strength: 2 },
    {
      prompt: [{ role: 'user', content: 'Say hello in French.' }],
      chosen: [{ role: 'assistant', content: 'Bonjour.' }],
      rejected: [{ role: 'assistant', content: 'Hallo.' }],
    },
    // Both replies begin with " Y": the prompt ends at the turn, not at the last common letter.
    { prompt: '\n\nHuman: Is ice cold?\n\nAssistant:', chosen: ' Yes.', rejected: ' Young ice is warm.' },
  ],
  'trl-unpaired': [{ ratings: { label: 1 } }, { ratings: { label: 0 } }],
  'trl-stepwise': [
    { steps: ['3 * 4 = 12', '12 + 1 = 13'], labels: [1, 1] },
    { steps: ['2 + 2 = 4', '4 * 2 = 8'], labels: [-1, -1] },
  ],
  'trl-prompt-only': [
    { prompt: 'Write a haiku about rain.', metadata: { difficulty: 'easy' } },
    { reference: '42' },
  ],
  'hh-rlhf': [
    {
      prompt: [{ role: 'user', content: 'How do I boil an egg?' }],
      chosen: 'Put it into boiling water for eight minutes.',
      rejected: "I don't know.",
    },
    {
      prompt: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello, what can I do?' },
        { role: 'user', content: 'Tell me a joke' },
      ],
      rejected: '',
    },
  ],
  'ultrafeedback-binarized': [
    { id: 'p1', chosen: [{ content: 'Jupiter.' }], scores: { chosen: 9, rejected: 3.5 } },
    { id: 'p2', tie: true, scores: { chosen: 7, rejected: 7 } },
  ],
  ultrafeedback: [
    {
      prompt: [
        { role: 'system', content: 'You are brief.' },
        { role: 'user', content: 'Add 2 and 3.' },
      ],
      completion: '5',
      ratings: { instruction_following: 5, honesty: 4, overall_score: 8.5 },
      category: 'flan',
    },
    {
      prompt: 'Add 2 and 3.',
      completion: '6',
      // "N/A" is no rating, and above all not 0
      ratings: { instruction_following: 2, honesty: undefined, truthfulness: 1, helpfulness: 1 },
    },
  ],
  helpsteer2: [
    {
      prompt: 'Explain rain.',
      ratings: { helpfulness: 3, correctness: 4, coherence: 4, complexity: 1, verbosity: 0 },
    },
    { ratings: { helpfulness: 0, correctness: 0 } },
    {
      prompt: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'Name a river.' },
      ],
    },
  ],
  'helpsteer2-preference': [
    { chosen: 'The Baltic Sea.', rejected: 'A lake.', strength: 3 },
    { chosen: 'An oak.', rejected: 'Grass.', strength: 2 },
    { chosen: 'A robin.', rejected: 'A wren.', strength: 0, tie: true },
  ],
  'helpsteer3-preference': [
    { chosen: 'Bremen.', rejected: 'Sand.', strength: 2, category: 'general' },
    { chosen: 'two', rejected: 'three', strength: 1 },
  ],
  'nemo-preference': [
    { ranks: [1, 0], category: 'facts' },
    {
      ranks: [0, 1, 2],
      completions: [[{ content: 'Titan.' }], [{ content: 'Venus.' }], [{ content: 'Cheese.' }]],
    },
  ],
  rewardbench: [
    {
      id: '17',
      chosen: 'The Atlantic.',
      rejected: 'The Alps.',
      category: 'alpacaeval-easy',
      metadata: { chosen_model: 'tiny-a', rejected_model: 'tiny-b' },
    },
  ],
  rewardbench2: [
    {
      id: '3',
      completions: ['100', '90', '80', '212'],
      scores: [1, 0, 0, 0],
      category: 'Factuality',
      writers: ['a', 'b', 'c', 'd'],
    },
    { id: 'tied:0', completions: ['Red', 'Blue', 'Pink'], scores: [1, 1, 0], category: 'Ties' },
  ],
  prm800k: [
    {
      steps: ['3 * 4 = 12.', '2 + 12 = 14.'],
      labels: [1, undefined],
      reference: '14',
      finishReason: 'solution',
    },
    { steps: ['2 + 3 = 5.'], labels: [-1], finishReason: 'found_error' },
  ],
  judgebench: [
    { id: '11-a', chosen: '81', rejected: '18', category: 'mmlu-pro-math' },
    { id: '11-b', chosen: '[1, 2]', rejected: '[2, 1]' },
  ],
  'rm-bench': [
    {
      id: '7',
      completions: [
        'Lisbon.',
        'The capital is Lisbon.',
        'The capital is **Lisbon**.',
        'Porto.',
        'The capital is Porto.',
        'The capital is **Porto**.',
      ],
      scores: [1, 1, 1, 0, 0, 0],
      category: 'chat',
    },
  ],
  llmbar: [
    { prompt: 'Name two colours.', chosen: 'Red and blue.', rejected: 'Colours are many.' },
    { chosen: 'Yes', rejected: 'Snow is mostly white.' },
  ],
  listwise: [
    { completions: ['A lion.', 'A dog.', 'A fish.'], scores: [1, 0.2, -3] },
    { completions: ['A wolf.', 'A poodle.'], ranks: [2, 1] },
  ],
  verl: [
    {
      prompt: [{ role: 'user', content: 'What is 17 + 25?' }],
      reference: '42',
      category: 'math',
      source: 'guerdon/sums',
      metadata: { extra_info: { split: 'train', index: 0 } },
    },
  ],
  'openrlhf-prompts': [{ prompt: 'What is 5 - 3?', reference: '2' }, { reference: '4' }],
  'nemo-gym': [
    { id: 'u1', prompt: [{ role: 'user', content: 'What is 17 + 25?' }], reference: '42' },
    {
      prompt: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is 1 + 1?' },
      ],
    },
  ],
  'nemo-gym-rollouts': [
    {
      id: 'u1',
      completion: 'The answer is 42.',
      reference: '42',
      finishReason: 'completed',
      columns: { reward: 1.1, correct: 1, format: 0.1 },
    },
    {
      completion: '42',
      steps: [
        { text: 'Use the tool.' },
        { text: 'add({"a": 17, "b": 25})' },
        { text: '42', tool: true },
        { text: '42' },
      ],
      columns: { reward: 1 },
    },
    // A failed judge is no reward of 0.
    { completion: '43', metadata: { _ng_failure_class: 'judge_failed' } },
  ],
  rollouts: [
    { id: 'a', group: 'sum', tokens: [18], logprobs: [-0.1], columns: { reward: 1, judge: null } },
    { id: 'row-2', reference: ['4', 'four'], step: 3, steps: [{ text: '2 + 2' }, { text: '4', tokens: 1 }] },
  ],
}

describe('each layout reads its sample', () => {
  it.each(layouts.map(({ name, record }) => [name, record] as const))('%s', async (name, record) => {
    const { records, summary } = await readSample(name)
    const expected = expectedOf[name]!
    expect(summary).toMatchObject({ layout: name, record, records: expected.length })
    expect(records).toHaveLength(expected.length)
    records.forEach((value, index) => {
      expect(value).toMatchObject(expected[index] as object)
    })
  })

  it('leaves out what a layout does not use, and says why', async () => {
    expect((await readSample('hh-rlhf')).summary.reasons).toEqual({
      'the prompts of chosen and rejected differ': 1,
    })
    expect((await readSample('prm800k')).summary).toMatchObject({
      rows: 3,
      skipped: 1,
      reasons: { 'quality control question': 1 },
    })
  })

  it('gives a failed judge no reward at all', async () => {
    const { records } = await readSample('nemo-gym-rollouts')
    expect(records[2]).not.toHaveProperty('columns')
  })
})

/** Layout → changes to the sample's first row, each with the field that must be named and the found value. */
type Fault = readonly [change: Record<string, unknown>, field: string, code?: 'DATA_FIELD_MISSING']
const missing = 'DATA_FIELD_MISSING'
const user = [{ role: 'user', content: 'x' }]
const faults: Record<string, readonly Fault[]> = {
  'trl-preference': [
    [{ chosen: undefined }, 'chosen', missing],
    [{ rejected: 5 }, 'rejected'],
    [{ prompt: [{ content: 'no role' }] }, 'prompt'],
    [{ prompt: undefined, chosen: user }, 'rejected'],
    [{ margin: 'big' }, 'margin'],
    [{ margin: -1 }, 'margin'],
  ],
  'trl-unpaired': [
    [{ label: undefined }, 'label', missing],
    [{ label: 1 }, 'label'],
    [{ label: 'true' }, 'label'],
    [{ completion: null }, 'completion', missing],
  ],
  'trl-stepwise': [
    [{ labels: [true] }, 'labels'],
    [{ labels: [true, 'yes'] }, 'labels[1]'],
    [{ completions: 'one' }, 'completions'],
    [{ completions: ['a', 3] }, 'completions[1]'],
  ],
  'trl-prompt-only': [
    [{ prompt: undefined }, 'prompt', missing],
    [{ prompt: '' }, 'prompt'],
    [{ prompt: { text: 'x' } }, 'prompt'],
  ],
  'hh-rlhf': [
    [{ chosen: 'no turns' }, 'chosen'],
    [{ rejected: '\n\nHuman: a question alone' }, 'rejected'],
    [{ rejected: undefined }, 'rejected', missing],
  ],
  'ultrafeedback-binarized': [
    [{ score_chosen: '9' }, 'score_chosen'],
    [{ score_rejected: undefined }, 'score_rejected', missing],
    [{ chosen: user }, 'chosen'],
    [{ prompt: user }, 'prompt'],
  ],
  ultrafeedback: [
    [
      { completions: [{ response: 'x', annotations: { honesty: { Rating: 'good' } } }] },
      'completions[0].annotations.honesty.Rating',
    ],
    [{ completions: [{ annotations: {} }] }, 'completions[0].response', missing],
    [
      { completions: [{ response: 'x', annotations: {}, overall_score: 'high' }] },
      'completions[0].overall_score',
    ],
    [{ completions: 'none' }, 'completions'],
    [{ instruction: undefined }, 'instruction', missing],
  ],
  helpsteer2: [
    [{ helpfulness: 5 }, 'helpfulness'],
    [{ verbosity: 'N/A' }, 'verbosity'],
    [{ coherence: 2.5 }, 'coherence'],
    [{ complexity: undefined }, 'complexity', missing],
    [{ response: 3 }, 'response'],
  ],
  'helpsteer2-preference': [
    [{ preference_strength: 4 }, 'preference_strength'],
    [{ preference_strength: '-1' }, 'preference_strength'],
    [{ response_2: undefined }, 'response_2', missing],
  ],
  'helpsteer3-preference': [
    [{ context: 'a string' }, 'context'],
    [{ overall_preference: -4 }, 'overall_preference'],
    [{ response1: undefined }, 'response1', missing],
  ],
  'nemo-preference': [
    [{ completions: [{ rank: 0, completion: user }] }, 'completions'],
    [{ completions: [{ rank: 0, completion: user }, { completion: user }] }, 'completions[1].rank', missing],
    [
      {
        completions: [
          { rank: 'best', completion: user },
          { rank: 1, completion: user },
        ],
      },
      'completions[0].rank',
    ],
    [
      {
        completions: [
          { rank: 0, completion: 3 },
          { rank: 1, completion: user },
        ],
      },
      'completions[0].completion',
    ],
  ],
  rewardbench: [
    [{ subset: 3 }, 'subset'],
    [{ subset: undefined }, 'subset', missing],
    [{ chosen: null }, 'chosen', missing],
  ],
  rewardbench2: [
    [{ num_correct: 2 }, 'num_correct'],
    [{ total_completions: 5 }, 'total_completions'],
    [{ chosen: 'one' }, 'chosen'],
    [{ rejected: ['a', 1, 'c'] }, 'rejected[1]'],
    [{ models: ['a'] }, 'models'],
  ],
  prm800k: [
    [{ question: { ground_truth_answer: '1' } }, 'question.problem', missing],
    [
      { label: { steps: [{ completions: [{ text: 'x', rating: 2 }], chosen_completion: 0 }] } },
      'label.steps[0].completions[0].rating',
    ],
    [{ label: { steps: [{ completions: [], chosen_completion: 1 }] } }, 'label.steps[0].chosen_completion'],
    [{ label: {} }, 'label.steps', missing],
    [{ is_quality_control_question: 'no' }, 'is_quality_control_question'],
  ],
  judgebench: [
    [{ label: 'A' }, 'label'],
    [{ response_B: undefined }, 'response_B', missing],
  ],
  'rm-bench': [
    [{ chosen: ['one'] }, 'chosen'],
    [{ rejected: ['a', 'b', 3] }, 'rejected[2]'],
    [{ domain: 4 }, 'domain'],
  ],
  llmbar: [
    [{ label: 3 }, 'label'],
    [{ label: '1' }, 'label'],
    [{ output_1: undefined }, 'output_1', missing],
  ],
  listwise: [
    [{ scores: [1, 2] }, 'scores'],
    [{ scores: [1, 'N/A', 2] }, 'scores[1]'],
    [{ scores: undefined }, 'ranks', missing],
    [{ ranks: [1, 2] }, 'ranks'],
    [{ completions: ['only one'], scores: [1] }, 'completions'],
  ],
  verl: [
    [{ reward_model: { style: 'rule' } }, 'reward_model.ground_truth', missing],
    [{ reward_model: 'rule' }, 'reward_model'],
    [{ prompt: 7 }, 'prompt'],
  ],
  'openrlhf-prompts': [
    [{ input: undefined }, 'input', missing],
    [{ input: { a: 1 } }, 'input'],
  ],
  'nemo-gym': [
    [{ responses_create_params: {} }, 'responses_create_params.input', missing],
    [{ responses_create_params: { input: 4 } }, 'responses_create_params.input'],
    [{ responses_create_params: 'x' }, 'responses_create_params'],
  ],
  'nemo-gym-rollouts': [
    [{ response: {} }, 'response.output', missing],
    [{ response: { output: ['text'] } }, 'response.output[0]'],
    [{ reward: '1' }, 'reward'],
    [{ reward_components: { format: 'good' } }, 'reward_components.format'],
  ],
  rollouts: [
    [{ completion: undefined }, 'completion', missing],
    [{ logprobs: [-1, -2] }, 'logprobs'],
    [{ columns: { reward: [1] } }, 'columns.reward'],
  ],
}

describe('each fault is told with file, line, field, found and expected', () => {
  const cases = Object.entries(faults).flatMap(([name, list]) =>
    list.map(([change, field, code]) => [name, field, code ?? 'DATA_FIELD_INVALID', change] as const),
  )
  it('is tried for every layout', () => {
    expect(Object.keys(faults).sort()).toEqual(layouts.map(({ name }) => name).sort())
  })
  it.each(cases)('%s %s %s %j', async (name, field, code, change) => {
    const [good] = sampleRows(name)
    const path = join(folder, 'fault.jsonl')
    writeFileSync(path, `${JSON.stringify(good)}\n\n${JSON.stringify({ ...good, ...change })}\n`)
    const error = await failureOf(path, name)
    expect(error.code).toBe(code)
    expect(error.where).toEqual({ file: path, line: 3, field })
    expect(error.found).toBeDefined()
    expect(error.message).toContain(`${path} line 3 "${field}"`)
    if (name !== 'rollouts') expect(error.expected).toBeTruthy()
  })
  it.each(layouts.map(({ name }) => name))('%s refuses a row that is no object', async (name) => {
    const path = join(folder, 'scalar.jsonl')
    writeFileSync(path, '[1]\n')
    expect(await failureOf(path, name)).toMatchObject({
      code: 'DATA_FIELD_INVALID',
      where: { file: path, line: 1 },
    })
  })
})

describe('detectLayout', () => {
  it.each(layouts.map(({ name }) => name))('%s by its columns', (name) => {
    const rows = sampleRows(name)
    const columns = new Set(rows.flatMap((row) => Object.keys(row)))
    expect(detectLayout(columns, rows[0])?.name).toBe(name)
  })
  it('takes a pair without a prompt for the implicit prompt of TRL unless it is a transcript', () => {
    expect(detectLayout(['chosen', 'rejected'])?.name).toBe('trl-preference')
    expect(detectLayout(['chosen', 'rejected'], { chosen: '\n\nHuman: a\n\nAssistant: b' })?.name).toBe(
      'hh-rlhf',
    )
  })
  it('does not take a pair with a domain for RM-Bench when its sides are messages', () => {
    const columns = ['prompt', 'chosen', 'rejected', 'domain']
    expect(detectLayout(columns, { chosen: user })?.name).toBe('trl-preference')
    expect(detectLayout(columns, { chosen: ['a', 'b', 'c'] })?.name).toBe('rm-bench')
  })
  it('says nothing about columns that fit no layout', () => {
    expect(detectLayout(['question', 'answer'])).toBeUndefined()
  })
})
