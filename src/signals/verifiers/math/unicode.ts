/** Unicode mathematics written as LaTeX, so that one grammar reads both. */

const MINUS_SIGNS = '−–—‐‑‒﹣'
const SPACES = '\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'
const NOTHING = '\u200b\u200c\u200d\u2060\ufeff\u2061\u2062\u2063\u2064"“”„'

const CHARACTERS: ReadonlyMap<string, string> = new Map<string, string>([
  ...[...MINUS_SIGNS].map((sign): [string, string] => [sign, '-']),
  ...[...SPACES].map((space): [string, string] => [space, ' ']),
  ...[...NOTHING].map((character): [string, string] => [character, '']),
  ...Object.entries({
    '×': '*',
    '·': '*',
    '⋅': '*',
    '∙': '*',
    '∗': '*',
    '÷': '/',
    '⁄': '/',
    '∕': '/',
    '√': '\\surd ',
    '∛': '\\cuberoot ',
    '∞': '\\infty ',
    '°': '^\\circ ',
    '±': '\\pm ',
    '∓': '\\mp ',
    '≤': '\\le ',
    '≦': '\\le ',
    '⩽': '\\le ',
    '≥': '\\ge ',
    '≧': '\\ge ',
    '⩾': '\\ge ',
    '≠': '\\ne ',
    '≈': '\\approx ',
    '≃': '\\approx ',
    '≡': '\\equiv ',
    '∪': '\\cup ',
    '∩': '\\cap ',
    '∖': '\\setminus ',
    '∈': '\\in ',
    '∅': '\\emptyset ',
    '∣': '|',
    '′': "'",
    '’': "'",
    '‘': "'",
    '″': "''",
    '…': '\\dots ',
    '⋯': '\\dots ',
    '⟨': '\\langle ',
    '⟩': '\\rangle ',
    '〈': '\\langle ',
    '〉': '\\rangle ',
    '⌊': '\\lfloor ',
    '⌋': '\\rfloor ',
    '⌈': '\\lceil ',
    '⌉': '\\rceil ',
    '£': '\\pounds ',
    '€': '\\euro ',
    '¢': ' cents ',
    '∠': '\\angle ',
    '△': '\\triangle ',
    '→': '\\to ',
    '∧': ' and ',
    '∨': ' or ',
    ℝ: '\\mathbb{R}',
    ℤ: '\\mathbb{Z}',
    ℕ: '\\mathbb{N}',
    ℚ: '\\mathbb{Q}',
    ℂ: '\\mathbb{C}',
    ℯ: 'e',
    ⅈ: 'i',
    '、': ',',
    '。': '.',
    α: '\\alpha ',
    β: '\\beta ',
    γ: '\\gamma ',
    δ: '\\delta ',
    ε: '\\epsilon ',
    ϵ: '\\epsilon ',
    ζ: '\\zeta ',
    η: '\\eta ',
    θ: '\\theta ',
    ϑ: '\\theta ',
    ι: '\\iota ',
    κ: '\\kappa ',
    λ: '\\lambda ',
    μ: '\\mu ',
    µ: '\\mu ',
    ν: '\\nu ',
    ξ: '\\xi ',
    π: '\\pi ',
    ρ: '\\rho ',
    σ: '\\sigma ',
    τ: '\\tau ',
    υ: '\\upsilon ',
    φ: '\\phi ',
    ϕ: '\\phi ',
    χ: '\\chi ',
    ψ: '\\psi ',
    ω: '\\omega ',
    Γ: '\\Gamma ',
    Δ: '\\Delta ',
    Θ: '\\Theta ',
    Λ: '\\Lambda ',
    Π: '\\Pi ',
    Σ: '\\Sigma ',
    Φ: '\\Phi ',
    Ψ: '\\Psi ',
    Ω: '\\Omega ',
    '½': '\\frac{1}{2}',
    '⅓': '\\frac{1}{3}',
    '⅔': '\\frac{2}{3}',
    '¼': '\\frac{1}{4}',
    '¾': '\\frac{3}{4}',
    '⅕': '\\frac{1}{5}',
    '⅖': '\\frac{2}{5}',
    '⅗': '\\frac{3}{5}',
    '⅘': '\\frac{4}{5}',
    '⅙': '\\frac{1}{6}',
    '⅚': '\\frac{5}{6}',
    '⅛': '\\frac{1}{8}',
    '⅜': '\\frac{3}{8}',
    '⅝': '\\frac{5}{8}',
    '⅞': '\\frac{7}{8}',
    '⅐': '\\frac{1}{7}',
    '⅑': '\\frac{1}{9}',
    '⅒': '\\frac{1}{10}',
  }),
])

const RAISED: ReadonlyMap<string, string> = new Map([
  ...[...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((character, digit): [string, string] => [character, String(digit)]),
  ['⁺', '+'],
  ['⁻', '-'],
  ['⁽', '('],
  ['⁾', ')'],
  ['ⁿ', 'n'],
  ['ˣ', 'x'],
])
const LOWERED: ReadonlyMap<string, string> = new Map([
  ...[...'₀₁₂₃₄₅₆₇₈₉'].map((character, digit): [string, string] => [character, String(digit)]),
  ['₊', '+'],
  ['₋', '-'],
  ['ₙ', 'n'],
])

/** Full-width ASCII forms lie at a fixed distance from ASCII. */
const FULL_WIDTH_FIRST = 0xff01
const FULL_WIDTH_LAST = 0xff5e
const FULL_WIDTH_DISTANCE = 0xfee0

/**
 * Rewrites the Unicode signs of mathematics as LaTeX; runs of raised or lowered digits become one group. Text in
 * other scripts stays. ASCII input is returned as it is. Linear time.
 *
 * @example unicodeToLatex('x² ≤ ½') // 'x^{2} \\le  \\frac{1}{2}'
 */
export function unicodeToLatex(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return text
  const parts: string[] = []
  let shift: ReadonlyMap<string, string> | undefined
  for (const character of text) {
    const raised = RAISED.get(character)
    const script = raised !== undefined ? RAISED : LOWERED.has(character) ? LOWERED : undefined
    if (script !== shift) {
      if (shift !== undefined) parts.push('}')
      if (script !== undefined) parts.push(script === RAISED ? '^{' : '_{')
      shift = script
    }
    if (script !== undefined) {
      parts.push(script.get(character)!)
      continue
    }
    const code = character.codePointAt(0)!
    if (code < 0x80) parts.push(character)
    else if (code >= FULL_WIDTH_FIRST && code <= FULL_WIDTH_LAST) {
      parts.push(String.fromCharCode(code - FULL_WIDTH_DISTANCE))
    } else parts.push(CHARACTERS.get(character) ?? character)
  }
  if (shift !== undefined) parts.push('}')
  return parts.join('')
}
