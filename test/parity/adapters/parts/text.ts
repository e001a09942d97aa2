/** Re-shapes the inputs of the text, combination and pairwise-judge vectors into calls of the public API and back. */
import { generalisedAdvantages } from '../../../../src/advantages/gae.ts'
import { groupRelativeAdvantages } from '../../../../src/advantages/grpo.ts'
import { allOf } from '../../../../src/combining/all-of.ts'
import { anyOf } from '../../../../src/combining/any-of.ts'
import { gatedBonus } from '../../../../src/combining/gated-bonus.ts'
import { harmonicMean } from '../../../../src/combining/harmonic-mean.ts'
import { hybrid } from '../../../../src/combining/hybrid.ts'
import { renorm, renormTrajectory } from '../../../../src/combining/renorm.ts'
import { sum } from '../../../../src/combining/sum.ts'
import { zAverage } from '../../../../src/combining/z-average.ts'
import type { CombinerMethod } from '../../../../src/kinds/combiner.ts'
import type { Inputs } from '../../../../src/kinds/inputs.ts'
import type { ParameterSchema } from '../../../../src/kinds/method.ts'
import { parseParameters } from '../../../../src/kinds/method.ts'
import { type Difficulty, selectByDifficulty } from '../../../../src/numerics/difficulty-selection.ts'
import { consecutiveGroups } from '../../../../src/numerics/grouped.ts'
import { logSigmoid } from '../../../../src/numerics/sigmoid.ts'
import { tiltedPolicy } from '../../../../src/numerics/tilted-policy.ts'
import { type Column, columnOf, offsetsOf, raggedColumnOf } from '../../../../src/records/column.ts'
import { GuerdonError } from '../../../../src/records/error.ts'
import { correctRows } from '../../../../src/shaping/correctness.ts'
import { groupLengthPenalty } from '../../../../src/shaping/group-length-penalty.ts'
import {
  readEditVerdict,
  readFlexJudgement,
  readThinkVerdict,
  readWinner,
  type Verdict,
} from '../../../../src/signals/judges/pairwise-verdict.ts'
import { judgementRatio, parseJudgement } from '../../../../src/signals/judges/parse-judgement.ts'
import { flexWinRates, pairwiseWinRates } from '../../../../src/signals/judges/win-rate.ts'
import { answerText, thoughtAndAnswerFormat } from '../../../../src/signals/text/answer-text.ts'
import { cosineSimilarity } from '../../../../src/signals/text/cosine.ts'
import { rougeL, rougeScores, rougeTokens } from '../../../../src/signals/text/rouge-l.ts'
import { type BleuOptions, BleuScorer, sentenceBleu } from '../../../../src/signals/text/sentence-bleu.ts'
import { tokenize } from '../../../../src/signals/text/tokenizers.ts'

/** Calls a combiner as a spec would: named columns, parameters with their defaults, rows in groups of `groupSize`. */
function combine<P extends ParameterSchema, S, F>(
  method: CombinerMethod<P, S, F>,
  columns: Record<string, Column>,
  parameters: Record<string, unknown>,
  { size, groupSize = size, inputs = {} }: { size: number; groupSize?: number; inputs?: Inputs },
): Column {
  return method.apply!(new Map(Object.entries(columns)), parseParameters(method, parameters), {
    size,
    groups: consecutiveGroups(size, Math.max(groupSize, 1)),
    inputs,
  })
}

function rowsOf(values: ArrayLike<number>, lists: readonly (readonly unknown[])[]): number[][] {
  const offsets = offsetsOf(lists.map((list) => list.length))
  return lists.map((_, row) => Array.from(values).slice(offsets[row], offsets[row + 1]))
}

function pairwise(read: (text: string) => Verdict, items: number, responses: [number, number, string][]) {
  const comparisons = responses.map(([first, second, text]) => ({ first, second, verdict: read(text ?? '') }))
  return Array.from(pairwiseWinRates(items, comparisons, { decimals: 3 }))
}

function hf(prediction: string, references: string[], variant: 'hf-smooth' | 'hf-plain') {
  try {
    const { score, precisions, brevityPenalty, hypothesisLength, referenceLength } = sentenceBleu(
      prediction,
      references,
      { variant },
    )
    return {
      bleu: score,
      precisions,
      brevityPenalty,
      lengthRatio: hypothesisLength / referenceLength,
      hypLength: hypothesisLength,
      refLength: referenceLength,
    }
  } catch (error) {
    if (error instanceof GuerdonError) return { error: error.message }
    throw error
  }
}

