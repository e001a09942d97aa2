/** A bare node:http server that does the same work: parse, format and exact match of every row, answer; it keeps nothing. */
import { createServer } from 'node:http'

interface Row {
  readonly id: string
  readonly completion: string
  readonly reference: string
}

const format =
  /^<think>(?:(?!<\/?think>|<\/?answer>)[\s\S])*<\/think>\s*<answer>(?:(?!<\/?think>|<\/?answer>)[\s\S])*<\/answer>$/
const answer = /<answer>([\s\S]*?)<\/answer>/g

function score({ id, completion, reference }: Row): unknown {
  const form = format.test(completion.trim()) ? 1 : 0
  let last: string | undefined
  for (const match of completion.matchAll(answer)) last = match[1]
  const correct = last?.trim() === reference ? 1 : 0
  return { id, reward: correct + 0.2 * form, columns: { format: form, correct } }
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { rows } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { rows: Row[] }
    const text = JSON.stringify({ rows: rows.map(score) })
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
  })
})
server.listen(Number(process.argv[2]), '127.0.0.1')
