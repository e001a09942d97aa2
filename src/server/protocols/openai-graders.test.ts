import { afterAll, describe, expect, it } from 'vitest'
import { ask, DirectService } from '../../../test/server/direct-service.ts'
import { pythonIsThere } from '../../../test/server/python-is-there.ts'
import { openaiGradersRoutes } from './openai-graders.ts'
import { Sandboxes } from './sandboxes.ts'

const sandboxes = new Sandboxes(1)
const routes = openaiGradersRoutes(sandboxes)
const service = await DirectService.open({ name: 'any', signals: { words: { use: 'length' } } })
afterAll(async () => {
  await sandboxes.close()
  await service.close()
})

const folder = '/v1/fine_tuning/alpha/graders'
// biome-ignore lint/suspicious/noExplicitAny: the answer is JSON
const send = async (what: string, body: unknown): Promise<any> =>
  (await ask(routes, service, `${folder}/${what}`, body)).body
const run = (grader: unknown, model_sample = 'x', item: unknown = {}) =>
  send('run', { grader, model_sample, item })
const check = (operation: string, reference: string) => ({
  type: 'string_check',
  name: 'c',
  input: '{{ sample.output_text }}',
  reference,
  operation,
})
const raised = ({ metadata }: { metadata: { errors: Record<string, unknown> } }) =>
  Object.keys(metadata.errors).filter((key) => metadata.errors[key] === true)

describe('graders/run', () => {
  it.each([
    ['eq', 'Abc', 1],
    ['eq', 'abc', 0],
    ['ne', 'abc', 1],
    ['like', 'bc', 1],
    ['like', 'BC', 0],
    ['ilike', 'BC', 1],
  ])('string_check %s %s gives %d', async (operation, reference, reward) => {
    const answer = await run(check(operation, reference), 'Abc')
    expect(answer.reward).toBe(reward)
    expect(Object.keys(answer.metadata.errors)).toHaveLength(14)
    expect(raised(answer)).toEqual([])
  })

  it('joins graders by a formula', async () => {
    const grader = {
      type: 'multi',
      name: 'g',
      graders: {
        correct: { ...check('eq', '{{item.answer}}'), input: '{{sample.output_json.answer}}' },
        style: {
          type: 'text_similarity',
          name: 's',
          input: '{{sample.output_json.text}}',
          reference: '{{item.text}}',
          evaluation_metric: 'rouge_l',
        },
      },
      calculate_output: '0.8 * correct + 0.2 * style',
    }
    const answer = await run(grader, '{"answer": "42", "text": "plain text"}', {
      answer: '42',
      text: 'plain text too',
    })
    expect(answer.reward).toBeCloseTo(0.96, 12)
    expect(answer.sub_rewards).toEqual({ correct: 1, style: expect.closeTo(0.8, 12) })
    expect(await send('validate', { grader })).toEqual({ grader })
    expect(raised(await run(grader, 'not JSON'))).toEqual(['sample_parse_error'])
    expect(raised(await run({ ...grader, calculate_output: '1 +' }))).toEqual(['formula_parse_error'])
    await expect(send('validate', { grader: { ...grader, calculate_output: 'nobody' } })).rejects.toThrow(
      'nobody',
    )
  })

  it('says which error it was', async () => {
    expect(raised(await run(check('eq', '{{ item.nothing }}')))).toEqual(['invalid_variable_error'])
    const divided = { type: 'multi', name: 'm', graders: {}, calculate_output: '1 / 0' }
    expect(raised(await run(divided))).toEqual(['other_error'])
  })

  it('refuses what needs a model or cannot be computed, naming what there is', async () => {
    await expect(run({ type: 'score_model', name: 'm' })).rejects.toThrow('no judge endpoint is configured')
    const inner = { type: 'multi', name: 'm', graders: { a: { type: 'label_model' } }, calculate_output: 'a' }
    await expect(run(inner)).rejects.toMatchObject({ where: { field: 'grader.graders.a.type' } })
    const meteor = { ...check('eq', ''), type: 'text_similarity', evaluation_metric: 'meteor' }
    await expect(run(meteor)).rejects.toThrow(/"fuzzy_match" or "bleu".*"meteor"/)
    await expect(run({ type: 'else' })).rejects.toMatchObject({ httpStatus: 400 })
  })

  it.skipIf(!pythonIsThere)('runs Python graders', async () => {
    const python = (body: string) =>
      run({ type: 'python', name: 'p', source: `def grade(sample, item):\n  ${body}` }, '{"a": 2}', { b: 3 })
    expect((await python("return sample['output_json']['a'] * item['b'] / 10")).reward).toBe(0.6)
    expect((await python("return len(sample['output_text']) == 8")).reward).toBe(1)
    const failed = await python("raise ValueError('no')")
    expect(failed.reward).toBe(0)
    expect(raised(failed)).toEqual(['python_grader_runtime_error'])
    expect(failed.metadata.errors.python_grader_runtime_error_details).toContain('no')
    expect(raised(await python("return 'text'"))).toEqual(['python_grader_runtime_error'])
    expect(raised(await python("return float('nan')"))).toEqual(['python_grader_runtime_error'])
  })
})