/** Vector file and function → call. */
// biome-ignore lint/suspicious/noExplicitAny: vectors are JSON whose form each function's name stands for
export const functions: Record<string, (input: any) => unknown> = {
  '49-bleuberi/hf-bleu': ({ prediction, references }) => ({
    tokens: tokenize(prediction, '13a'),
    refTokens: references.map((reference: string) => tokenize(reference, '13a')),
    smooth: hf(prediction, references, 'hf-smooth'),
    plain: hf(prediction, references, 'hf-plain'),
  }),
  '49-bleuberi/sacrebleu-sentence': ({ hypothesis, references }) => {
    const score = (options: Partial<BleuOptions> = {}) =>
      sentenceBleu(hypothesis, references, { variant: 'sacrebleu', effectiveOrder: true, ...options })
    const { matches, totals, precisions, brevityPenalty, hypothesisLength, referenceLength } = score()
    return {
      scores: {
        exp: score().score,
        floor: score({ smoothing: 'floor' }).score,
        'add-k': score({ smoothing: 'add-k' }).score,
        none: score({ smoothing: 'none' }).score,
        'exp-noeffective': score({ effectiveOrder: false }).score,
        'exp-lower': score({ lowercase: true }).score,
        'exp-order2': score({ order: 2 }).score,
      },
      tokenizers: {
        none: score({ tokenizer: 'none' }).score,
        char: score({ tokenizer: 'char' }).score,
        zh: score({ tokenizer: 'zh' }).score,
        intl: score({ tokenizer: 'intl' }).score,
      },
      counts: matches,
      totals,
      precisions,
      bp: brevityPenalty,
      sysLen: hypothesisLength,
      refLen: referenceLength,
      tokens13a: tokenize(hypothesis, '13a').join(' '),
      tokensZh: tokenize(hypothesis, 'zh').join(' '),
      tokensIntl: tokenize(hypothesis, 'intl').join(' '),
    }
  },
  '49-bleuberi/rouge-l': ({ prediction, references }) => ({
    tokens: rougeTokens(prediction),
    perReference: rougeScores(prediction, references),
    rougeL: rougeL(prediction, references),
  }),
  '49-bleuberi/bleuberi-reward': ({ completion, references }) => {
    const extracted = answerText(completion)
    const scorer = new BleuScorer({ variant: 'hf-smooth' })
    scorer.setReferences(references)
    const bleu = scorer.score(extracted) ?? 0
    const rouge = rougeL(extracted, references)
    const columns = { bleu: columnOf([bleu]), rouge: columnOf([rouge]) }
    const joined = combine(harmonicMean, columns, { of: ['bleu', 'rouge'] }, { size: 1 })
    return {
      extracted,
      bleu,
      rougeL: rouge,
      bleuRougeF1: joined.values[0],
      format: thoughtAndAnswerFormat(completion),
    }
  },
  '49-bleuberi/bleu-rm': ({ bleu, rm }) => {
    const columns = { bleu: columnOf(bleu), rm: columnOf(rm) }
    const result = combine(zAverage, columns, { of: ['bleu', 'rm'], scope: 'batch' }, { size: bleu.length })
    return { scores: Array.from(result.values) }
  },
  '49-bleuberi/difficulty-selection': ({ scores, count }) => {
    const select = (difficulty: Difficulty) => Array.from(selectByDifficulty(scores, count, difficulty))
    return { hard: select('hard'), medium: select('medium'), easy: select('easy') }
  },
  '06-transforming-combining/combine-sum': ({ rewards, references }) => {
    const size = rewards.length
    const names: string[] = rewards[0].map((_: number, property: number) => `p${property}`)
    const of = (table: number[][]) =>
      Object.fromEntries(names.map((name, property) => [name, columnOf(table.map((row) => row[property]!))]))
    const centred = rewards.map((row: number[], index: number) =>
      row.map((reward, property) => reward - references[index][property]),
    )
    const columns = of(centred)
    const alone = names.map((name) => combine(allOf, columns, { of: [name] }, { size }))
    const all = Array.from(combine(allOf, columns, { of: names }, { size }).values)
    // The vector's weights are fixed outside its input: 0.5, 0.3, 0.2.
    const weights = Object.fromEntries(names.map((name, property) => [name, [0.5, 0.3, 0.2][property]!]))
    return {
      transformed: centred.map((_: number[], row: number) => alone.map((column) => column.values[row])),
      sum: all,
      probabilityAll: all.map((value) => Math.exp(value)),
      weightedSum: Array.from(combine(allOf, columns, { of: names, weights }, { size }).values),
      rawSum: Array.from(combine(sum, of(rewards), { of: names }, { size }).values),
      or: Array.from(combine(anyOf, columns, { of: names }, { size }).values),
    }
  },
  '06-transforming-combining/kl-optimal-policy': ({ reference, rewards, referenceReward, gamma }) => ({
    raw: Array.from(tiltedPolicy(reference, rewards, gamma)),
    transformed: Array.from(
      tiltedPolicy(
        reference,
        rewards.map((reward: number) => logSigmoid(reward - referenceReward)),
        gamma,
      ),
    ),
  }),
  '13-hybrid-multi-aspect/embedding-reward': ({ reply, reference }) => ({
    reward: cosineSimilarity(reply, reference),
  }),
  '13-hybrid-multi-aspect/hybrid-multi-aspect-reward': (input) => {
    const { verifiable, correct, embeddings, referenceEmbeddings, lengths, format } = input
    const { correctThreshold, maxPenalty, tolerance, formatWeight } = input
    const size = correct.flat().length
    const groupSize = correct[0].length
    const groups = consecutiveGroups(size, groupSize)
    const similar: number[] = embeddings.flatMap((group: number[][], index: number) =>
      group.map((reply) => cosineSimilarity(reply, referenceEmbeddings[index])),
    )
    const inputs = {
      verifiable: columnOf(
        correct.flatMap((group: number[], index: number) => group.map(() => verifiable[index])),
      ),
    }
    const route = { rule: 'rule', model: 'model' }
    const routed = combine(hybrid, { rule: columnOf(correct.flat()), model: columnOf(similar) }, route, {
      size,
      groupSize,
      inputs,
    })
    const counted = correctRows(routed, {}, { correct: undefined, correctAt: correctThreshold })
    const { penalty } = groupLengthPenalty(Float64Array.from(lengths.flat()), counted, routed.valid, groups, {
      maxPenalty,
      tolerance,
      side: 'both',
      minCorrect: 1,
    })
    const total = combine(
      hybrid,
      {
        rule: columnOf(correct.flat()),
        model: columnOf(similar),
        length: columnOf(penalty),
        format: columnOf(format.flat()),
      },
      { ...route, add: { length: 1, format: formatWeight } },
      { size, groupSize, inputs },
    )
    const advantages = groupRelativeAdvantages(total.values, total.valid, groups, {
      epsilon: 0,
      single: 'zero',
      divideByStandardDeviation: false,
    })
    return {
      hybrid: rowsOf(routed.values, correct),
      lengthPenalty: rowsOf(penalty, correct),
      countedCorrect: rowsOf(counted, correct),
      total: rowsOf(total.values, correct),
      advantages: rowsOf(advantages, correct),
    }
  },
  '33-r1-reward/reward': ({ format, result, consistency, formatWeight, consistencyWeight }) => {
    const columns = { format: columnOf([format]), result: columnOf([result]), bonus: columnOf([consistency]) }
    const parameters = {
      format: 'format',
      result: 'result',
      bonus: 'bonus',
      formatWeight,
      bonusWeight: consistencyWeight,
    }
    return { reward: combine(gatedBonus, columns, parameters, { size: 1 }).values[0] }
  },
  '01-ppr-renorm/renorm': ({ scores, maxScores, outcome, turnLengths, values, gamma, lambda }) => {
    const process: number[] = scores.map((score: number, turn: number) =>
      judgementRatio(score, maxScores[turn]),
    )
    const rewards = combine(
      renorm,
      { process: raggedColumnOf('step', [process]), outcome: columnOf([outcome]) },
      { process: 'process', outcome: 'outcome' },
      {
        size: 1,
        inputs: {
          stepTokens: raggedColumnOf('step', [turnLengths.slice(0, -1)]),
          length: columnOf([values.length]),
        },
      },
    )
    const { normalised, naiveReturn, renormReturn } = renormTrajectory(process, outcome, 1)
    const { advantages } = generalisedAdvantages(
      rewards.values,
      Float64Array.from(values),
      rewards.valid,
      rewards.offsets!,
      { gamma, lambda },
    )
    return {
      process,
      normalised: Array.from(normalised),
      tokenRewards: Array.from(rewards.values),
      advantages: Array.from(advantages),
      returnsNaiveSum: naiveReturn,
      returnsRenorm: renormReturn,
    }
  },
  '01-ppr-renorm/parse-judgement': ({ text }) => {
    const judgement = parseJudgement(text)
    return { value: judgement === undefined ? null : [judgement.score, judgement.maximum, judgement.ratio] }
  },
  '05-pref-grpo/win-rate-think': ({ items, responses }) => {
    const rates = pairwise(readThinkVerdict, items, responses)
    return { winRate: rates, overall: rates }
  },
  '05-pref-grpo/win-rate-edit': ({ items, responses }) => ({
    winRate: pairwise(readEditVerdict, items, responses),
  }),
  '05-pref-grpo/win-rate-flex': ({ items, responses, overallWeight, dimensionWeight, categoryWeights }) => {
    const comparisons = responses.map(([first, second, text]: [number, number, string]) => ({
      first,
      second,
      judgement: readFlexJudgement(text ?? ''),
    }))
    const options = { overallWeight, dimensionWeight, categoryWeights, dialect: 'published' as const }
    const { reward, overall, dimensionMean, hasDimension } = flexWinRates(items, comparisons, options)
    return {
      reward: Array.from(reward),
      overall: Array.from(overall),
      dimensionMean: Array.from(dimensionMean),
      hasDimension,
    }
  },
  '05-pref-grpo/flex-winner': ({ text }) => ({ winner: readWinner(text) }),
}
