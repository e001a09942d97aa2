/** Presets: named fragments of a spec with their paper; `use: preset/NAME` puts one under the user's own fields. */
import type { PaperReference, Use } from './method.ts'

export interface PresetFragment {
  readonly signals?: Readonly<Record<string, Use>>
  readonly shape?: Readonly<Record<string, readonly Use[]>>
  readonly combine?: Use
  readonly advantage?: Use
}

export interface Preset {
  readonly kind: 'preset'
  readonly name: string
  readonly summary: string
  readonly paper: PaperReference
  readonly fragment: PresetFragment
}

/** Makes a preset. Its fragment names methods as a spec does, so it is checked like one when a spec uses it. */
export function definePreset(preset: Omit<Preset, 'kind'>): Preset {
  return { kind: 'preset', ...preset }
}
