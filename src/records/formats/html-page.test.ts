import { expect, test } from 'vitest'
import { escapeHtml, htmlPage, htmlTable, sentenceHtml } from './html-page.ts'

test('nothing that a text holds becomes markup or hides itself', () => {
  expect(escapeHtml(`<img src=x onerror='a'>&"`)).not.toMatch(/[<>"']|&(?!#)/)
  expect(escapeHtml('a\u202eb\u0000')).toBe('a\\u202eb\\u0000')
  expect(escapeHtml('line\n\ttab')).toBe('line\n\ttab')
  expect(sentenceHtml('see `<b>`')).toBe('see <code>&#60;b&#62;</code>')
})

test('a page stands alone', () => {
  const page = htmlPage('<T>', htmlTable(['h'], [['1']]), 'p{color:red}')
  expect(page).toContain('<title>&#60;T&#62;</title>')
  expect(page).toContain('p{color:red}</style>')
  expect(page).toContain('<td>1</td>')
  expect(page).not.toMatch(/(?:src|href)=|url\(|<script/)
})
