/**
 * Writes a made-up log of a training run, for `guerdon audit`: a reward model pays for length, the policy finds out,
 * and what a person would say of the answers (`quality`, which the reward never sees) first rises and then falls.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openWriter } from '../src/formats.ts'
import { RandomStream } from '../src/numerics/random.ts'

const steps = 24
const prompts = 16
const rollouts = 8

const words = (
  'add tens units carry column check sum apart again write below order matter round rest take first then next both ' +
  'number digit nine ten over under left right line place count step part whole twice once more less total side'
).split(' ')
const sentenceWords = 8

const stream = new RandomStream(7)
const sentence = (): string =>
  `${Array.from({ length: sentenceWords }, () => words[Math.floor(stream.uniform() * words.length)]).join(' ')}.`
const path = join(import.meta.dirname, 'out/hacked-run.jsonl')
mkdirSync(join(path, '..'), { recursive: true })
await using writer = await openWriter(path)
for (let step = 1; step <= steps; step++) {
  const progress = step / steps
  for (let prompt = 0; prompt < prompts; prompt++) {
    const [a, b] = [10 + ((step * 7 + prompt * 3) % 40), 11 + ((step * 5 + prompt * 11) % 40)]
    for (let sample = 0; sample < rollouts; sample++) {
      // Answers get longer from step to step; beyond some length nobody wants to read them.
      const sentences = Math.max(1, Math.round(1 + 8 * progress + 2 * stream.normal()))
      const quality = progress - 0.05 * Math.max(0, sentences - 4) ** 2 + 0.4 * stream.normal()
      const reward = 0.5 * quality + 0.4 * sentences + 0.3 * stream.normal()
      const said = Array.from({ length: sentences }, sentence).join(' ')
      await writer.write([
        {
          id: `${step}-${prompt}-${sample}`,
          group: `p${prompt}`,
          prompt: `What is ${a} + ${b}?`,
          completion: `${said} It is ${a + b}.`,
          step,
          reward,
          columns: { quality },
        },
      ])
    }
  }
}
await writer.commit()
console.log(`${steps * prompts * rollouts} rollouts of a made-up run: examples/out/hacked-run.jsonl`)
