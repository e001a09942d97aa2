/** The part of a prompt that asks: its last message from the user, else its last message. */
import type { Row } from '../../../src/server/studio/schemas.ts'

export function lastMessage(prompt: Row['prompt']): string {
  return (prompt.findLast(({ role }) => role === 'user') ?? prompt.at(-1))?.content ?? ''
}
