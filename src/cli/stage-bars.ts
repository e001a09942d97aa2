/** Progress of work that has stages: one bar at a time, on a terminal only. */

export interface StageBars {
  update(stage: string, done: number, total?: number, loss?: number): void
  stop(): void
}

/** A bar for each stage in turn; nothing is shown in a log or a pipe. */
export async function stageBars(): Promise<StageBars> {
  if (!process.stderr.isTTY) return { update() {}, stop() {} }
  const { SingleBar } = await import('cli-progress')
  let open: { readonly stage: string; readonly bar: InstanceType<typeof SingleBar> } | undefined
  return {
    update(stage, done, total, loss) {
      if (open?.stage !== stage) {
        open?.bar.stop()
        const known =
          total === undefined ? '{value}' : '{bar} {percentage} % · {value} of {total} · {eta_formatted} left'
        const bar = new SingleBar({
          format: `${stage}  ${known}{loss}`,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
          etaBuffer: 50,
        })
        bar.start(total ?? 0, 0, { loss: '' })
        open = { stage, bar }
      }
      open.bar.update(done, { loss: loss === undefined ? '' : ` · loss ${loss.toFixed(4)}` })
    },
    stop() {
      open?.bar.stop()
      open = undefined
    },
  }
}
