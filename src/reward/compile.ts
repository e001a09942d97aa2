/**
 * Turns a spec into a plan: every name resolved to its method, every parameter checked and filled in, columns and
 * grains matched, inner signals ordered before those that wrap them. Nothing is scored here.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Scope, scopeOf } from '../kinds/inputs.ts'
import { type Kind, parseParameters, type Use } from '../kinds/method.ts'
import { grainsOf } from '../kinds/shaping.ts'
import type { Grain } from '../records/column.ts'
import { GuerdonError, messageOf } from '../records/error.ts'
import {
  columnGrains,
  digestOf,
  type Parameters,
  type Plan,
  type PlannedAdvantage,
  type PlannedCombiner,
  type PlannedShaping,
  type PlannedSignal,
} from './plan.ts'
import { type AnyMethod, didYouMean, type Registry, registry } from './registry.ts'
import {
  type AdvantageUse,
  carriedMethod,
  nowhere,
  ownParameters,
  type PlaceOf,
  type RewardSpec,
  type SignalUse,
} from './spec.ts'

export interface CompileOptions {
  readonly registry?: Registry
  /** folder that paths in the spec are relative to: a user's own methods, models */
  readonly folder?: string
  readonly placeOf?: PlaceOf
}

/**
 * Compiles a spec.
 * @throws GuerdonError SPEC_INVALID, SPEC_UNKNOWN_METHOD, SPEC_UNKNOWN_COLUMN or PARAMETER_INVALID, with the field
 */
export async function compile(given: RewardSpec, options: CompileOptions = {}): Promise<Plan> {
  const compiler = new Compiler(options)
  return compiler.plan(given)
}

class Compiler {
  readonly #registry: Registry
  readonly #folder: string
  readonly #placeOf: PlaceOf

  constructor({ registry: own = registry, folder = process.cwd(), placeOf = nowhere }: CompileOptions) {
    this.#registry = own
    this.#folder = folder
    this.#placeOf = placeOf
  }

