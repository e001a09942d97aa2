import { useMemo, useState } from 'react'
import { counted } from '../format/number.ts'
import { foldedWindows } from '../text/fold.ts'
import { type Mark, type Piece, piecesOf } from '../text/pieces.ts'

const noMarks: readonly Mark[] = []
const markTitles = {
  evidence: 'what a signal judged',
  different: 'differs from the best completion',
} as const

interface Props {
  readonly text: string
  readonly marks?: readonly Mark[]
  /** characters shown before a person asks for all */
  readonly budget?: number
}

/**
 * The text of a rollout: only ever text nodes, monospaced, unseen characters as escapes, folded around its first mark
 * when it is long.
 */
export function RolloutText({ text, marks = noMarks, budget = 2400 }: Props) {
  const [whole, setWhole] = useState(false)
  const windows = useMemo(
    () => (whole ? [{ from: 0, to: text.length }] : foldedWindows(text, marks, budget)),
    [text, marks, budget, whole],
  )
  if (text === '') return <p className="rollout-text empty-text">(empty)</p>
  const hidden = text.length - windows.reduce((sum, { from, to }) => sum + to - from, 0)
  return (
    <div className="rollout-text" dir="ltr">
      {windows.map(({ from, to }, index) => (
        <span key={from}>
          {index > 0 && <Gap length={from - windows[index - 1]!.to} />}
          {piecesOf(text, marks, from, to).map((piece) => (
            <PieceText key={piece.start} piece={piece} />
          ))}
        </span>
      ))}
      {(hidden > 0 || whole) && (
        <button type="button" className="unfold" onClick={() => setWhole(!whole)}>
          {whole ? 'Fold' : `Show all ${counted(text.length, 'character')}`}
        </button>
      )}
    </div>
  )
}

function PieceText({ piece: { text, mark, escaped } }: { piece: Piece }) {
  const content = escaped ? (
    <span className="escape" title="a character that is not seen">
      {text}
    </span>
  ) : (
    text
  )
  if (mark === null) return content
  return (
    <mark className={mark} title={markTitles[mark]}>
      {content}
    </mark>
  )
}

function Gap({ length }: { length: number }) {
  return <span className="text-gap">{` … ${counted(length, 'character')} folded … `}</span>
}
