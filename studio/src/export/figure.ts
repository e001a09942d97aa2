/** Figures as files: the drawing with its caption, self-contained, in the colours that are on screen. */

const styleNames = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
]
const lineHeight = 18
const namespace = 'http://www.w3.org/2000/svg'

/** The drawing as SVG text: computed styles written out (no variable of the page is left), the caption below. */
export function svgOf(svg: SVGSVGElement, caption: string): string {
  const width = svg.width.baseVal.value
  const height = svg.height.baseVal.value
  const copy = svg.cloneNode(true) as SVGSVGElement
  const from = [svg, ...svg.querySelectorAll<SVGElement>('*')]
  const to = [copy, ...copy.querySelectorAll<SVGElement>('*')]
  for (let index = 0; index < from.length; index++) {
    const style = getComputedStyle(from[index]!)
    for (const name of styleNames) to[index]!.style.setProperty(name, style.getPropertyValue(name))
    to[index]!.removeAttribute('class')
    // The style above says it; an attribute that names a variable means nothing outside the page.
    for (const name of ['fill', 'stroke']) to[index]!.removeAttribute(name)
  }
  for (const element of copy.querySelectorAll('style')) element.remove()

  const page = getComputedStyle(document.documentElement)
  const lines = wrap(caption, Math.floor(width / 6.4))
  const total = height + lines.length * lineHeight + 12
  copy.setAttribute('xmlns', namespace)
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(total))
  copy.setAttribute('viewBox', `0 0 ${width} ${total}`)
  const ground = document.createElementNS(namespace, 'rect')
  ground.setAttribute('width', String(width))
  ground.setAttribute('height', String(total))
  ground.setAttribute('fill', page.getPropertyValue('--surface').trim())
  copy.prepend(ground)
  for (const [index, line] of lines.entries()) {
    const text = document.createElementNS(namespace, 'text')
    text.setAttribute('x', '8')
    text.setAttribute('y', String(height + (index + 1) * lineHeight))
    text.setAttribute('fill', page.getPropertyValue('--ink').trim())
    text.setAttribute('style', 'font: 12px system-ui, sans-serif')
    text.textContent = line
    copy.append(text)
  }
  return new XMLSerializer().serializeToString(copy)
}

/** The drawing as PNG at twice its size. */
export async function pngOf(svg: SVGSVGElement, caption: string): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(svg, caption))}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.width * 2
  canvas.height = image.height * 2
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
  return await new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('the figure is empty')) : resolve(blob)),
      'image/png',
    ),
  )
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
