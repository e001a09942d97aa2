import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupAddress, rangeOf, rangeQuery, routeOf, rowAddress, runAddress } from './route.ts'

test('an address leads back to the page it was made for, whatever the names are', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.nat(),
      (run, group, sequence) => {
        const path = (address: string): string => new URL(address, 'http://localhost').pathname
        fc.pre(run !== '.' && run !== '..' && group !== '.' && group !== '..')
        expect(routeOf(path(runAddress(run, 'anatomy')))).toEqual({ page: 'anatomy', run })
        expect(routeOf(path(groupAddress(run, group, sequence)))).toEqual({ page: 'group', run, group })
        expect(routeOf(path(rowAddress(run, sequence)))).toEqual({
          page: 'row',
          run,
          sequence: String(sequence),
        })
      },
    ),
  )
})

test.each(['/nothing', '/runs', '/runs/a/b', '/runs/a/rows/x', '/runs/a/rows/1/2', '/runs/%zz'])(
  '%s names no page',
  (path) => expect(routeOf(path)).toEqual({ page: 'unknown' }),
)

test('a range survives the query; what is no number is open', () => {
  expect(rangeOf(new URLSearchParams(rangeQuery({ from: 3, to: null })))).toEqual({ from: 3, to: null })
  expect(rangeOf(new URLSearchParams('from=x&to=9'))).toEqual({ from: null, to: 9 })
  expect(rangeQuery({ from: null, to: null })).toBe('')
})
