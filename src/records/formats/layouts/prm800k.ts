/** PRM800K: solutions of MATH problems with a rating of every step by a person. */
import type { ErrorPlace } from '../../error.ts'
import { defined, type Fields, missing, readBoolean, readObject, readString, wrongForm } from '../fields.ts'
import { column, hasAll, type Layout, LeftOut } from '../layout.ts'

interface RatedStep {
  readonly text: string
  readonly label: number | undefined
}

function ratedStep(completion: unknown, field: string, where: ErrorPlace): RatedStep {
  const fields = completion as Fields
  if (completion === null || typeof completion !== 'object' || typeof fields.text !== 'string') {
    throw wrongForm(where, field, completion, 'an object with "text" and "rating"')
  }
  const { rating } = fields
  if (rating !== undefined && rating !== null && rating !== -1 && rating !== 0 && rating !== 1) {
    throw wrongForm(where, `${field}.rating`, rating, '-1, 0, 1 or null')
  }
  return { text: fields.text, label: typeof rating === 'number' ? rating : undefined }
}

/**
 * The step that the solution went on with: the chosen completion, else the one that the annotator wrote. Where there is
 * neither, the solution ended here: a single completion is its last step, of several none is.
 */
function stepTaken(step: Fields, at: string, where: ErrorPlace): RatedStep | undefined {
  const completions = step.completions ?? []
  if (!Array.isArray(completions))
    throw wrongForm(where, `${at}.completions`, completions, 'a list of completions')
  const chosen = step.chosen_completion
  if (chosen !== undefined && chosen !== null) {
    if (typeof chosen !== 'number' || !(chosen in completions)) {
      throw wrongForm(
        where,
        `${at}.chosen_completion`,
        chosen,
        `the place of one of ${completions.length} completions`,
      )
    }
    return ratedStep(completions[chosen], `${at}.completions[${chosen}]`, where)
  }
  const human = step.human_completion
  // Phase 1 writes the annotator's step as an object, some exports as its text alone.
  if (typeof human === 'string') return { text: human, label: undefined }
  if (human !== undefined && human !== null) return ratedStep(human, `${at}.human_completion`, where)
  return completions.length === 1 ? ratedStep(completions[0], `${at}.completions[0]`, where) : undefined
}

/** One solution a row. Quality control and screening rows are left out and counted. */
export const prm800k: Layout<'stepwise'> = {
  name: 'prm800k',
  record: 'stepwise',
  columns: {
    labeler: column.optionalString,
    timestamp: column.optionalString,
    generation: column.optionalNumber,
    is_quality_control_question: column.optionalBoolean,
    is_initial_screening_question: column.optionalBoolean,
    question: column.json,
    label: column.json,
  },
  matches: (columns) => hasAll(columns, 'labeler', 'question', 'label'),
  parse(row, where) {
    if (readBoolean.optional(row, 'is_quality_control_question', where))
      return new LeftOut('quality control question')
    if (readBoolean.optional(row, 'is_initial_screening_question', where))
      return new LeftOut('screening question')
    const question = readObject(row, 'question', where)
    const label = readObject(row, 'label', where)
    if (typeof question.problem !== 'string') throw missing(where, 'question.problem', question, 'a string')
    const steps = readObject.list({ 'label.steps': label.steps }, 'label.steps', where)
    const taken: RatedStep[] = []
    for (let index = 0; index < steps.length; index++) {
      const step = stepTaken(steps[index]!, `label.steps[${index}]`, where)
      if (step === undefined) break
      taken.push(step)
    }
    if (taken.length === 0) return new LeftOut('no step was taken')
    const answer = question.ground_truth_answer
    return {
      id: `row-${where.line ?? 1}`,
      prompt: question.problem,
      steps: taken.map(({ text }) => text),
      labels: taken.map((step) => step.label),
      source: 'prm800k',
      ...defined({
        reference: typeof answer === 'string' ? answer : undefined,
        finishReason: readString.optional(label, 'finish_reason', where),
      }),
    }
  },
}
