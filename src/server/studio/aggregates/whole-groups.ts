/** A smaller frame whose groups are still whole: what happens inside groups cannot be told from single rows of them. */
import type { NumberFrame } from '../../../store/store.ts'
import { stepGroupsOf } from './step-groups.ts'

/** Multiples of it, modulo 1, are spread more evenly than chance would: 1 / golden ratio. */
const SPREAD = 0.6180339887498949

/**
 * About `most` rows of a frame, in whole groups that are evenly spread over it; the frame itself when it has no more.
 * Where groups are too few or too large to be chosen from, every so-many-th row instead.
 */
export function wholeGroupsOf(frame: NumberFrame, most: number): NumberFrame {
  const size = frame.sequence.length
  if (size <= most) return frame
  const groups = stepGroupsOf(frame)
  const share = most / size
  // Groups are numbered in the order of their first rows.
  const isKept = Uint8Array.from({ length: groups.count }, (_, group) =>
    (group * SPREAD) % 1 < share ? 1 : 0,
  )
  let rows = pick(size, (row) => isKept[groups.of[row]!] === 1)
  if (rows.length < most / 2 || rows.length > most * 1.5) {
    const stride = Math.ceil(size / most)
    rows = pick(size, (row) => row % stride === 0)
  }
  const numbers = (values: Float64Array): Float64Array => {
    const picked = new Float64Array(rows.length)
    for (let place = 0; place < rows.length; place++) picked[place] = values[rows[place]!]!
    return picked
  }
  return {
    matching: frame.matching,
    sequence: numbers(frame.sequence),
    step: numbers(frame.step),
    group: Int32Array.from(rows, (row) => frame.group[row]!),
    groupNames: frame.groupNames,
    columns: new Map([...frame.columns].map(([name, values]) => [name, numbers(values)])),
  }
}

function pick(size: number, isWanted: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(size)
  let count = 0
  for (let row = 0; row < size; row++) if (isWanted(row)) rows[count++] = row
  return rows.subarray(0, count)
}
