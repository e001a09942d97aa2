/** The figures of speed/results.json as the README shows them. */

export interface Results {
  readonly machine: { readonly processor: string; readonly cores: number; readonly node: string }
  readonly lines: readonly {
    readonly name: string
    readonly unit: string
    readonly perSecondCpu: number
    readonly perSecondWall: number
  }[]
  readonly notes: readonly string[]
}

const rows: readonly (readonly [what: string, ours: string, peer: string, peerName: string])[] = [
  [
    'GRPO advantages, 1 M rollouts, ids in any order',
    'Guerdon, ids in random order',
    'NumPy float64, sorted, reshaped',
    'NumPy on sorted rows',
  ],
  ['the same, ids sorted', 'Guerdon, ids sorted', 'NumPy float64, sorted, reshaped', 'NumPy on sorted rows'],
  ['the same, ids sorted', 'Guerdon, ids sorted', 'TRL tensor steps', 'TRL’s tensor steps on sorted rows'],
  [
    'the same, string ids',
    'Guerdon, string ids in random order',
    'verl vectorised, string ids',
    'verl’s vectorised form',
  ],
  [
    'the same, string ids',
    'Guerdon, string ids in random order',
    'verl default loop, string ids',
    'verl’s default loop',
  ],
  [
    'math answers in a box',
    'Guerdon, final answers in a box',
    'Math-Verify, final answers in a box',
    'Math-Verify',
  ],
  ['GSM8K solutions', 'Guerdon, GSM8K solutions', 'Math-Verify, GSM8K solutions', 'Math-Verify'],
  ['sentence BLEU, 175 words', "Guerdon bleu, sacrebleu's variant", 'sacrebleu.sentence_bleu', 'sacrebleu'],
  ...(
    [
      ['training steps, reward head of 0.2 M on 512 pairs', 'head step'],
      ['training steps, language model 4 × 128', 'gpt step'],
      ['training steps, U-Net 16 × 16', 'unet step'],
      ['tokens sampled from that language model', '64 × 64 tokens sampled'],
    ] as const
  ).map(
    ([what, name]) => [what, `Guerdon, ${name}, 1 thread`, `PyTorch, ${name}, 1 thread`, 'PyTorch'] as const,
  ),
]

function rate(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`
  if (value >= 1e4) return `${Math.round(value / 1e3)} k`
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1)
}

function ratio(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1)
}

/** A Markdown table of rates a second and ratios, by processor time on one core. */
export function readmeTable({ machine, lines }: Results): string {
  const found = (name: string) => lines.find((line) => line.name === name)!
  const table = rows.map(([what, ours, peer, peerName]) => {
    const [a, b] = [found(ours), found(peer)]
    return `| ${what} | ${rate(a.perSecondCpu)} | ${peerName}: ${rate(b.perSecondCpu)} | ${ratio(a.perSecondCpu / b.perSecondCpu)} × |`
  })
  const score = found('guerdon score, 1,000,000 rows')
  return [
    '| a second, on one core | Guerdon | peer | ratio |',
    '|---|---|---|---|',
    ...table,
    '',
    `\`guerdon score\` reads, scores (format, length, exact match), compares and writes ${rate(score.perSecondWall)} rows a second. Measured on ${machine.cores} cores of an ${machine.processor} with Node ${machine.node.replace('v', '')}.`,
  ].join('\n')
}
