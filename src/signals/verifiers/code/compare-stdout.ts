/** When two outputs of a program count as the same. */

/** The lines of an output without white space at their ends and without final line feeds. */
function linesOf(output: string): string[] {
  return output
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n+$/, '')
    .split('\n')
}

/**
 * Whether an output equals the expected one after trimming white space at line ends and final line feeds; both must
 * have the same number of lines.
 *
 * @example sameOutput('1 \n2\n\n', '1\n2') // true
 */
export function sameOutput(stdout: string, expected: string): boolean {
  const written = linesOf(stdout)
  const wanted = linesOf(expected)
  return written.length === wanted.length && written.every((line, index) => line === wanted[index])
}
