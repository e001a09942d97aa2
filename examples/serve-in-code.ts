/** A reward server inside a program of one's own: started, asked once, stopped. */
import { pino } from 'pino'
import { assemble, parseServeOptions, startServer } from '../src/server.ts'

const options = parseServeOptions({ port: 0, store: 'none' })
const server = await startServer(options, pino({ level: 'warn' }), (surroundings) =>
  assemble('examples/specs/boxed.yaml', options, surroundings),
)
const rollout = { prompt: 'What is 17 + 25?', response: 'It is \\boxed{42}.', label: '42' }
const answer = await fetch(`${server.url}/slime?scalar=1`, { method: 'POST', body: JSON.stringify(rollout) })
console.log(await answer.json())
await server.stop()
