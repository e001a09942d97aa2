/**
 * LaTeX to plain text in the form the prm800k grader reads: fractions as `a/b` (longer parts in parentheses), roots
 * as `√(x)`, commands as their Unicode characters, styled letters as characters of their own, groups as their content.
 */
import { strip } from './python-text.ts'

const symbols = new Map<string, string>()
for (const pair of (
  'alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ ' +
  'pi π rho ρ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π ' +
  'Sigma Σ Phi Φ Psi Ψ Omega Ω le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ pm ± mp ∓ times × cdot · div ÷ ast ∗ star ⋆ cup ∪ ' +
  'cap ∩ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ setminus ∖ infty ∞ emptyset ∅ varnothing ∅ ' +
  'angle ∠ circ ∘ degree ° to → rightarrow → leftarrow ← Rightarrow ⇒ Leftarrow ⇐ approx ≈ equiv ≡ sim ∼ simeq ≃ ' +
  'cong ≅ propto ∝ ldots … dots … cdots ⋯ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ langle ⟨ rangle ⟩ perp ⟂ parallel ∥ ' +
  'partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ oint ∮ forall ∀ exists ∃ neg ¬ wedge ∧ vee ∨ oplus ⊕ otimes ⊗ mid | ' +
  'triangle △ ell ℓ hbar ℏ prime ′ bullet ∙ dagger † ddagger ‡ pounds £ copyright ©'
).matchAll(/(\S+) (\S+)/g))
  symbols.set(pair[1]!, pair[2]!)
for (const name of (
  'sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth log ln lg exp lim limsup liminf max min sup inf ' +
  'gcd det deg dim arg ker hom Pr'
).split(' '))
  symbols.set(name, name)
for (const [name, text] of Object.entries({
  quad: '  ',
  qquad: '    ',
  ',': ' ',
  ';': ' ',
  ':': ' ',
  ' ': ' ',
}))
  symbols.set(name, text)
for (const character of '{}%$&#_') symbols.set(character, character)

/** First code points of the mathematical alphabets: upper-case A and lower-case a. */
const alphabets = new Map<string, number>()
for (const [names, start] of [
  ['mathbf textbf bm boldsymbol', 0x1d400],
  ['mathit textit emph', 0x1d434],
  ['mathcal mathscr', 0x1d49c],
  ['mathfrak', 0x1d504],
  ['mathbb', 0x1d538],
  ['mathsf textsf', 0x1d5a0],
  ['mathtt texttt', 0x1d670],
] as const)
  for (const name of names.split(' ')) alphabets.set(name, start)

const doubleStruck = new Map(Object.entries({ C: 'ℂ', H: 'ℍ', N: 'ℕ', P: 'ℙ', Q: 'ℚ', R: 'ℝ', Z: 'ℤ' }))
const matrices = new Set([
  'matrix',
  'pmatrix',
  'bmatrix',
  'Bmatrix',
  'vmatrix',
  'Vmatrix',
  'smallmatrix',
  'array',
])
const depthLimit = 100

/** Letters of a mathematical alphabet, so that **A** and A stay different texts. */
function styled(text: string, start: number): string {
  return text.replace(/[A-Za-z]/g, (letter) => {
    const special = start === 0x1d538 ? doubleStruck.get(letter) : undefined
    const code = letter.charCodeAt(0)
    return special ?? String.fromCodePoint(start + (code >= 97 ? code - 97 + 26 : code - 65))
  })
}

class LatexReader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Reads up to the end, to the closing brace of the group it is in, or to one of the stops (left unread). */
  read(stops: readonly string[] = []): string {
    if (++this.#depth > depthLimit) throw new RangeError('LaTeX nested too deeply')
    let result = ''
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!
      if (character === '}' || stops.some((stop) => this.#text.startsWith(stop, this.#at))) break
      result += this.#piece(character)
    }
    this.#depth--
    return result
  }

  get finished(): boolean {
    return this.#at >= this.#text.length
  }

  skip(): void {
    this.#at++
  }

  #piece(character: string): string {
    if (character === '{') return this.#group()
    if (character === '\\') return this.#command()
    this.#at++
    if (character === '%') {
      const line = this.#text.indexOf('\n', this.#at)
      this.#at = line === -1 ? this.#text.length : line
      return ''
    }
    return character === '~' ? '\u00a0' : character
  }

  #group(): string {
    this.#at++
    const content = this.read()
    this.#at++
    return content
  }

  #skipSpaces(): void {
    while (/[ \t\n]/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  /** One argument: a group, a command, or a single character. */
  #argument(): string {
    this.#skipSpaces()
    const character = this.#text[this.#at]
    if (character === undefined || character === '}') return ''
    if (++this.#depth > depthLimit) throw new RangeError('LaTeX nested too deeply')
    const piece = this.#piece(character)
    this.#depth--
    return piece
  }

  #optionalArgument(): string | undefined {
    if (this.#text[this.#at] !== '[') return undefined
    const close = this.#text.indexOf(']', this.#at)
    if (close === -1) return undefined
    const content = this.#text.slice(this.#at + 1, close)
    this.#at = close + 1
    return content
  }

  #command(): string {
    const name = /^\\([A-Za-z]+|[\s\S]?)/.exec(this.#text.slice(this.#at, this.#at + 40))![1]!
    this.#at += 1 + name.length
    if (name === '\\') return '\n'
    const letters = /^[A-Za-z]/.test(name)
    if (letters) this.#skipSpaces()
    if (name === 'frac' || name === 'dfrac' || name === 'tfrac') {
      const numerator = this.#argument()
      const denominator = this.#argument()
      return `${parenthesised(numerator)}/${parenthesised(denominator)}`
    }
    if (name === 'sqrt') {
      const index = this.#optionalArgument()
      const sign = index === '3' ? '∛' : index === '4' ? '∜' : '√'
      return `${sign}(${this.#argument()})`
    }
    if (name === 'begin') return this.#environment()
    const alphabet = alphabets.get(name)
    if (alphabet !== undefined) return styled(this.#argument(), alphabet)
    return symbols.get(name) ?? ''
  }

  #environment(): string {
    const name = this.#argument()
    if (name === 'array') this.#argument()
    const end = `\\end{${name}}`
    if (!matrices.has(name)) {
      const content = this.read([end])
      this.#at += end.length
      return content
    }
    const rows: string[][] = [[]]
    while (!this.finished && !this.#text.startsWith(end, this.#at)) {
      rows.at(-1)!.push(strip(this.read(['&', '\\\\', end])))
      if (this.#text[this.#at] === '&') this.#at++
      else if (this.#text.startsWith('\\\\', this.#at)) {
        this.#at += 2
        rows.push([])
      } else if (this.#text[this.#at] === '}') this.#at++
    }
    this.#at += end.length
    const width = Math.max(...rows.flat().map((cell) => cell.length), 0)
    return `[ ${rows.map((row) => row.map((cell) => cell.padStart(width)).join(' ')).join('; ')} ]`
  }
}

function parenthesised(part: string): string {
  return part.length > 1 ? `(${part})` : part
}

/**
 * The plain text of a LaTeX formula. Throws RangeError for groups nested more than 100 deep.
 *
 * @example latexToText('8 \\frac{3}{5}') // '8 3/5'
 * @example latexToText('\\frac{x+1}{2}') // '(x+1)/2'
 */
export function latexToText(latex: string): string {
  const reader = new LatexReader(latex)
  let result = ''
  while (!reader.finished) {
    result += reader.read()
    // A closing brace that nothing opened: skipped, as the grader's tolerant reader does.
    if (!reader.finished) reader.skip()
  }
  return result
}
