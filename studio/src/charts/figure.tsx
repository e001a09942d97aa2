import { type ReactNode, useEffect, useRef } from 'react'
import { csv, type Table } from '../export/csv.ts'
import { download } from '../export/download.ts'
import { pngOf, svgOf } from '../export/figure.ts'
import { type Plot, usePlot } from './use-plot.ts'
import { useWidth } from './use-width.ts'

interface Props {
  /** what the figure says, above it */
  readonly title: ReactNode
  /** what is drawn: goes below the figure into its files, and is read aloud */
  readonly caption: string
  /** the part of the caption that is worth reading every time */
  readonly note: string
  readonly height: number
  /** draws for a width; must keep its identity while nothing changes */
  draw(plot: Plot, width: number): Element
  table(): Table
  /** file name without its ending */
  readonly name: string
  /** stands over the drawing, which is `width` wide */
  overlay?(width: number): ReactNode
}

/** A chart under its finding, which can be taken away as SVG, PNG or CSV. */
export function Figure({ title, caption, note, height, draw, table, name, overlay }: Props) {
  const plot = usePlot()
  const place = useRef<HTMLDivElement>(null)
  const width = useWidth(place)
  const drawn = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (plot === null || width === 0) return
    const drawing = draw(plot, width)
    // The drawing is one image to a reader; Plot's names of its parts only serve the style sheet.
    for (const part of drawing.querySelectorAll('[aria-label]')) {
      part.setAttribute('data-part', part.getAttribute('aria-label')!)
      part.removeAttribute('aria-label')
    }
    drawing.setAttribute('role', 'img')
    drawing.setAttribute('aria-label', caption)
    drawn.current!.replaceChildren(drawing)
  }, [plot, width, draw, caption])

  const svg = (): SVGSVGElement => drawn.current!.querySelector('svg')!
  const file = name.replace(/[^\p{L}\p{N}._-]+/gu, '-')
  return (
    <figure className="figure">
      <div className="figure-title">{title}</div>
      <div ref={place} className="figure-place" style={{ height }}>
        <div ref={drawn} />
        {width > 0 && overlay?.(width)}
      </div>
      <figcaption>
        <span>{note}</span>
        <span className="exports">
          <button
            type="button"
            aria-label={`Save ${name} as SVG`}
            onClick={() =>
              download(`${file}.svg`, new Blob([svgOf(svg(), caption)], { type: 'image/svg+xml' }))
            }
          >
            SVG
          </button>
          <button
            type="button"
            aria-label={`Save ${name} as PNG`}
            onClick={() => void pngOf(svg(), caption).then((image) => download(`${file}.png`, image))}
          >
            PNG
          </button>
          <button
            type="button"
            aria-label={`Save the numbers of ${name} as CSV`}
            onClick={() => download(`${file}.csv`, new Blob([csv(table())], { type: 'text/csv' }))}
          >
            CSV
          </button>
        </span>
      </figcaption>
    </figure>
  )
}
