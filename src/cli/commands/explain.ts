/** `guerdon explain SPEC ROLLOUTS --row ID`. */
import { GuerdonError } from '../../records/error.ts'
import { type Explanation, explain, type StageValue } from '../../reward/explain.ts'
import { createReward } from '../../reward/score.ts'
import { bold, dim, excerpt, number, table } from '../print.ts'
import { type InputOptions, rolloutsAround } from '../read-rollouts.ts'

export async function explainCommand(
  specPath: string,
  inputPath: string,
  options: InputOptions & { row: string },
): Promise<void> {
  const reward = await createReward(specPath)
  try {
    const rollouts = await rolloutsAround(inputPath, options, options.row, reward.plan.scope === 'batch')
    if (rollouts.length === 0) {
      throw new GuerdonError('DATA_ROW_UNKNOWN', 'is not in the file', {
        where: { file: inputPath, row: options.row },
      })
    }
    const explanation = await explain(reward, rollouts, options.row)
    if (options.json) console.log(JSON.stringify(explanation, null, 2))
    else print(explanation)
  } finally {
    await reward.close()
  }
}

function valueText({ value }: StageValue): string {
  if (value === null) return 'invalid'
  return typeof value === 'number' ? number(value) : `[${value.map((entry) => number(entry)).join(', ')}]`
}

function because({ reason }: StageValue): string {
  return reason === undefined ? '' : dim(`  (${reason})`)
}

function parameterText(parameters: unknown): string {
  const text = JSON.stringify(parameters)
  return text === '{}' || text === undefined ? '' : dim(` ${text}`)
}

function print(explanation: Explanation): void {
  const { id, group, prompt, completion, reference, signals, combine, reward, advantage, siblings } =
    explanation
  console.log(`${bold(id)} of group ${group}`)
  console.log(`  prompt      ${excerpt(prompt, 160)}`)
  console.log(`  completion  ${excerpt(completion, 160)}`)
  if (reference !== null && reference !== undefined)
    console.log(
      `  reference   ${excerpt(typeof reference === 'string' ? reference : reference.join(' | '), 160)}`,
    )
  console.log(`\n${bold('Signals')}`)
  for (const signal of signals) {
    console.log(
      `  ${signal.name} = ${valueText(signal)}${because(signal)}  ${dim(signal.method)}${parameterText(signal.parameters)}`,
    )
    if (signal.evidence !== undefined)
      console.log(dim(`      because ${excerpt(JSON.stringify(signal.evidence), 160)}`))
    for (const stage of signal.shaping)
      console.log(`      → ${stage.method}: ${valueText(stage)}${because(stage)}`)
  }
  if (combine !== null)
    console.log(
      `\n${bold('Combined')} by ${combine.method}${parameterText(combine.parameters)}\n  ${valueText(combine)}${because(combine)}`,
    )
  console.log(`\n${bold('Reward')} ${valueText(reward)}${because(reward)}`)
  if (advantage !== null) {
    console.log(
      `${bold('Advantage')} ${valueText(advantage)} by ${advantage.method}${parameterText(advantage.parameters)}`,
    )
  }
  console.log(`\n${bold('Its group')}, best first`)
  console.log(
    table(
      ['', 'id', 'reward', 'advantage', 'completion'],
      siblings.map((sibling) => [
        sibling.id === id ? '→' : '',
        sibling.id,
        number(sibling.reward),
        number(sibling.advantage),
        excerpt(sibling.completion, 56),
      ]),
      [2, 3],
    ),
  )
}
