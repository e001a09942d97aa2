/** The bar of a training run: steps, mean loss, time left. Shown on a terminal only; in a log or a pipe it is silent. */
import type { FitProgress } from '../engine/fit.ts'

export interface TrainingBar {
  /** for the option `progress` of `fit` */
  progress(report: FitProgress): void
  /** takes the bar away, also after a failure */
  stop(): void
}

/** What is drawn to: standard error, unless a test gives another. */
export type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** The first report may come late in a run that was resumed: time left is counted from there. */
export async function trainingBar(title: string, terminal: Terminal = process.stderr): Promise<TrainingBar> {
  if (!terminal.isTTY) return { progress() {}, stop() {} }
  const { SingleBar } = await import('cli-progress')
  const bar = new SingleBar({
    format: `${title}  {bar} {percentage} % · step {value} of {total} · loss {loss} · {eta_formatted} left`,
    stream: terminal,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  })
  let started = false
  return {
    progress({ step, steps, loss }) {
      const payload = { loss: loss.toPrecision(4) }
      if (started) bar.update(step, payload)
      else bar.start(steps, step, payload)
      started = true
    },
    stop: () => bar.stop(),
  }
}
