/**
 * Quantiles and medians of one stretch of a typed array, by selection instead of sorting: linear in its length, in
 * place, nothing allocated.
 */

/**
 * Rearranges `values[start … end − 1]` so that the entry at `position` is the one a sort would put there, with
 * smaller or equal ones before it and larger or equal ones after it. Returns that entry.
 */
export function select(values: Float64Array, start: number, end: number, position: number): number {
  let low = start
  let high = end - 1
  while (low < high) {
    // The middle of three as pivot keeps sorted and reversed stretches linear.
    const middle = (low + high) >>> 1
    if (values[middle]! < values[low]!) swap(values, middle, low)
    if (values[high]! < values[low]!) swap(values, high, low)
    if (values[high]! < values[middle]!) swap(values, high, middle)
    const pivot = values[middle]!
    let left = low
    let right = high
    while (left <= right) {
      while (values[left]! < pivot) left++
      while (values[right]! > pivot) right--
      if (left <= right) {
        swap(values, left, right)
        left++
        right--
      }
    }
    if (position <= right) high = right
    else if (position >= left) low = left
    else break
  }
  return values[position]!
}

function swap(values: Float64Array, one: number, other: number): void {
  const value = values[one]!
  values[one] = values[other]!
  values[other] = value
}

/**
 * The q-quantile of `values[start … end − 1]`, interpolated linearly between the two nearest order statistics
 * (numpy's default, type 7): position (n − 1)·q. The stretch is rearranged. An empty stretch gives NaN.
 *
 * @param q in [0, 1]; 0 is the minimum, 0.5 the median, 1 the maximum
 * @example quantile(Float64Array.of(4, 1, 3, 2), 0, 4, 0.5) // 2.5
 */
export function quantile(values: Float64Array, start: number, end: number, q: number): number {
  const count = end - start
  if (count <= 0) return Number.NaN
  const place = (count - 1) * q
  const below = Math.floor(place)
  const lower = select(values, start, end, start + below)
  const share = place - below
  if (share === 0) return lower
  // Everything after the selected position is larger or equal, so the next order statistic is its minimum.
  let upper = Number.POSITIVE_INFINITY
  for (let entry = start + below + 1; entry < end; entry++) upper = Math.min(upper, values[entry]!)
  const gap = upper - lower
  return share < 0.5 ? lower + gap * share : upper - gap * (1 - share)
}

/**
 * The q-quantile of the valid entries of an array, which stays as it is. NaN when none is valid.
 *
 * @example quantileOfValid(Float64Array.of(9, 1, 3), Uint8Array.of(0, 1, 1), 0.5) // 2
 */
export function quantileOfValid(values: Float64Array, valid: Uint8Array, q: number): number {
  const kept = new Float64Array(values.length)
  let count = 0
  for (let entry = 0; entry < values.length; entry++) {
    if (valid[entry] === 1) kept[count++] = values[entry]!
  }
  return quantile(kept, 0, count, q)
}
