/** `guerdon init [file]`: a commented starter spec that runs as it stands. */
import { existsSync, writeFileSync } from 'node:fs'
import { GuerdonError } from '../../records/error.ts'

export const starterSpec = `# yaml-language-server: $schema=./node_modules/guerdon/schema/reward.schema.json
# A reward in four steps: signals look at each completion, shaping straightens each number,
# combining joins them into one reward, an advantage compares the rewards of one prompt.
# "guerdon methods" lists everything that can stand after "use:".
name: my-reward

signals:
  # 1 if the final answer equals the rollout's "reference", else 0
  correct: { use: math-answer }
  # how long the completion is
  words: { use: length, unit: words }

shape:
  # the length becomes a penalty: free up to 400 words, then down to -1 at 500
  words: { use: soft-overlong, maximum: 500, buffer: 100, unit: words, mode: replace }

combine: { use: weighted-sum, weights: { correct: 1, words: 0.5 } }

# compares the completions of one prompt; leave it out to get rewards only
advantage: { use: grpo }

# a row that a signal cannot score is left out of everything (never a silent 0)
onError: mask
`

export function initCommand(file: string, options: { json?: boolean }): void {
  if (existsSync(file)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'exists already', {
      where: { file },
      expected: 'a file that init may create',
    })
  }
  writeFileSync(file, starterSpec)
  if (options.json) console.log(JSON.stringify({ written: file }))
  else console.log(`Wrote ${file}. Next: guerdon score ${file} rollouts.jsonl -o scored.jsonl`)
}
