import { describe, expect, test } from 'vitest'
import { readEditVerdict, readFlexJudgement, readThinkVerdict, readWinner } from './pairwise-verdict.ts'

describe('a judge that thinks', () => {
  test.each([
    ['<think>r</think>\n<answer> Image 2 is better </answer>', 2],
    ['<answer>Image 1 is better, not that Image 2 is better</answer>', 1],
    ['<answer>Both are equal</answer>', null],
    // Only what stands in the tags counts, and only in this case.
    ['<answer>tie</answer> but Image 1 is better', null],
    ['Image 1 is better', null],
    ['<ANSWER>Image 1 is better</ANSWER>', null],
    ['<answer>image 1 is better</answer>', null],
    ['<answer>a\nImage 2 is better\nb</answer>', 2],
    ['<answer>Image 1 is better', null],
  ])('%j', (text, verdict) => {
    expect(readThinkVerdict(text)).toBe(verdict)
  })

  test('names videos when it saw videos', () => {
    expect(readThinkVerdict('<answer>Video 2 is better</answer>', 'Video')).toBe(2)
    expect(readThinkVerdict('<answer>Video 2 is better</answer>')).toBeNull()
  })
})

describe('a judge of edits', () => {
  test.each([
    ['<ANSWER>image 1 is better</ANSWER>', 1],
    ['image 2 is better, clearly', 2],
    ['<answer>tie</answer> but image 1 is better', 1],
    ['image 1 is better? <answer>Image 2 is better</answer>', 2],
    ['no tags at all', null],
  ])('%j', (text, verdict) => {
    expect(readEditVerdict(text)).toBe(verdict)
  })
})

describe('a winner field', () => {
  test.each([
    ['Image1', 1],
    ['image  2', 2],
    ['video 2 wins', 2],
    ['IMAGE 1 over image 2', null],
    ['image 12', null],
    ['myimage 1', null],
    ['图image 1', null],
    ['image_1', null],
    ['tie', null],
    ['', null],
  ])('%j', (text, verdict) => {
    expect(readWinner(text)).toBe(verdict)
  })
})

describe('a judgement in JSON', () => {
  test('alone or inside prose, with at most three categories', () => {
    const categories = ['A', ' B ', '', 'D'].map((name) => ({ name, cat_winner: 'Image 2' }))
    const text = JSON.stringify({ winner: 'Image 1', categories })
    const expected = {
      winner: 1,
      categories: [
        { name: 'A', winner: 2 },
        { name: 'B', winner: 2 },
        { name: 'category', winner: 2 },
      ],
    }
    expect(readFlexJudgement(text)).toEqual(expected)
    expect(readFlexJudgement(`Here it is: ${text} done`)).toEqual(expected)
  })

  test.each(['not json', '', '{}', '[1]', '{"winner": ', 'null', '} {'])('%j cannot be read', (text) => {
    expect(readFlexJudgement(text)).toBeUndefined()
  })

  test('survives fields of other kinds', () => {
    expect(readFlexJudgement('{"winner": 1, "categories": [null, 3, {"name": 5}]}')).toEqual({
      winner: null,
      categories: [{ name: '5', winner: null }],
    })
    expect(readFlexJudgement('{"winner": "video 2", "categories": "many"}')).toEqual({
      winner: 2,
      categories: [],
    })
  })
})
