/** The functions of one card out of maps whose keys are `NN-slug/function`. */
import type { AdapterFunction } from '../run-file.ts'

export function ofCard(
  slug: string,
  ...maps: readonly Readonly<Record<string, unknown>>[]
): Record<string, AdapterFunction> {
  const functions: Record<string, AdapterFunction> = {}
  for (const [key, run] of maps.flatMap((map) => Object.entries(map))) {
    if (key.startsWith(`${slug}/`)) functions[key.slice(slug.length + 1)] = run as AdapterFunction
  }
  return functions
}
