// Written by scripts/make-registry.ts from the makers' calls; do not edit.

import { grpo } from '../advantages/grpo.ts'
import { weightedSum } from '../combining/weighted-sum.ts'
import type { Preset } from '../kinds/preset.ts'
import { clip } from '../shaping/clip.ts'
import { length } from '../signals/length.ts'
import type { AnyMethod } from './registry.ts'

export const methods: readonly AnyMethod[] = [length, clip, weightedSum, grpo]

export const presets: readonly Preset[] = []

export { clip, grpo, length, weightedSum }
