import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgementRatio, parseJudgement } from './parse-judgement.ts'

test.each([
  ['<score>7</score><max_score>10</max_score>', [7, 10, 0.7]],
  ['<score>12</score> <max_score>10</max_score>', [12, 10, 1]],
  ['<score>-1</score><max_score>4</max_score>', [-1, 4, 0]],
  // The last value of each tag counts.
  [
    '<score>1</score><max_score>10</max_score> no: <score> 4.5 </score><max_score>9</max_score>',
    [4.5, 9, 0.5],
  ],
  ['<max_score>2e1</max_score><score>.5</score>', [0.5, 20, 0.025]],
])('%s', (text, [score, maximum, ratio]) => {
  expect(parseJudgement(text)).toEqual({ score, maximum, ratio })
})

test.each([
  'Score: 3',
  '<score>1</score><max_score>0</max_score>',
  '<score>1</score><max_score>-5</max_score>',
  '<score>seven</score><max_score>10</max_score>',
  '<score>7/10</score><max_score>10</max_score>',
  '<score>nan</score><max_score>10</max_score>',
  '<score>1e999</score><max_score>10</max_score>',
  '<score></score><max_score>10</max_score>',
  '<score>3<max_score>10</max_score>',
  '<score>1</score><score>x</score><max_score>10</max_score>',
  '',
])('%j holds no judgement', (text) => {
  expect(parseJudgement(text)).toBeUndefined()
})

test('a ratio lies in [0, 1] or is missing', () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), (score, maximum) => {
      const ratio = judgementRatio(score, maximum)
      if (!(maximum > 0) || !Number.isFinite(score) || !Number.isFinite(maximum))
        expect(ratio).toBeUndefined()
      else {
        expect(ratio).toBeGreaterThanOrEqual(0)
        expect(ratio).toBeLessThanOrEqual(1)
      }
    }),
  )
})
