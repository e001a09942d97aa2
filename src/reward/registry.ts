/** The one list of methods and presets, by kind and name; what the spec, the CLI and the documentation all read. */
import { distance } from 'fastest-levenshtein'
import type { AdvantageDefinition } from '../kinds/advantage.ts'
import type { CombinerDefinition } from '../kinds/combiner.ts'
import type { Kind, ParameterSchema } from '../kinds/method.ts'
import type { Preset } from '../kinds/preset.ts'
import type { ShapingDefinition } from '../kinds/shaping.ts'
import type { SignalDefinition } from '../kinds/signal.ts'
import { type ErrorPlace, GuerdonError } from '../records/error.ts'
import { methods as generatedMethods, presets as generatedPresets } from './methods.generated.ts'

/** Methods of any parameters: what a maker returned, seen without its call. */
export type AnySignal = SignalDefinition<ParameterSchema> & { readonly kind: 'signal' }
export type AnyShaping = ShapingDefinition<ParameterSchema, unknown> & { readonly kind: 'shaping' }
export type AnyCombiner = CombinerDefinition<ParameterSchema, unknown, unknown> & {
  readonly kind: 'combiner'
}
export type AnyAdvantage = AdvantageDefinition<ParameterSchema, unknown> & { readonly kind: 'advantage' }
export type AnyMethod = AnySignal | AnyShaping | AnyCombiner | AnyAdvantage
type MethodOfKind<K extends Kind> = Extract<AnyMethod, { readonly kind: K }>

/** The names nearest to one that was not found, nearest first, at most three. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const limit = Math.max(2, Math.floor(name.length / 2))
  return [...known]
    .map((candidate) => ({
      candidate,
      gap: candidate.includes(name) || name.includes(candidate) ? 1 : distance(name, candidate),
    }))
    .filter(({ gap }) => gap <= limit)
    .sort((a, b) => a.gap - b.gap || a.candidate.localeCompare(b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/** "Did you mean a or b?", or undefined when nothing is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const near = nearestNames(name, known)
  return near.length === 0 ? undefined : `Did you mean ${near.join(' or ')}?`
}

export class Registry {
  readonly methods: readonly AnyMethod[]
  readonly presets: readonly Preset[]
  readonly #byKind = new Map<string, AnyMethod>()

  constructor(methods: readonly AnyMethod[], presets: readonly Preset[] = []) {
    this.methods = methods
    this.presets = presets
    for (const method of methods) {
      const key = `${method.kind}/${method.name}`
      if (this.#byKind.has(key)) throw new GuerdonError('SPEC_INVALID', `two methods are called ${key}`)
      this.#byKind.set(key, method)
    }
  }

  /** The method of a kind by its name or by an alias that no other has; an unknown name is answered with the nearest ones, or the kind it belongs to. */
  find<K extends Kind>(kind: K, name: string, place: ErrorPlace = {}): MethodOfKind<K> {
    const method = this.#byKind.get(`${kind}/${name}`)
    if (method !== undefined) return method as MethodOfKind<K>
    // A paper's or a trainer's own name for a method is as good as ours while it names one method only.
    const known = this.methods.filter((other) => other.kind === kind && other.aliases?.includes(name))
    if (known.length === 1) return known[0] as MethodOfKind<K>
    const elsewhere = this.methods.find((other) => other.name === name)
    const called = this.methods.find((other) => other.kind === kind && other.aliases?.includes(name))
    const hint =
      elsewhere !== undefined
        ? `"${name}" is ${elsewhere.kind === 'advantage' ? 'an' : 'a'} ${elsewhere.kind}`
        : called !== undefined
          ? `It is called ${called.name} here`
          : didYouMean(
              name,
              this.methods.filter((other) => other.kind === kind).map((other) => other.name),
            )
    throw new GuerdonError('SPEC_UNKNOWN_METHOD', `there is no ${kind} "${name}"`, {
      where: place,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  preset(name: string, place: ErrorPlace = {}): Preset {
    const preset = this.presets.find((candidate) => candidate.name === name)
    if (preset !== undefined) return preset
    const hint = didYouMean(
      name,
      this.presets.map((candidate) => candidate.name),
    )
    throw new GuerdonError('SPEC_UNKNOWN_METHOD', `there is no preset "${name}"`, {
      where: place,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  /** Methods whose name, aliases, summary or paper hold every word of the query, or words that begin with it. */
  search(query: string): readonly AnyMethod[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    return this.methods.filter((method) => {
      const text = [
        method.name,
        method.kind,
        method.summary,
        method.formula,
        ...(method.aliases ?? []),
        method.paper?.slug,
        method.paper?.title,
      ]
        .join(' ')
        .toLowerCase()
      return words.every((word) => startsAWord(text, word))
    })
  }
}

/** Whether a text holds a word or its beginning: "orm" is in "ORM reward" and not in "format". */
function startsAWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!)) return true
  }
  return false
}

/** The registry of everything that Guerdon ships. */
export const registry = new Registry(generatedMethods, generatedPresets)
