/** Whether reward pays for surface: markdown and lists, hedging, flattery, another script. */
import { attributeBias } from '../attribute-bias.ts'
import { type Diagnostic, defineDiagnostic, type Measurement } from '../diagnostic.ts'
import { type TextAttribute, textAttributes } from '../text-attributes.ts'

function attributeDiagnostic(name: TextAttribute['family'], description: string, guard: string): Diagnostic {
  const attributes = textAttributes.filter(({ family }) => family === name)
  return defineDiagnostic({
    name,
    description,
    needs: ['texts', 'groups'],
    guard,
    compute(context) {
      const texts = context.table.texts!
      const measured: Measurement[] = []
      for (const { name: attribute, phrase, count } of attributes) {
        const values = Float64Array.from(texts, count)
        const result = attributeBias(context, { name: attribute, phrase, values })
        if (result !== null) measured.push(result)
      }
      return measured.length > 0 ? measured : [rare]
    },
  })
}

const rare: Measurement = {
  concern: 'pass',
  sentence: 'Too rare in these answers to be paid for.',
  numbers: {},
}

export const format = attributeDiagnostic(
  'format',
  'Answers earn more for markdown, lists, boxes or exclamation marks.',
  'Pay for format once and little: a gate or a small bonus, never a count.',
)
export const hedging = attributeDiagnostic(
  'hedging',
  'Answers earn more for hedging.',
  'Score answers without their hedges, or pay for calibrated confidence.',
)
export const flattery = attributeDiagnostic(
  'flattery',
  'Answers earn more for flattering the user or vouching for themselves.',
  'Strip praise and self-assessment before scoring, and judge with structured output.',
)
export const language = attributeDiagnostic(
  'language',
  'Answers earn more in another script than the prompt’s.',
  'Gate on the language of the prompt.',
)
