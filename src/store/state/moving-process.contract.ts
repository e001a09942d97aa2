/** A replica of its own for the tests: `node moving-process.contract.ts URL NAME FROM TO` moves once for each number. */
import { openRedisState } from './redis-state.ts'
import { seeing } from './seeing.contract.ts'

const [url, name, from, to] = process.argv.slice(2)
const state = await openRedisState({ url: url!, scope: { name: name!, specDigest: 'd' } })
const began = performance.now()
for (let number = Number(from); number < Number(to); number++) {
  await state.move([String(number)], seeing(Math.sin(number)))
}
process.stdout.write(String((performance.now() - began) / 1000))
await state.close()
