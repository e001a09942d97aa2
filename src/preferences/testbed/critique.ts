/** The reason a simulated annotator would name: the attribute that speaks loudest for the preferred item. */

/**
 * Number of the attribute with the largest weighted difference w_j·(chosen_j − rejected_j), for each of n pairs; of
 * equals the first. Source: paper 00-preference-testbed.
 * @param weights d
 * @param chosen n × d row-major
 *
 * @example critiquedAttributes(Float64Array.of(1, 2), Float64Array.of(1, 1), Float64Array.of(0, 0)) // [1]
 */
export function critiquedAttributes(
  weights: Float64Array,
  chosen: Float64Array,
  rejected: Float64Array,
): Int32Array {
  const dimensions = weights.length
  const named = new Int32Array(chosen.length / dimensions)
  for (let pair = 0; pair < named.length; pair++) {
    let largest = Number.NEGATIVE_INFINITY
    for (let attribute = 0; attribute < dimensions; attribute++) {
      const at = pair * dimensions + attribute
      const weighted = weights[attribute]! * (chosen[at]! - rejected[at]!)
      if (weighted > largest) {
        largest = weighted
        named[pair] = attribute
      }
    }
  }
  return named
}
