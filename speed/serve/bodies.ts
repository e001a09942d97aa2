/** Requests for the measurement: rollouts of about 2 kB, half of them right. */
import { RandomStream } from '../../src/numerics/random.ts'

const words =
  'the of sum then carry digit answer because multiply first second each total check again number equals left right both sides divide step result therefore half twice minus plus product remainder whole part value now write find'.split(
    ' ',
  )

function prose(random: RandomStream, characters: number): string {
  let text = ''
  while (text.length < characters) text += `${words[Math.floor(random.uniform() * words.length)]} `
  return text.trimEnd()
}

/** Bodies for `/v1/rewards` with the given number of rollouts each. */
export function bodies(rows: number, count: number): string[] {
  const random = new RandomStream(11)
  return Array.from({ length: count }, (_, body) =>
    JSON.stringify({
      rows: Array.from({ length: rows }, (_, row) => {
        const answer = Math.floor(random.uniform() * 100)
        const right = random.uniform() < 0.5
        return {
          id: `r${body}-${row}`,
          group: `g${body}`,
          prompt: `What is the sum? ${prose(random, 300)}`,
          completion: `<think>${prose(random, 1600)}</think><answer>${right ? answer : answer + 1}</answer>`,
          reference: String(answer),
        }
      }),
    }),
  )
}
