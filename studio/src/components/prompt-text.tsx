import type { Row } from '../../../src/server/studio/schemas.ts'
import { counted } from '../format/number.ts'
import { RolloutText } from './rollout-text.tsx'

/** A prompt as its messages; all but the last two are folded away. */
export function PromptText({ prompt }: { prompt: Row['prompt'] }) {
  const cut = Math.max(0, prompt.length - 2)
  const messages = (from: number, to: number) =>
    prompt.slice(from, to).map(({ role, content }, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: messages of a stored prompt never move
      <div key={from + index} className="message">
        <span className="role">{role}</span>
        <RolloutText text={content} budget={1200} />
      </div>
    ))
  return (
    <div className="prompt">
      {cut > 0 && (
        <details>
          <summary>{counted(cut, 'earlier message')}</summary>
          {messages(0, cut)}
        </details>
      )}
      {messages(cut, prompt.length)}
    </div>
  )
}
