/** A sentence of the server; what stands between backticks is a name and set as one. */
export function Sentence({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never move
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  )
}
