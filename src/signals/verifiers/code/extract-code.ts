/** The code of a completion: the last fenced block of a language, in the ways the trainers cut it out. */

/**
 * The content of the last block that opens with exactly `` ```language `` and a line feed and is closed again; '' when
 * there is none.
 * Source: open-r1 `rewards.py`, `extract_code`.
 *
 * @example extractCode('```python\nprint(1)\n```', 'python') // 'print(1)\n'
 */
export function extractCode(completion: string, language: string): string {
  const open = `\`\`\`${language}\n`
  let code = ''
  for (let start = completion.indexOf(open); start !== -1; ) {
    const end = completion.indexOf('```', start + open.length)
    if (end === -1) break
    code = completion.slice(start + open.length, end)
    start = completion.indexOf(open, end + 3)
  }
  return code
}

/**
 * What follows the last `` ```language `` up to the next fence or the end, closed or not; without such a tag the text
 * before the first fence.
 * Source: verl `utils/reward_score/prime_code`.
 *
 * @example extractPrimeCode('```python3\nx\n```', 'python') // '3\nx\n'
 */
export function extractPrimeCode(completion: string, language = 'python'): string {
  const open = `\`\`\`${language}`
  const start = completion.lastIndexOf(open)
  const rest = start === -1 ? completion : completion.slice(start + open.length)
  const end = rest.indexOf('```')
  return end === -1 ? rest : rest.slice(0, end)
}
