/** The program inside a completion. */

/**
 * The last complete fenced block tagged exactly `language`; '' when there is none (open-r1, `extract_code`).
 *
 * @example extractCode('```python\nprint(1)\n```', 'python') // 'print(1)\n'
 */
export function extractCode(completion: string, language: string): string {
  const open = `\`\`\`${language}\n`
  let code = ''
  let from = 0
  for (;;) {
    const start = completion.indexOf(open, from)
    if (start === -1) return code
    const end = completion.indexOf('```', start + open.length)
    if (end === -1) return code
    code = completion.slice(start + open.length, end)
    from = end + 3
  }
}
