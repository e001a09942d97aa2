/** Every layout, in the order in which a file is compared with them. */
import { GuerdonError } from '../error.ts'
import type { Fields } from './fields.ts'
import type { Layout } from './layout.ts'
import { helpsteer2, helpsteer2Preference, helpsteer3Preference } from './layouts/helpsteer.ts'
import { hhRlhf } from './layouts/hh-rlhf.ts'
import { nemoGym, nemoGymRollouts } from './layouts/nemo-gym.ts'
import { prm800k } from './layouts/prm800k.ts'
import { listwise, nemoPreference } from './layouts/rankings.ts'
import { judgebench, llmbar, rewardbench, rewardbench2, rmBench } from './layouts/reward-benchmarks.ts'
import { rollouts } from './layouts/rollouts.ts'
import { openrlhfPrompts, verl } from './layouts/trainer-prompts.ts'
import { trlPreference, trlPromptOnly, trlStepwise, trlUnpaired } from './layouts/trl.ts'
import { ultrafeedback, ultrafeedbackBinarized } from './layouts/ultrafeedback.ts'

export const layouts: readonly Layout[] = [
  trlPreference,
  trlUnpaired,
  trlStepwise,
  hhRlhf,
  ultrafeedbackBinarized,
  ultrafeedback,
  helpsteer2,
  helpsteer2Preference,
  helpsteer3Preference,
  nemoPreference,
  rewardbench,
  rewardbench2,
  prm800k,
  judgebench,
  rmBench,
  llmbar,
  listwise,
  verl,
  openrlhfPrompts,
  nemoGym,
  nemoGymRollouts,
  rollouts,
  // Any file with prompts would match: only when nothing else does.
  trlPromptOnly,
]

/**
 * The layout of a file by its column names, and by its first row where names do not tell two layouts apart (the
 * transcripts of hh-rlhf are a pair without a prompt by name). Undefined when no layout matches.
 *
 * @example detectLayout(['prompt', 'completion', 'label'])?.name // 'trl-unpaired'
 */
export function detectLayout(columnNames: Iterable<string>, sample?: Fields): Layout | undefined {
  const columns = new Set(columnNames)
  return layouts.find((layout) => layout.matches(columns, sample))
}

/**
 * A layout by its name.
 *
 * @throws GuerdonError FILE_FORMAT_UNKNOWN with all the names
 */
export function layoutNamed(name: string): Layout {
  const layout = layouts.find((candidate) => candidate.name === name)
  if (layout !== undefined) return layout
  throw new GuerdonError('FILE_FORMAT_UNKNOWN', 'there is no such layout', {
    found: name,
    expected: `one of ${layouts.map((candidate) => candidate.name).join(', ')}`,
  })
}
