/** Templates of OpenAI graders: `{{ item.x.y }}` and `{{ sample.output_json.z }}` in a text. */
import { GraderFailure } from './grader-failure.ts'

/** What templates read and Python graders get. */
export interface GraderInput {
  readonly item: unknown
  /** `output_text`, and `output_json` when the text is JSON */
  readonly sample: Readonly<Record<string, unknown>>
}

/** The input of a grader for a sampled text; `output_json` is there only when the text parses. */
export function graderInput(text: string, item: unknown): GraderInput {
  try {
    return { item, sample: { output_text: text, output_json: JSON.parse(text) } }
  } catch {
    return { item, sample: { output_text: text } }
  }
}

/**
 * Fills a template. Text goes in as it is, anything else as JSON; a `{{` that is never closed stays.
 *
 * @throws GraderFailure invalid_variable_error for a path that leads nowhere, sample_parse_error for `output_json` of
 *   a sample that is not JSON
 * @example fillTemplate('is {{ item.a.0 }}', graderInput('', { a: [7] })) // 'is 7'
 */
export function fillTemplate(template: string, input: GraderInput): string {
  let text = ''
  let from = 0
  for (;;) {
    const open = template.indexOf('{{', from)
    const close = open < 0 ? -1 : template.indexOf('}}', open + 2)
    if (close < 0) return text + template.slice(from)
    const value = valueAt(template.slice(open + 2, close).trim(), input)
    text += template.slice(from, open) + (typeof value === 'string' ? value : JSON.stringify(value))
    from = close + 2
  }
}

function valueAt(path: string, input: GraderInput): unknown {
  const [root, ...keys] = path.replaceAll('[', '.').replaceAll(']', '').split('.')
  let value: unknown = root === 'item' ? input.item : root === 'sample' ? input.sample : undefined
  if (root === 'sample' && keys[0] === 'output_json' && !Object.hasOwn(input.sample, 'output_json')) {
    throw new GraderFailure('the sample is not JSON', { sample_parse_error: true })
  }
  for (const key of keys) {
    value =
      value !== null && typeof value === 'object' && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined
  }
  if (value === undefined) {
    throw new GraderFailure(`nothing is called ${path.slice(0, 80)}`, { invalid_variable_error: true })
  }
  return value
}