  async plan(given: RewardSpec): Promise<Plan> {
    const spec = this.#withPresets(given)
    const entries = Object.entries(spec.signals ?? {})
    if (entries.length === 0) {
      throw new GuerdonError('SPEC_INVALID', 'has no signals', {
        where: this.#placeOf(['signals']),
        expected: 'at least one signal',
      })
    }
    const signals = this.#inOrder(
      await Promise.all(entries.map(([name, entry]) => this.#signal(name, entry, spec))),
    )
    const grains = columnGrains(signals)
    const shapings = await this.#shapings(spec, grains)
    const combiner = spec.combine === undefined ? undefined : await this.#combiner(spec.combine, grains)
    const wrapped = new Set(signals.flatMap((signal) => [...signal.over.values()]))
    const free = signals.filter((signal) => !wrapped.has(signal.name))
    if (combiner === undefined && free.length !== 1) {
      throw new GuerdonError('SPEC_INVALID', `has ${free.length} signals and nothing that combines them`, {
        where: this.#placeOf(['combine']),
        expected: 'a combiner, for example { use: weighted-sum, weights: { … } }',
      })
    }
    const soleColumn = free[0]?.name ?? signals[0]!.name
    if (combiner === undefined && grains.get(soleColumn) !== 'rollout') {
      throw new GuerdonError(
        'SPEC_INVALID',
        `signal "${soleColumn}" gives a number a ${grains.get(soleColumn)}, not one a rollout`,
        {
          where: this.#placeOf(['combine']),
          expected: 'a combiner that joins them, for example renorm',
        },
      )
    }
    const advantage =
      spec.advantage === undefined ? undefined : await this.#advantage(spec.advantage, ['advantage'], grains)
    this.#checkTakes(advantage, combiner?.method.grain ?? 'rollout')
    const scopes: Scope[] = [
      ...[...shapings.values()].flat().map(({ method, parameters }) => scopeOf(method, parameters)),
      // What learns moves on once a training step, however little of the batch it looks at.
      combiner?.method.stateful !== undefined
        ? 'batch'
        : combiner === undefined
          ? 'row'
          : scopeOf(combiner.method, combiner.parameters),
      ...advantageScopes(advantage),
    ]
    const groupSignal = signals.find(({ method }) => method.grain === 'group')?.name
    const planned = [...[...shapings.values()].flat(), ...(combiner === undefined ? [] : [combiner])]
    const rewardScopes: Scope[] = planned
      .filter(({ method }) => method.stateful === undefined)
      .map(({ method, parameters }) => scopeOf<Parameters, Scope>(method, parameters))
    return {
      spec,
      digest: digestOf({
        ...spec,
        description: undefined,
        $schema: undefined,
        ...this.#identities(signals),
      }),
      folder: this.#folder,
      signals,
      shapings,
      combiner,
      soleColumn,
      advantage,
      scope: widest(scopes, groupSignal),
      rewardScope: widest(rewardScopes, groupSignal),
      stateful: planned.some(({ method }) => method.stateful !== undefined) || learns(advantage),
      groupSignal,
    }
  }

  /** Lays presets under the spec: the spec's own fields win, signals and shapings join by name. */
  #withPresets(spec: RewardSpec): RewardSpec {
    if (spec.use === undefined) return spec
    const { use, ...own } = spec
    let merged: RewardSpec = { name: own.name }
    for (const name of typeof use === 'string' ? [use] : use) {
      const place = this.#placeOf(['use'])
      if (!name.startsWith('preset/')) {
        throw new GuerdonError('SPEC_INVALID', `"${name}" is no preset`, {
          where: place,
          expected: 'preset/NAME',
        })
      }
      merged = layOver(merged, { name: own.name, ...this.#registry.preset(name.slice(7), place).fragment })
    }
    return layOver(merged, own)
  }

  /** Finds the method of an entry: carried by a TypeScript spec, loaded from a file, or named in the registry. */
  async #method<K extends Kind>(
    kind: K,
    entry: Use,
    path: readonly PropertyKey[],
  ): Promise<Extract<AnyMethod, { kind: K }>> {
    const place = this.#placeOf([...path, 'use'])
    let method = carriedMethod(entry)
    if (method === undefined && /^\.{0,2}\/|\.(ts|js|mjs)$/.test(entry.use))
      method = await this.#import(entry.use, place)
    if (method === undefined) return this.#registry.find(kind, entry.use, place)
    const found = (method as { kind?: unknown }).kind
    if (found !== kind) {
      throw new GuerdonError('SPEC_INVALID', `${entry.use} is a ${String(found)}`, {
        where: place,
        expected: `a ${kind}`,
      })
    }
    return method as Extract<AnyMethod, { kind: K }>
  }

  async #import(path: string, place: object): Promise<unknown> {
    const file = resolve(this.#folder, path)
    if (!existsSync(file))
      throw new GuerdonError('FILE_MISSING', `there is no file ${path}`, { where: place })
    let module: { default?: { kind?: unknown } }
    try {
      module = await import(pathToFileURL(file).href)
    } catch (cause) {
      throw new GuerdonError('SPEC_INVALID', `${path} cannot be loaded: ${messageOf(cause)}`, {
        where: place,
        cause,
      })
    }
    if (module.default?.kind === undefined) {
      throw new GuerdonError('SPEC_INVALID', `${path} exports no method`, {
        where: place,
        expected: 'export default defineSignal({ … }) or another kind of method',
      })
    }
    return module.default
  }

  async #signal(name: string, entry: SignalUse, spec: RewardSpec): Promise<PlannedSignal> {
    const path = ['signals', name]
    const method = await this.#method('signal', entry, path)
    const parameters = this.#parameters(method, entry, path)
    const wants = method.over ?? 'none'
    const over = new Map<string, string>()
    if (typeof entry.over === 'string') over.set(entry.over, entry.over)
    else if (Array.isArray(entry.over)) for (const inner of entry.over as string[]) over.set(inner, inner)
    else if (entry.over !== undefined)
      for (const [key, inner] of Object.entries(entry.over)) over.set(key, inner)
    if (
      (wants === 'none' && over.size > 0) ||
      (wants === 'one' && over.size !== 1) ||
      (wants === 'many' && over.size === 0)
    ) {
      const expected = {
        none: 'no inner signal',
        one: 'exactly one inner signal',
        many: 'at least one inner signal',
        any: 'any number of inner signals',
      }[wants]
      throw new GuerdonError('SPEC_INVALID', `${method.name} names ${over.size} inner signals`, {
        where: this.#placeOf([...path, 'over']),
        expected,
      })
    }
    const names = Object.keys(spec.signals ?? {})
    for (const inner of over.values()) {
      if (!names.includes(inner)) this.#unknownColumn(inner, [...path, 'over'], names)
    }
    return {
      name,
      method,
      parameters,
      parts: method.parts?.(parameters) ?? {},
      over,
      onError: entry.onError ?? spec.onError ?? 'mask',
      timeout: entry.timeout,
      retries: entry.retries ?? 0,
      batch: entry.batch,
      concurrency: entry.concurrency ?? 8,
    }
  }

