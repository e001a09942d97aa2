/** A command line as a person runs it, in this process: what it prints and how it exits. */
import { vi } from 'vitest'
import { main } from '../../src/cli/main.ts'

export async function run(...argv: string[]): Promise<{ code: number; out: string; error: string }> {
  const lines: string[] = []
  const errors: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void lines.push(String(text)))
  const error = vi.spyOn(console, 'error').mockImplementation((text) => void errors.push(String(text)))
  try {
    return { code: await main(argv), out: lines.join('\n'), error: errors.join('\n') }
  } finally {
    log.mockRestore()
    error.mockRestore()
    process.exitCode = 0
  }
}
