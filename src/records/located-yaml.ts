/** YAML (and with it JSON) whose values still know their line, so that an error about a field names its place. */
import { readFileSync } from 'node:fs'
import { type ErrorCode, type ErrorPlace, GuerdonError, messageOf } from './error.ts'

/** Where a field stands in its file, if it came from one. */
export type PlaceOf = (path: readonly PropertyKey[]) => ErrorPlace

export interface LocatedYaml {
  readonly value: unknown
  readonly placeOf: PlaceOf
}

/**
 * Reads a YAML or JSON file.
 * @param code of the error for a file that is no YAML
 * @throws GuerdonError `code` with file and line
 */
export async function readLocatedYaml(path: string, code: ErrorCode): Promise<LocatedYaml> {
  const { LineCounter, parseDocument, isNode } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
  })
  const broken = document.errors[0]
  if (broken !== undefined) {
    throw new GuerdonError(code, `is not valid YAML: ${broken.message}`, {
      where: { file: path, line: lines.linePos(broken.pos[0]).line },
    })
  }
  const placeOf: PlaceOf = (fieldPath) => {
    const place: { -readonly [Key in keyof ErrorPlace]: ErrorPlace[Key] } = { file: path }
    if (fieldPath.length > 0) place.field = fieldPath.map(String).join('.')
    // A missing field has no node: the nearest one above it that exists tells the line.
    for (let depth = fieldPath.length; depth >= 0; depth--) {
      const node = depth === 0 ? document.contents : document.getIn(fieldPath.slice(0, depth), true)
      if (isNode(node) && node.range) {
        place.line = lines.linePos(node.range[0]).line
        break
      }
    }
    return place
  }
  try {
    return { value: document.toJS(), placeOf }
  } catch (cause) {
    // An alias without its anchor, or aliases that would unfold without end.
    throw new GuerdonError(code, `is not valid YAML: ${messageOf(cause)}`, { where: { file: path }, cause })
  }
}
