import { useEffect, useState } from 'react'

export type Plot = typeof import('./plot.ts')

/** Observable Plot once it has come; null before. */
export function usePlot(): Plot | null {
  const [plot, setPlot] = useState<Plot | null>(null)
  useEffect(() => {
    let wanted = true
    void import('./plot.ts').then((module) => {
      if (wanted) setPlot(module)
    })
    return () => {
      wanted = false
    }
  }, [])
  return plot
}
