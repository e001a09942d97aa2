/** Every diagnostic that works from logs, in the order of a report. */
import type { Diagnostic } from './diagnostic.ts'
import { flattery, format, hedging, language } from './diagnostics/attributes.ts'
import { calibration } from './diagnostics/calibration.ts'
import { constraintPoints } from './diagnostics/constraint-points.ts'
import { distance } from './diagnostics/distance.ts'
import { divergence } from './diagnostics/divergence.ts'
import { domination } from './diagnostics/domination.ts'
import { duplicates } from './diagnostics/duplicates.ts'
import { ensembleDisagreement } from './diagnostics/ensemble-disagreement.ts'
import { jump } from './diagnostics/jump.ts'
import { length } from './diagnostics/length.ts'
import { lengthDrift } from './diagnostics/length-drift.ts'
import { modeCollapse } from './diagnostics/mode-collapse.ts'
import { overoptimisation } from './diagnostics/overoptimisation.ts'
import { phrase } from './diagnostics/phrase.ts'
import { rewardVariance } from './diagnostics/reward-variance.ts'
import { saturation } from './diagnostics/saturation.ts'
import { tailSlope } from './diagnostics/tail-slope.ts'
import { templateCollapse } from './diagnostics/template-collapse.ts'

export const diagnostics: readonly Diagnostic[] = [
  divergence,
  overoptimisation,
  tailSlope,
  distance,
  domination,
  jump,
  lengthDrift,
  length,
  phrase,
  format,
  hedging,
  flattery,
  language,
  duplicates,
  templateCollapse,
  modeCollapse,
  saturation,
  rewardVariance,
  constraintPoints,
  calibration,
  ensembleDisagreement,
]
