import { describe, expect, it } from 'vitest'
import { GraderFailure } from './grader-failure.ts'
import { fillTemplate, graderInput } from './grader-template.ts'

const input = graderInput('{"answer": 42, "list": ["x"]}', { a: { b: 'c' }, list: [7], n: null })

function errors(template: string, text = ''): unknown {
  try {
    fillTemplate(template, graderInput(text, { a: 1 }))
  } catch (thrown) {
    if (thrown instanceof GraderFailure) return thrown.errors
    throw thrown
  }
  throw new Error('it was filled')
}

describe('fillTemplate', () => {
  it('fills paths of item and sample', () => {
    expect(fillTemplate('{{item.a.b}} {{ item.list[0] }} {{ item.list.0 }} {{ item.n }}', input)).toBe(
      'c 7 7 null',
    )
    expect(fillTemplate('{{ sample.output_json.answer }}, {{sample.output_json.list}}', input)).toBe(
      '42, ["x"]',
    )
    expect(fillTemplate('{{ sample.output_text }}', graderInput('{{ item.a }}', {}))).toBe('{{ item.a }}')
    expect(fillTemplate('no {{ end', input)).toBe('no {{ end')
  })

  it('tells a path that leads nowhere from a sample that is not JSON', () => {
    for (const path of ['item.b', 'item.a.toString', 'item.__proto__', 'other', 'sample.output_tools', ''])
      expect(errors(`{{ ${path} }}`)).toEqual({ invalid_variable_error: true })
    expect(errors('{{ sample.output_json.x }}', 'not JSON')).toEqual({ sample_parse_error: true })
    expect(errors('{{ sample.output_json.x }}', '{}')).toEqual({ invalid_variable_error: true })
  })
})
