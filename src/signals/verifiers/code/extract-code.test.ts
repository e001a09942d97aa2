import { expect, it } from 'vitest'
import { extractCode, extractPrimeCode } from './extract-code.ts'

it.each([
  ['```python\nprint(1)\n```', 'print(1)\n', '\nprint(1)\n'],
  ['```\nplain\n```', '', ''],
  ['```python\nunclosed', '', '\nunclosed'],
  ['```python3\nx\n```', '', '3\nx\n'],
  ['a ```python\nx``` b', 'x', '\nx'],
  ['```python\n1\n``` then ```python\n2\n```', '2\n', '\n2\n'],
  ['no fence', '', 'no fence'],
])('cuts %j', (completion, openR1, prime) => {
  expect(extractCode(completion, 'python')).toBe(openR1)
  expect(extractPrimeCode(completion)).toBe(prime)
})

it('asks for the exact language', () => {
  expect(extractCode('```cpp\nint x;\n```', 'cpp')).toBe('int x;\n')
  expect(extractCode('```c++\nint x;\n```', 'cpp')).toBe('')
})