  #parameters(method: AnyMethod, entry: Use, path: readonly PropertyKey[]): Parameters {
    try {
      return parseParameters(method, ownParameters(entry))
    } catch (error) {
      if (!(error instanceof GuerdonError)) throw error
      // The same sentence, at the place where the spec's author will find it.
      const field = (error.where.field ?? method.name).split('.').slice(1)
      const sentence = error.message.replace(/^"[^"]*": /, '')
      const what = sentence.startsWith(`${method.name} `) ? sentence : `${method.name}: ${sentence}`
      throw new GuerdonError('PARAMETER_INVALID', what, {
        where: this.#placeOf([...path, ...field]),
      })
    }
  }

  #inOrder(signals: readonly PlannedSignal[]): PlannedSignal[] {
    const ordered: PlannedSignal[] = []
    const open = new Set<string>()
    const visit = (signal: PlannedSignal): void => {
      if (ordered.includes(signal)) return
      if (open.has(signal.name)) {
        throw new GuerdonError(
          'SPEC_INVALID',
          `signals wrap one another in a circle: ${[...open, signal.name].join(' → ')}`,
          {
            where: this.#placeOf(['signals', signal.name, 'over']),
          },
        )
      }
      open.add(signal.name)
      for (const inner of signal.over.values()) visit(signals.find(({ name }) => name === inner)!)
      open.delete(signal.name)
      ordered.push(signal)
    }
    for (const signal of signals) visit(signal)
    return ordered
  }

  async #shapings(
    spec: RewardSpec,
    grains: Map<string, Grain>,
  ): Promise<Map<string, readonly PlannedShaping[]>> {
    const planned = new Map<string, readonly PlannedShaping[]>()
    for (const [column, given] of Object.entries(spec.shape ?? {})) {
      const grain = grains.get(column)
      if (grain === undefined) this.#unknownColumn(column, ['shape', column], grains.keys())
      const list = Array.isArray(given) ? (given as Use[]) : [given as Use]
      const steps: PlannedShaping[] = []
      for (const [index, entry] of list.entries()) {
        const path = Array.isArray(given) ? ['shape', column, index] : ['shape', column]
        const method = await this.#method('shaping', entry, path)
        const parameters = this.#parameters(method, entry, path)
        const accepted = grainsOf(method, parameters)
        if (!accepted.includes(grain)) {
          throw new GuerdonError(
            'SPEC_INVALID',
            `${method.name} shapes one number a ${accepted.join(' or ')}`,
            {
              where: this.#placeOf(path),
              expected: `a shaping for "${column}", which has one a ${grain}`,
            },
          )
        }
        steps.push({ method, parameters })
      }
      planned.set(column, steps)
    }
    return planned
  }

  async #combiner(entry: Use, grains: Map<string, Grain>): Promise<PlannedCombiner> {
    const method = await this.#method('combiner', entry, ['combine'])
    const parameters = this.#parameters(method, entry, ['combine'])
    const takes = method.takes ?? ['rollout']
    for (const column of method.reads(parameters)) {
      const grain = grains.get(column)
      if (grain === undefined) this.#unknownColumn(column, ['combine'], grains.keys())
      if (takes.includes(grain)) continue
      throw new GuerdonError('SPEC_INVALID', `column "${column}" has one number a ${grain}`, {
        where: this.#placeOf(['combine']),
        expected: `columns with one number a ${takes.join(' or ')} for ${method.name}`,
      })
    }
    return { method, parameters }
  }

  /** What signals read besides their parameters, by signal; nothing where no signal reads anything. */
  #identities(signals: readonly PlannedSignal[]): { readonly identities?: Readonly<Record<string, string>> } {
    const told = signals.flatMap(({ name, method, parameters }) => {
      const identity = method.identity?.(parameters, { folder: this.#folder }) ?? ''
      return identity === '' ? [] : [[name, identity] as const]
    })
    return told.length === 0 ? {} : { identities: Object.fromEntries(told) }
  }

  async #advantage(
    entry: AdvantageUse,
    path: readonly PropertyKey[],
    grains: Map<string, Grain>,
  ): Promise<PlannedAdvantage> {
    const method = await this.#method('advantage', entry, path)
    const parameters = this.#parameters(method, entry, path)
    const wants = method.over ?? 'none'
    if ((wants === 'one') !== (entry.over !== undefined)) {
      throw new GuerdonError(
        'SPEC_INVALID',
        `${method.name} ${wants === 'one' ? 'wraps another advantage' : 'wraps no other advantage'}`,
        {
          where: this.#placeOf([...path, 'over']),
          expected: wants === 'one' ? 'over: { use: … }' : 'no field over',
        },
      )
    }
    for (const column of method.reads?.(parameters) ?? [])
      if (!grains.has(column)) this.#unknownColumn(column, path, grains.keys())
    const inner =
      entry.over === undefined ? undefined : await this.#advantage(entry.over, [...path, 'over'], grains)
    return { method, parameters, inner }
  }

  /** Rewards a rollout may go to any advantage, rewards a token to those that take them. */
  #checkTakes(advantage: PlannedAdvantage | undefined, grain: Grain): void {
    if (advantage === undefined || grain === 'rollout') return
    if (advantage.inner !== undefined) this.#checkTakes(advantage.inner, grain)
    else if (advantage.method.takes !== grain) {
      throw new GuerdonError('SPEC_INVALID', `${advantage.method.name} compares one reward a rollout`, {
        where: this.#placeOf(['advantage']),
        expected: `an advantage for one reward a ${grain}, for example reinforce`,
      })
    }
  }

  #unknownColumn(column: string, path: readonly PropertyKey[], known: Iterable<string>): never {
    const names = [...known]
    const hint = didYouMean(column, names)
    throw new GuerdonError('SPEC_UNKNOWN_COLUMN', `there is no column "${column}"`, {
      where: this.#placeOf(path),
      expected: `one of ${names.join(', ')}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

function layOver(under: RewardSpec, over: Partial<RewardSpec>): RewardSpec {
  return {
    ...under,
    ...over,
    ...(under.signals || over.signals ? { signals: { ...under.signals, ...over.signals } } : {}),
    ...(under.shape || over.shape ? { shape: { ...under.shape, ...over.shape } } : {}),
  }
}

function advantageScopes(advantage: PlannedAdvantage | undefined): Scope[] {
  if (advantage === undefined) return []
  const { method, parameters, inner } = advantage
  // What learns moves on once a training step, however little of the batch it looks at.
  const own = method.stateful?.initial(parameters) !== undefined ? 'batch' : scopeOf(method, parameters)
  return [own, ...advantageScopes(inner)]
}

/** True when the advantage, or one that it wraps, carries a state under its parameters. */
function learns(advantage: PlannedAdvantage | undefined): boolean {
  if (advantage === undefined) return false
  const { method, parameters, inner } = advantage
  return method.stateful?.initial(parameters) !== undefined || learns(inner)
}

function widest(scopes: readonly Scope[], groupSignal: string | undefined): Scope {
  if (scopes.includes('batch')) return 'batch'
  return scopes.includes('group') || groupSignal !== undefined ? 'group' : 'row'
}
