/** What zod found wrong, as the one sentence that helps most. */
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** The issue that says most: inside unions, the one that went furthest into the value. */
export function deepestIssue(issues: readonly Issue[], base: readonly PropertyKey[] = []): Issue {
  let best: Issue | undefined
  for (const issue of issues) {
    const path = [...base, ...issue.path]
    let candidate: Issue = { ...issue, path } as Issue
    if (issue.code === 'invalid_union') {
      const inner = issue.errors.map((errors) => deepestIssue(errors as readonly Issue[], path))
      const furthest = inner.reduce<Issue | undefined>(
        (a, b) => (a === undefined || b.path.length > a.path.length ? b : a),
        undefined,
      )
      if (furthest !== undefined && furthest.path.length > path.length) candidate = furthest
    }
    if (best === undefined || candidate.path.length > best.path.length) best = candidate
  }
  return best!
}
