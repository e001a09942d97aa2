/** Progress of work that has stages: one bar at a time, on a terminal only. */

export interface StageBars {
  update(stage: string, done: number, total?: number, loss?: number): void
  stop(): void
}

/** What is drawn to: standard error, unless a test gives another. */
export type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** A bar for each stage in turn; nothing is shown in a log or a pipe. */
export async function stageBars(terminal: Terminal = process.stderr): Promise<StageBars> {
  if (!terminal.isTTY) return { update() {}, stop() {} }
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
          stream: terminal,
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
